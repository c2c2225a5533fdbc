"""The map of a made-up library of 300,000 songs: how long each kind of picture takes, how large it is, and how long a page takes to draw.

Usage: draw_many.py COLDWAVE [--songs 300000] [--keep DIR] [--browser /usr/bin/chromium] [--lay]   (playwright from pip for the page)
The songs have no audio: 300 genres of very different size, ten songs an artist, years, one song in five without a play. Their places are
drawn as t-SNE lays them, in islands that touch; with --lay the map is laid by `coldwave map` from vectors in 40 dimensions instead.
"""
import argparse
import json
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

FIRST = "deep dark melodic progressive classic southern nordic modern acoustic psychedelic minimal free post- indie latin".split()
SECOND = "house techno jazz folk metal soul ambient rock rap samba blues gospel dub pop trance hardcore disco tango choral chiptune".split()


def make(coldwave, folder, n, lay):
    library = folder / "library"
    (folder / "music").mkdir(parents=True)
    subprocess.run([coldwave, "scan", folder / "music", "--library", library, "-q"], check=True, stdout=subprocess.DEVNULL)
    random = np.random.default_rng(0)
    names = [f"{a}{'' if a.endswith('-') else ' '}{b}" for b in SECOND for a in FIRST]
    random.shuffle(names)
    weights = 1 / np.arange(3, len(names) + 3)
    genre = np.repeat(random.choice(len(names), (n + 9) // 10, p=weights / weights.sum()), 10)[:n]
    year = np.clip(random.normal(1960 + genre * 50 / len(names), 9, n), 1925, 2026).astype(int)
    plays = np.where(np.arange(n) % 5 == 4, 0, (random.pareto(1.1, n) * 3 + 1).astype(int)).clip(0, 100000)
    database = sqlite3.connect(library / "catalogue.sqlite")
    database.execute("PRAGMA synchronous = OFF")
    database.executemany(
        """INSERT INTO track (id, path, relativePath, stem, size, modified, contentHash, title, artist, album, genres, year, matchKey,
           codec, channels, sampleRate, durationSeconds, excerptStartSeconds, shard, shardOffset, frames, recording, compared, languages)
           VALUES (?, ?, ?, ?, 1, 0, ?, ?, ?, ?, ?, ?, ?, 'flac', 2, 44100, 200, 0, 0, 0, 0, ?, 1, '')""",
        ((i + 1, f"/music/{i // 10}/{i}.flac", f"{i}.flac", str(i), f"{i:032x}", f"Song {i}", f"Artist {i // 10}", f"Album {i // 10}",
          names[genre[i]] if i % 7 else "", int(year[i]), f"artist {i // 10}\x1fsong {i}", f"{i:032x}") for i in range(n)))
    database.execute("INSERT INTO listener (id, name) VALUES (1, 'everybody')")
    played = np.flatnonzero(plays)
    database.executemany("INSERT INTO reference (id, key, trackID) VALUES (?, ?, ?)", ((int(i) + 1, f"id:{i}", int(i) + 1) for i in played))
    database.executemany("INSERT INTO play VALUES (1, ?, -1, ?)", ((int(i) + 1, int(plays[i])) for i in played))
    # Islands of every genre: a walk from the genre's centre, a few steps long, an artist's songs together.
    centre = random.normal(size=(len(names), 2)) * 42
    island = centre[genre] + np.repeat(random.normal(size=((n + 9) // 10, 2)), 10, 0)[:n] * (2.2 * (weights[genre] / weights[0]) ** 0.5 + 1.2)[:, None] * 3
    places = (island + random.normal(size=(n, 2)) * 0.8).astype(np.float32)
    vectors = np.concatenate([places / 20, random.normal(size=(n, 38)) * 0.3 + random.normal(size=(len(names), 38))[genre]], 1).astype(np.float32)

    def run(kind, stage, files, inputs, metrics):
        place = library / kind / "20260101-000000-made"
        place.mkdir(parents=True)
        for name, array in files.items():
            np.save(place / f"{name}.npy", array)
        (place / "songs.txt").write_text("".join(f"{i + 1}\n" for i in range(n)))
        (place / "sounds.txt").write_text("".join(f"{i:032x}\n" for i in range(n)))
        (place / "manifest.json").write_text(json.dumps(
            {"formatVersion": 1, "stage": stage, "inputDigest": "made", "inputs": inputs, "configuration": "{}", "metrics": metrics,
             "created": "2026-01-01T00:00:00Z", "seconds": 0}))
        database.execute("INSERT INTO stageRun VALUES (?, ?, 'made', 0, '2026-01-01T00:00:00Z')", (stage, place.name))

    run("predictions", "predict", {"songs": vectors, "blended": vectors, "plays": vectors}, {"factorize": "none", "train": "none"}, {})
    if not lay:
        directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        run("maps", "map", {"positions": places, "vectors": directions}, {"predict": "20260101-000000-made"},
            {"klDivergence": 3, "perplexity": 30, "laid": n})
    database.commit()
    database.close()
    return library


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("coldwave")
    arguments.add_argument("--songs", type=int, default=300_000)
    arguments.add_argument("--keep", type=Path, help="a folder for the pictures")
    arguments.add_argument("--browser", default=shutil.which("chromium"))
    arguments.add_argument("--lay", action="store_true", help="lay the map too, not only draw it")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name), options.keep or Path(name) / "out"
        out.mkdir(parents=True, exist_ok=True)
        library = make(options.coldwave, folder, options.songs, options.lay)
        for file in ("map.svg", "map-light.png", "map-dark.png", "years.png", "plays.svg", "map.html"):
            words = [options.coldwave, "map", "-o", out / file, "--library", library, "--json"]
            words += ["--theme", "dark"] * ("dark" in file) + ["--color", "year"] * ("years" in file) + ["--color", "plays"] * ("plays" in file)
            started = time.time()
            report = json.loads(subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True).stdout)
            print(f"{file:14} {time.time() - started:6.1f} s {(out / file).stat().st_size / 1e6:7.2f} MB   laid anew: {report.get('laidBecause')}", flush=True)
        try:
            from playwright.sync_api import sync_playwright
        except ImportError:
            print("without playwright the page is not opened")
            return
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
            for scheme in ("light", "dark"):
                page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
                problems = []
                page.on("pageerror", lambda error: problems.append(str(error)))
                started = time.time()
                page.goto((out / "map.html").as_uri())
                opened = time.time() - started
                drawn = page.evaluate("(() => { const t = performance.now(); for (let k = 0; k < 5; k++) draw(); return (performance.now() - t) / 5; })()")
                page.screenshot(path=out / f"page-{scheme}.png")
                page.evaluate("zoom(14, ...(q => [ox + q.x * scale, oy + q.y * scale])(map.regions[3]))")
                page.wait_for_timeout(500)
                page.screenshot(path=out / f"page-{scheme}-zoomed.png")
                page.evaluate("zoom(12, W / 3, H / 2)")
                page.wait_for_timeout(500)
                page.screenshot(path=out / f"page-{scheme}-close.png")
                print(f"page, {scheme:6} opens in {opened:.1f} s, draws in {drawn:.0f} ms; errors in its script: {problems or 'none'}")
            browser.close()


if __name__ == "__main__":
    main()
