"""The network's training and whole-song prediction against PyTorch eager, in float32 and in bfloat16, and against the rate of this machine's own
matrix products.

The peer is the same network as a PyTorch user would write it: the fastest of conv1d and channels-last Conv2d with time as height or as width; its
batch and its songs are in memory before the clock starts, ours are read, averaged and normalised while it runs, and ours also clips gradients and averages
weights.
All are measured in turn, again and again, so that whatever else the machine does meets all of them alike; figures are medians.

Usage: bench_network.py COLDWAVE [--rounds 5] [--batch 128] [--networks dieleman2014,coldwave1]
"""
import argparse
import atexit
import contextlib
import itertools
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
import numpy as np
import torch
import torch.nn.functional as F

arguments = argparse.ArgumentParser()
arguments.add_argument("coldwave")
arguments.add_argument("--rounds", type=int, default=5)
arguments.add_argument("--batch", type=int, default=128)
arguments.add_argument("--networks", default="dieleman2014,coldwave1")
options = arguments.parse_args()
coldwave = str(Path(options.coldwave).resolve())
cores = len(os.sched_getaffinity(0))
torch.set_num_threads(cores)
# (filters, channels) of every convolution of width 4, pools after them, sizes of the dense layers, frames averaged first, epochs of a run here.
NETWORKS = {
    "dieleman2014": ([(256, 128), (256, 256), (256, 256), (512, 256)], (4, 2, 2, 1), (1536, 2048, 2048, 40), 1, 6),
    "coldwave1": ([(128, 128), (128, 128), (256, 128)], (2, 2, 1), (768, 512, 512, 40), 4, 24),
}
SONGS, PREDICTED, FRAMES, WINDOW, STEP = 64, 256, 6000, 599, 299
KINDS = ("conv1d", "Conv2d over height", "Conv2d over width")


def flops(name):
    """Of one window, in GFLOP: forward, and a step of training, which needs no gradient of its input."""
    shapes, pools, units, averaged, _ = NETWORKS[name]
    steps, layers = WINDOW // averaged, []
    for (o, i), pool in zip(shapes, pools):
        layers.append(2 * (steps - 3) * o * i * 4)
        steps = (steps - 3) // pool
    layers += [2 * i * o for i, o in zip(units, units[1:])]
    return sum(layers) / 1e9, (3 * sum(layers) - layers[0]) / 1e9


def peer(name, kind, half):
    shapes, pools, units, averaged, _ = NETWORKS[name]
    dense = [torch.nn.Linear(i, o) for i, o in zip(units, units[1:])]
    if kind == "conv1d":
        convolutions = [torch.nn.Conv1d(i, o, 4) for o, i in shapes]
    else:
        size = (4, 1) if kind == "Conv2d over height" else (1, 4)
        convolutions = [torch.nn.Conv2d(i, o, size).to(memory_format=torch.channels_last) for o, i in shapes]
    parameters = [p for layer in convolutions + dense for p in layer.parameters()]
    optimizer = (torch.optim.AdamW(parameters, lr=1e-5) if name == "coldwave1"
                 else torch.optim.SGD(parameters, lr=1e-5, momentum=0.9, nesterov=True))
    precision = (lambda: torch.autocast("cpu", torch.bfloat16)) if half else contextlib.nullcontext

    def forward(mel, dropout):
        x = mel.transpose(1, 2)
        if averaged > 1:
            x = F.avg_pool1d(x, averaged)
        pool_of = lambda pool: pool
        if kind != "conv1d":
            axis, pool_of = (3, lambda pool: (pool, 1)) if kind == "Conv2d over height" else (2, lambda pool: (1, pool))
            x = x.unsqueeze(axis).contiguous(memory_format=torch.channels_last)
        for convolution, pool in zip(convolutions, pools):
            x = convolution(x)
            if pool > 1:
                x = (F.max_pool1d if kind == "conv1d" else F.max_pool2d)(x, pool_of(pool))
            x = F.relu(x)
        x = x.flatten(2)
        x = torch.cat([x.mean(2), x.amax(2), (x.square().mean(2) + 1e-12).sqrt()], 1)
        for layer in dense[:-1]:
            x = F.dropout(F.relu(layer(x)), 0.5, dropout)
        return dense[-1](x)

    def step(mel, target):
        with precision():
            output = forward(mel, True)
        loss = (output.float() - target).square().sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def predict(songs):
        # Songs in memory, [songs, frames, bands]: their windows, and the mean over each one's.
        with torch.inference_mode(), precision():
            windows = songs.unfold(1, WINDOW, STEP).mT.flatten(0, 1)
            forward(windows, False).float().unflatten(0, (len(songs), -1)).mean(1)
    return step, predict


def whole_songs(predict, together):
    """Predicts the next songs of all at every call."""
    turn = itertools.cycle(range(0, SONGS, together))

    def body():
        first = next(turn)
        predict(all_songs[first : first + together])
    return body


def rate(body, units, seconds=1.5):
    """Units a second over about so long."""
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        body()
        count += units
    return count / (time.perf_counter() - start)


def ours(*parts):
    command = [coldwave, "lab", *map(str, parts), "--json", "--quiet"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def precision_of_auto():
    # Its exit status tells of the library too.
    report = subprocess.run([coldwave, "doctor", "--json"], capture_output=True, text=True).stdout
    return json.loads(report)["precision"]["precision"]


def product_rate(dtype):
    a, b = torch.randn(4096, 2048, dtype=dtype), torch.randn(2048, 2048, dtype=dtype)
    return rate(lambda: torch.mm(a, b), 2 * 4096 * 2048 * 2048 / 1e9, 0.5)


work = Path(tempfile.mkdtemp(prefix="bench-network"))
atexit.register(shutil.rmtree, work, ignore_errors=True)
(work / "mels").mkdir()
random = np.random.default_rng(0)
for i in range(SONGS):
    np.save(work / "mels" / f"{i:05}.npy", random.standard_normal((FRAMES, 128)).astype(np.float32))
(work / "more").mkdir()
for i in range(PREDICTED):
    os.link(work / "mels" / f"{i % SONGS:05}.npy", work / "more" / f"{i:05}.npy")
np.save(work / "targets.npy", random.standard_normal((SONGS, 40)).astype(np.float32))
mel, target = torch.randn(options.batch, WINDOW, 128), torch.randn(options.batch, 40)
all_songs = torch.from_numpy(np.stack([np.load(work / "mels" / f"{i:05}.npy") for i in range(SONGS)]))
automatic = precision_of_auto()
PRECISIONS = (("float32", False), ("bfloat16", True))
print(f"{cores} threads, batch {options.batch}, {options.rounds} rounds in turn; medians")
for name in options.networks.split(","):
    forward, training = flops(name)
    train, predict, chosen = {}, {}, {}
    for precision, half in PRECISIONS:
        kinds = {kind: peer(name, kind, half) for kind in KINDS}
        for step, _ in kinds.values():
            step(mel, target)
        best = max(kinds, key=lambda kind: rate(lambda: kinds[kind][0](mel, target), 1))
        train[precision] = kinds[best][0]
        # A song's windows at once, or those of four.
        candidates = [(kind, songs) for kind in KINDS for songs in (1, 4)]
        quick = max(candidates, key=lambda c: rate(whole_songs(kinds[c[0]][1], c[1]), c[1], 0.7))
        predict[precision] = (whole_songs(kinds[quick[0]][1], quick[1]), quick[1])
        chosen[precision] = (best, quick[0])
    figures = {key: [] for key in ("sgemm", "bf16 gemm")}
    model = work / "model.safetensors"
    for _ in range(options.rounds):
        figures["sgemm"].append(product_rate(torch.float32))
        figures["bf16 gemm"].append(product_rate(torch.bfloat16))
        for precision, _ in PRECISIONS:
            def add(what, value):
                figures.setdefault((what, precision), []).append(value)
            add("train ours", ours("train", work / "mels", work / "targets.npy", model, "--network", name, "--epochs", NETWORKS[name][4],
                                   "--batch", options.batch, "--precision", precision)["windowsPerSecond"])
            add("train peer", rate(lambda: train[precision](mel, target), options.batch, 3))
            add("predict ours", ours("predict", model, work / "more", work / "out.npy", "--precision", precision)["songsPerSecond"])
            body, songs = predict[precision]
            add("predict peer", rate(body, songs))
    median = {key: statistics.median(values) for key, values in figures.items()}
    print(f"\n{name}: {forward:.3f} GFLOP a window forward, {training:.3f} a training step; "
          f"products alone: {median['sgemm']:.0f} GFLOP/s in float32, {median['bf16 gemm']:.0f} in bfloat16")
    for what, unit, gflop in (("train", "windows/s", training),
                              ("predict", "songs/s", None)):
        for precision, gemm in (("float32", "sgemm"), ("bfloat16", "bf16 gemm")):
            mine, theirs = median[f"{what} ours", precision], median[f"{what} peer", precision]
            share = f"   {mine * gflop / median[gemm]:.2f} of the products' rate" if gflop else ""
            print(f"  {what:<8} {precision:<9} {mine:8.1f} {unit:<10} PyTorch ({chosen[precision][what == 'predict']}) {theirs:8.1f}"
                  f"   {mine / theirs:5.2f}x{share}")
        print(f"  {what:<8} as it comes ({automatic}) against PyTorch as it comes (float32): "
              f"{median[f'{what} ours', automatic] / median[f'{what} peer', 'float32']:.2f}x")
