"""The acts of `check_page.py`: each opens a page, does by clicks what it is for, and asserts what came of it."""

import importlib.util
import json
import re
import time
from pathlib import Path

from playwright.sync_api import expect


class Page:
    """One tab, and words for what the checks do with it."""

    def __init__(self, page, address):
        self.page = page
        self.address = address
        page.set_default_timeout(15000)

    def go(self, hash_):
        if self.page.url.startswith(self.address):
            self.page.goto("about:blank")
        self.page.goto(self.address + hash_)
        self.page.wait_for_selector(".app.ready")

    def api(self, route):
        answer = self.page.request.get(f"{self.address}api/v1/{route}")
        assert answer.ok, f"{route}: {answer.status} {answer.text()[:200]}"
        return answer.json()

    def audio(self):
        """What the audio element says: the player module is the page's own, so asking it is no pretence."""
        return self.page.evaluate("""async () => { const { player } = await import(new URL('js/player.js', document.baseURI));
            return { time: player.audio.currentTime, paused: player.audio.paused, id: player.song?.id, queue: player.queue.length, volume: player.audio.volume }; }""")

    def wait_until(self, test, what, seconds=12):
        end = time.time() + seconds
        while time.time() < end:
            value = test()
            if value:
                return value
            self.page.wait_for_timeout(80)
        raise AssertionError(f"within {seconds} s: {what}; audio {self.audio()}")

    def plays(self, song=None):
        """Time moves on, by itself."""
        self.wait_until(lambda: (a := self.audio())["time"] > 0 and not a["paused"] and (song is None or a["id"] == song), f"playing {song or 'something'}")
        before = self.audio()["time"]
        self.wait_until(lambda: self.audio()["time"] > before + 0.3, "the time moves on")
        return self.audio()

    def listener(self):
        return self.api("listeners?limit=1")["listeners"][0]["name"]

    def become_listener(self):
        self.go("#/map")
        self.page.evaluate("(name) => localStorage.setItem('coldwave-listener', name)", self.listener())

    def settle(self):
        """Until nothing is being waited for any more."""
        self.page.wait_for_timeout(400)
        self.wait_until(lambda: not self.page.locator(".ghost, .map-wait").count(), "the page is complete", 30)
        waiting = "[...document.images].filter((each) => each.src && !(each.complete && each.naturalWidth)).map((each) => each.src)"
        for _ in range(200):
            late = self.page.evaluate(waiting)
            if not late:
                break
            self.page.wait_for_timeout(100)
        assert not late, f"pictures that did not come: {late}"
        self.page.wait_for_timeout(900)

    def start_radio(self):
        self.page.get_by_role("combobox", name="Start from a song").fill("the")
        self.page.locator(".picker-list:visible li").first.click()
        self.page.wait_for_selector(".on-air")
        self.page.wait_for_timeout(900)

    def songs(self, within):
        return [int(each.get_attribute("data-song")) for each in self.page.locator(f"{within} [data-song]").all()]

    def on_map(self, script):
        """Runs in the page with `at(id)`: where a song lies on the screen."""
        return self.page.evaluate(script)


def map_point(page):
    """A place on the screen with a song under it: found as a hand finds it, by moving until the tip shows."""
    box = page.page.locator(".map-surface").bounding_box()
    names = page.page.locator(".name.shown").all()
    for name in names:
        spot = name.bounding_box()
        for dx in (0, -12, 12):
            for dy in range(-40, 44, 4):
                x, y = spot["x"] + spot["width"] / 2 + dx, spot["y"] + spot["height"] / 2 + dy
                if not (box["x"] + 240 < x < box["x"] + box["width"] - 100 and box["y"] + 90 < y < box["y"] + box["height"] - 20):
                    continue
                page.page.mouse.move(x, y)
                page.page.wait_for_timeout(12)
                if page.page.locator(".tip:visible").count():
                    return x, y
    raise AssertionError("no song was found under the mouse")


def map_(page):
    """Hover for the title, click to play, every colouring, and zoom about the mouse."""
    page.go("#/map")
    tab = page.page
    tab.wait_for_selector(".name.shown")
    about = page.api("map")
    tab.wait_for_timeout(500)
    x, y = map_point(page)
    expect(tab.locator(".tip b")).not_to_have_text("…")
    title = tab.locator(".tip b").inner_text()
    tab.mouse.click(x, y)
    playing = page.plays()
    assert page.api(f"tracks/{playing['id']}")["title"] == title, "the song under the mouse is the one that plays"
    for mode in ("artist", "year", "plays", "new"):
        tab.get_by_role("button", name=mode.capitalize(), exact=True).click()
        expect(tab.locator(f"[data-mode={mode}]")).to_have_attribute("aria-pressed", "true")
    legend = tab.locator(".legend-entry").first
    expect(legend).to_contain_text("new")
    new = sum(1 for each in all_tracks(page) if each["plays"] == 0)
    assert legend.locator("small").inner_text().replace(",", "") == str(new), "the legend counts the new songs"
    # The wheel zooms towards the mouse: the song stays under it.
    tab.get_by_role("button", name="Genre", exact=True).click()
    tab.mouse.move(x, y)
    for _ in range(6):
        tab.mouse.wheel(0, -120)
        tab.wait_for_timeout(30)
    tab.mouse.move(x + 1, y)
    expect(tab.locator(".tip b")).to_have_text(title)
    tab.get_by_role("button", name="The whole map").click()
    tab.wait_for_timeout(900)
    return f"{about['songs']} songs, played “{title}”, {new} new"


def all_tracks(page):
    songs = []
    while True:
        answer = page.api(f"tracks?limit=100&offset={len(songs)}")
        songs += answer["tracks"]
        if len(songs) >= answer["total"] or not answer["tracks"]:
            return songs


def lasso(page):
    """Songs drawn round become a playlist of as many, and an M3U8 file."""
    page.go("#/map")
    tab = page.page
    tab.wait_for_selector(".name.shown")
    tab.wait_for_timeout(500)
    box = tab.locator(".map-surface").bounding_box()
    tab.get_by_role("button", name="Lasso songs").click()
    cx, cy = box["x"] + box["width"] * 0.56, box["y"] + box["height"] * 0.5
    corners = [(-260, -170), (0, -260), (270, -160), (300, 120), (0, 250), (-280, 150), (-260, -160)]
    tab.mouse.move(cx + corners[0][0], cy + corners[0][1])
    tab.mouse.down()
    for dx, dy in corners[1:]:
        tab.mouse.move(cx + dx, cy + dy, steps=8)
    tab.mouse.up()
    head = tab.locator(".selection h2")
    expect(head).to_be_visible()
    caught = int(re.sub(r"\D", "", head.inner_text()))
    assert caught > 5
    name = f"Lassoed {time.time_ns() % 100000}"
    tab.get_by_label("Name of the playlist").fill(name)
    tab.locator(".selection").get_by_role("button", name="Save").click()
    expect(tab.locator(".toast").last).to_contain_text("kept")
    kept = [each for each in page.api("playlists")["playlists"] if each["title"] == name]
    assert len(kept) == 1, "one playlist of that name"
    tracks = page.api(f"playlists/{kept[0]['id']}")["tracks"]
    assert len(tracks) == caught, f"{len(tracks)} songs kept of {caught}"
    with tab.expect_download() as download:
        tab.locator(".selection").get_by_role("button", name="M3U8").click()
    text = open(download.value.path(), encoding="utf8").read()
    assert text.startswith("#EXTM3U") and text.count("#EXTINF") == caught, text[:200]
    tab.locator(".selection").get_by_role("button", name="Play", exact=True).click()
    page.plays()
    tab.get_by_role("button", name="Open").click()
    expect(tab.locator("h1")).to_have_text(name)
    expect(tab.locator(".songs .song")).to_have_count(caught)
    return f"{caught} songs lassoed, kept, downloaded as M3U8 and played"


def lit(page):
    """A listener's songs lit up, the map's search, and the map by keyboard alone."""
    listener = page.listener()
    page.go("#/map")
    tab = page.page
    tab.wait_for_selector(".name.shown")
    field = tab.get_by_role("combobox", name="Light up a listener")
    field.fill(listener)
    tab.locator(".picker-list:visible li", has_text=listener).first.click()
    words = tab.locator(".lit-words")
    expect(words).to_contain_text("played")
    truth = page.api(f"map/lit?listener={listener}")
    assert str(len(truth["played"])) in words.inner_text()
    # The map's own search finds, flies there and plays.
    song = page.api("tracks?limit=1&offset=40")["tracks"][0]
    tab.get_by_role("combobox", name="Search the map").fill(song["title"])
    tab.locator(".picker-list:visible li", has_text=song["title"]).first.click()
    page.plays()
    # By keyboard alone: what lies in the middle is spoken, and Enter plays it.
    tab.locator(".map-surface").focus()
    tab.keyboard.press("+")
    expect(tab.locator(".page-map > .visually-hidden[aria-live]")).not_to_be_empty()
    tab.keyboard.press("Enter")
    page.plays()
    return f"{words.inner_text()!r}"


def listener(page):
    """Reasons, new songs, and “not for me”, which changes the next list at once."""
    page.go("#/listener")
    tab = page.page
    name = page.api("listeners?limit=3")["listeners"][1]["name"]
    tab.locator(".pick-large input").fill(name)
    tab.locator(".picker-list:visible li", has_text=name).first.click()
    tab.wait_for_selector(".song [data-song], li.song[data-song]")
    page.settle()
    section = "section[aria-label=Recommended]"
    before = page.songs(section)
    assert len(before) == 20, before
    played = {each["track"]["id"] for each in page.api(f"listeners/{name}/history?limit=200")["songs"] if each["track"]}
    assert not played & set(before), "nothing they have played"
    note = tab.locator(f"{section} .song-note").first.inner_text()
    assert note.startswith("Because you play "), note
    fresh = page.songs("section[aria-label='New songs']")
    assert fresh and all(page.api(f"tracks/{each}")["plays"] == 0 for each in fresh[:3])
    # “Not for me”: it goes at once, and does not come back with the next list.
    gone = before[0]
    tab.locator(f"{section} [data-song='{gone}'] .say-not").click()
    page.wait_until(lambda: gone not in page.songs(section), "the hated song leaves the list")
    page.wait_until(lambda: len(page.songs(section)) == 20, "another has come")
    assert gone in page.api(f"listeners/{name}/feedback")["hated"]
    assert gone not in [each["track"]["id"] for each in page.api(f"listeners/{name}/recommendations?count=20")["suggestions"]]
    tab.locator(f"{section} .say-love").nth(2).click()
    page.wait_until(lambda: page.api(f"listeners/{name}/feedback")["loved"], "love is kept")
    tab.locator(".toast").get_by_role("button", name="Undo").click()
    page.wait_until(lambda: gone not in page.api(f"listeners/{name}/feedback")["hated"], "undone")
    tab.get_by_role("button", name="Play Daily mix").click()
    playing = page.plays()
    assert playing["queue"] > 5
    # Back as it was, so that the check may run again.
    for each in page.api(f"listeners/{name}/feedback")["loved"]:
        page.page.request.put(f"{page.address}api/v1/listeners/{name}/feedback/{each}", data=json.dumps({"score": 0}), headers={"X-Coldwave": "1", "Content-Type": "application/json"})
    return f"“{note[:60]}…”, hated {gone}: gone at once"


def heard(page):
    """A song that was heard for half of it counts as a play, and the list goes by it; one that was skipped does not."""
    tab = page.page
    page.go("#/listener")
    name = page.api("listeners?limit=4")["listeners"][3]["name"]
    tab.locator(".pick-large input").fill(name)
    tab.locator(".picker-list:visible li", has_text=name).first.click()
    tab.wait_for_selector("li.song[data-song]")
    page.settle()
    section = "section[aria-label=Recommended]"
    counting = tab.get_by_role("checkbox", name=f"What I play here counts as heard by {name}")
    expect(counting).to_be_checked()

    def plays(song):
        return sum(each["plays"] for each in page.api(f"listeners/{name}/history?limit=1000")["songs"] if each["track"] and each["track"]["id"] == song)

    def hear(song):
        tab.locator(f"{section} [data-song='{song}'] .cover-play").first.click()
        page.plays(song)
        # Four times as fast, so that the check does not take as long as the song.
        tab.evaluate("async () => { (await import(new URL('js/player.js', document.baseURI))).player.audio.playbackRate = 4; }")
    skipped, first = page.songs(section)[:2]
    hear(skipped)
    bar = tab.locator(".player input[aria-label='Position in the song']").bounding_box()
    tab.mouse.click(bar["x"] + bar["width"] * 0.8, bar["y"] + bar["height"] / 2)
    page.wait_until(lambda: page.audio()["time"] > page.api(f"tracks/{skipped}")["durationSeconds"] * 0.8, "sought on")
    hear(first)
    page.wait_until(lambda: first not in page.songs(section), "the song that was heard leaves the list", 30)
    assert plays(first) == 1 and plays(skipped) == 0, (plays(first), plays(skipped))
    assert skipped in page.songs(section), "what was sought past is still recommended"
    expect(tab.locator("section[aria-label=History] [data-song]").first).to_be_visible()
    # Who does not want it counted says so.
    counting.uncheck()
    second = page.songs(section)[2]
    hear(second)
    duration = page.api(f"tracks/{second}")["durationSeconds"]
    page.wait_until(lambda: page.audio()["id"] != second or page.audio()["time"] > duration * 0.7, "most of it", 30)
    tab.get_by_role("button", name="Pause").first.click()
    tab.wait_for_timeout(500)
    assert plays(second) == 0
    return f"{name} heard a song, and the list moved; a song sought past and one not counted changed nothing"


def song(page):
    """Spectrogram and playhead, strongest filters at their second, nearest songs, factors."""
    track = page.api("tracks?limit=1&offset=12")["tracks"][0]
    page.go("#/songs")
    tab = page.page
    tab.get_by_label("Search songs").fill(track["title"])
    tab.locator(".song-title", has_text=track["title"]).first.click()
    expect(tab.locator("h1")).to_contain_text(track["title"])
    page.settle()
    shades = tab.evaluate("""() => { const canvas = document.querySelector('.spectrogram canvas'); const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return new Set(Array.from({ length: 4000 }, (_, i) => data[(i * 97 * 4) % data.length + 2])).size; }""")
    assert shades > 10, f"the spectrogram shows {shades} shades"
    box = tab.locator(".spectrogram-picture").bounding_box()
    tab.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 60)
    page.plays(page.audio()["id"])
    at = page.audio()["time"]
    assert abs(at - track["durationSeconds"] / 2) < 3, f"half of {track['durationSeconds']} s, not {at}"
    expect(tab.locator(".playhead")).to_be_visible()
    filters = tab.locator(".units .unit")
    if filters.count():
        second = tab.locator(".unit-second").first.inner_text()
        wanted = sum(int(part) * 60 ** place for place, part in enumerate(reversed(second.split(":"))))
        filters.first.click()
        page.wait_until(lambda: wanted <= page.audio()["time"] < wanted + 2.5, f"plays from {second}")
    expect(tab.locator(".bar")).to_have_count(40)
    near = tab.locator("section[aria-labelledby=near] .song")
    assert near.count() == 10
    # The other way round: the nearest of the page are the nearest of the API.
    assert page.songs("section[aria-labelledby=near]") == [each["track"]["id"] for each in page.api(f"tracks/{page.page.url.split('/')[-1]}/similar?count=10")["suggestions"]]
    return f"{track['title']}: {shades} shades, sought to {at:.1f} s, {filters.count()} filters"


def filters(page):
    """A click on a unit plays the moments that excite it, one after the other."""
    page.go("#/filters")
    tab = page.page
    page.settle()
    layers = page.api("filters")["layers"]
    last = layers[-1]["name"]
    tab.get_by_role("tab", name=last).click()
    expect(tab.locator(".unit-card").first).to_contain_text(f"{last}/")
    tab.locator(".unit-card").nth(1).click()
    tab.wait_for_selector(".unit-detail .song")
    unit = tab.locator(".unit-detail code").inner_text()
    top = page.api(f"filters/{unit}")["top"]
    playing = page.plays(top[0]["track"]["id"])
    assert playing["time"] >= max(0, top[0]["second"] - 1) - 0.05, "it starts at the moment"
    page.wait_until(lambda: page.audio()["id"] == top[1]["track"]["id"], "then the next moment plays", 16)
    assert tab.evaluate("document.querySelector('.plate img').naturalWidth") > 100
    return f"{sum(len(each['units']) for each in layers)} units; {unit} plays {len(top)} moments"


def radio(page):
    """Never a song twice, and the slider changes what comes."""
    page.go("#/radio")
    tab = page.page
    page.start_radio()
    page.plays()
    heard = [page.audio()["id"]]
    for _ in range(9):
        tab.get_by_role("button", name="Another").click()
        page.wait_until(lambda: page.audio()["id"] != heard[-1], "another song")
        heard.append(page.audio()["id"])
    assert len(set(heard)) == len(heard), f"a song came twice: {heard}"
    before = page.songs("ol[aria-label='Coming next']")
    dial = tab.get_by_label("From familiar to new")
    dial.focus()
    tab.keyboard.press("End")
    page.wait_until(lambda: (now := page.songs("ol[aria-label='Coming next']")) and now != before, "what comes next follows the slider")
    assert not set(page.songs("ol[aria-label='Coming next']")) & set(heard)
    return f"{len(heard)} songs, none twice; the slider changes what comes"


def health(page):
    """What is fresh, and a scan that is seen to run to its end."""
    page.go("#/health")
    tab = page.page
    status = page.api("status")
    expect(tab.locator(".figure b").first).to_have_text(f"{status['tracks']:,}")
    expect(tab.locator(".stage")).to_have_count(len(status["stages"]))
    tab.get_by_role("button", name="Scan", exact=True).click()
    tab.wait_for_selector(".job")
    page.wait_until(lambda: page.api("jobs")["jobs"], "the server knows the job")
    expect(tab.locator(".job").first.locator(".job-state")).to_have_text("done", timeout=60000)
    expect(tab.locator(".chart path.first")).to_have_count(1)
    return f"{len(status['stages'])} stages, a scan ran to its end before one's eyes"


def player(page):
    """The bar and the keyboard, the same on every page."""
    page.go("#/songs")
    tab = page.page
    tab.wait_for_selector(".song")
    tab.locator(".song .cover-play").first.click()
    first = page.plays()
    tab.locator("h1").click()
    tab.keyboard.press("Space")
    page.wait_until(lambda: page.audio()["paused"], "space pauses")
    held = page.audio()["time"]
    tab.keyboard.press("ArrowRight")
    page.wait_until(lambda: page.audio()["time"] > held + 4, "an arrow seeks")
    tab.keyboard.press("Space")
    page.plays()
    tab.keyboard.press("n")
    page.wait_until(lambda: page.audio()["id"] != first["id"], "n is the next song")
    loud = page.audio()["volume"]
    tab.keyboard.press("-")
    page.wait_until(lambda: page.audio()["volume"] < loud, "minus is quieter")
    tab.get_by_role("button", name="Queue", exact=True).click()
    expect(tab.locator("dialog.sheet")).to_be_visible()
    expect(tab.locator("dialog .songs .song.current")).to_have_count(1)
    tab.keyboard.press("Escape")
    expect(tab.locator("dialog.sheet")).to_be_hidden()
    assert tab.evaluate("navigator.mediaSession.metadata.title") == page.api(f"tracks/{page.audio()['id']}")["title"]
    # Seeking by the bar, then the end of a song leads on to the next.
    now = page.audio()["id"]
    bar = tab.locator(".player input[aria-label='Position in the song']").bounding_box()
    tab.mouse.click(bar["x"] + bar["width"] * 0.97, bar["y"] + bar["height"] / 2)
    page.wait_until(lambda: page.audio()["id"] != now, "the next song follows by itself", 20)
    return "space, arrows, n, minus, queue, seek bar, lock screen, and on to the next song"


def names(page):
    """Every control has a name, every picture a text, every page one main heading; and axe, where pip has it, finds nothing."""
    bare = 0
    spec = importlib.util.find_spec("axe_core_python")
    axe = (Path(spec.origin).parent / "axe.min.js").read_text() if spec else None
    for hash_ in ("#/map", "#/listener", "#/song/5", "#/filters", "#/radio", "#/health", "#/songs", "#/playlists", "#/more", "#/account"):
        page.go(hash_)
        page.settle()
        found = page.page.evaluate("""() => { const shown = (e) => e.getClientRects().length;
            const nameless = [...document.querySelectorAll('button, a[href], input, select, summary, [role=option], [role=tab]')].filter(shown)
              .filter((e) => !(e.getAttribute('aria-label') || e.labels?.length || e.textContent.trim() || e.title));
            const pictures = [...document.querySelectorAll('img:not([alt])')];
            const small = [...document.querySelectorAll('main button, main a[href], .player button')].filter(shown).map((e) => [e, e.getBoundingClientRect()]).filter(([, b]) => b.width && (b.height < 16 || b.width < 16));
            return [...nameless, ...pictures, ...small.map(([e]) => e)].map((e) => e.outerHTML.slice(0, 120)).concat(document.querySelectorAll('h1').length === 1 ? [] : ['h1: ' + document.querySelectorAll('h1').length]); }""")
        assert not found, f"{hash_}: {found[:3]}"
        if axe:
            page.page.evaluate(axe)
            found = page.page.evaluate("""async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }))
                .violations.flatMap((each) => each.nodes.map((node) => each.id + ': ' + node.html.slice(0, 100)))""")
            assert not found, f"{hash_}: {found[:3]}"
        bare += 1
    return f"{bare} pages: every control is named{'; axe finds nothing' if axe else ''}"


CHECKS = [map_, lasso, lit, listener, heard, song, filters, radio, health, player, names]


def no_webgl(page):
    """Where there is no WebGL the map says so, and the way on."""
    page.go("#/map")
    expect(page.page.locator(".empty-title")).to_contain_text("can’t draw the map")
    page.page.get_by_role("link", name="All songs").click()
    page.page.wait_for_selector(".song")
    return "said in plain words, and the rest works"


def odd_format(page):
    """AIFF, which Chromium can't play, is asked for again in a format that it can."""
    page.go("#/songs?query=odd")
    tab = page.page
    asked = []
    tab.on("request", lambda request: asked.append(request.url) if "/audio" in request.url else None)
    tab.locator(".song", has_text="Odd format").locator(".cover-play").click()
    page.plays()
    page.wait_until(lambda: page.audio()["time"] > 3, "it plays on")
    assert "format=" not in asked[0] and "format=" in asked[-1], asked
    # Seeking in a stream that is made on the fly asks for it from there.
    bar = tab.locator(".player input[aria-label='Position in the song']").bounding_box()
    tab.mouse.click(bar["x"] + bar["width"] * 0.7, bar["y"] + bar["height"] / 2)
    page.wait_until(lambda: "start=8" in asked[-1], f"asked from the eighth second: {asked[-1]}")
    page.plays()
    return f"asked for {asked[-1].split('?')[-1]}"


def nothing_yet(page):
    """A server on an empty folder: the page says what is missing, and scans, builds and begins from there."""
    tab = page.page
    for hash_ in ("#/map", "#/songs", "#/listener", "#/radio", "#/filters", "#/health", "#/playlists", "#/account"):
        page.go(hash_)
        page.settle()
        assert not tab.locator(".trouble, [role=alert]").count(), f"{hash_}: {tab.locator('[role=alert]').inner_text()}"
    page.go("#/map")
    expect(tab.locator(".empty-title")).to_be_visible()
    tab.get_by_label("Folder with music, on the server").fill("/nowhere/at/all")
    tab.get_by_role("button", name="Scan", exact=True).click()
    expect(tab.locator(".toast")).to_contain_text("no folder /nowhere/at/all")
    tab.get_by_label("Folder with music, on the server").fill(page.music)
    tab.get_by_role("button", name="Scan", exact=True).click()
    # Songs are there now, and the way on; the page found out by itself.
    expect(tab.get_by_role("button", name="Build now")).to_be_visible(timeout=60000)
    expect(tab.locator(".missing")).to_contain_text("needs plays")
    page.go("#/songs")
    expect(tab.locator(".songs .song").first).to_be_visible()
    page.go("#/listener")
    tab.get_by_label("Name of a new listener").fill("Zoë")
    tab.get_by_role("button", name="Begin").click()
    expect(tab.locator(".missing .empty-title, .empty-title").first).to_be_visible()
    assert page.api("listeners")["listeners"][0]["name"] == "Zoë"
    return f"{page.api('tracks?limit=1')['total']} songs scanned from the map's empty page, a listener begun"


def sign_in(page):
    """First run makes the admin, who makes a listener's account and a key; signing out and in again."""
    tab = page.page
    tab.goto(page.address)
    expect(tab.locator("h1")).to_have_text("Welcome to Coldwave")
    tab.get_by_label("Name").fill("ann")
    tab.get_by_label("Password", exact=True).fill("a long password")
    tab.get_by_label("Password again").fill("another password")
    tab.get_by_role("button", name="Make the account").click()
    expect(tab.locator(".problem")).to_have_text("The two passwords differ.")
    tab.get_by_label("Password again").fill("a long password")
    tab.get_by_label("Password", exact=True).fill("a long password")
    tab.get_by_role("button", name="Make the account").click()
    tab.wait_for_selector(".app.ready")
    tab.goto(f"{page.address}#/account")
    tab.get_by_label("A key for").fill("phone")
    tab.get_by_role("button", name="Make a key").click()
    key = tab.locator(".key-once code").inner_text()
    assert len(key) > 16
    expect(tab.locator("section[aria-label='API keys'] .rows li")).to_contain_text(["phone"])
    accounts = tab.locator("section[aria-label=Accounts]")
    accounts.get_by_label("Name").fill("bob")
    accounts.get_by_label("Password").fill("bob's long password")
    accounts.get_by_role("button", name="Add").click()
    expect(accounts.locator(".rows li")).to_have_count(2)
    tab.get_by_role("button", name="Sign out").click()
    # The account page has a name and a password to fill in, too.
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    tab.get_by_label("Name").fill("bob")
    tab.get_by_label("Password").fill("wrong password")
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.locator(".problem")).not_to_be_empty()
    tab.get_by_label("Password").fill("bob's long password")
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_selector(".app.ready")
    tab.goto(f"{page.address}#/health")
    tab.wait_for_selector(".figure")
    assert tab.get_by_role("button", name="Build").count() == 0, "a listener builds nothing"
    return "first run, a key, a second account, a wrong password, and what a listener may not do"


def frames(tab, address):
    """Frames a second of the map with made-up points while panning and zooming; what software rendering gives is the floor."""
    tab.goto(f"{address}#/map")
    tab.wait_for_selector(".app.ready")
    for n in (100_000, 1_000_000):
        print("  frames", json.dumps(tab.evaluate("""async (n) => {
          const at = (path) => import(new URL(path, document.baseURI));
          const [{ Scene }, { boundsOf, rowFinder }, { sequence }] = [await at('js/map/scene.js'), await at('js/map/data.js'), await at('js/format.js')];
          const random = sequence(1); const gauss = () => random() + random() + random() - 1.5;
          const [x, y] = [new Float32Array(n), new Float32Array(n)]; const genre = new Uint16Array(n);
          const middles = Array.from({ length: 60 }, () => [gauss() * 80, gauss() * 80, 2 + random() * 8]);
          for (let i = 0; i < n; i += 1) { const g = i % 60; genre[i] = g % 20; x[i] = middles[g][0] + gauss() * middles[g][2]; y[i] = middles[g][1] + gauss() * middles[g][2]; }
          const ids = Uint32Array.from({ length: n }, (_, i) => i + 1);
          const data = { n, x, y, id: ids, genre, artist: new Uint32Array(n), plays: new Uint32Array(n).fill(3), year: new Uint16Array(n).fill(2000), bounds: boundsOf(x, y), rowOf: rowFinder(ids) };
          const canvas = document.createElement('canvas'); canvas.style.cssText = ''; document.querySelector('.map-surface').append(canvas);
          const began = performance.now();
          const scene = new Scene(canvas, data, { genres: Array.from({ length: 20 }, (_, i) => 'g' + i), artists: ['a'], years: [1990, 2020], regions: [] });
          scene.resize(1200, 800);
          const ready = performance.now() - began;
          const gl = scene.points.gl; const pixel = new Uint8Array(4);
          // Reading a pixel back waits for the drawing to be done.
          const draw = (share) => { const start = performance.now(); scene.camera.pan(6, 2); scene.camera.zoom(1.02); scene.points.draw(scene.camera, scene.size, scene.ground, share);
            gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); return performance.now() - start; };
          const middle = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
          const whole = middle(Array.from({ length: 12 }, () => draw(1)));
          // As the page does it: fewer songs while moving, by how long the frames before took.
          let time = performance.now(); const moving = [];
          for (let turn = 0; turn < 30; turn += 1) { const took = draw(scene.pace.share(n, time)); time += took; moving.push(took); }
          const median = middle(moving.slice(8)); const share = scene.pace.part; scene.pace.stop();
          const picks = performance.now(); for (let i = 0; i < 2000; i += 1) scene.pick(random() * 1200, random() * 800); const pick = (performance.now() - picks) / 2000;
          const info = gl.getExtension('WEBGL_debug_renderer_info');
          const renderer = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER); scene.remove(); canvas.remove();
          return { points: n, readyMilliseconds: Math.round(ready), wholeFrameMilliseconds: +whole.toFixed(1), movingFrameMilliseconds: +median.toFixed(1), movingFramesPerSecond: +(1000 / median).toFixed(1), movingShare: +share.toFixed(3), pickMicroseconds: +(pick * 1000).toFixed(1), renderer };
        }""", n)), flush=True)
