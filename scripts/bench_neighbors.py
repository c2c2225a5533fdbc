#!/usr/bin/env python3
"""The nearest songs: Coldwave's exact scan against faiss's flat index and hnswlib, same vectors, same run, one thread.

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


def ours(options, folder, queries, repeats):
    """Median seconds of a search, and its [queries, k]. Coldwave times the search itself, as is done for the others."""
    np.save(folder / "queries.npy", queries)
    told = subprocess.run(
        [options.coldwave, "lab", "neighbors", folder / "items.npy", folder / "queries.npy", folder / "out.npy",
         "-k", str(options.k), "--metric", "cosine", "--threads", "1", "--repeats", str(repeats), "--json"],
        check=True, capture_output=True, text=True)
    report = json.loads(told.stdout)
    return report["querySeconds"], report["buildSeconds"], np.load(folder / "out.npy")


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
    mine, theirs, same, build = {}, {}, {}, 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        np.save(folder / "items.npy", items)
        # In turns, so that a busy moment of the machine hits both.
        for name, batch in rows.items():
            repeats = 21 if len(batch) == 1 else 3
            a, b = [], []
            for _ in range(options.rounds):
                seconds, build, found = ours(options, folder, batch, repeats)
                a.append(seconds)
                b.append(median_seconds(lambda: flat.search(batch, options.k), repeats))
            mine[name], theirs[name] = statistics.median(a), statistics.median(b)
            same[name] = agreement(found, truth[:len(batch)], items, batch)
        print(f"{len(items):,} x {items.shape[1]}, k = {options.k}, one thread; index built in {build:.2f} s\n")
        print("| search | Coldwave, exact | faiss flat | ratio | same list |")
        print("|---|---|---|---|---|")
        for name in rows:
            print(f"| {name} | {1e3 * mine[name]:.2f} ms | {1e3 * theirs[name]:.2f} ms | "
                  f"{theirs[name] / mine[name]:.2f} x | {same[name]:.4f} |", flush=True)
        if options.no_hnsw:
            return
        graph = hnswlib.Index("ip", items.shape[1])
        start = time.perf_counter()
        graph.init_index(len(items), ef_construction=100, M=16)
        graph.add_items(items, num_threads=os.cpu_count())
        print(f"\nhnswlib (M 16, ef_construction 100), built in {time.perf_counter() - start:.0f} s\n")
        print("| ef | recall@10 | ms a query | Coldwave's exact, ms a query |")
        print("|---|---|---|---|")
        graph.set_num_threads(1)
        for ef in (32, 64, 128, 256, 512, 1024):
            graph.set_ef(ef)
            seconds = median_seconds(lambda: graph.knn_query(queries, options.k, num_threads=1), 3) / len(queries)
            score = recall(graph.knn_query(queries, options.k, num_threads=1)[0], truth)
            print(f"| {ef} | {score:.4f} | {1e3 * seconds:.3f} | {1e3 * mine[batch_name] / len(queries):.3f} batched, "
                  f"{1e3 * mine['one query']:.3f} alone |", flush=True)
            if score >= 0.99:
                break


main()
