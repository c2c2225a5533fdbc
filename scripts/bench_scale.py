"""How time and memory of the factorisation grow: simulated matrices of 3, 12 and 48 million pairs, the last as large as the
Taste Profile (1,019,318 listeners, 384,546 songs), 40 dimensions.

Usage: bench_scale.py COLDWAVE [FOLDER] [--pairs 3,12,48.373586] [--iterations 5]
FOLDER (default: a temporary one) takes the triplet files, about 1 GB for the largest, and keeps them for the next run.
"""
import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

LISTENERS, SONGS, PAIRS = 1_019_318, 384_546, 48.373586


def measured(arguments):
    """The command's JSON, its seconds and its peak memory in GB."""
    started = time.perf_counter()
    process = subprocess.Popen([str(a) for a in arguments], stdout=subprocess.PIPE, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{arguments[0]} failed with {process.returncode}")
    return json.loads(text), time.perf_counter() - started, usage.ru_maxrss / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coldwave", type=lambda text: str(Path(text).resolve()))
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--pairs", type=lambda text: [float(m) for m in text.split(",")], default=[3, 12, PAIRS])
    parser.add_argument("--iterations", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        print("| listeners × songs | pairs | read s | an iteration s | ns a pair | whole command s | peak GB |")
        print("|---|---|---|---|---|---|---|", flush=True)
        for millions in options.pairs:
            # Listeners and songs in proportion: the rows keep their lengths.
            share = millions / PAIRS
            listeners, songs = round(LISTENERS * share), round(SONGS * share)
            file = folder / f"simulated-{millions:g}M.tsv"
            if not file.exists():
                subprocess.run([options.coldwave, "lab", "simulate", str(file), "--listeners", str(listeners), "--songs",
                                str(songs), "--pairs", str(round(millions * 1e6)), "--json"],
                               check=True, stdout=subprocess.DEVNULL)
            report, seconds, memory = measured(
                [options.coldwave, "lab", "factorize", file, folder / "out", "--confidence", "log", "--alpha", 2,
                 "--regularization", 10, "--iterations", options.iterations, "--json", "--quiet"])
            each = report["secondsPerIteration"]
            print(f"| {report['listeners']:,} × {report['songs']:,} | {report['interactions']:,} | {report['readSeconds']:.1f} | "
                  f"{each:.2f} | {each / report['interactions'] * 1e9:.0f} | {seconds:.0f} | {memory:.2f} |", flush=True)


main()
