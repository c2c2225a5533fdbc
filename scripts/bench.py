"""Coldwave against its peers: ALS (implicit), training (PyTorch eager). Hearing has bench_hearing.py.

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


def training():
    import torch
    import torch.nn.functional as F
    torch.set_num_threads(cores)
    (work / "mels").mkdir()
    random = np.random.default_rng(0)
    for i in range(64):
        np.save(work / "mels" / f"{i:05}.npy", random.standard_normal((1300, 128)).astype(np.float32))
    np.save(work / "targets.npy", random.standard_normal((64, 40)).astype(np.float32))
    shapes = [(256, 128), (256, 256), (256, 256), (512, 256)]
    convolutions = [torch.nn.Conv1d(i, o, 4) for o, i in shapes]
    dense = [torch.nn.Linear(1536, 2048), torch.nn.Linear(2048, 2048), torch.nn.Linear(2048, 40)]
    parameters = [p for layer in convolutions + dense for p in layer.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=1e-3, momentum=0.9, nesterov=True)
    batch, target = torch.randn(128, 128, 599), torch.randn(128, 40)

    def step():
        x = batch
        for convolution, pool in zip(convolutions, (4, 2, 2, 1)):
            x = F.relu(F.max_pool1d(convolution(x), pool) if pool > 1 else convolution(x))
        x = torch.cat([x.mean(2), x.amax(2), (x.square().mean(2) + 1e-12).sqrt()], 1)
        x = F.dropout(F.relu(dense[0](x)), 0.5)
        x = F.dropout(F.relu(dense[1](x)), 0.5)
        loss = (dense[2](x) - target).square().sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    ours, theirs = [], []
    step()
    for _ in range(3):
        ours.append(json.loads(run("lab", "train", work / "mels", work / "targets.npy", work / "m.safetensors", "--epochs", 3,
                                   "--batch", 128, "--json", "--quiet"))["windowsPerSecond"])
        start = time.perf_counter()
        for _ in range(4):
            step()
        theirs.append(4 * 128 / (time.perf_counter() - start))
    report("training, batch 128, vs PyTorch eager conv1d", ours, theirs, "windows/s", True)


print(f"{cores} cores; medians; the last column is how many times faster Coldwave is")
for part in (als, training):
    part()
