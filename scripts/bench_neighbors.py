#!/usr/bin/env python3
"""The nearest songs: Coldwave's exact scan against faiss's flat index, and its graph against hnswlib; same vectors, same run,
queries on one thread.

Usage: bench_neighbors.py COLDWAVE [--items 1000000] [--dimensions 40] [--vectors ITEMS.npy]
Needs numpy, faiss-cpu and hnswlib. Prints medians and ratios; every list is checked against faiss's."""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

# One thread for all: set before the libraries read it.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
import numpy as np  # noqa: E402
import faiss  # noqa: E402
import hnswlib  # noqa: E402


def median_seconds(work, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def ours(options, folder, queries, repeats, *more, threads=1):
    """What a search reports, and its [queries, k]. Coldwave times the search itself, as is done for the others."""
    np.save(folder / "queries.npy", queries)
    told = subprocess.run(
        [options.coldwave, "lab", "neighbors", folder / "items.npy", folder / "queries.npy", folder / "out.npy",
         "-k", str(options.k), "--metric", "cosine", "--threads", str(threads), "--repeats", str(repeats), "--json",
         *map(str, more)], check=True, capture_output=True, text=True)
    return json.loads(told.stdout), np.load(folder / "out.npy")


def recall(found, truth):
    return np.mean([len(np.intersect1d(a, b)) / len(b) for a, b in zip(found, truth)])


def agreement(found, truth, items, queries):
    """Share of places with the same song, or another one whose cosine is equal up to rounding."""
    same = found == truth
    rows, places = np.nonzero(~same)
    a = np.einsum("ij,ij->i", items[found[rows, places]], queries[rows])
    b = np.einsum("ij,ij->i", items[truth[rows, places]], queries[rows])
    same[rows, places] = np.abs(a - b) < 1e-6
    return same.mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coldwave", type=lambda text: str(Path(text).resolve()))
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--dimensions", type=int, default=40)
    parser.add_argument("--vectors", type=Path, help="real vectors instead of random ones")
    parser.add_argument("-k", type=int, default=10)
    parser.add_argument("--queries", type=int, default=256, help="queries of the batch")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-hnsw", action="store_true")
    parser.add_argument("--ef-construction", type=int, default=100)
    parser.add_argument("--build-threads", type=int, default=2)
    parser.add_argument("--ef", type=lambda text: [int(ef) for ef in text.split(",")], default=[16, 32, 64, 128, 256, 512, 1024])
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    random = np.random.default_rng(0)
    items = (np.load(options.vectors).astype(np.float32) if options.vectors
             else random.standard_normal((options.items, options.dimensions), np.float32))
    items /= np.maximum(np.linalg.norm(items, axis=1, keepdims=True), 1e-12)
    picks = random.choice(len(items), options.queries, replace=False)
    queries = items[picks] + 0.3 / np.sqrt(items.shape[1]) * random.standard_normal((len(picks), items.shape[1]), np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    flat = faiss.IndexFlatIP(items.shape[1])
    flat.add(items)
    truth = flat.search(queries, options.k)[1]
    batch_name = f"{len(queries)} queries"
    rows = {"one query": queries[:1], batch_name: queries}
    mine, theirs, ratio, same, build = {}, {}, {}, {}, 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        np.save(folder / "items.npy", items)
        # In turns, so that a busy moment of the machine hits both.
        for name, batch in rows.items():
            repeats = 21 if len(batch) == 1 else 3
            a, b = [], []
            for _ in range(options.rounds):
                report, found = ours(options, folder, batch, repeats)
                build = report["buildSeconds"]
                a.append(report["querySeconds"])
                b.append(median_seconds(lambda: flat.search(batch, options.k), repeats))
            mine[name], theirs[name] = statistics.median(a), statistics.median(b)
            ratio[name] = statistics.median(y / x for x, y in zip(a, b))
            same[name] = agreement(found, truth[:len(batch)], items, batch)
        print(f"{len(items):,} x {items.shape[1]}, k = {options.k}, one thread; index built in {build:.2f} s\n")
        print("| search | Coldwave, exact | faiss flat | ratio (median of rounds) | same list |")
        print("|---|---|---|---|---|")
        for name in rows:
            print(f"| {name} | {1e3 * mine[name]:.2f} ms | {1e3 * theirs[name]:.2f} ms | "
                  f"{ratio[name]:.2f} x | {same[name]:.4f} |", flush=True)
        if not options.no_hnsw:
            graphs(options, folder, items, queries, truth)


def graphs(options, folder, items, queries, truth):
    """Both graphs with the same M and ef_construction, built on the same threads, at the first ef with the recall wanted."""
    index = folder / "songs.index"
    hnsw = ["--index", "hnsw", "--degree", 16, "--ef-construction", options.ef_construction]
    built, _ = ours(options, folder, queries[:2], 1, *hnsw, "--save-index", index, threads=options.build_threads)
    opened, _ = ours(options, folder, queries[:1], 1, *hnsw, "--open-index", index)
    graph = hnswlib.Index("ip", items.shape[1])
    start = time.perf_counter()
    graph.init_index(len(items), ef_construction=options.ef_construction, M=16)
    graph.add_items(items, num_threads=options.build_threads)
    seconds = time.perf_counter() - start
    graph.set_num_threads(1)
    print(f"\nM 16, ef_construction {options.ef_construction}, built on {options.build_threads} threads: Coldwave "
          f"{built['buildSeconds']:.0f} s, hnswlib {seconds:.0f} s. Opening Coldwave's index of "
          f"{index.stat().st_size / 1e6:.0f} MB: {1e3 * opened['openSeconds']:.2f} ms\n")
    print("| ef | recall@10 Coldwave | hnswlib | queries a second Coldwave | hnswlib | ratio (median of rounds) |")
    print("|---|---|---|---|---|---|", flush=True)
    for ef in options.ef:
        a, b = [], []
        graph.set_ef(ef)
        for _ in range(options.rounds):
            report, found = ours(options, folder, queries, 3, *hnsw, "--ef", ef, "--open-index", index)
            a.append(report["queriesPerSecond"])
            b.append(len(queries) / median_seconds(lambda: graph.knn_query(queries, options.k, num_threads=1), 3))
        theirs = graph.knn_query(queries, options.k, num_threads=1)[0]
        scores = recall(found, truth), recall(theirs, truth)
        print(f"| {ef} | {scores[0]:.4f} | {scores[1]:.4f} | {statistics.median(a):,.0f} | {statistics.median(b):,.0f} | "
              f"{statistics.median(x / y for x, y in zip(a, b)):.2f} x |", flush=True)
        if min(scores) >= 0.99:
            break


main()
