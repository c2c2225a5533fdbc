"""Maps by t-SNE against openTSNE (pip install openTSNE): KL divergence, neighbourhoods and time, on the same vectors with the same
perplexity and steps, by turns in one run; small cases over several seeds, since either tool's figures move with the seed.

Usage: bench_tsne.py COLDWAVE [DATA] [--cases mixture-2000,songs-20000,...] [--threads 2] [--seeds N]
"mixture" is 50 Gaussian clusters in 40 dimensions; "songs" are the unit-length factors that `coldwave lab factorize` makes of
DATA/listening/lastfm-tracks-interactions.csv.gz; "sounds" are pieces of 46 ms of every third file of DATA/music, log-mel, 40 principal components
(cases whose files are not there are left out). A quiet machine of two cores takes about 25 minutes.

Each map's KL divergence is computed here, in one way for both: openTSNE's P, up to 20,000 vectors from exact neighbours, beyond from
those it finds (approximately: annoy, its default); Z over all pairs, beyond 20,000 over those of 20,000 points. "recall" is the share of the 10 nearest vectors that are among the 10
nearest points of the map, "trust" is Venna & Kaski's trustworthiness for 10 neighbours; over all points up to 2,000, over 5,000
beyond. "placed" is the recall among the map's points of new vectors, a tenth as many (2,000 at most), that were put on the finished
map: `--place` here, `transform` there. A difference is told as such where it is larger than two standard errors.
"""
import argparse
import gzip
import json
import os
import subprocess
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

warnings.filterwarnings("ignore")
import numpy as np

PERPLEXITY, STEPS = 30, 750
CASES = "songs-2000,mixture-2000,songs-20000,mixture-20000,sounds-100000,mixture-100000"


def extra(n):
    return min(n // 10, 2000)


def seeds_of(n):
    return 4 if n <= 2000 else 2 if n <= 20000 else 1


def mixture(n):
    random = np.random.default_rng(0)
    centres = 2 * random.normal(size=(50, 40))
    spread = random.uniform(0.5, 1.5, 50)
    label = random.integers(0, 50, n)
    return (centres[label] + random.normal(size=(n, 40)) * spread[label, None]).astype(np.float32)


def songs(coldwave, data, folder):
    """Unit-length factors of all songs, in random order."""
    with gzip.open(data / "listening/lastfm-tracks-interactions.csv.gz", "rt") as file:
        pairs = np.loadtxt(file, np.int64, delimiter=",", skiprows=1)
    triplets = folder / "plays.tsv"
    np.savetxt(triplets, np.column_stack([pairs[:, :2], np.ones(len(pairs), int)]), "%d", "\t")
    subprocess.run([coldwave, "lab", "factorize", triplets, folder / "factors", "--confidence", "log", "--alpha", "2",
                    "--regularization", "10", "-q"], check=True, capture_output=True)
    factors = np.load(folder / "factors/songs.npy")
    factors = factors[np.linalg.norm(factors, axis=1) > 0]
    factors = factors[np.random.default_rng(0).permutation(len(factors))]
    return factors / np.linalg.norm(factors, axis=1, keepdims=True)


def sounds(coldwave, data, folder):
    """Pieces of real music, two frames of 23 ms each, in random order."""
    def hear(file):
        out = folder / f"{file.parent.name}-{file.name}.npy"
        heard = subprocess.run([coldwave, "lab", "mel", file, out, "--log", "log1p:10000", "-q"], capture_output=True)
        if heard.returncode != 0:
            return np.zeros((0, 128))
        mel = np.load(out)
        return mel[:len(mel) // 2 * 2].reshape(-1, 2, 128).mean(1)

    files = sorted(path for path in (data / "music").rglob("*") if path.is_file())[::3]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        x = np.concatenate(list(pool.map(hear, files))).astype(np.float64)
    x -= x.mean(0)
    values, vectors = np.linalg.eigh(x.T @ x / len(x))
    return (x @ vectors[:, :-41:-1])[np.random.default_rng(0).permutation(len(x))].astype(np.float32)


def squared_distances(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    return np.maximum((a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T, 0)


def divergence(p, y):
    """KL(P‖Q)."""
    y = np.asarray(y, np.float64)
    columns = y.astype(np.float32)
    rows = columns if len(y) <= 20000 else columns[np.random.default_rng(2).permutation(len(y))[:20000]]
    z = -float(len(rows))
    for start in range(0, len(rows), 250):
        dx = rows[start:start + 250, :1] - columns[None, :, 0]
        dy = rows[start:start + 250, 1:] - columns[None, :, 1]
        np.multiply(dx, dx, out=dx), np.multiply(dy, dy, out=dy)
        dx += dy
        dx += 1
        np.reciprocal(dx, out=dx)
        z += dx.sum(dtype=np.float64)
    z *= len(y) / len(rows)
    p = p.tocoo()
    value = p.data / p.data.sum()
    keep = value > 0
    d = ((y[p.row] - y[p.col]) ** 2).sum(1)
    return float((value[keep] * np.log(value[keep])).sum() + (value * np.log1p(d)).sum() + np.log(z))


def neighbourhoods(x, y, k=10):
    """Recall and trustworthiness."""
    n = len(x)
    chosen = np.arange(n) if n <= 2000 else np.random.default_rng(1).permutation(n)[:5000]
    found, penalty = 0, 0
    for i in range(0, len(chosen), 100):
        rows = chosen[i:i + 100]
        above, below = squared_distances(x[rows], x), squared_distances(y[rows], y)
        above[np.arange(len(rows)), rows] = below[np.arange(len(rows)), rows] = np.inf
        near = np.argpartition(below, k, axis=1)[:, :k]
        there = np.take_along_axis(above, near, axis=1)
        ranks = np.stack([(above < there[:, j:j + 1]).sum(1) + 1 for j in range(k)], 1)
        found += (ranks <= k).sum()
        penalty += np.maximum(ranks - k, 0).sum()
    m = len(chosen)
    return found / (m * k), 1 - 2 / (m * k * (2 * n - 3 * k - 1)) * penalty


def recall_of_placed(x, y, new, placed, k=10):
    found = 0
    for i in range(0, len(new), 100):
        above = np.argpartition(squared_distances(new[i:i + 100], x), k, axis=1)[:, :k]
        below = np.argpartition(squared_distances(placed[i:i + 100], y), k, axis=1)[:, :k]
        found += (above[:, :, None] == below[:, None, :]).sum()
    return found / (len(new) * k)


def ours(options, folder, seed):
    report = json.loads(subprocess.run(
        [options.coldwave, "lab", "tsne", folder / "in.npy", folder / "out.npy", "--perplexity", str(PERPLEXITY), "--iterations",
         str(STEPS), "--threads", str(options.threads), "--seed", str(seed), "--json", "-q", "--place", folder / "new.npy",
         folder / "placed.npy"], check=True, capture_output=True, text=True).stdout)
    return np.load(folder / "out.npy"), np.load(folder / "placed.npy"), report["seconds"], report["placeSeconds"]


def theirs(options, x, new, seed):
    import openTSNE
    started = time.perf_counter()
    map_ = openTSNE.TSNE(
        perplexity=PERPLEXITY, early_exaggeration_iter=250, n_iter=STEPS - 250, initial_momentum=0.5,
        final_momentum=0.8, negative_gradient_method="auto", n_jobs=options.threads, random_state=seed).fit(x)
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    placed = map_.transform(new)
    return map_, np.asarray(placed), seconds, time.perf_counter() - started


NAMES = ["KL", "recall@10", "trust", "placed", "seconds", "placing"]
DIGITS = [4, 4, 4, 4, 1, 2]


def written(values, digits):
    mean = f"{np.mean(values):.{digits}f}"
    return mean if len(values) < 2 else f"{mean} ± {np.std(values, ddof=1):.{digits}f}"


def verdict(a, b, isLessBetter):
    """How the means differ: by less than two standard errors they are level."""
    difference = np.mean(a) - np.mean(b)
    if len(a) > 1:
        error = np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))
        if abs(difference) <= 2 * error:
            return "level"
    elif abs(difference) <= 0.002 and not isLessBetter:
        return "level"
    return "better" if (difference < 0) == isLessBetter else "worse"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("coldwave")
    arguments.add_argument("data", nargs="?", type=Path, default=Path(os.environ.get("COLDWAVE_DATA", "../shared/data")))
    arguments.add_argument("--cases", default=CASES)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--seeds", type=int, help="seeds for every case (default: 4 up to 2,000 vectors, 2 up to 20,000, else 1)")
    options = arguments.parse_args()
    import openTSNE
    started = time.time()
    print(f"openTSNE {openTSNE.__version__}, perplexity {PERPLEXITY}, {STEPS} steps, {options.threads} threads, "
          f"load {os.getloadavg()[0]:.1f} before; mean ± standard deviation over seeds\n")
    print("| vectors | | seeds | " + " | ".join(NAMES) + " |\n|---|---|---|" + "---|" * len(NAMES), flush=True)
    verdicts, sources = [], {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case in options.cases.split(","):
            kind, size = case.split("-")
            needed = {"songs": options.data / "listening/lastfm-tracks-interactions.csv.gz", "sounds": options.data / "music"}.get(kind)
            if needed and not needed.exists():
                print(f"| {case} | left out: {needed} is not there |", flush=True)
                continue
            n = int(size)
            if kind == "mixture":
                everything = mixture(n + extra(n))
            else:
                if kind not in sources:
                    sources[kind] = {"songs": songs, "sounds": sounds}[kind](options.coldwave, options.data, folder)
                everything = sources[kind]
            if len(everything) < n + extra(n):
                print(f"| {case} | left out: there are {len(everything):,} vectors |", flush=True)
                continue
            x, new = (np.ascontiguousarray(part, np.float32) for part in (everything[:n], everything[n:n + extra(n)]))
            np.save(folder / "in.npy", x), np.save(folder / "new.npy", new)
            p, tools = None, {"Coldwave": [], "openTSNE": []}
            if n <= 20000:
                p = openTSNE.affinity.PerplexityBasedNN(x, perplexity=PERPLEXITY, method="exact", n_jobs=options.threads).P
            for seed in range(options.seeds or seeds_of(n)):
                runs = {"openTSNE": theirs(options, x, new, seed), "Coldwave": ours(options, folder, seed)}
                q = p if p is not None else runs["openTSNE"][0].affinities.P
                for tool, (map_, placed, seconds, placing) in runs.items():
                    y = np.asarray(map_)
                    tools[tool].append([divergence(q, y), *neighbourhoods(x, y), recall_of_placed(x, y, new, placed), seconds, placing])
            for tool, rows in tools.items():
                columns = list(zip(*rows))
                print(f"| {n:,} {kind} | {tool} | {len(rows)} | "
                      + " | ".join(written(values, digits) for values, digits in zip(columns, DIGITS)) + " |", flush=True)
            a, b = (np.array(rows) for rows in tools.values())
            verdicts.append(f"{n:,} {kind}: KL {verdict(a[:, 0], b[:, 0], True)} ({a[:, 0].mean() / b[:, 0].mean() - 1:+.1%}), "
                            + ", ".join(f"{NAMES[i]} {verdict(a[:, i], b[:, i], False)} ({a[:, i].mean() - b[:, i].mean():+.4f})" for i in (1, 2, 3))
                            + f", {np.median(b[:, 4]) / np.median(a[:, 4]):.1f} × as fast, placing {np.median(b[:, 5]) / np.median(a[:, 5]):.1f} ×")
    print("\nColdwave beside openTSNE:\n" + "\n".join(verdicts) + f"\n{(time.time() - started) / 60:.0f} minutes in all")


if __name__ == "__main__":
    main()
