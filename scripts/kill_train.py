"""Kills one training again and again at random moments; each next start must carry on from the last whole epoch, and the network must
be, byte for byte, that of an undisturbed training.

LIBRARY is a library with factors; it is copied and left as it is.

Usage: kill_train.py COLDWAVE LIBRARY [--times 20] [--epochs 6] [--precision auto] [--seed 0]
"""
import argparse
import json
import random
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("coldwave")
arguments.add_argument("library")
arguments.add_argument("--times", type=int, default=20)
arguments.add_argument("--epochs", type=int, default=6)
arguments.add_argument("--precision", default="auto")
arguments.add_argument("--seed", type=int, default=0)
options = arguments.parse_args()
work = Path(tempfile.mkdtemp(prefix="kill"))


def library(name):
    copy = work / name
    shutil.copytree(options.library, copy)
    shutil.rmtree(copy / "networks", ignore_errors=True)
    return copy


def command(folder):
    return [options.coldwave, "train", "--resume", "--library", str(folder), "--epochs", str(options.epochs), "--device", "cpu",
            "--precision", options.precision, "--quiet"]


def losses(folder):
    """The epochs of the checkpoint, with their losses; none before the first."""
    files = list(folder.glob("networks/partial-*/checkpoint.safetensors"))
    if not files:
        return []
    data = files[0].read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return json.loads(header["__metadata__"]["losses"])


def model(folder):
    (file,) = folder.glob("networks/2*/model.safetensors")
    return file.read_bytes()


whole = library("whole")
start = time.monotonic()
subprocess.run(command(whole), check=True, capture_output=True)
length = time.monotonic() - start
killed = library("killed")
dice = random.Random(options.seed)
kills, before = 0, []
while kills < options.times:
    training = subprocess.Popen(command(killed), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        # Within two epochs, so that some kills come before the first is whole, and the training does not end too soon.
        training.wait(dice.uniform(0, 2 * length / options.epochs))
        assert training.returncode == 0, training.stderr.read()
        assert model(killed) == model(whole), "the network is another one"
        shutil.rmtree(killed)
        killed, before = library("killed"), []
        continue
    except subprocess.TimeoutExpired:
        training.send_signal(signal.SIGKILL)
        training.wait()
    kills += 1
    now = losses(killed)
    assert now[: len(before)] == before, f"kill {kills} lost epochs: {before}, then {now}"
    before = now
subprocess.run(command(killed), check=True, capture_output=True)
assert model(killed) == model(whole), "the network is another one"
shutil.rmtree(work)
print(f"{options.times} kills at random moments of trainings of {length:.1f} s and {options.epochs} epochs: no whole epoch was lost, and the "
      "networks are those of an undisturbed training, byte for byte")
