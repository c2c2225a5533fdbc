"""Load on `coldwave serve` with a made-up library: requests a second, latencies and memory, by wrk (Debian's `wrk`) on loopback.

Usage: bench_serving.py COLDWAVE [--songs 1000000] [--listeners 100000] [--plays 30] [--seconds 20] [--connections 8] [--keep DIR] [--loads similar,…]
                        [--soak MINUTES] [--listens 20] [--slow 0]

The library is made in SQLite and NumPy files directly: songs without audio in 200 styles, listeners who each play in three of them,
one song in five without a play; `coldwave factorize` learns the taste space from the plays, and the predictions are the songs'
factors (for songs without plays: the mean of their style, plus noise), as a network might give them. wrk runs on the same machine
and takes its share of the cores. "mixed" is 50 % similar, 40 % recommendations, 10 % song pages, with feedback written throughout.

--soak MINUTES runs the mixed load instead, with `--listens` a second submitted as scrobblers do (ListenBrainz' submit-listens; every
fourth one is feedback instead) and the memory looked at every minute. Every listen and word that was accepted is then looked for in
the catalogue, after the server has ended.

--slow N holds N connections open throughout that send a byte of a request a second, or read an answer a byte a second.
"""
import argparse
import json
import os
import re
import shutil
import socket
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


def most_memory(process):
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024


def processor_seconds(process):
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Writer(threading.Thread):
    """Listens and feedback at a steady rate; remembers what was accepted."""

    def __init__(self, base, options, rate, listens):
        super().__init__(daemon=True)
        self.base, self.options, self.rate, self.listens = base, options, rate, listens
        self.stopping = threading.Event()
        # Listener, song and second of each listen; and the last word of each listener about each song.
        self.accepted, self.words, self.failed, self.slowest = [], {}, [], 0.0

    def run(self):
        random = np.random.default_rng(1)
        due, n = time.time(), 0
        while not self.stopping.is_set():
            due += 1 / self.rate
            time.sleep(max(0, due - time.time()))
            listener, song = int(random.integers(self.options.listeners)), int(random.integers(self.options.songs))
            n += 1
            is_word = not self.listens or n % 4 == 0
            if is_word:
                request = urllib.request.Request(
                    f"{self.base}/api/v1/listeners/listener-{listener}/feedback/{song + 1}", b'{"score":1}',
                    {"Content-Type": "application/json"}, method="PUT")
            else:
                # A second of its own for each: the same listener, song and second would be one listen.
                second = 1_600_000_000 + n
                body = {"listen_type": "single", "payload": [{"listened_at": second, "track_metadata": {
                    "artist_name": f"Artist {song // 10}", "track_name": f"Song {song}"}}]}
                request = urllib.request.Request(
                    f"{self.base}/1/submit-listens", json.dumps(body).encode(),
                    {"Content-Type": "application/json", "Authorization": f"Token listener-{listener}"}, method="POST")
            started = time.time()
            try:
                urllib.request.urlopen(request, timeout=30).read()
            except OSError as error:
                self.failed.append(str(error))
                continue
            self.slowest = max(self.slowest, time.time() - started)
            if is_word:
                self.words[listener, song] = 1
            else:
                self.accepted.append((listener, song, second))

    def stop(self):
        self.stopping.set()
        self.join()

    def missing(self, library):
        """What was accepted and is not in the catalogue; and what still waits in the server's own database."""
        catalogue = sqlite3.connect(library / "catalogue.sqlite")
        of_second = {}
        for row in catalogue.execute(
                """SELECT p.time, l.name, t.title FROM play p JOIN listener l ON l.id = p.listenerID
                   JOIN reference r ON r.id = p.referenceID JOIN track t ON t.id = r.trackID WHERE p.time >= 1600000000"""):
            of_second.setdefault(row[0], []).append((row[1], row[2]))
        lost = [x for x in self.accepted if (f"listener-{x[0]}", f"Song {x[1]}") not in of_second.get(x[2], [])]
        words = set(catalogue.execute(
            """SELECT l.name, t.title FROM feedback f JOIN listener l ON l.id = f.listenerID
               JOIN reference r ON r.id = f.referenceID JOIN track t ON t.id = r.trackID WHERE f.score = 1"""))
        lost += [x for x in self.words if (f"listener-{x[0]}", f"Song {x[1]}") not in words]
        waiting, = sqlite3.connect(library / "server.sqlite").execute("SELECT count(*) FROM inbox").fetchone()
        return len(lost), waiting


class SlowClients(threading.Thread):
    """Connections that send a request, or read its answer, a byte a second."""

    def __init__(self, base, count):
        super().__init__(daemon=True)
        self.address = (re.search(r"//([^:]+):", base)[1], int(base.rsplit(":", 1)[1]))
        self.count, self.stopping, self.open = count, threading.Event(), 0

    def run(self):
        text = b"GET /api/v1/tracks/1/similar?count=500 HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 4000
        clients = []
        for i in range(self.count):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(self.address)
            client.setblocking(False)
            if i % 2:
                client.send(text + b"\r\n\r\n")
            clients.append((client, i % 2, [0]))
        while not self.stopping.wait(1):
            self.open = 0
            for client, reads, at in clients:
                try:
                    if reads:
                        self.open += client.recv(1) != b""
                    else:
                        self.open += client.send(text[at[0]:at[0] + 1])
                        at[0] += 1
                except BlockingIOError:
                    self.open += 1
                except OSError:
                    pass

    def stop(self):
        self.stopping.set()
        self.join()


class Server:
    def __init__(self, coldwave, library):
        started = time.time()
        self.process = subprocess.Popen(
            [coldwave, "serve", "--open", "--port", "0", "--library", library, "-q"], stdout=subprocess.PIPE, text=True)
        self.base = self.process.stdout.readline().split()[-1].rstrip("/")
        self.seconds = time.time() - started

    def load(self, script, options, kind, seconds, wait=True):
        environment = os.environ | {"SONGS": str(options.songs), "LISTENERS": str(options.listeners), "KIND": kind}
        wrk = subprocess.Popen(
            ["wrk", "-t1", f"-c{options.connections}", f"-d{seconds}s", "--timeout", "30s", "-s", script, self.base],
            env=environment, stdout=subprocess.PIPE, text=True)
        return wrk if not wait else figures(wrk)

    def end(self):
        self.process.terminate()
        self.process.wait()


def figures(wrk):
    output, _ = wrk.communicate()
    n, status, failed, p50, p99, seconds = map(float, re.search(r"RESULT (.*)", output)[1].split())
    return n / seconds, p50, p99, int(status + failed), int(n)


def table(server, script, options):
    print("\n| load | requests/s | p50 ms | p99 ms | errors | processor ms each | MB |\n|---|---|---|---|---|---|---|", flush=True)
    for kind in options.loads.split(","):
        writer = Writer(server.base, options, options.listens, False) if kind == "mixed" else None
        if writer:
            writer.start()
        before = processor_seconds(server.process)
        rate, p50, p99, errors, n = server.load(script, options, kind, options.seconds)
        each = 1000 * (processor_seconds(server.process) - before) / max(1, n)
        if writer:
            writer.stop()
        print(f"| {kind} | {rate:,.0f} | {p50:.2f} | {p99:.2f} | {errors} | {each:.2f} | {memory(server.process):.0f} |",
              flush=True)
    if writer:
        print(f"\nfeedback meanwhile: {len(writer.words)} accepted, {len(writer.failed)} failed")


def soak(server, script, library, options):
    writer = Writer(server.base, options, options.listens, True)
    slow = SlowClients(server.base, options.slow) if options.slow else None
    writer.start()
    if slow:
        slow.start()
    wrk = server.load(script, options, "mixed", round(60 * options.soak), wait=False)
    print("\n| minute | MB | listens and words accepted | failed |\n|---|---|---|---|", flush=True)
    history, started = [], time.time()
    for minute in range(1, round(options.soak) + 1):
        time.sleep(max(0, started + 60 * minute - time.time() - (1 if minute == round(options.soak) else 0)))
        history.append(memory(server.process))
        print(f"| {minute} | {history[-1]:.0f} | {len(writer.accepted) + len(writer.words):,} | {len(writer.failed)} |",
              flush=True)
    rate, p50, p99, errors, n = figures(wrk)
    writer.stop()
    most = most_memory(server.process)
    open_slow = slow.open if slow else 0
    if slow:
        slow.stop()
    server.end()
    lost, waiting = writer.missing(library)
    accepted = len(writer.accepted) + len(writer.words)
    early = history[min(2, len(history) - 1)]
    print(f"""
| {options.soak:g} minutes of mixed load | |
|---|---|
| requests | {n:,} ({rate:,.0f} a second; p50 {p50:.2f} ms, p99 {p99:.2f} ms) |
| errors | {errors} |
| listens and words accepted | {accepted:,} ({len(writer.accepted):,} and {len(writer.words):,}); the slowest took {1000 * writer.slowest:.0f} ms |
| refused or failed | {len(writer.failed)} {writer.failed[:3] or ''} |
| accepted, and not in the catalogue afterwards | {lost} ({waiting} waiting) |
| resident memory after minute {min(3, len(history))}, at the end, at most | {early:.0f}, {history[-1]:.0f} ({100 * (history[-1] / early - 1):+.1f} %), {most:.0f} MB |""")
    if slow:
        print(f"| connections that crawled along at the end | {open_slow} of {options.slow} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("coldwave")
    parser.add_argument("--songs", type=int, default=1_000_000)
    parser.add_argument("--listeners", type=int, default=100_000)
    parser.add_argument("--plays", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--loads", default="health,track,similar,recommend,mixed")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--soak", type=float, default=0)
    parser.add_argument("--listens", type=float, default=20)
    parser.add_argument("--slow", type=int, default=0)
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
        server = Server(options.coldwave, library)
        print(f"{options.songs:,} songs, {options.listeners:,} listeners, {options.connections} connections; machine's load "
              f"{os.getloadavg()[0]:.1f} before; started in {server.seconds:.1f} s, {memory(server.process):.0f} MB", flush=True)
        if options.soak:
            soak(server, script, library, options)
        else:
            table(server, script, options)
            server.end()


main()
