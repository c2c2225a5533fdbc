"""The pages of `filters`, `map` and `inspect` in a real browser: what a person does with mouse and keyboard must work.

Usage: check_pictures.py COLDWAVE LIBRARY [--browser /usr/bin/chromium] [--keep DIR]   (pip install playwright)
LIBRARY is a demo's; nothing is written into it but what `filters` keeps there.
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

failures = []


def check(what, holds, seen=""):
    print(("ok    " if holds else "FAILED"), what, "" if holds else f"({seen})", flush=True)
    if not holds:
        failures.append(what)


def filters(page, url, report):
    page.goto(url)
    layers = [layer["name"] for layer in report["layers"]]
    names = page.locator("#layers button").all_inner_texts()
    check("every layer and the factors have a button", names == layers + ["factors"], names)
    page.get_by_role("button", name=layers[-2], exact=True).click()
    check("a layer's button shows its units", page.locator(".unit .id").first.inner_text().startswith(layers[-2]))
    pressed = page.locator("#layers button[aria-pressed=true]").all_inner_texts()
    check("and only that button is pressed", pressed == [layers[-2]], pressed)
    conv = [name for name in layers if name.startswith("conv")][-1]
    page.get_by_role("button", name=conv, exact=True).click()
    strip = page.locator(".moment").first
    strip.click()
    page.wait_for_function("!audio.paused && audio.currentTime > 0", timeout=10000)
    playing = page.evaluate("[audio.src, audio.currentTime, audio.duration]")
    check("a click on a moment plays its song", playing[0].startswith("file:") and playing[2] > 1, playing)
    check("and marks it", "on" in strip.get_attribute("class"))
    moment = page.evaluate("page.layers[layer].units.filter(u => u.moments.length).sort((a, b) => b.isNamed - a.isNamed)[0].moments[0].second")
    check("from about the moment on", abs(playing[1] - moment) < 4, (playing[1], moment))
    page.wait_for_timeout(700)
    check("it goes on", page.evaluate("audio.currentTime") > playing[1])
    strip.click()
    page.wait_for_timeout(200)
    check("a second click stops it", page.evaluate("audio.paused"))
    page.locator(".unit summary").first.click()
    page.locator(".lists button").first.click()
    page.wait_for_function("!audio.paused", timeout=10000)
    check("a click on a song in a list plays it", True)
    page.get_by_role("button", name=layers[-1], exact=True).click()
    page.locator(".montage").first.click()
    page.wait_for_function("!audio.paused && audio.currentTime > 0", timeout=20000)
    length = page.evaluate("audio.duration")
    check("a montage of two minutes plays", 60 < length < 121, length)
    page.locator(".montage").first.click()
    page.get_by_role("button", name=conv, exact=True).click()
    page.locator("#q").click()
    page.keyboard.type(page.evaluate("page.layers[layer].units.find(u => u.isNamed)?.label || 'a'"))
    found = page.locator(".unit h3").all_inner_texts()
    check("searching a label finds units", 0 < len(found), found)
    page.locator("#q").fill("no unit is called this")
    check("searching nonsense finds none", page.locator(".unit").count() == 0)
    page.locator("#q").fill("")
    page.locator("#named").check()
    check("only those with a name", page.locator(".unit.unnamed").count() == 0)
    page.locator("#named").uncheck()
    before = page.locator(".unit").count()
    page.mouse.wheel(0, 30000)
    page.wait_for_timeout(400)
    check("scrolling brings more", page.locator(".unit").count() > before, before)
    page.get_by_role("button", name="factors", exact=True).click()
    check("the factors have two ends", page.locator(".ends").count() == len(report["factors"]["factors"]))
    page.locator(".ends button").first.click()
    page.wait_for_function("!audio.paused && audio.currentTime >= 0", timeout=10000)
    check("a click on a factor's song plays it", True)
    page.goto(url + "#" + layers[-1])
    page.reload()
    check("an address with a layer opens it", page.locator(".unit .id").first.inner_text().startswith(layers[-1]))


def song_map(page, url):
    page.goto(url)
    n = page.evaluate("n")
    place = "i => [ox + X[i] * scale, oy + Y[i] * scale]"
    # The song that stands most apart, so that the pointer meets no other.
    song = page.evaluate("""(() => { let best = 0, far = -1; for (let i = 0; i < n; i++) { let d = 9; for (let j = 0; j < n; j++) if (j !== i)
        d = Math.min(d, Math.hypot(X[i] - X[j], Y[i] - Y[j])); const x = ox + X[i] * scale; if (d > far && x < innerWidth - 300) { far = d; best = i; } } return best; })()""")
    x, y = page.evaluate(f"({place})({song})")
    page.mouse.move(x, y)
    page.wait_for_timeout(100)
    title = page.evaluate(f"map.titles[{song}]")
    check("the pointer on a song tells its title", page.locator("#tip b").inner_text() == title, title)
    before = page.evaluate("[ox, oy, scale]")
    page.mouse.move(400, 300)
    page.mouse.down()
    page.mouse.move(460, 350, steps=5)
    page.mouse.up()
    after = page.evaluate("[ox, oy, scale]")
    check("dragging pans", abs(after[0] - before[0] - 60) < 1 and abs(after[1] - before[1] - 50) < 1, (before, after))
    page.mouse.move(500, 400)
    under = page.evaluate("[(500 - ox) / scale, (400 - oy) / scale]")
    page.mouse.wheel(0, -600)
    page.wait_for_timeout(100)
    zoomed = page.evaluate("[scale, (500 - ox) / scale, (400 - oy) / scale]")
    check("the wheel zooms", zoomed[0] > after[2] * 1.5, zoomed)
    check("around the pointer", abs(zoomed[1] - under[0]) < 1e-3 and abs(zoomed[2] - under[1]) < 1e-3, (under, zoomed))
    page.mouse.dblclick(500, 400)
    page.wait_for_timeout(100)
    check("a double click zooms", page.evaluate("scale") > zoomed[0] * 1.9)
    page.keyboard.press("0")
    page.wait_for_timeout(100)
    check("0 shows all again", abs(page.evaluate("scale") - before[2]) < 1e-6)
    page.keyboard.press("/")
    page.keyboard.type(title)
    page.wait_for_timeout(100)
    hits = page.evaluate("hits && hits.length")
    check("searching finds the song", hits and page.evaluate(f"hits.includes({song})"), hits)
    check("and says how many", "song" in page.locator("#found").inner_text())
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    near = page.evaluate(f"[...Array(n).keys()].map(i => Math.hypot(X[i] - X[{song}], Y[i] - Y[{song}])).filter(d => d * scale < 900).length")
    centre = page.evaluate(f"(i => [ox + X[i] * scale, oy + Y[i] * scale])(hits[0])")
    check("Enter goes to the first song found", abs(centre[0] - (page.viewport_size["width"] - 268) / 2) < 1, centre)
    check("close to it", near < n or n < 20, near)
    page.keyboard.press("Tab")
    check("the songs found are buttons in reach of the keyboard", page.evaluate("document.activeElement.closest('#hits') !== null"))
    page.keyboard.press("Enter")
    page.wait_for_function("!audio.paused && audio.currentTime > 0", timeout=10000)
    check("that play", "playing" in page.locator("#now").inner_text())
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    check("until Escape", page.evaluate("audio.paused") and page.locator("#now").inner_text() == "")
    page.locator("#c").focus()
    at = page.evaluate("[ox, oy]")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(50)
    check("arrow keys move the map", page.evaluate("ox") - at[0] == 80)
    page.keyboard.press("0")
    page.locator("#q").fill("")
    legend = page.locator("#legend button:not([disabled])")
    count = page.evaluate("[...Array(n).keys()].filter(shown).length")
    legend.first.click()
    check("a click in the legend hides songs", page.evaluate("[...Array(n).keys()].filter(shown).length") < count)
    check("and says so to a screen reader", legend.first.get_attribute("aria-pressed") == "false")
    legend.first.click()
    for mode in ["artist", "year", "plays", "new", "genre"]:
        page.locator("#mode").select_option(mode)
        check(f"colours by {mode}", page.evaluate("layer.id") == mode and page.locator("#legend li").count() > 0)
    page.keyboard.press("0")
    page.wait_for_timeout(100)
    x, y = page.evaluate(f"({place})({song})")
    page.mouse.click(x, y)
    page.wait_for_function("!audio.paused && audio.currentTime > 0", timeout=10000)
    check("a click on a song plays it", page.evaluate("audio.src").startswith("file:"))
    page.mouse.click(x, y)
    page.wait_for_timeout(200)
    check("a second click stops it", page.evaluate("audio.paused"))
    check("all songs are there", n > 0)


def inspected(page):
    check("the song's page draws", page.locator("svg").count() >= 2)
    box = page.locator("#timeline").bounding_box()
    page.mouse.click(box["x"] + box["width"] * (52 + 1130 / 2) / 1200, box["y"] + 60)
    page.wait_for_function("!audio.paused && audio.currentTime > 0", timeout=10000)
    at, middle = page.evaluate("[audio.currentTime, time(page.seconds / 2)]")
    check("a click on the spectrogram plays from there", abs(at - middle) < 2, (at, middle))
    page.wait_for_timeout(200)
    check("a line shows where", page.evaluate("getComputedStyle(head).visibility") == "visible")
    page.keyboard.press("Escape")
    check("until Escape", page.evaluate("audio.paused"))
    near = page.locator("section button").first
    near.click()
    page.wait_for_function("!audio.paused && audio.currentTime > 0", timeout=10000)
    check("a click on a near song plays it", page.evaluate("audio.src") == near.get_attribute("data-url"))
    near.click()
    check("a second click stops it", page.evaluate("audio.paused"))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("coldwave")
    arguments.add_argument("library", type=Path)
    arguments.add_argument("--browser", default=shutil.which("chromium"))
    arguments.add_argument("--keep", type=Path, help="a folder for pictures of the pages")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)

        def coldwave(*words):
            return subprocess.run([options.coldwave, *map(str, words), "--library", options.library, "-q"], check=True, capture_output=True, text=True).stdout

        report = json.loads(coldwave("filters", "-o", folder / "filters", "--montages", "--montage-layers", "outputs", "--json"))
        coldwave("map", "-o", folder / "map.html")
        track = report["layers"][0]["filters"][0]["top"][0]["track"]
        coldwave("inspect", track, "-o", folder / "song.html")
        browser = playwright.chromium.launch(
            executable_path=options.browser, args=["--no-sandbox", "--allow-file-access-from-files", "--autoplay-policy=no-user-gesture-required"])
        for scheme in ["light", "dark"]:
            context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
            page = context.new_page()
            problems, outside = [], []
            page.on("request", lambda request: None if request.url.startswith(("file:", "data:", "blob:")) else outside.append(request.url))
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
            print(f"-- {scheme}")
            filters(page, (folder / "filters/index.html").as_uri(), report)
            song_map(page, (folder / "map.html").as_uri())
            page.goto((folder / "song.html").as_uri())
            inspected(page)
            check("no page has errors in its script", not problems, problems)
            check("no page asks anything of another host", not outside, outside)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                for file, anchor in [("filters/index", ""), ("filters/index", "#factors"), ("map", ""), ("song", "")]:
                    page.goto((folder / f"{file}.html").as_uri() + anchor)
                    page.reload()
                    page.wait_for_timeout(400)
                    page.screenshot(path=options.keep / f"{file.replace('/', '-')}{anchor.replace('#', '-')}-{scheme}.png")
        browser.close()
    print(f"{len(failures)} failed" if failures else "all pages work")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
