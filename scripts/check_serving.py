#!/usr/bin/env python3
"""A running server in bad company and bad times: clients that send or take a byte a second, kills at random moments, a full disk,
and a shutdown under load. The library is copied (once for each part).

Usage: check_serving.py COLDWAVE LIBRARY [--only slow kill full term] [--kills 20]
Needs nothing but Python. LIBRARY is built. A mount of a small tmpfs is tried for the full disk (root only); a limit on the size of
files (prlimit) is always.
"""
import argparse
import asyncio
import http.client
import json
import os
import random
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import wave
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

LISTENER = "check"
problems = []


def say(name, is_right, words):
    print(f"  {'ok  ' if is_right else 'FAIL'}  {name}: {words}", flush=True)
    if not is_right:
        problems.append(name)


class Server:
    def __init__(self, coldwave, library, *flags, log=None):
        self.process = subprocess.Popen(
            [coldwave, "serve", "--library", str(library), "--port", "0", "--json", "-q", *flags],
            stdout=subprocess.PIPE, stderr=open(log, "a") if log else None, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"serve ended with status {self.process.wait()}")
        self.port = urlsplit(json.loads(line)["address"]).port
        self.headers = {"Content-Type": "application/json", "X-Coldwave": "1"}
        self.held = threading.local()

    def ask(self, method, path, body=None, timeout=20, fresh=False):
        """Status and answer; status 0 where the server is gone."""
        connection = getattr(self.held, "connection", None)
        if connection is None or fresh:
            connection = self.held.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, self.headers)
            answer = connection.getresponse()
            text = answer.read()
            cookie = answer.headers.get("Set-Cookie")
            if cookie and "Cookie" not in self.headers:
                self.headers["Cookie"] = cookie.split(";")[0]
            try:
                return answer.status, json.loads(text) if text else None
            except ValueError:
                return answer.status, text.decode(errors="replace")
        except (OSError, http.client.HTTPException):
            connection.close()
            self.held.connection = None
            return 0, None

    def need(self, method, path, body=None):
        status, answer = self.ask(method, path, body, fresh=True)
        assert 200 <= status < 300, (path, status, answer)
        return answer

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.process.terminate()
        return self.process.wait(60)


def tidy(path):
    """What SQLite thinks of a database."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute("PRAGMA integrity_check").fetchone()[0]


# Slow clients

def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] * 1000


def fast(server, paths, seconds):
    """Four well-behaved clients, one request after the other; times of all, and what failed."""
    times, failed, lock, end = [], [], threading.Lock(), time.monotonic() + seconds

    def work(number):
        turn = random.Random(number)
        while time.monotonic() < end:
            path = turn.choice(paths)
            began = time.monotonic()
            status, _ = server.ask("GET", path)
            took = time.monotonic() - began
            with lock:
                times.append(took)
                if status != 200:
                    failed.append((path, status))
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, failed


class Slow:
    """Hundreds of connections in a loop of their own, each sending or taking a byte a second."""

    def __init__(self, port, heads, bodies, readers, track, cookie):
        self.port, self.counts = port, {"head": heads, "body": bodies, "reader": readers}
        self.track, self.cookie = track, cookie
        self.open, self.ended, self.stopping = {}, {kind: [] for kind in self.counts}, False
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True)
        self.thread.start()

    async def one(self, kind, number):
        began = None
        try:
            held = socket.socket()
            held.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            held.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(held, ("127.0.0.1", self.port))
            began = time.monotonic()
            self.open[kind, number] = held
            if kind == "reader":
                await loop.sock_sendall(held, f"GET /api/v1/tracks/{self.track}/audio HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{self.cookie}\r\n".encode())
            else:
                start = b"GET /api/v1/status HTTP/1.1\r\nX-Slow: " if kind == "head" else (
                    f"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
                    "Content-Length: 100000\r\n\r\n{").encode()
                await loop.sock_sendall(held, start)
            while not self.stopping:
                await asyncio.sleep(1)
                if kind == "reader":
                    if not await loop.sock_recv(held, 1):
                        break
                else:
                    await loop.sock_sendall(held, b"x")
                    try:
                        if not held.recv(1, socket.MSG_PEEK):
                            break
                    except BlockingIOError:
                        pass
        except OSError:
            pass
        finally:
            if self.open.pop((kind, number), None) and not self.stopping:
                self.ended[kind].append(time.monotonic() - began)
            held.close()

    async def run(self):
        await asyncio.gather(*(self.one(kind, number) for kind, count in self.counts.items() for number in range(count)))

    def now(self):
        return {kind: sum(1 for each, _ in list(self.open) if each == kind) for kind in self.counts}


def slow(coldwave, library, folder):
    music = folder / "long"
    music.mkdir()
    with wave.open(str(music / "long.wav"), "wb") as sound:
        sound.setparams((2, 2, 44100, 0, "NONE", ""))
        noise = random.Random(1).randbytes(1 << 20)
        for _ in range(40):
            sound.writeframes(noise)
    subprocess.run([coldwave, "scan", str(music), "--library", str(library), "-q"], check=True, stdout=subprocess.DEVNULL)
    server = Server(coldwave, library, "--host", "0.0.0.0")
    try:
        server.need("POST", "/api/v1/setup", {"name": "boss", "password": "a long password"})
        track = server.need("GET", "/api/v1/tracks?query=long")["tracks"][0]["id"]
        name = server.need("GET", "/api/v1/listeners?limit=1")["listeners"][0]["name"]
        paths = [f"/api/v1/listeners/{name}/recommendations", "/api/v1/tracks?limit=20"] + [
            f"/api/v1/tracks/{each}/similar" for each in range(1, 30)]
        fast(server, paths, 3)
        times, failed = fast(server, paths, 8)
        alone = percentile(times, 0.5), percentile(times, 0.99)
        say("alone", not failed, f"{len(times) / 8:.0f} requests/s, median {alone[0]:.1f} ms, p99 {alone[1]:.1f} ms")
        slow = Slow(server.port, 300, 300, 200, track, f"Cookie: {server.headers['Cookie']}\r\n")
        time.sleep(5)
        held = slow.now()
        times, failed = fast(server, paths, 15)
        beside = percentile(times, 0.5), percentile(times, 0.99)
        say("beside slow clients", not failed and beside[1] < max(5 * alone[1], 100),
            f"{len(times) / 15:.0f} requests/s, median {beside[0]:.1f} ms, p99 {beside[1]:.1f} ms; "
            f"{held['head']} slow heads, {held['body']} slow bodies, {held['reader']} slow readers of 40 MB; {len(failed)} failed {failed[:2]}")
        status, answer = server.ask("POST", "/api/v1/jobs", {"kind": "scan"})
        say("a job beside them", status == 202, f"status {status}")
        while slow.now()["head"] + slow.now()["body"] and time.monotonic() < slow_end(slow):
            time.sleep(1)
        ages = {kind: (f"{len(ended)} closed after {min(ended):.0f}…{max(ended):.0f} s" if ended else "none closed") for kind, ended in slow.ended.items()}
        left = slow.now()
        say("they are not kept for ever", not left["head"] and not left["body"],
            f"heads: {ages['head']}; bodies: {ages['body']}; readers (who may pause for ten minutes): {left['reader']} still there")
        slow.stopping = True
        slow.thread.join(10)
        one_address(server)
    finally:
        say("ends when told", server.end() == 0, "status 0")


def slow_end(slow):
    slow.began = getattr(slow, "began", time.monotonic())
    return slow.began + 90


def one_address(server):
    """Of one address that is not this machine's loopback only so many connections are kept."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        probe.connect(("192.0.2.1", 9))
        address = probe.getsockname()[0]
    except OSError:
        return print("        (this machine has no address but loopback: connections by address are not tried)")
    held = []
    for _ in range(300):
        held.append(socket.create_connection((address, server.port), timeout=5))
    time.sleep(1)
    kept = 0
    for each in held:
        each.setblocking(False)
        try:
            kept += each.recv(1) != b""
        except BlockingIOError:
            kept += 1
        except OSError:
            pass
    status, _ = server.ask("GET", "/healthz", fresh=True)
    say("connections of one address", kept <= 256 and status == 200, f"{kept} of 300 kept; another address is answered with {status}")
    for each in held:
        each.close()


# Writers, for kills and shutdowns

class Writers:
    """Threads that submit listens, feedback, stars and playlists; what the server accepted is written down."""

    def __init__(self, server, start, tracks, pace=0.0):
        self.server, self.tracks, self.pace = server, tracks, pace
        self.listens, self.playlists, self.refused = [], {}, []
        self.love, self.stars, self.sent_love, self.sent_stars = {}, {}, {}, {}
        self.stopping, self.clock, self.lock = False, start, threading.Lock()
        self.threads = [threading.Thread(target=work, args=(number,)) for number, work in
                        enumerate([self.listen, self.listen, self.scrobble, self.feedback, self.star, self.playlist])]
        for thread in self.threads:
            thread.start()

    def tick(self):
        with self.lock:
            self.clock += 1
            return self.clock

    def loop(self, act, number):
        turn = random.Random(number)
        while not self.stopping:
            status = act(turn)
            if status == 0:
                return
            if status >= 400:
                self.refused.append(status)
                time.sleep(0.02)
            time.sleep(self.pace)

    def listen(self, number):
        def act(turn):
            at, track = self.tick(), turn.choice(self.tracks)
            status, _ = self.server.ask("POST", f"/api/v1/listeners/{LISTENER}/listens", {"track": track, "listenedAt": at})
            if status == 204:
                self.listens.append(at)
            return status
        self.loop(act, number)

    def scrobble(self, number):
        def act(turn):
            at = self.tick()
            status, answer = self.server.ask(
                "GET", f"/rest/scrobble?u={LISTENER}&p=x&f=json&v=1.16.1&c=check&id=tr-{turn.choice(self.tracks)}&time={at}000")
            if status == 200 and answer["subsonic-response"]["status"] == "ok":
                self.listens.append(at)
            elif status == 200:
                return 507
            return status
        self.loop(act, number)

    def feedback(self, number):
        def act(turn):
            track, score = turn.choice(self.tracks[:20]), turn.choice([-1, 0, 1])
            self.sent_love[track] = score
            status, _ = self.server.ask("PUT", f"/api/v1/listeners/{LISTENER}/feedback/{track}", {"score": score})
            if status == 204:
                self.love[track] = score
            return status
        self.loop(act, number)

    def star(self, number):
        def act(turn):
            album, what = turn.choice(self.albums), turn.choice(["star", "unstar"])
            self.sent_stars[album] = what
            status, answer = self.server.ask("GET", f"/rest/{what}?u={LISTENER}&p=x&f=json&v=1.16.1&c=check&albumId={album}")
            if status == 200 and answer["subsonic-response"]["status"] == "ok":
                self.stars[album] = what
            elif status == 200:
                return 507
            return status
        _, answer = self.server.ask("GET", f"/rest/getAlbumList2?type=newest&size=20&u={LISTENER}&p=x&f=json&v=1.16.1&c=check")
        self.albums = [each["id"] for each in answer["subsonic-response"]["albumList2"]["album"]] if answer else []
        if self.albums:
            self.loop(act, number)

    def playlist(self, number):
        def act(turn):
            songs = [turn.choice(self.tracks) for _ in range(50)]
            status, answer = self.server.ask("POST", "/api/v1/playlists", {"title": "Check", "tracks": songs})
            if status == 201:
                self.playlists[answer["id"]] = songs
            return status
        self.loop(act, number)

    def join(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()


def lost(library, writers):
    """What was accepted and is not there; listens may still wait in the inbox."""
    with closing(sqlite3.connect(library / "catalogue.sqlite")) as catalogue, closing(sqlite3.connect(library / "server.sqlite")) as server:
        times = {row[0] for row in catalogue.execute(
            "SELECT time FROM play WHERE listenerID = (SELECT id FROM listener WHERE name = ?)", [LISTENER])}
        for (item,) in server.execute("SELECT item FROM inbox"):
            for value in json.loads(item).values():
                value = value.get("_0", value)
                times.add(value.get("time"))
        listens = [at for at in writers.listens if at not in times]
        playlists = [each for each, songs in writers.playlists.items() if songs != [row[0] for row in server.execute(
            "SELECT track FROM playlistTrack WHERE playlist = ? ORDER BY position", [each])]]
        starred = {row[0] for row in server.execute("SELECT item FROM playerMark WHERE starred IS NOT NULL")}
        # What was sent last and not answered may be there or not.
        stars = [album for album, what in writers.stars.items()
                 if writers.sent_stars[album] == what and (album in starred) != (what == "star")]
    return listens, playlists, stars


def wrong_feedback(server, writers):
    said = server.need("GET", f"/api/v1/listeners/{LISTENER}/feedback")
    now = {**{each: 1 for each in said["loved"]}, **{each: -1 for each in said["hated"]}}
    return [track for track, score in writers.love.items()
            if writers.sent_love[track] == score and now.get(track, 0) != score]


def drained(server, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        text = server.need("GET", "/metrics")
        if "coldwave_listens_waiting 0.0" in text or "coldwave_listens_waiting 0\n" in text:
            return True
        time.sleep(0.2)
    return False


def begin(coldwave, library, log):
    server = Server(coldwave, library, "--open", log=log)
    server.need("POST", "/api/v1/listeners", {"name": LISTENER})
    tracks = [each["id"] for each in server.need("GET", "/api/v1/tracks?limit=100")["tracks"]]
    return server, tracks


def kill(coldwave, library, folder, kills):
    turn, start, accepted, jobs = random.Random(1), 1_600_000_000, 0, 0
    bad, untidy = [], []
    server, tracks = begin(coldwave, library, folder / "log")
    for number in range(kills):
        writers = Writers(server, start, tracks)
        time.sleep(turn.uniform(0.1, 1.0))
        if number % 2:
            jobs += server.ask("POST", "/api/v1/jobs", {"kind": "scan"}, fresh=True)[0] == 202
        time.sleep(turn.uniform(0.05, 1.5))
        server.kill()
        writers.join()
        accepted += len(writers.listens) + len(writers.playlists) + len(writers.love) + len(writers.stars)
        start = writers.clock
        bad += lost(library, writers)
        untidy += [each for each in (tidy(library / "server.sqlite"), tidy(library / "catalogue.sqlite")) if each != "ok"]
        server = Server(coldwave, library, "--open", log=folder / "log")
        running = [each for each in server.need("GET", "/api/v1/jobs")["jobs"] if each["state"] == "running"]
        if not drained(server) or running:
            bad.append([f"waiting, or a stale job: {running}"])
        bad += lost(library, writers) + (wrong_feedback(server, writers),)
    bad = [each for each in bad if each]
    say(f"{kills} kills", not bad, f"{accepted} writes accepted, {jobs} scans begun; lost or wrong: {bad[:3] or 'nothing'}")
    say("databases after each kill", not untidy, untidy[:2] or "integrity_check ok")
    # A job that the kill orphaned must not keep the next one out for ever.
    end, state = time.monotonic() + 60, None
    while time.monotonic() < end and state != "done":
        status, answer = server.ask("POST", "/api/v1/jobs", {"kind": "scan"}, fresh=True)
        if status == 202:
            while (state := server.need("GET", f"/api/v1/jobs/{answer['id']}")["state"]) == "running":
                time.sleep(0.2)
        time.sleep(0.2)
    say("a scan afterwards", state == "done", f"{state}")
    say("ends when told", server.end() == 0, "status 0")


def term(coldwave, library, folder):
    server, tracks = begin(coldwave, library, folder / "log")
    writers = Writers(server, 1_610_000_000, tracks)
    time.sleep(3)
    status = server.end()
    writers.join()
    bad = [each for each in lost(library, writers) if each]
    say("SIGTERM under load", status == 0 and not bad, f"status {status}; {len(writers.listens)} listens, {len(writers.playlists)} playlists, "
        f"{len(writers.love)} words of feedback accepted; lost: {bad or 'nothing'}")
    with closing(sqlite3.connect(library / "server.sqlite")) as database:
        say("nothing waits after it", True, f"{database.execute('SELECT count(*) FROM inbox').fetchone()[0]} in the inbox")


# A full disk

def fill_up(name, server, library, tracks, fill, make_room):
    """Writes while there is no room, then with room again."""
    before = Writers(server, 1_620_000_000, tracks)
    time.sleep(1)
    before.join()
    fill()
    during = Writers(server, before.clock, tracks)
    time.sleep(4)
    status, answer = server.ask("POST", "/api/v1/playlists", {"title": "x" * 200, "tracks": tracks * 50}, fresh=True)
    reading, _ = server.ask("GET", f"/api/v1/listeners/{LISTENER}/recommendations", fresh=True)
    during.join()
    alive = server.process.poll() is None
    text = answer["error"]["message"] if isinstance(answer, dict) and "error" in answer else answer
    say(f"{name}: a write", alive and status in (503, 507), f"status {status}: {text}")
    say(f"{name}: others meanwhile", set(during.refused) <= {503, 507} and reading == 200,
        f"refused {len(during.refused)} times with {sorted(set(during.refused))}; a list is answered with {reading}")
    make_room()
    after = Writers(server, during.clock, tracks)
    time.sleep(2)
    after.join()
    say(f"{name}: with room again", bool(after.listens and after.playlists) and not after.refused[5:],
        f"{len(after.listens)} listens, {len(after.playlists)} playlists accepted")
    is_drained = drained(server)
    # Of a star given and taken again the last word counts.
    for writers in (during, after):
        before.listens += writers.listens
        before.playlists.update(writers.playlists)
        before.stars.update(writers.stars)
        before.sent_stars.update(writers.sent_stars)
    bad = [each for each in lost(library, before) if each]
    say(f"{name}: nothing accepted is lost", not bad and is_drained and tidy(library / "server.sqlite") == "ok",
        f"{len(before.listens)} listens, {len(before.playlists)} playlists, {len(before.stars)} stars; lost: {bad[:3] or 'nothing'}")


def full(coldwave, library, folder):
    server, tracks = begin(coldwave, library, folder / "log")
    largest = max(each.stat().st_size for each in library.iterdir() if each.name.startswith(("server.sqlite", "catalogue.sqlite")))
    unlimited = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    fill_up("files that may not grow", server, library, tracks,
            lambda: resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (largest // 16, unlimited[1])),
            lambda: resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited))
    say("ends when told", server.end() == 0, "status 0")
    disk = folder / "disk"
    disk.mkdir()
    size = sum(each.stat().st_size for each in library.rglob("*") if each.is_file()) + (24 << 20)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True).returncode:
        return print("        (no tmpfs can be mounted here: a really full disk is not tried)")
    try:
        small = disk / "library"
        shutil.copytree(library, small)
        server, tracks = begin(coldwave, small, folder / "log")
        filler = disk / "filler"

        def fill():
            with open(filler, "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"x" * 4096)
                except OSError:
                    pass
        fill_up("a full disk", server, small, tracks, fill, filler.unlink)
        say("ends when told", server.end() == 0, "status 0")
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coldwave")
    parser.add_argument("library")
    parser.add_argument("--only", nargs="*", default=["slow", "kill", "full", "term"])
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    inner = Path(options.library) / "library"
    origin = inner if inner.is_dir() else Path(options.library)
    for part in options.only:
        print(part)
        with tempfile.TemporaryDirectory(prefix="coldwave-serving-") as folder:
            folder = Path(folder)
            shutil.copytree(origin, folder / "library", symlinks=True)
            more = [options.kills] if part == "kill" else []
            {"slow": slow, "kill": kill, "full": full, "term": term}[part](options.coldwave, folder / "library", folder, *more)
    print("all right" if not problems else f"{len(problems)} failed: {', '.join(problems)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
