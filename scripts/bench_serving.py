"""Load on `coldwave serve` with a made-up library: requests a second, latencies and memory, by wrk (Debian's `wrk`) on loopback.

Usage: bench_serving.py COLDWAVE [--songs 1000000] [--listeners 100000] [--plays 30] [--seconds 20] [--connections 8] [--keep DIR]

The library is made in SQLite and NumPy files directly: songs without audio in 200 styles, listeners who each play in three of them,
one song in five without a play; `coldwave factorize` learns the taste space from the plays, and the predictions are the songs'
factors (for songs without plays: the mean of their style, plus noise), as a network might give them. wrk runs on the same machine
and takes its share of the cores. "mixed" is 50 % similar, 40 % recommendations, 10 % song pages, with feedback written throughout.
"""
import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import numpy as np

STYLES = 200


def make(coldwave, folder, songs, listeners, plays):
    library = folder / "library"
    (folder / "music").mkdir(parents=True)
    run = lambda *arguments: subprocess.run(
        [coldwave, *arguments, "--library", library, "-q"], check=True, stdout=subprocess.DEVNULL)
    run("scan", folder / "music")
    random = np.random.default_rng(0)
    style = random.integers(0, STYLES, songs)
    database = sqlite3.connect(library / "catalogue.sqlite")
    database.execute("PRAGMA synchronous = OFF")
    rows = ((i + 1, f"/music/{i}.flac", f"{i}.flac", str(i), f"{i:032x}", f"Song {i}", f"Artist {i // 10}",
             f"Album {i // 10}", f"style {style[i]}", f"artist {i // 10}\x1fsong {i}", f"{i:032x}") for i in range(songs))
    database.executemany(
        """INSERT INTO track (id, path, relativePath, stem, size, modified, contentHash, title, artist, album, genres, matchKey,
           codec, channels, sampleRate, durationSeconds, excerptStartSeconds, shard, shardOffset, frames, recording, compared)
           VALUES (?, ?, ?, ?, 1, 0, ?, ?, ?, ?, ?, ?, 'flac', 2, 44100, 200, 0, 0, 0, 0, ?, 1)""", rows)
    played = np.flatnonzero(np.arange(songs) % 5 != 4)
    database.executemany("INSERT INTO listener (id, name) VALUES (?, ?)",
                         ((i + 1, f"listener-{i}") for i in range(listeners)))
    database.executemany("INSERT INTO reference (id, key, matchKey, trackID) VALUES (?, ?, ?, ?)",
                         ((int(s) + 1, f"id:{s}", None, int(s) + 1) for s in played))
    of_style = [played[style[played] == k] for k in range(STYLES)]

    def all_plays():
        for listener in range(listeners):
            chosen = random.integers(0, STYLES, 3)
            for s in set(int(of_style[k][int(len(of_style[k]) * random.random() ** 2)])
                         for k in random.choice(chosen, plays)):
                yield listener + 1, s + 1, -1, int(random.integers(1, 20))
    database.executemany("INSERT INTO play VALUES (?, ?, ?, ?)", all_plays())
    database.execute("UPDATE revision SET value = value + 1")
    database.commit()
    run("factorize", "--iterations", "5")
    factorize, = database.execute("SELECT run FROM stageRun WHERE stage = 'factorize'").fetchone()
    factors = np.load(library / "factors" / factorize / "songs.npy")
    ids = [int(line.split("-")[1]) - 1 for line in (library / "factors" / factorize / "songs.txt").open()]
    blended = np.zeros((songs, factors.shape[1]), np.float32)
    known = np.zeros(songs, bool)
    known[ids] = True
    blended[ids] = factors
    for k in range(STYLES):
        mine = style == k
        mean = blended[mine & known].mean(0)
        cold = mine & ~known
        blended[cold] = mean + random.normal(size=(cold.sum(), blended.shape[1])).astype(np.float32) * np.abs(mean) * 0.3
    place = library / "predictions" / "20260101-000000-made"
    place.mkdir(parents=True)
    for name in ("songs", "blended", "plays"):
        np.save(place / f"{name}.npy", blended)
    (place / "songs.txt").write_text("".join(f"{i + 1}\n" for i in range(songs)))
    (place / "sounds.txt").write_text("".join(f"{i:032x}\n" for i in range(songs)))
    manifest = {"formatVersion": 1, "stage": "predict", "inputDigest": "made", "inputs": {"factorize": factorize, "train": "none"},
                "configuration": "{}", "metrics": {}, "created": "2026-01-01T00:00:00Z", "seconds": 0}
    (place / "manifest.json").write_text(json.dumps(manifest))
    database.execute("INSERT INTO stageRun VALUES ('predict', ?, 'made', 0, '2026-01-01T00:00:00Z')", (place.name,))
    database.commit()
    database.close()
    return library


LUA = """
math.randomseed(tonumber(os.getenv("SEED") or 1))
local songs, listeners, kind = tonumber(os.getenv("SONGS")), tonumber(os.getenv("LISTENERS")), os.getenv("KIND")
local paths = {
  similar = function() return "/api/v1/tracks/" .. math.random(songs) .. "/similar?count=20" end,
  recommend = function() return "/api/v1/listeners/listener-" .. (math.random(listeners) - 1) .. "/recommendations?count=20" end,
  track = function() return "/api/v1/tracks/" .. math.random(songs) end,
  health = function() return "/healthz" end,
}
request = function()
  local which = kind
  if kind == "mixed" then
    local x = math.random()
    which = x < 0.5 and "similar" or x < 0.9 and "recommend" or "track"
  end
  return wrk.format("GET", paths[which]())
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %f %f %f\\n", summary.requests, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.duration / 1e6))
end
"""


def memory(process):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("coldwave")
    parser.add_argument("--songs", type=int, default=1_000_000)
    parser.add_argument("--listeners", type=int, default=100_000)
    parser.add_argument("--plays", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing: apt-get install wrk")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        library = folder / "library"
        if not (library / "predictions").exists():
            started = time.time()
            make(options.coldwave, folder, options.songs, options.listeners, options.plays)
            print(f"made the library in {time.time() - started:.0f} s", flush=True)
        script = Path(temporary) / "load.lua"
        script.write_text(LUA)
        started = time.time()
        server = subprocess.Popen([options.coldwave, "serve", "--open", "--port", "0", "--library", library, "-q"],
                                  stdout=subprocess.PIPE, text=True)
        base = server.stdout.readline().split()[-1].rstrip("/")
        print(f"started in {time.time() - started:.1f} s, {memory(server):.0f} MB", flush=True)
        print(f"{'load':<12}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'errors':>8}{'MB':>8}")
        stop, listens = threading.Event(), [0, 0]

        def listen():
            random = np.random.default_rng(1)
            while not stop.wait(0.05):
                listener, song = random.integers(options.listeners), random.integers(options.songs) + 1
                request = urllib.request.Request(
                    f"{base}/api/v1/listeners/listener-{listener}/feedback/{song}", b'{"score":1}',
                    {"Content-Type": "application/json"}, method="PUT")
                try:
                    urllib.request.urlopen(request).read()
                    listens[0] += 1
                except OSError:
                    listens[1] += 1

        for kind in ("health", "track", "similar", "recommend", "mixed"):
            writer = threading.Thread(target=listen) if kind == "mixed" else None
            if writer:
                writer.start()
            environment = os.environ | {"SONGS": str(options.songs), "LISTENERS": str(options.listeners), "KIND": kind}
            output = subprocess.run(
                ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "--timeout", "30s", "-s", script, base],
                env=environment, capture_output=True, text=True, check=True).stdout
            if writer:
                stop.set()
                writer.join()
            n, status, failed, p50, p99, seconds = map(float, re.search(r"RESULT (.*)", output)[1].split())
            print(f"{kind:<12}{n / seconds:>12.0f}{p50:>10.2f}{p99:>10.2f}{status + failed:>8.0f}{memory(server):>8.0f}", flush=True)
        print(f"feedback meanwhile: {listens[0]} accepted, {listens[1]} failed")
        server.terminate()
        server.wait()


main()
