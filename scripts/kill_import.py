"""Kills imports at random moments; each must leave nothing or all of its file, and the next import must finish it.

Usage: kill_import.py COLDWAVE LISTENS [--times 30] [--seed 0]
"""
import argparse
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
arguments.add_argument("listens", help="a listening file that takes at least some tenths of a second to import")
arguments.add_argument("--times", type=int, default=30)
arguments.add_argument("--seed", type=int, default=0)
options = arguments.parse_args()
work = Path(tempfile.mkdtemp(prefix="kill"))


def command(library):
    return [options.coldwave, "import", options.listens, "--library", str(library), "--json", "--quiet"]


def contents(library):
    """Every play by name; None where there is no catalogue yet."""
    if not (library / "catalogue.sqlite").exists():
        return None
    database = sqlite3.connect(library / "catalogue.sqlite")
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'playlist'").fetchall():
        return None
    for table in ("listener", "reference", "feedback", "playlist"):
        counts[table] = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return database.execute(
        "SELECT l.name, r.key, p.time, p.count FROM play p JOIN listener l ON l.id = p.listenerID "
        "JOIN reference r ON r.id = p.referenceID ORDER BY 1, 2, 3").fetchall()


counts = {}
start = time.monotonic()
subprocess.run(command(work / "whole"), check=True, capture_output=True)
length = time.monotonic() - start
expected = contents(work / "whole")
expected_counts = dict(counts)
dice = random.Random(options.seed)
nothing = whole = 0
for i in range(options.times):
    library = work / f"killed{i}"
    run = subprocess.Popen(command(library), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(dice.uniform(0, length * 1.05))
    run.send_signal(signal.SIGKILL)
    run.wait()
    left = contents(library)
    if not left:
        nothing += 1
        assert left is None or not any(counts.values()), f"kill {i} left {counts}"
    else:
        whole += 1
        assert left == expected, f"kill {i} left a part: {len(left)} of {len(expected)} plays"
    subprocess.run(command(library), check=True, capture_output=True)
    assert contents(library) == expected and counts == expected_counts, f"after kill {i} the library is another one"
    shutil.rmtree(library)
shutil.rmtree(work)
print(f"{options.times} imports of {len(expected)} plays killed at random moments of {length:.1f} s: {nothing} left nothing, "
      f"{whole} all of the file, and each next import finished with the same library")
