"""Kills scans at random moments; each time the next scan must finish with the library of an undisturbed scan.

Usage: kill_scan.py COLDWAVE MUSIC_FOLDER [--times 30] [--seed 0]
"""
import argparse
import hashlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("coldwave")
arguments.add_argument("music")
arguments.add_argument("--times", type=int, default=30)
arguments.add_argument("--seed", type=int, default=0)
options = arguments.parse_args()
work = Path(tempfile.mkdtemp(prefix="kill"))


def command(library):
    return [options.coldwave, "scan", options.music, "--library", str(library), "--json", "--quiet"]


def contents(library):
    """Every track with all its columns and its spectrogram's bytes; where those lie in the store may differ."""
    database = sqlite3.connect(library / "catalogue.sqlite")
    database.row_factory = sqlite3.Row
    tracks = []
    for row in database.execute("SELECT * FROM track ORDER BY path"):
        track = dict(row)
        track.pop("id")
        shard, offset = track.pop("shard"), track.pop("shardOffset")
        with open(library / "spectrograms" / f"shard-{shard:05}.mel", "rb") as file:
            file.seek(offset)
            track["spectrogram"] = hashlib.sha256(file.read(track["frames"] * 128)).hexdigest()
        tracks.append(track)
    return tracks


start = time.monotonic()
subprocess.run(command(work / "whole"), check=True, capture_output=True)
length = time.monotonic() - start
expected = contents(work / "whole")
dice = random.Random(options.seed)
kept = []
for i in range(options.times):
    library = work / f"killed{i}"
    scan = subprocess.Popen(command(library), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(dice.uniform(0, length))
    scan.send_signal(signal.SIGKILL)
    scan.wait()
    run = subprocess.run(command(library), capture_output=True, text=True)
    assert run.returncode == 0, (i, run.stderr)
    report = json.loads(run.stdout)
    kept.append(report["unchanged"])
    assert contents(library) == expected, f"after kill {i} the library is another one"
    shutil.rmtree(library)
shutil.rmtree(work)
print(f"{options.times} scans killed at random moments of {length:.1f} s; each next scan finished with the same library of "
      f"{len(expected)} tracks ({min(kept)} to {max(kept)} of them kept from before the kill)")
