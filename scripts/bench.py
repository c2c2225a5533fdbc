"""Coldwave against its peers: ALS (implicit), training and prediction (PyTorch eager). Hearing has bench_hearing.py.

Every pair is measured alternately in this run; figures are medians. Usage: bench.py COLDWAVE [als|training]
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


def peer(name):
    """The same network in PyTorch, as its users would write it: a training step and a window's prediction, of batch 128 or whatever is given."""
    import torch
    import torch.nn.functional as F
    shapes, pools, units, averaged = {
        "dieleman2014": ([(256, 128), (256, 256), (256, 256), (512, 256)], (4, 2, 2, 1), (1536, 2048, 2048, 40), 1),
        "coldwave1": ([(128, 128), (128, 128), (256, 128)], (2, 2, 1), (768, 512, 512, 40), 4)}[name]
    dense = [torch.nn.Linear(i, o) for i, o in zip(units, units[1:])]

    def build(two_dimensions):
        convolutions = [torch.nn.Conv2d(i, o, (4, 1)) if two_dimensions else torch.nn.Conv1d(i, o, 4) for o, i in shapes]
        if two_dimensions:
            convolutions = [c.to(memory_format=torch.channels_last) for c in convolutions]
        parameters = [p for layer in convolutions + dense for p in layer.parameters()]
        optimizer = torch.optim.SGD(parameters, lr=1e-3, momentum=0.9, nesterov=True)

        def forward(mel, dropout):
            x = mel.transpose(1, 2)
            if two_dimensions:
                x = x.unsqueeze(3).contiguous(memory_format=torch.channels_last)
            if averaged > 1:
                x = F.avg_pool2d(x, (averaged, 1)) if two_dimensions else F.avg_pool1d(x, averaged)
            for convolution, pool in zip(convolutions, pools):
                x = convolution(x)
                if pool > 1:
                    x = F.max_pool2d(x, (pool, 1)) if two_dimensions else F.max_pool1d(x, pool)
                x = F.relu(x)
            x = x.flatten(2)
            x = torch.cat([x.mean(2), x.amax(2), (x.square().mean(2) + 1e-12).sqrt()], 1)
            for layer in dense[:-1]:
                x = F.dropout(F.relu(layer(x)), 0.5, dropout)
            return dense[-1](x)

        def step(mel, target):
            loss = (forward(mel, True) - target).square().sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return forward, step
    return build


def training():
    import torch
    torch.set_num_threads(cores)
    (work / "mels").mkdir()
    random = np.random.default_rng(0)
    for i in range(64):
        np.save(work / "mels" / f"{i:05}.npy", random.standard_normal((6000, 128)).astype(np.float32))
    np.save(work / "targets.npy", random.standard_normal((64, 40)).astype(np.float32))
    mel, target = torch.randn(128, 599, 128), torch.randn(128, 40)
    # A song of 30 s in windows that overlap by half, as `lab predict` hears it.
    windows = torch.randn(19, 599, 128)
    for name, epochs in (("dieleman2014", 3), ("coldwave1", 12)):
        kinds = [peer(name)(two_dimensions) for two_dimensions in (False, True)]

        def rate(step, count=4):
            start = time.perf_counter()
            for _ in range(count):
                step(mel, target)
            return count * 128 / (time.perf_counter() - start)

        for _, step in kinds:
            step(mel, target)
        forward, step = max(kinds, key=lambda kind: rate(kind[1], 2))
        model = work / "m.safetensors"
        ours, theirs, heard, peers = [], [], [], []
        for _ in range(5):
            ours.append(json.loads(run("lab", "train", work / "mels", work / "targets.npy", model, "--network", name, "--epochs", epochs,
                                       "--batch", 128, "--json", "--quiet"))["windowsPerSecond"])
            theirs.append(rate(step))
            heard.append(json.loads(run("lab", "predict", model, work / "mels", work / "out.npy", "--json", "--quiet"))["songsPerSecond"])
            with torch.inference_mode():
                start = time.perf_counter()
                for _ in range(8):
                    forward(windows, False).mean(0)
                peers.append(8 / (time.perf_counter() - start))
        report(f"training {name}, batch 128, vs PyTorch eager", ours, theirs, "windows/s", True)
        report(f"whole songs by {name}, vs PyTorch by windows", heard, peers, "songs/s", True)
    a, b = torch.randn(4096, 2048), torch.randn(2048, 2048)
    times = []
    for _ in range(7):
        start = time.perf_counter()
        torch.mm(a, b)
        times.append(2 * 4096 * 2048 * 2048 / (time.perf_counter() - start) / 1e9)
    print(f"sgemm alone reaches {statistics.median(times):.0f} GFLOP/s; a window's training step is 0.93 GFLOP by dieleman2014, 0.11 by coldwave1")


print(f"{cores} cores; medians; the last column is how many times faster Coldwave is")
for part in (als, training):
    if part.__name__ in sys.argv[2:] or not sys.argv[2:]:
        part()
