#!/usr/bin/env python3
"""Does each page's main act by real clicks in headless Chromium, and looks at what came of it.

    scripts/check_page.py .build/release/coldwave LIBRARY [--pictures DIR] [--only NAME …] [--frames]

LIBRARY is copied and never written; its audio must lie where it says. Needs `pip install playwright` and a Chromium
(CHROMIUM=/usr/bin/chromium); node, where there is one, runs the page's own tests. With --url an already running server
is used instead (its feedback and playlists are written). --frames measures the map with made-up points.
"""

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from page_checks import CHECKS, Page, frames, no_webgl, nothing_yet, odd_format, sign_in  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--mute-audio",
         "--autoplay-policy=no-user-gesture-required"]
SIZES = {"wide": (1440, 900, 1), "phone": (390, 844, 2)}
PICTURES = {"map": "#/map", "listener": "#/listener", "song": "#/song/5", "filters": "#/filters", "radio": "#/radio",
            "health": "#/health", "songs": "#/songs", "playlists": "#/playlists", "more": "#/more", "account": "#/account"}


class Server:
    """`coldwave serve` on any free port, ended when done."""

    def __init__(self, command, library, *flags):
        self.process = subprocess.Popen([command, "serve", "--port", "0", "--library", library, "--json", "-q", *flags],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://[^\s\"]+", line)
        if not found:
            raise SystemExit(f"serve said no address: {line!r}")
        self.address = found.group(0)

    def __enter__(self):
        return self.address

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise SystemExit("serve did not end within 20 s of SIGTERM")


def watch(page, problems):
    """Anything on the console that is an error, any exception, any violation of the policy."""
    expected = re.compile(r"status of (401|403|404|409|422)")

    def said(message):
        if message.type in ("error", "warning") and not expected.search(message.text):
            # Chromium's own words about software rendering are not the page's.
            if "GPU stall" not in message.text and "GL Driver" not in message.text:
                problems.append(f"{message.type}: {message.text} {message.location.get('url', '')}")
    page.on("console", said)
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
    page.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))")


def context(browser, size, scheme, **more):
    width, height, ratio = SIZES[size]
    return browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=ratio, color_scheme=scheme,
                               has_touch=size == "phone", accept_downloads=True, **more)


def run_checks(browser, address, only):
    failed = 0
    for check in CHECKS:
        if only and check.__name__ not in only:
            continue
        problems = []
        held = context(browser, "wide", "dark", reduced_motion="reduce" if check.__name__ == "radio" else "no-preference")
        page = held.new_page()
        watch(page, problems)
        start = time.time()
        try:
            facts = check(Page(page, address))
            if problems:
                raise AssertionError("; ".join(problems[:4]))
            print(f"  ok    {check.__name__:12} {time.time() - start:5.1f} s  {facts}", flush=True)
        except Exception as error:  # noqa: BLE001  (a failed check must not hide the next)
            failed += 1
            page.screenshot(path=f"/tmp/check-page-{check.__name__}.png")
            print(f"  FAIL  {check.__name__:12} {str(error).strip()[:600]} {problems[:3]}\n        seen: /tmp/check-page-{check.__name__}.png", flush=True)
        held.close()
    return failed


def take_pictures(browser, address, folder):
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for size in SIZES:
        for scheme in ("dark", "light"):
            held = context(browser, size, scheme)
            page = held.new_page()
            problems = []
            watch(page, problems)
            shown = Page(page, address)
            shown.become_listener()
            for name, hash_ in PICTURES.items():
                if name == "more" and size == "wide":
                    continue
                shown.go(hash_)
                shown.settle()
                if name == "radio":
                    shown.start_radio()
                page.screenshot(path=folder / f"{name}-{size}-{scheme}.png")
                wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                over = page.evaluate("(() => { const main = document.querySelector('.main'); return main.scrollWidth - main.clientWidth; })()")
                if wider > 0 or over > 0:
                    problems.append(f"{name} at {size} is wider than the screen by {max(wider, over)} px")
            if problems:
                failed += 1
                print(f"  FAIL  pictures {size} {scheme}: {problems[:4]}")
            held.close()
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="?")
    parser.add_argument("library", nargs="?")
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--web", help="serve the page from this folder rather than the built one")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--frames", action="store_true")
    given = parser.parse_args()
    if not given.url and not (given.command and given.library):
        parser.error("needs COLDWAVE and LIBRARY, or --url")

    web = ["--web", given.web] if given.web else []
    expect.set_options(timeout=20000)
    failed = 0
    if shutil.which("node"):
        failed += subprocess.run(["node", "--test", "--test-reporter=dot", str(ROOT / "Tests/web")]).returncode != 0
    weight = sum(file.stat().st_size for file in (ROOT / "Sources/ColdwaveServer/Resources/web").rglob("*") if file.is_file())
    print(f"  {'ok  ' if weight < 300_000 else 'FAIL'}  the page weighs {weight / 1000:.0f} kB of 300")
    failed += weight >= 300_000

    executable = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="coldwave-page-") as folder:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        if given.url:
            failed += session(browser, given.url, given)
        else:
            library = Path(folder) / "library"
            # What `coldwave demo DIR` makes holds its library in DIR/library.
            inner = Path(given.library) / "library"
            shutil.copytree(inner if inner.is_dir() else given.library, library)
            # Under a prefix, as behind a reverse proxy: an absolute address anywhere would fail.
            with Server(given.command, library, "--open", "--path-prefix", "/music", *web) as address:
                failed += session(browser, address, given)
            if shutil.which("ffmpeg") and (not given.only or "odd_format" in given.only):
                odd = Path(folder) / "odd"
                odd.mkdir()
                subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=330:duration=12", "-metadata", "title=Odd format", "-metadata",
                                "artist=Nobody", "-write_id3v2", "1", odd / "odd.aiff"], check=True)
                subprocess.run([given.command, "scan", odd, "--library", library, "-q"], check=True, stdout=subprocess.DEVNULL)
                with Server(given.command, library, "--open", *web) as address:
                    failed += alone(browser, odd_format, address)
            if not given.only or "nothing_yet" in given.only:
                Page.music = str(Path(folder) / "few")
                Path(Page.music).mkdir()
                for number, track in enumerate(some_music(library, 3)):
                    shutil.copy(track, Path(Page.music) / f"{number}{Path(track).suffix}")
                with Server(given.command, Path(folder) / "new", "--open", *web) as address:
                    failed += alone(browser, nothing_yet, address)
            if not given.only or "sign_in" in given.only:
                with Server(given.command, library, *web) as address:
                    failed += alone(browser, sign_in, address)
        browser.close()
        if not given.only or "no_webgl" in given.only:
            plain = playwright.chromium.launch(executable_path=executable, args=["--disable-3d-apis", "--mute-audio"])
            if given.url:
                failed += alone(plain, no_webgl, given.url)
            else:
                with Server(given.command, library, "--open", *web) as address:
                    failed += alone(plain, no_webgl, address)
            plain.close()
    print("all right" if not failed else f"{failed} failed")
    return 1 if failed else 0


def some_music(library, count):
    with sqlite3.connect(library / "catalogue.sqlite") as catalogue:
        return [row[0] for row in catalogue.execute("SELECT path FROM track WHERE missing = 0 LIMIT ?", [count])]


def session(browser, address, given):
    failed = run_checks(browser, address, given.only)
    if given.pictures:
        failed += take_pictures(browser, address, given.pictures)
    if given.frames:
        frames(browser.new_page(viewport={"width": 1440, "height": 900}), address)
    return failed


def alone(browser, check, address):
    CHECKS[:], before = [check], CHECKS[:]
    failed = run_checks(browser, address, [])
    CHECKS[:] = before
    return failed


if __name__ == "__main__":
    sys.exit(main())
