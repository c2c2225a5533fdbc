"""Scans a tree of very many small files, twice: the second scan must touch no audio.

Usage: scan_many.py COLDWAVE [--files 100000]
"""
import argparse
import json
import random
import resource
import shutil
import struct
import subprocess
import tempfile
import time
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("coldwave")
arguments.add_argument("--files", type=int, default=100_000)
options = arguments.parse_args()
work = Path(tempfile.mkdtemp(prefix="many"))
dice = random.Random(0)
header = b"RIFF" + struct.pack("<I", 4036) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", 4000)
for i in range(options.files):
    folder = work / "music" / f"artist {i // 100:04}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{i:06}.wav").write_bytes(header + dice.randbytes(4000))


def scan():
    start = time.perf_counter()
    run = subprocess.run([options.coldwave, "scan", str(work / "music"), "--library", str(work / "library"), "--json", "--quiet"],
                         check=True, capture_output=True, text=True)
    return json.loads(run.stdout), time.perf_counter() - start


first, seconds = scan()
assert first["added"] == options.files and not first["failed"], first
print(f"first scan: {options.files} files in {seconds:.1f} s ({options.files / seconds:.0f} a second)", flush=True)
again, seconds = scan()
assert again["unchanged"] == options.files and again["audioSeconds"] == 0, again
print(f"second scan: nothing heard, {seconds:.1f} s", flush=True)
(work / "music" / "artist 0000").rename(work / "music" / "renamed")
moved, seconds = scan()
assert moved["moved"] == min(100, options.files) and moved["audioSeconds"] == 0 and moved["added"] == moved["missing"] == 0, moved
print(f"a folder of 100 renamed: {moved['moved']} moved, nothing heard, {seconds:.1f} s")
print(f"peak memory {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3:.0f} MB")
shutil.rmtree(work)
