"""The taste space against implicit 0.7 (pip install implicit): time of an iteration and loss, on the same plays from the
same starting point, measured alternately in this run.

Usage: bench_taste.py COLDWAVE [DATA] [--parts als,...] [--matrices hetrec,kgat,simulated] [--dimensions 40,64,128]
DATA holds listening/user_artists.dat and listening/lastfm-tracks-interactions.csv.gz (default: $COLDWAVE_DATA, else
../shared/data); a matrix whose file is not there is skipped and said to be.

The loss of both is the paper's objective, computed here in double precision by one function from the factors they wrote.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

# implicit runs its own threads and asks for BLAS on one. A pinned CORETYPE slows a current numpy down.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)
import numpy as np
import scipy.sparse as sp

THREADS = 2


def hetrec(data):
    rows = np.loadtxt(data / "listening/user_artists.dat", np.int64, skiprows=1)
    return matrix(rows[:, 0], rows[:, 1], rows[:, 2])


def kgat(data):
    import gzip
    with gzip.open(data / "listening/lastfm-tracks-interactions.csv.gz", "rt") as file:
        pairs = np.loadtxt(file, np.int64, delimiter=",", skiprows=1)
    return matrix(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)))


def simulated(data):
    """Five million plays by 100,000 listeners of 50,000 songs whose popularity falls as a power of their rank."""
    random = np.random.default_rng(0)
    n, listeners, songs = 5_000_000, 100_000, 50_000
    columns = np.minimum((songs * random.random(n) ** 3).astype(int), songs - 1)
    return matrix(random.integers(0, listeners, n), columns, np.ones(n))


def matrix(rows, columns, counts):
    """Counts [listeners, songs] without empty rows and columns; the same pair's counts are added up."""
    rows = np.unique(rows, return_inverse=True)[1]
    columns = np.unique(columns, return_inverse=True)[1]
    return sp.coo_matrix((counts.astype(np.float32), (rows, columns))).tocsr()


# What plays count for: real counts by their logarithm, as the library takes them.
MATRICES = {
    "hetrec": (hetrec, dict(confidence="log", alpha=2.0, regularization=10.0), 15, 5),
    "kgat": (kgat, dict(confidence="log", alpha=2.0, regularization=10.0), 15, 5),
    "simulated": (simulated, dict(confidence="linear", alpha=40.0, regularization=0.01), 3, 3),
}


def confidences(plays, confidence, alpha, **_):
    c = plays.copy()
    c.data = 1 + alpha * (np.log1p(plays.data) if confidence == "log" else plays.data)
    return c.astype(np.float32)


def objective(c, listeners, songs, regularization, **_):
    """sum c (p - s)^2 + lambda (|x|^2 + |y|^2): over all pairs s^2, and for each played one c (1 - s)^2 - s^2 more."""
    x, y = listeners.astype(np.float64), songs.astype(np.float64)
    total = np.sum((x.T @ x) * (y.T @ y)) + regularization * (np.sum(x * x) + np.sum(y * y))
    entries = c.tocoo()
    for start in range(0, c.nnz, 1 << 20):
        part = slice(start, start + (1 << 20))
        s = np.einsum("ij,ij->i", x[entries.row[part]], y[entries.col[part]])
        total += np.sum(entries.data[part] * (1 - s) ** 2 - s ** 2)
    return float(total)


def write_triplets(plays, path):
    entries = plays.tocoo()
    np.savetxt(path, np.stack([entries.row, entries.col, entries.data.astype(np.int64)], 1), "%d", "\t")


class Ours:
    """`coldwave lab factorize`; its rows are in an order of its own, named in listeners.txt and songs.txt."""

    def __init__(self, coldwave, triplets, work):
        self.coldwave, self.triplets, self.out, self.start = coldwave, triplets, work / "out", work / "start"
        self.start.mkdir(exist_ok=True)

    def run(self, settings, dimensions, iterations, start=None):
        arguments = [self.coldwave, "lab", "factorize", self.triplets, self.out, "--dimensions", dimensions, "--iterations",
                     iterations, "--threads", THREADS, "--json", "--quiet"]
        for name, value in settings.items():
            arguments += [f"--{name}", value]
        if start:
            orders = self.orders()
            for name, factors, order in zip(("listeners", "songs"), start, orders):
                np.save(self.start / f"{name}.npy", np.ascontiguousarray(factors[order]))
            arguments += ["--start", self.start]
        done = subprocess.run([str(a) for a in arguments], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    def orders(self):
        return [np.loadtxt(self.out / f"{name}.txt", np.int64, ndmin=1) for name in ("listeners", "songs")]

    def factors(self):
        """Back in the order of the matrix."""
        result = []
        for name, order in zip(("listeners", "songs"), self.orders()):
            values = np.load(self.out / f"{name}.npy")
            factors = np.empty_like(values)
            factors[order] = values
            result.append(factors)
        return result


def theirs(c, settings, dimensions, iterations, start, cg):
    from implicit.cpu.als import AlternatingLeastSquares
    seconds, worked = [], [time.process_time()]

    def done(iteration, elapsed, *_):
        seconds.append(elapsed)
        worked.append(time.process_time())

    model = AlternatingLeastSquares(factors=dimensions, regularization=settings["regularization"], iterations=iterations,
                                    use_cg=cg, num_threads=THREADS)
    model.user_factors, model.item_factors = (factors.copy() for factors in start)
    model.fit(c, show_progress=False, callback=done)
    return seconds, np.diff(worked), (model.user_factors, model.item_factors)


def als(options, work):
    print("## ALS: seconds an iteration (medians, and the median ratio of neighbouring runs; 2 threads) and the objective after the "
          "same iterations from the same start\n")
    print("The second × is that of processor seconds, of all threads, which a busy machine hardly changes.\n")
    print("| plays | dimensions | ours s | CG s | Cholesky s | × CG | × Cholesky | × CG, processor | loss ours | loss CG / ours | "
          "loss Cholesky / ours |")
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name in options.matrices:
        load, settings, iterations, repeats = MATRICES[name]
        try:
            plays = load(options.data)
        except OSError as error:
            print(f"| {name} | skipped: {error} |" + " |" * 9, flush=True)
            continue
        c = confidences(plays, **settings)
        ours = Ours(options.coldwave, work / f"{name}.tsv", work)
        write_triplets(plays, ours.triplets)
        ours.run(settings, 1, 1)
        label = f"{name} {plays.shape[0]:,} × {plays.shape[1]:,}, {plays.nnz:,} pairs"
        for dimensions in options.dimensions:
            random = np.random.default_rng(1)
            start = [(0.01 * random.standard_normal((n, dimensions))).astype(np.float32) for n in plays.shape]
            times = {"ours": [], True: [], False: []}
            loss, work_ratios = {}, []
            for run in range(repeats):
                report = ours.run(settings, dimensions, iterations, start)
                times["ours"].append(report["secondsPerIteration"])
                if run == 0:
                    loss["ours"] = objective(c, *ours.factors(), **settings)
                for cg in (True, False):
                    # The large matrix takes implicit's Cholesky a minute a run: once is enough there.
                    if not cg and run > 0 and statistics.median(times[False]) > 2:
                        continue
                    seconds, worked, factors = theirs(c, settings, dimensions, iterations, start, cg)
                    times[cg].append(statistics.median(seconds))
                    if cg:
                        work_ratios.append(statistics.median(worked) / report["processorSecondsPerIteration"])
                    if run == 0:
                        loss[cg] = objective(c, *factors, **settings)
            mine, cg, cholesky = (statistics.median(times[key]) for key in ("ours", True, False))
            # Of runs one after the other, so that a busy moment of the machine hits both.
            faster = {key: statistics.median(b / a for a, b in zip(times["ours"], times[key])) for key in (True, False)}
            print(f"| {label} | {dimensions} | {mine:.4f} | {cg:.4f} | {cholesky:.4f} | {faster[True]:.1f} | {faster[False]:.1f} | "
                  f"{statistics.median(work_ratios):.1f} | "
                  f"{loss['ours']:.6g} | {loss[True] / loss['ours']:.6f} | {loss[False] / loss['ours']:.6f} |", flush=True)
    print()


def read_order(folder, name):
    return np.loadtxt(folder / f"{name}.txt", np.int64, ndmin=1)


def similarities(options, triplets, out, weighting, count):
    """`coldwave lab similar`: seconds, and the similarities [songs, songs] in the order of the matrix."""
    done = subprocess.run(
        [options.coldwave, "lab", "similar", str(triplets), str(out), "--weighting", weighting, "--neighbours", str(count),
         "--confidence", "linear", "--threads", str(THREADS), "--json"], check=True, capture_output=True, text=True)
    order = read_order(out, "songs")
    indices, scores = np.load(out / "neighbors.npy"), np.load(out / "scores.npy")
    rows, places = np.nonzero(indices >= 0)
    n = len(order)
    table = sp.csr_matrix((scores[rows, places], (order[rows], order[indices[rows, places]])), (n, n))
    return json.loads(done.stdout)["seconds"], table


def their_neighbours(weighting, count):
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
    # Theirs counts a song among its own neighbours.
    return dict(cosine=CosineRecommender, tfidf=TFIDFRecommender, bm25=BM25Recommender)[weighting](count + 1, num_threads=THREADS)


def neighbours(options, work):
    import warnings
    warnings.simplefilter("ignore")
    print("## Item-item neighbours: seconds for 20 of every song (medians of 3; 2 threads)\n")
    print("| plays | weighting | ours s | implicit s | × | largest difference of a similarity |")
    print("|---|---|---|---|---|---|", flush=True)
    for name in options.matrices:
        load = MATRICES[name][0]
        try:
            plays = load(options.data)
        except OSError as error:
            print(f"| {name} | skipped: {error} |" + " |" * 4, flush=True)
            continue
        triplets = work / f"{name}.tsv"
        write_triplets(plays, triplets)
        for weighting in ("cosine", "tfidf", "bm25"):
            mine, theirs = [], []
            for _ in range(3):
                seconds, ours = similarities(options, triplets, work / "similar", weighting, 20)
                mine.append(seconds)
                model = their_neighbours(weighting, 20)
                start = time.perf_counter()
                model.fit(plays.astype(np.float64), show_progress=False)
                theirs.append(time.perf_counter() - start)
            # Pairs that both have: at the 20th place equal similarities may be cut differently.
            other = model.similarity.tocsr()
            difference = abs(ours - other.multiply(ours != 0)).multiply(other != 0).max() / max(1, other.max())
            mine, theirs = statistics.median(mine), statistics.median(theirs)
            print(f"| {name} | {weighting} | {mine:.3f} | {theirs:.3f} | {theirs / mine:.1f} | {difference:.1e} |", flush=True)
    print()


def split(plays, share=0.2):
    """A fifth of the songs of every listener with five or more, at random."""
    random = np.random.default_rng(3)
    held = np.zeros(plays.nnz, bool)
    for u in range(plays.shape[0]):
        first, end = plays.indptr[u], plays.indptr[u + 1]
        if end - first >= 5:
            held[random.choice(np.arange(first, end), max(1, round(share * (end - first))), replace=False)] = True
    entries = plays.tocoo()
    parts = []
    for wanted in (~held, held):
        parts.append(sp.csr_matrix((entries.data[wanted], (entries.row[wanted], entries.col[wanted])), plays.shape))
    return parts


def judge(scores, training, held, cut=20):
    """Mean recall@cut and nDCG@cut of the listeners with something held out."""
    recall, ndcg, discounts = [], [], 1 / np.log2(np.arange(cut) + 2)
    users = np.flatnonzero(np.diff(held.indptr))
    for start in range(0, len(users), 256):
        batch = users[start:start + 256]
        block = np.asarray(scores(batch), np.float32)
        for row, u in enumerate(batch):
            mine = block[row]
            mine[training.indices[training.indptr[u]:training.indptr[u + 1]]] = -np.inf
            best = np.argpartition(-mine, cut)[:cut]
            hits = np.isin(best[np.argsort(-mine[best], kind="stable")], held.indices[held.indptr[u]:held.indptr[u + 1]])
            relevant = held.indptr[u + 1] - held.indptr[u]
            recall.append(hits.sum() / relevant)
            ndcg.append((hits * discounts).sum() / discounts[:min(relevant, cut)].sum())
    return np.mean(recall), np.mean(ndcg)


WARM = {"hetrec": dict(confidence="log", alpha=2.0, regularization=10.0),
        "kgat": dict(confidence="log", alpha=32.0, regularization=1.0)}


def warm(options, work):
    import warnings
    warnings.simplefilter("ignore")
    print("## Warm: a fifth of every listener's songs held out, the same split, settings and judge for both\n")
    print("| plays | model | recall@20 ours | implicit | nDCG@20 ours | implicit |")
    print("|---|---|---|---|---|---|", flush=True)
    for name in options.matrices:
        if name not in WARM:
            continue
        load, settings = MATRICES[name][0], WARM[name]
        try:
            plays = load(options.data)
        except OSError as error:
            print(f"| {name} | skipped: {error} |" + " |" * 4, flush=True)
            continue
        training, held = split(plays)
        # Songs that training lacks are in neither's triplets: both rank the others only.
        known = np.flatnonzero(np.bincount(training.indices, minlength=plays.shape[1]))
        training, held = training[:, known].tocsr(), held[:, known].tocsr()
        logs = training.copy()
        logs.data = np.log1p(logs.data)
        triplets = work / "training.tsv"
        write_triplets(training, triplets)

        def line(model, ours, theirs):
            a, b = judge(ours, training, held), judge(theirs, training, held)
            print(f"| {name} | {model} | {a[0]:.4f} | {b[0]:.4f} | {a[1]:.4f} | {b[1]:.4f} |", flush=True)

        popularity = np.bincount(training.indices, minlength=training.shape[1]).astype(np.float32)
        alone = judge(lambda users: np.tile(popularity, (len(users), 1)), training, held)
        print(f"| {name} | popularity | {alone[0]:.4f} | | {alone[1]:.4f} | |", flush=True)
        for weighting in ("cosine", "tfidf", "bm25"):
            ours = similarities(options, triplets, work / "similar", weighting, 100)[1]
            model = their_neighbours(weighting, 100)
            model.fit(training.astype(np.float64), show_progress=False)
            theirs = model.similarity.tocsr()
            line(f"items, {weighting}, 100", lambda users: (logs[users] @ ours).toarray(),
                 lambda users: (logs[users] @ theirs).toarray())
        c = confidences(training, **settings)
        random = np.random.default_rng(1)
        start = [(0.01 * random.standard_normal((n, 64))).astype(np.float32) for n in training.shape]
        runner = Ours(options.coldwave, triplets, work)
        runner.run(settings, 1, 1)
        runner.run(settings, 64, 12, start)
        x, y = runner.factors()
        for solver, cg in (("CG", True), ("Cholesky", False)):
            _, _, (a, b) = theirs_als(c, settings, start, cg)
            line(f"ALS, 64, implicit's {solver}", lambda users: x[users] @ y.T, lambda users: a[users] @ b.T)
    print()


def theirs_als(c, settings, start, cg):
    return theirs(c, settings, 64, 12, start, cg)


PARTS = {"als": als, "neighbours": neighbours, "warm": warm}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coldwave", type=lambda text: str(Path(text).resolve()))
    parser.add_argument("data", nargs="?", type=Path, default=Path(os.environ.get("COLDWAVE_DATA", "../shared/data")))
    parser.add_argument("--parts", type=lambda text: text.split(","), default=list(PARTS))
    parser.add_argument("--matrices", type=lambda text: text.split(","), default=list(MATRICES))
    parser.add_argument("--dimensions", type=lambda text: [int(d) for d in text.split(",")], default=[40, 64, 128])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        for part in options.parts:
            PARTS[part](options, Path(work))


main()
