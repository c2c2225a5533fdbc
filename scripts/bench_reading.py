"""Times reading a triplet file into a matrix against DuckDB's bare read_csv of the same file, on the same threads.

Usage: bench_reading.py COLDWAVE [--rows 50000000] [--threads 2] [--times 3] [--packed]

The file is made up and seeded: listeners as in the Echo Nest Taste Profile (40 hex digits, grouped, about 1 in 47 rows a new
one, log-normal numbers of songs), 385,000 songs (SO and 16 characters) of Zipf-like popularity, counts mostly 1. It is
removed afterwards. Both read it from the page cache. Coldwave numbers the names and builds the matrix; DuckDB, once, only
adds up the counts and, once, keeps the rows in a table in memory. Needs numpy and duckdb.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

arguments = argparse.ArgumentParser()
arguments.add_argument("coldwave")
arguments.add_argument("--rows", type=int, default=50_000_000)
arguments.add_argument("--songs", type=int, default=385_000)
arguments.add_argument("--threads", type=int, default=2)
arguments.add_argument("--times", type=int, default=3)
arguments.add_argument("--seed", type=int, default=0)
arguments.add_argument("--packed", action="store_true", help="also .gz and .zst (needs gzip and zstd)")
arguments.add_argument("--shuffled", action="store_true", help="rows of one listener do not stand together")
options = arguments.parse_args()


def write(path):
    """Rows as fixed pieces of bytes, a million at a time."""
    dice = np.random.default_rng(options.seed)
    hexadecimal = np.frombuffer(b"0123456789abcdef", np.uint8)
    letters = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", np.uint8)
    songs = letters[dice.integers(0, 36, (options.songs, 16))]
    # Popularity ~ 1 / (rank + 20), songs in no order.
    weight = 1 / (np.arange(options.songs) + 20.0)
    cumulative = np.cumsum(weight / weight.sum())
    order = dice.permutation(options.songs)
    people = max(1, options.rows // 47)
    sizes = np.maximum(1, np.round(dice.lognormal(3.2, 1.1, people))).astype(np.int64)
    with open(path, "wb") as file:
        done = 0
        person = 0
        names = hexadecimal[dice.integers(0, 16, (people, 40), dtype=np.uint8)]
        while done < options.rows:
            chunk = []
            count = 0
            while count < 1_000_000:
                chunk.append(np.full(sizes[person % people], person % people))
                count += sizes[person % people]
                person += 1
            who = np.concatenate(chunk)[: options.rows - done]
            if options.shuffled:
                who = dice.integers(0, people, len(who))
            what = order[np.searchsorted(cumulative, dice.random(len(who))).clip(0, options.songs - 1)]
            plays = dice.geometric(0.5, len(who))
            row = np.empty((len(who), 62), np.uint8)
            row[:, :40] = names[who]
            row[:, 40] = 9
            row[:, 41:43] = np.frombuffer(b"SO", np.uint8)
            row[:, 43:59] = songs[what]
            row[:, 59] = 9
            # One digit, so that rows are equally long; the real file has longer counts in 6 of 100 rows.
            row[:, 60] = 48 + np.minimum(plays, 9)
            row[:, 61] = 10
            file.write(row.tobytes())
            done += len(who)


def measure(command):
    """Seconds by the wall and the highest resident set in MB of one run, and what it printed."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, (command, status)
    return time.monotonic() - start, usage.ru_maxrss / 1024, output


def coldwave(path):
    _, memory, output = measure([options.coldwave, "lab", "read", str(path), "--threads", str(options.threads), "--json"])
    report = json.loads(output)
    return report["readSeconds"], memory, report


DUCKDB = """
import duckdb, sys, time
base = duckdb.connect(config={{"threads": {threads}}})
start = time.monotonic()
source = "read_csv('{path}', delim='\\t', header=false, columns={{'u': 'VARCHAR', 's': 'VARCHAR', 'c': 'INTEGER'}})"
print(base.execute("{query}".replace("SOURCE", source)).fetchall(), time.monotonic() - start)
"""


def duckdb(path, query):
    code = DUCKDB.format(threads=options.threads, path=path, query=query)
    _, memory, output = measure([sys.executable, "-c", code])
    return float(output.split()[-1]), memory


def table(name, runs, base=None):
    seconds = statistics.median(run[0] for run in runs)
    memory = max(run[1] for run in runs)
    ratio = f"{seconds / base:8.2f}" if base else "        "
    print(f"{name:42} {seconds:8.2f} s {memory:9.0f} MB {ratio}", flush=True)
    return seconds


work = Path(tempfile.mkdtemp(prefix="reading"))
try:
    plain = work / "triplets.txt"
    write(plain)
    print(f"{options.rows} rows, {plain.stat().st_size / 1e9:.2f} GB, {options.threads} threads, "
          f"medians of {options.times}; memory is the highest resident set")
    plain.open("rb").read(1)
    runs = {"sum": [], "table": [], "ours": []}
    for _ in range(options.times):
        runs["sum"].append(duckdb(plain, "SELECT count(*), sum(c) FROM SOURCE"))
        runs["table"].append(duckdb(plain, "CREATE TABLE t AS SELECT * FROM SOURCE"))
        runs["ours"].append(coldwave(plain))
    base = table("DuckDB read_csv, count(*) and sum(count)", runs["sum"])
    table("DuckDB read_csv, CREATE TABLE", runs["table"], base)
    table("Coldwave, read, number and build the matrix", runs["ours"], base)
    report = runs["ours"][0][2]
    print(f"  {report['listeners']} listeners x {report['songs']} songs, {report['interactions']} pairs")
    if options.packed:
        for name, command in [(".zst", ["zstd", "-q", "-k", str(plain)]), (".gz", ["gzip", "-k", "-1", str(plain)])]:
            subprocess.run(command, check=True)
            packed = plain.with_suffix(".txt" + name)
            base = table(f"DuckDB read_csv {name}", [duckdb(packed, "SELECT count(*), sum(c) FROM SOURCE")])
            table(f"Coldwave {name}", [coldwave(packed)], base)
            packed.unlink()
finally:
    shutil.rmtree(work)
