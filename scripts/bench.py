"""Coldwave's ALS against implicit. The network has bench_network.py, hearing bench_hearing.py.

Every pair is measured alternately in this run; figures are medians. Usage: bench.py COLDWAVE
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

coldwave = str(Path(sys.argv[1]).resolve())
cores = len(os.sched_getaffinity(0))
work = Path(tempfile.mkdtemp())


def run(*arguments, **extra):
    return subprocess.run([coldwave, *map(str, arguments)], check=True, capture_output=True, text=True, **extra).stdout


def report(name, ours, theirs, unit, higher_is_better=False):
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    ratio = ours / theirs if higher_is_better else theirs / ours
    print(f"{name:<46} ours {ours:10.4f}  peer {theirs:10.4f} {unit:<10} {ratio:5.2f}x", flush=True)


def als():
    import scipy.sparse as sp
    from implicit.cpu.als import AlternatingLeastSquares
    random = np.random.default_rng(0)
    n, listeners, songs = 5_000_000, 100_000, 50_000
    rows = random.integers(0, listeners, n)
    columns = np.minimum((songs * random.random(n) ** 3).astype(int), songs - 1)
    matrix = sp.coo_matrix((np.ones(n, np.float32), (rows, columns)), (listeners, songs)).tocsr()
    entries = matrix.tocoo()
    np.savetxt(work / "triplets.tsv", np.stack([entries.row, entries.col, entries.data.astype(int)], 1), "%d", "\t")
    ours = json.loads(run("lab", "factorize", work / "triplets.tsv", work / "als", "--iterations", 3, "--json"))
    confidence = matrix.copy()
    confidence.data = 1 + 40 * confidence.data
    for name, cg in (("CG", True), ("Cholesky", False)):
        times = []
        model = AlternatingLeastSquares(factors=40, regularization=0.01, iterations=3 if cg else 1, use_cg=cg, num_threads=cores)
        model.fit(confidence, show_progress=False, callback=lambda iteration, seconds, *rest: times.append(seconds))
        report(f"ALS iteration, {matrix.nnz:,} pairs, vs implicit {name}", [ours["secondsPerIteration"]], times, "s")


print(f"{cores} cores; medians; the last column is how many times faster Coldwave is")
als()
