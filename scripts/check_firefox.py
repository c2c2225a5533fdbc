#!/usr/bin/env python3
"""The page's main acts in headless Firefox, by real clicks, driven over Firefox' own Marionette protocol: nothing beside Firefox is
needed. What Chromium does more of is in check_page.py.

Usage: check_firefox.py COLDWAVE LIBRARY [--firefox firefox-esr] [--pictures DIR]
LIBRARY is built; it is copied.
"""
import argparse
import base64
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PREFERENCES = {"marionette.port": 0, "media.autoplay.default": 0, "media.autoplay.blocking_policy": 0, "webgl.force-enabled": True,
               "browser.shell.checkDefaultBrowser": False, "datareporting.policy.dataSubmissionEnabled": False,
               "toolkit.telemetry.reportingpolicy.firstRun": False, "app.update.enabled": False, "media.volume_scale": "0.01",
               # Nothing of the machine's outside is asked for: updates, portals, safe browsing.
               "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
               "browser.safebrowsing.downloads.remote.enabled": False, "services.settings.server": "http://127.0.0.1:9"}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Firefox:
    def __init__(self, program, folder):
        profile = Path(folder) / "profile"
        profile.mkdir()
        (profile / "user.js").write_text("".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items()))
        self.process = subprocess.Popen([program, "--headless", "--marionette", "--profile", str(profile), "--no-remote"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port = profile / "MarionetteActivePort"
        end = time.monotonic() + 120
        while not (port.exists() and port.read_text().strip()):
            if time.monotonic() > end or self.process.poll() is not None:
                raise SystemExit("Firefox did not open its Marionette port")
            time.sleep(0.2)
        self.socket = socket.create_connection(("127.0.0.1", int(port.read_text())), timeout=180)
        self.number = 0
        self.receive()
        about = self.send("WebDriver:NewSession", {})
        self.version = about["capabilities"]["browserVersion"]

    def receive(self):
        length = b""
        while (byte := self.socket.recv(1)) != b":":
            length += byte
        text = b""
        while len(text) < int(length):
            text += self.socket.recv(int(length) - len(text))
        return json.loads(text)

    def send(self, command, parameters):
        self.number += 1
        text = json.dumps([0, self.number, command, parameters]).encode()
        self.socket.sendall(str(len(text)).encode() + b":" + text)
        _, _, error, result = self.receive()
        if error:
            raise AssertionError(f"{command}: {error['error']}: {error['message'][:300]}")
        return result

    def run(self, script, *values):
        """A function's body in the page; promises are waited for."""
        code = ("const done = arguments[arguments.length - 1]; const values = arguments[0]; "
                "(async () => {" + script + "})().then((v) => done([v ?? null]), (e) => done({ error: String(e) }));")
        answer = self.send("WebDriver:ExecuteAsyncScript", {"script": code, "args": [list(values)], "newSandbox": False})["value"]
        if isinstance(answer, dict):
            raise AssertionError(answer["error"])
        return answer[0]

    def go(self, address):
        self.send("WebDriver:Navigate", {"url": "about:blank"})
        self.send("WebDriver:Navigate", {"url": address})
        self.until("return Boolean(document.querySelector('.app.ready'))", "the page is ready")

    def find(self, selector):
        self.until(f"return Boolean(document.querySelector({json.dumps(selector)}))", selector)
        return self.send("WebDriver:FindElement", {"using": "css selector", "value": selector})["value"][ELEMENT]

    def click(self, selector):
        for _ in range(20):
            try:
                return self.send("WebDriver:ElementClick", {"id": self.find(selector)})
            except AssertionError as error:
                # The list was painted anew meanwhile.
                if "stale" not in str(error) and "no such element" not in str(error):
                    raise
                time.sleep(0.2)
        raise AssertionError(f"{selector} never stands still")

    def type(self, selector, text):
        self.send("WebDriver:ElementSendKeys", {"id": self.find(selector), "text": text})

    def until(self, script, what, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.run(script)
            if value:
                return value
            time.sleep(0.1)
        raise AssertionError(f"within {seconds} s: {what}")

    def picture(self, file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(self.send("WebDriver:TakeScreenshot", {"full": False})["value"]))

    def end(self):
        try:
            self.send("Marionette:Quit", {"flags": ["eForceQuit"]})
        except (AssertionError, OSError):
            pass
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


# What the bar at the bottom shows: scripts run beside the page here, and would get modules of their own.
BAR = """const bar = document.querySelector('.player'); const song = Number(bar.querySelector('.now a.song-title')?.hash.split('/').pop());
    const plays = Boolean(bar.querySelector("button[aria-label='Pause']")); const time = bar.querySelector('.seek .time').textContent; """
WATCH = """if (!window.troubles) { window.troubles = []; addEventListener('error', (e) => troubles.push(e.message));
  addEventListener('unhandledrejection', (e) => troubles.push(String(e.reason)));
  addEventListener('securitypolicyviolation', (e) => troubles.push('CSP ' + e.violatedDirective)); }"""


class Silent(Exception):
    """Firefox found nothing to play into: a matter of this machine."""


def plays(fox):
    mark = fox.until(BAR + """const said = [...document.querySelectorAll('.toast')].some((each) => each.textContent.includes('can’t be played here'));
        return said ? 'silent' : plays && time !== '0:00' && song""", "something plays", 60)
    if mark == "silent":
        raise Silent("this machine has nothing to play into, and the page says so; the rest of this act is not tried")
    return mark


def acts(fox, address, pictures):
    def api(route):
        return json.load(urllib.request.urlopen(f"{address}api/v1/{route}"))

    def shown(name):
        if pictures:
            fox.picture(pictures / f"firefox-{name}.png")
        seen = fox.run(WATCH + "return window.troubles")
        assert not seen, seen
    listener = api("listeners?limit=1")["listeners"][0]["name"]

    def map_():
        fox.go(address + "#/map")
        fox.run(WATCH)
        state = fox.until("return document.querySelectorAll('.name.shown').length > 3 ? 'drawn' : document.querySelector('.empty-title')?.textContent", "the map")
        if state != "drawn":
            assert "can’t draw the map" in state, state
            return "this Firefox has no WebGL 2, and the page says so, with the way on"
        colours = fox.run("""const canvas = document.querySelector('.map-surface canvas');
            return Boolean(canvas.getContext('webgl2')) && canvas.width;""")
        assert colours, "the map has no WebGL 2"
        fox.type("input[aria-label='Search the map']", api("tracks?limit=1")["tracks"][0]["title"])
        fox.click(".picker-list:not([hidden]) li[role=option]")
        song = plays(fox)
        shown("map")
        return f"WebGL 2, {colours} px wide; searched and played song {song}"

    def for_you():
        fox.go(address + "#/listener")
        fox.run(WATCH)
        fox.type(".pick-large input", listener)
        fox.click(".pick-large .picker-list:not([hidden]) li[role=option]")
        section = "section[aria-label=Recommended]"
        fox.until(f"return document.querySelectorAll('{section} [data-song]').length === 20", "twenty songs")
        gone = fox.run(f"return document.querySelector('{section} [data-song]').dataset.song")
        fox.click(f"{section} [data-song='{gone}'] .say-not")
        fox.until(f"return !document.querySelector(\"{section} [data-song='{gone}']\")", "it leaves the list")
        assert int(gone) in api(f"listeners/{listener}/feedback")["hated"]
        first = fox.run(f"return document.querySelector('{section} [data-song]').dataset.song")
        fox.click(f"{section} [data-song='{first}'] .cover-play")
        plays(fox)
        fox.until(f"return !document.querySelector(\"{section} [data-song='{first}']\")", "a song that was heard leaves the list", 60)
        shown("listener")
        return f"“not for me” and a song heard moved {listener}'s list"

    def song():
        fox.go(address + "#/song/5")
        fox.run(WATCH)
        fox.until("return Boolean(document.querySelector('.spectrogram canvas')) && document.querySelectorAll('.bar').length === 40", "spectrogram and factors")
        fox.click(".spectrogram-picture")
        plays(fox)
        shown("song")
        return "spectrogram, factors, played from a click"

    def radio():
        fox.go(address + "#/radio")
        fox.run(WATCH)
        fox.type("input[aria-label='Start from a song']", "the")
        fox.click(".picker-list:not([hidden]) li[role=option]")
        heard = [plays(fox)]
        for _ in range(3):
            fox.click(".transport button[aria-label='Next song']")
            fox.until(BAR + f"return song !== {heard[-1]}", "another song")
            heard.append(plays(fox))
        assert len(set(heard)) == 4
        shown("radio")
        return "four songs, none twice"

    def health():
        fox.go(address + "#/health")
        fox.run(WATCH)
        fox.until("return [...document.querySelectorAll('button')].some((each) => each.textContent === 'Scan')", "the scan button")
        fox.run("[...document.querySelectorAll('button')].find((each) => each.textContent === 'Scan').id = 'scan'")
        fox.click("#scan")
        fox.until("return document.querySelector('.job .job-state')?.textContent === 'done'", "a scan runs to its end", 90)
        shown("health")
        return "a scan ran to its end, by events"
    return [map_, for_you, song, radio, health]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coldwave")
    parser.add_argument("library")
    parser.add_argument("--firefox", default=shutil.which("firefox-esr") or "firefox")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="coldwave-firefox-", ignore_cleanup_errors=True) as folder:
        inner = Path(options.library) / "library"
        shutil.copytree(inner if inner.is_dir() else options.library, Path(folder) / "library", symlinks=True)
        server = subprocess.Popen([options.coldwave, "serve", "--open", "--port", "0", "--json", "-q", "--path-prefix", "/music",
                                   "--library", str(Path(folder) / "library")], stdout=subprocess.PIPE, text=True)
        address = json.loads(server.stdout.readline())["address"]
        fox = None
        try:
            fox = Firefox(options.firefox, folder)
            print(f"  Firefox {fox.version}")
            fox.send("WebDriver:SetWindowRect", {"width": 1440, "height": 1000})
            fox.send("WebDriver:SetTimeouts", {"script": 30000, "pageLoad": 60000, "implicit": 0})
            for act in acts(fox, address, options.pictures):
                if options.only and act.__name__.strip("_") not in options.only:
                    continue
                start = time.monotonic()
                try:
                    facts = act()
                    print(f"  ok    {act.__name__.strip('_'):8} {time.monotonic() - start:5.1f} s  {facts}", flush=True)
                except Silent as reason:
                    print(f"  part  {act.__name__.strip('_'):8} {time.monotonic() - start:5.1f} s  {reason}", flush=True)
                except (AssertionError, OSError) as error:
                    failed += 1
                    fox.picture(Path(f"/tmp/check-firefox-{act.__name__}.png"))
                    print(f"  FAIL  {act.__name__.strip('_'):8} {error}; seen: /tmp/check-firefox-{act.__name__}.png", flush=True)
        finally:
            if fox:
                fox.end()
            server.terminate()
            ended = server.wait(60)
    print("all right" if not failed and not ended else f"{failed} failed; the server ended with status {ended}")
    return 1 if failed or ended else 0


if __name__ == "__main__":
    sys.exit(main())
