"""Maps by t-SNE against openTSNE (pip install openTSNE): KL divergence, neighbourhoods and time, on the same vectors with the same
perplexity and steps, one after the other in this run.

Usage: bench_tsne.py COLDWAVE [DATA] [--cases mixture-2000,songs-20000,...] [--threads 2]
"mixture" is 50 Gaussian clusters in 40 dimensions; "songs" are the factors that `coldwave lab factorize` makes of
DATA/listening/lastfm-tracks-interactions.csv.gz (left out where it is not there).

Up to 20,000 vectors the KL divergence of both maps is computed here, exactly, in double precision, over all pairs, with one P
(openTSNE's from exact neighbours); beyond, each tool's own is told. openTSNE finds its neighbours approximately (annoy), as it
does by default. "recall" is the share of the 10 nearest vectors that are among the 10 nearest points of the map, "trust" is
Venna & Kaski's trustworthiness for 10 neighbours; both over 1,000 sampled points against all.
"""
import argparse
import gzip
import json
import os
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
import numpy as np

PERPLEXITY, STEPS = 30, 750


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


def squared_distances(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    return np.maximum((a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T, 0)


def divergence(p, y):
    y = np.asarray(y, np.float64)
    z = sum((1 / (1 + squared_distances(y[i:i + 500], y))).sum() for i in range(0, len(y), 500)) - len(y)
    p = p.tocoo()
    value = p.data / p.data.sum()
    keep = value > 0
    d = ((y[p.row] - y[p.col]) ** 2).sum(1)
    return float((value[keep] * np.log(value[keep])).sum() + (value * np.log1p(d)).sum() + np.log(z))


def neighbourhoods(x, y, k=10, sample=1000):
    chosen = np.random.default_rng(1).permutation(len(x))[:sample]
    n, found, penalty = len(x), 0, 0
    for i in range(0, len(chosen), 100):
        rows = chosen[i:i + 100]
        above, below = squared_distances(x[rows], x), squared_distances(y[rows], y)
        above[np.arange(len(rows)), rows] = below[np.arange(len(rows)), rows] = np.inf
        order = np.argsort(above, axis=1)
        rank = np.empty_like(order)
        np.put_along_axis(rank, order, np.arange(1, n + 1)[None], axis=1)
        near = np.argpartition(below, k, axis=1)[:, :k]
        ranks = np.take_along_axis(rank, near, axis=1)
        found += (ranks <= k).sum()
        penalty += np.maximum(ranks - k, 0).sum()
    m = len(chosen)
    return found / (m * k), 1 - 2 / (m * k * (2 * n - 3 * k - 1)) * penalty


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("coldwave")
    arguments.add_argument("data", nargs="?", type=Path, default=Path(os.environ.get("COLDWAVE_DATA", "../shared/data")))
    arguments.add_argument("--cases", default="mixture-2000,mixture-20000,mixture-100000,songs-2000,songs-20000,songs-all")
    arguments.add_argument("--threads", type=int, default=2)
    options = arguments.parse_args()
    import openTSNE

    print(f"openTSNE {openTSNE.__version__}, perplexity {PERPLEXITY}, {STEPS} steps, {options.threads} threads, "
          f"load {os.getloadavg()[0]:.1f} before")
    print(f"{'vectors':16} {'':9} {'KL':>8} {'recall@10':>9} {'trust':>7} {'seconds':>8}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        all_songs = None
        for case in options.cases.split(","):
            kind, size = case.split("-")
            if kind == "songs":
                if not (options.data / "listening/lastfm-tracks-interactions.csv.gz").exists():
                    print(f"{case:16} left out: its file is not in {options.data}")
                    continue
                if all_songs is None:
                    all_songs = songs(options.coldwave, options.data, folder)
                x = all_songs if size == "all" else all_songs[:int(size)]
            else:
                x = mixture(int(size))
            x = np.ascontiguousarray(x, np.float32)
            np.save(folder / "in.npy", x)
            ours = json.loads(subprocess.run(
                [options.coldwave, "lab", "tsne", folder / "in.npy", folder / "out.npy", "--perplexity", str(PERPLEXITY),
                 "--iterations", str(STEPS), "--threads", str(options.threads), "--json", "-q"],
                check=True, capture_output=True, text=True).stdout)
            mine = np.load(folder / "out.npy")
            started = time.perf_counter()
            theirs = openTSNE.TSNE(
                perplexity=PERPLEXITY, early_exaggeration_iter=250, n_iter=STEPS - 250, initial_momentum=0.5,
                final_momentum=0.8, negative_gradient_method="fft", n_jobs=options.threads, random_state=0).fit(x)
            seconds = time.perf_counter() - started
            kl = ours["klDivergence"], theirs.kl_divergence
            if len(x) <= 20000:
                p = openTSNE.affinity.PerplexityBasedNN(
                    x, perplexity=PERPLEXITY, method="exact", n_jobs=options.threads).P
                kl = divergence(p, mine), divergence(p, theirs)
            for label, map_, k, time_ in (("coldwave", mine, kl[0], ours["seconds"]),
                                          ("openTSNE", np.asarray(theirs), kl[1], seconds)):
                recall, trust = neighbourhoods(x, map_)
                print(f"{case:16} {label:9} {k:8.4f} {recall:9.4f} {trust:7.4f} {time_:8.1f}", flush=True)
            print(f"{case:16} ratio     {kl[0] / kl[1]:8.4f} {'':9} {'':7} {seconds / ours['seconds']:7.1f}x", flush=True)


if __name__ == "__main__":
    main()
