"""Checks exported networks in other programs: ONNX Runtime, NumPy and PyTorch must predict what Coldwave predicts.

Trains the networks for a moment on random sound, exports them, and compares the factors of windows of 599 frames. PyTorch's side
is the script in docs/network.md, taken from there, so that what is documented is what is checked.

Usage: check_onnx.py COLDWAVE [--tolerance 1e-4]
"""
import argparse
import re
import subprocess
import tempfile
from pathlib import Path

import numpy
import onnxruntime
import safetensors.numpy

arguments = argparse.ArgumentParser()
arguments.add_argument("coldwave")
arguments.add_argument("--tolerance", type=float, default=1e-4)
options = arguments.parse_args()
documentation = (Path(__file__).parent.parent / "docs" / "network.md").read_text()
(pytorch,) = re.findall(r"```python\n(.*?)```", documentation, re.S)
dice = numpy.random.default_rng(0)


def coldwave(*words):
    subprocess.run([options.coldwave, "lab", *map(str, words)], check=True, capture_output=True)


with tempfile.TemporaryDirectory() as folder:
    work = Path(folder)
    (work / "mel").mkdir()
    # Songs of exactly one window, so that a song's prediction is one pass of the network; as loud and as coloured as log-mel is.
    mel = dice.gamma(2, 1.5, (20, 599, 128)).astype(numpy.float32) * numpy.linspace(2, 0.5, 128, dtype=numpy.float32)
    for i, song in enumerate(mel):
        numpy.save(work / "mel" / f"{i:05}.npy", song)
    numpy.save(work / "targets.npy", dice.normal(0, 1, (20, 40)).astype(numpy.float32))
    for network in ["dieleman2014", "coldwave1", "coldwave2"]:
        model = work / f"{network}.safetensors"
        coldwave("train", work / "mel", work / "targets.npy", model, "--network", network, "--epochs", 1, "--windows-per-song", 1, "--precision", "float32")
        # The last layer starts near zero: a hundred times that gives factors as large as a trained network's.
        weights = safetensors.numpy.load_file(model)
        with safetensors.safe_open(model, "np") as file:
            metadata = file.metadata()
        weights["dense3.weight"] *= 100
        safetensors.numpy.save_file(weights, model, metadata)
        coldwave("predict", model, work / "mel", work / "factors.npy")
        expected = numpy.load(work / "factors.npy")
        for form in ["onnx", "npz", "safetensors"]:
            coldwave("export", model, form, work / f"out.{form}")
        copy = safetensors.numpy.load_file(work / "out.safetensors")
        assert set(copy) == set(weights) and all((copy[name] == weights[name]).all() for name in weights)
        with numpy.load(work / "out.npz") as archive:
            assert set(archive) == set(weights) and all((archive[name] == weights[name]).all() for name in weights)
        session = onnxruntime.InferenceSession(work / "out.onnx", providers=["CPUExecutionProvider"])
        shapes = [(value.name, value.shape) for value in session.get_inputs() + session.get_outputs()]
        assert shapes == [("mel", ["N", 599, 128]), ("factors", ["N", 40])], shapes
        heard = {f"ONNX Runtime, N = {n}": session.run(None, {"mel": mel[:n]})[0] for n in [1, 3, 20]}
        values = {"path": str(model), "mel": mel}
        exec(pytorch, values)
        heard["PyTorch"] = values["factors"].numpy()
        for name, factors in heard.items():
            error = abs(factors - expected[: len(factors)]).max()
            print(f"{network}, {name}: largest error {error:.1e}, where the factors' deviation is {expected.std():.3f}")
            assert factors.shape == (len(factors), 40) and error <= options.tolerance and expected.std() > 0.01
