#!/usr/bin/env python3
"""A running server against clients that nobody here wrote: py-opensonic (with the player password, then with an API key), py-sonic
and liblistenbrainz. They browse, search, play, love, keep playlists and scrobble; each call's result is looked at, and a table of
calls and clients is printed. Only the addresses are ours.

Usage: pip install py-opensonic py-sonic liblistenbrainz
       check_players.py COLDWAVE LIBRARY [--listener NAME]
LIBRARY is built; it is copied.
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import liblistenbrainz
import libopensonic
import libsonic
import requests

MADE = ["coldwave-weekly", "coldwave-daily", "coldwave-new", "coldwave-radio"]
ALBUM_LISTS = {"random": {}, "newest": {}, "highest": {}, "frequent": {}, "recent": {}, "starred": {},
               "alphabeticalByName": {}, "alphabeticalByArtist": {},
               "byYear": {"from_year": 1900, "to_year": 2100}, "byGenre": {}}


class Table:
    """Results by call and client; what fails is told, not hidden."""

    def __init__(self):
        self.rows, self.clients, self.failures = {}, [], []

    def check(self, client, call, work):
        if client not in self.clients:
            self.clients.append(client)
        try:
            outcome = work()
            result = "ok" if outcome is None or outcome is True else str(outcome)
            assert outcome is not False, "the answer is wrong"
        except Exception as error:
            result = "FAILED"
            self.failures.append(f"{client}: {call}: {type(error).__name__}: {error}")
        self.rows.setdefault(call, {})[client] = result

    def show(self):
        names = max(map(len, self.rows))
        widths = [max(len(c), *(len(r.get(c, "")) for r in self.rows.values())) for c in self.clients]
        print(f"{'call':{names}}  " + "  ".join(f"{c:{w}}" for c, w in zip(self.clients, widths)))
        for call, results in self.rows.items():
            print(f"{call:{names}}  "
                  + "  ".join(f"{results.get(c, '-'):{w}}" for c, w in zip(self.clients, widths)).rstrip())
        done = sum(len(row) for row in self.rows.values())
        print(f"\n{done} checks, {len(self.failures)} failed")
        for failure in self.failures:
            print(failure)


class Server:
    def __init__(self, coldwave, library):
        self.process = subprocess.Popen(
            [coldwave, "serve", "--library", library, "--port", "0", "--json", "--quiet"],
            stdout=subprocess.PIPE, text=True)
        self.address = json.loads(self.process.stdout.readline())["address"].rstrip("/")
        self.base, port = self.address.rsplit(":", 1)
        self.port = int(port)
        self.session = requests.Session()
        self.session.headers["X-Coldwave"] = "1"

    def api(self, method, path, **body):
        answer = self.session.request(method, f"{self.address}/api/v1/{path}", json=body or None)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)


def expect(error, work):
    try:
        work()
    except error:
        return True
    raise AssertionError(f"no {error.__name__}")


def opensonic(table, client, connection, server, api_key):
    """Everything py-opensonic knows and this server offers."""
    check = lambda call, work: table.check(client, call, work)
    c, errors, state = connection, libopensonic.errors, {}

    def keep(name, value):
        state[name] = value
        return value

    check("ping", lambda: c.ping())
    check("getLicense", lambda: c.get_license()["license"]["valid"])
    check("getOpenSubsonicExtensions", lambda: {"sonicSimilarity", "formPost", "apiKeyAuthentication", "transcodeOffset"}
          <= {e.name for e in c.get_open_subsonic_extensions()})
    if api_key:
        check("tokenInfo", lambda: c.token_info().username == "check")
    # py-opensonic 10.4.1 reads this answer's outer object as the list itself, whichever server it comes from.
    check("getMusicFolders", lambda: expect(ValueError, c.get_music_folders) and "client's bug")
    check("getIndexes", lambda: f"{sum(len(i.artist) for i in c.get_indexes().index)} artists")
    artists = [a for i in c.get_artists().index for a in i.artist]
    check("getArtists", lambda: f"{len(artists)} artists")
    artist = c.get_artist(artists[0].id)
    check("getArtist", lambda: len(artist.album) == artist.album_count == len(artist.album))
    album = c.get_album(artist.album[0].id)
    check("getAlbum", lambda: len(album.song) == album.song_count and album.song[0].album_id == album.id)
    song = album.song[0]
    check("getSong", lambda: c.get_song(song.id) == song)
    check("getMusicDirectory", lambda: {d.id for d in c.get_music_directory(artist.id).child} == {a.id for a in artist.album}
          and [s.id for s in c.get_music_directory(album.id).child] == [s.id for s in album.song])
    check("getGenres", lambda: f"{len(c.get_genres())} genres")
    genre = max(c.get_genres(), key=lambda g: g.song_count)
    for name, options in ALBUM_LISTS.items():
        if name == "byGenre":
            options = {"genre": genre.value}
        check(f"getAlbumList2 {name}", lambda: f"{len(c.get_album_list2(name, size=500, **options))} albums")
        check(f"getAlbumList {name}", lambda: f"{len(c.get_album_list(name, size=500, **options))} albums")
    check("getRandomSongs", lambda: len(c.get_random_songs(20)) == 20)
    check("getSongsByGenre", lambda: len(c.get_songs_by_genre(genre.value, count=500)) == min(500, genre.song_count))
    found = c.search3(song.title, artist_count=5, album_count=5, song_count=50)
    check("search3", lambda: song.id in [s.id for s in found.song])
    check("search2", lambda: song.id in [s.id for s in c.search2(song.title).song])

    def everything():
        total = keep("total", c.get_scan_status().count)
        ids = []
        while page := c.search3("", artist_count=0, album_count=0, song_count=100, song_offset=len(ids)).song:
            ids += [s.id for s in page]
        assert len(ids) == len(set(ids)) == total
        return f"{total} songs"
    check("search3, all songs by pages", everything)
    check("getScanStatus", lambda: c.get_scan_status().scanning is False)

    path = server.path_of(song.id)

    def body(call):
        # The synchronous connection hands out its loop's response.
        async def read():
            response = await call
            data = await response.read()
            return response, data
        import asyncio
        return asyncio.run_coroutine_threadsafe(read(), c._loop).result()
    check("stream", lambda: body(c._async.stream(song.id, tformat="raw"))[1] == path.read_bytes())
    check("download", lambda: body(c._async.download(song.id))[1] == path.read_bytes())

    def transcoded():
        response, data = body(c._async.stream(song.id, tformat="opus", max_bit_rate=64))
        assert response.headers["Content-Type"] == "audio/ogg" and data[:4] == b"OggS"
        return f"{len(data) // 1000} kB opus"
    check("stream format=opus", transcoded)
    check("getCoverArt (there is none)", lambda: expect(errors.DataNotFoundError, lambda: c.get_cover_art(song.id)))

    check("star", lambda: c.star(sids=[song.id], album_ids=[album.id], artist_ids=[artist.id]))

    def starred():
        all = c.get_starred2()
        return ([s.id for s in all.song], [a.id for a in all.album], [a.id for a in all.artist]) == (
            [song.id], [album.id], [artist.id]) and c.get_song(song.id).starred is not None
    check("getStarred2", starred)
    check("getStarred", lambda: [s.id for s in c.get_starred().song] == [song.id])
    check("unstar", lambda: c.unstar(sids=[song.id], album_ids=[album.id], artist_ids=[artist.id])
          and not c.get_starred2().song)
    check("setRating", lambda: c.set_rating(song.id, 4) and c.get_song(song.id).user_rating == 4
          and c.set_rating(song.id, 0) and c.get_song(song.id).user_rating is None)

    playlists = lambda: {p.id: p for p in c.get_playlists()}
    check("getPlaylists", lambda: set(MADE) <= set(playlists()) and all(playlists()[p].readonly for p in MADE))
    check("getPlaylist (Coldwave's)", lambda: "/".join(str(len(c.get_playlist(p).entry)) for p in MADE) + " songs")
    check("deletePlaylist (Coldwave's)", lambda: expect(errors.SonicError, lambda: c.delete_playlist(MADE[0])))
    name = f"Check {uuid.uuid4()}"
    songs = [s.id for s in c.get_random_songs(5)]
    check("createPlaylist", lambda: c.create_playlist(name=name, song_ids=songs[:3]) is not None)
    own = next(p for p in c.get_playlists() if p.name == name)
    check("getPlaylist", lambda: [s.id for s in c.get_playlist(own.id).entry] == songs[:3])
    check("updatePlaylist", lambda: c.update_playlist(
        own.id, name=name + "!", comment="by a check", song_ids_to_add=songs[3:], song_indices_to_remove=[0])
        and [s.id for s in c.get_playlist(own.id).entry] == songs[1:]
        and c.get_playlist(own.id).comment == "by a check")
    check("deletePlaylist", lambda: c.delete_playlist(own.id) and own.id not in playlists())

    for kind, item in [("song", song.id), ("album", album.id), ("artist", artist.id)]:
        check(f"getSimilarSongs {kind}", lambda: len(c.get_similar_songs(item, 20)) == 20)
        check(f"getSimilarSongs2 {kind}", lambda: len(c.get_similar_songs2(item, 20)) == 20)
    check("getSonicSimilarTracks", lambda: " ".join(f"{m.similarity:.4f}" for m in c.get_sonic_similar_tracks(song.id, 3)))

    def way():
        last = c.get_random_songs(1)[0].id
        steps = [m.entry.id for m in c.find_sonic_path(song.id, last, 10)]
        assert (steps[0], steps[-1]) == (song.id, last) and len(steps) <= 10
        return f"{len(steps)} steps"
    check("findSonicPath", way)
    check("getTopSongs", lambda: {s.artist for s in c.get_top_songs(artist.name)} == {artist.name})
    check("getArtistInfo2", lambda: f"{len(c.get_artist_info2(artist.id).similar_artist or [])} similar artists")
    check("getAlbumInfo2", lambda: c.get_album_info2(album.id) is not None)
    check("getLyrics", lambda: c.get_lyrics(artist.name, song.title).value == "")
    queue = [s.id for s in c.get_random_songs(4)]
    check("savePlayQueue", lambda: c.save_play_queue(queue, current=queue[1], position=4321))

    def kept_queue():
        kept = c.get_play_queue()
        return ([s.id for s in kept.entry], kept.current, kept.position) == (queue, queue[1], 4321)
    check("getPlayQueue", kept_queue)
    check("savePlayQueueByIndex", lambda: c.save_play_queue_by_index(queue, 2, 77))
    check("getPlayQueueByIndex", lambda: c.get_play_queue_by_index().current_index == 2)
    check("getUser", lambda: c.get_user("check").scrobbling_enabled and not c.get_user("check").admin_role)
    check("startScan (no administrator)", lambda: expect(errors.SonicError, c.start_scan))
    check("scrobble, playing now", lambda: c.scrobble(song.id, submission=False)
          and [e.id for e in c.get_now_playing()] == [song.id])
    check("getNowPlaying", lambda: c.get_now_playing()[0].username == "check")

    def moves():
        """A play moves the listener's recommendations within a second."""
        before = server.recommended()
        play = c.get_playlist("coldwave-weekly").entry[0].id
        started = time.monotonic()
        c.scrobble(play, listen_time=int(time.time()))
        after = server.recommended()
        seconds = time.monotonic() - started
        assert before != after and server.number(play) not in after and seconds < 1, f"{seconds:.2f} s"
        return f"{1000 * seconds:.0f} ms"
    check("scrobble → recommendations change", moves)
    check("getSong, played", lambda: c.get_song(server.last_played()).play_count >= 1)
    for call, work in {"getSong": lambda: c.get_song("tr-99999999"), "getAlbum": lambda: c.get_album("../../etc/passwd"),
                       "getPlaylist": lambda: c.get_playlist("pl-99999999")}.items():
        check(f"{call} (unknown id)", lambda: expect(errors.DataNotFoundError, work))


def sonic(table, client, c, server):
    """The older client, over the same ground."""
    check = lambda call, work: table.check(client, call, work)
    errors = libsonic.errors
    array = lambda value: value if isinstance(value, list) else [value]
    check("ping", lambda: c.ping())
    check("getLicense", lambda: c.getLicense()["license"]["valid"])
    check("getMusicFolders", lambda: len(array(c.getMusicFolders()["musicFolders"]["musicFolder"])) == 1)
    check("getIndexes", lambda: f"{sum(len(i['artist']) for i in c.getIndexes()['indexes']['index'])} artists")
    artists = [a for i in c.getArtists()["artists"]["index"] for a in i["artist"]]
    check("getArtists", lambda: f"{len(artists)} artists")
    artist = c.getArtist(artists[-1]["id"])["artist"]
    check("getArtist", lambda: len(artist["album"]) == artist["albumCount"])
    album = c.getAlbum(artist["album"][0]["id"])["album"]
    check("getAlbum", lambda: len(album["song"]) == album["songCount"])
    song = album["song"][0]
    check("getSong", lambda: c.getSong(song["id"])["song"] == song)
    check("getMusicDirectory", lambda: len(c.getMusicDirectory(album["id"])["directory"]["child"]) == album["songCount"])
    genres = c.getGenres()["genres"]["genre"]
    check("getGenres", lambda: f"{len(genres)} genres")
    genre = max(genres, key=lambda g: g["songCount"])
    for name in ALBUM_LISTS:
        options = {"byYear": {"fromYear": 1900, "toYear": 2100}, "byGenre": {"genre": genre["value"]}}.get(name, {})
        check(f"getAlbumList2 {name}", lambda: f"{len(c.getAlbumList2(name, size=500, **options)['albumList2']['album'])} albums")
        check(f"getAlbumList {name}", lambda: f"{len(c.getAlbumList(name, size=500, **options)['albumList']['album'])} albums")
    check("getRandomSongs", lambda: len(c.getRandomSongs(20)["randomSongs"]["song"]) == 20)
    check("getSongsByGenre", lambda: len(c.getSongsByGenre(genre["value"], count=500)["songsByGenre"]["song"]) == genre["songCount"])
    check("search2", lambda: song["id"] in [s["id"] for s in c.search2(song["title"])["searchResult2"]["song"]])
    check("search3", lambda: song["id"] in [s["id"] for s in c.search3(song["title"])["searchResult3"]["song"]])
    path = server.path_of(song["id"])
    check("stream", lambda: c.stream(song["id"], tformat="raw").read() == path.read_bytes())
    check("download", lambda: c.download(song["id"]).read() == path.read_bytes())
    check("stream format=opus", lambda: c.stream(song["id"], maxBitRate=64, tformat="opus").read()[:4] == b"OggS")
    check("star", lambda: c.star([song["id"]])["status"] == "ok")
    check("getStarred2", lambda: [s["id"] for s in c.getStarred2()["starred2"]["song"]] == [song["id"]])
    check("getStarred", lambda: [s["id"] for s in c.getStarred()["starred"]["song"]] == [song["id"]])
    check("unstar", lambda: c.unstar([song["id"]])["status"] == "ok" and not c.getStarred2()["starred2"]["song"])
    check("setRating", lambda: c.setRating(song["id"], 3)["status"] == "ok" and c.getSong(song["id"])["song"]["userRating"] == 3
          and c.setRating(song["id"], 0)["status"] == "ok")

    def one_star():
        first = c.getPlaylist("coldwave-weekly")["playlist"]["entry"][0]["id"]
        c.setRating(first, 1)
        gone = first not in [s["id"] for s in c.getPlaylist("coldwave-weekly")["playlist"]["entry"]]
        c.setRating(first, 0)
        return gone
    check("setRating 1 → not in the lists", one_star)
    playlists = lambda: {p["id"]: p for p in c.getPlaylists()["playlists"]["playlist"]}
    check("getPlaylists", lambda: set(MADE) <= set(playlists()))
    check("getPlaylist (Coldwave's)", lambda: "/".join(str(len(c.getPlaylist(p)["playlist"]["entry"])) for p in MADE) + " songs")
    check("deletePlaylist (Coldwave's)", lambda: expect(errors.SonicError, lambda: c.deletePlaylist(MADE[0])))
    songs = [s["id"] for s in c.getRandomSongs(5)["randomSongs"]["song"]]
    made = c.createPlaylist(name="Old client", songIds=songs[:3])["playlist"]
    entries = lambda: [s["id"] for s in c.getPlaylist(made["id"])["playlist"].get("entry", [])]
    check("createPlaylist", lambda: [s["id"] for s in made["entry"]] == songs[:3])
    check("getPlaylist", lambda: entries() == songs[:3])
    check("updatePlaylist", lambda: c.updatePlaylist(
        made["id"], name="New name", songIdsToAdd=songs[3:], songIndexesToRemove=[0])["status"] == "ok" and entries() == songs[1:])
    check("deletePlaylist", lambda: c.deletePlaylist(made["id"])["status"] == "ok" and made["id"] not in playlists())
    for kind, item in [("song", song["id"]), ("album", album["id"]), ("artist", artist["id"])]:
        check(f"getSimilarSongs {kind}", lambda: len(c.getSimilarSongs(item, 20)["similarSongs"]["song"]) == 20)
        check(f"getSimilarSongs2 {kind}", lambda: len(c.getSimilarSongs2(item, 20)["similarSongs2"]["song"]) == 20)
    check("getTopSongs", lambda: {s["artist"] for s in c.getTopSongs(artist["name"])["topSongs"]["song"]} == {artist["name"]})
    check("getArtistInfo2", lambda: f"{len(c.getArtistInfo2(artist['id'])['artistInfo2'].get('similarArtist', []))} similar artists")
    check("getAlbumInfo2", lambda: c.getAlbumInfo2(album["id"])["status"] == "ok")
    check("getLyrics", lambda: c.getLyrics(artist["name"], song["title"])["status"] == "ok")
    check("getUser", lambda: c.getUser("check")["user"]["username"] == "check")
    check("getScanStatus", lambda: c.getScanStatus()["scanStatus"]["scanning"] is False)
    check("getBookmarks", lambda: c.getBookmarks()["bookmarks"]["bookmark"] == [])
    check("getPodcasts", lambda: c.getPodcasts()["podcasts"]["channel"] == [])
    check("createShare (not offered)", lambda: expect(errors.SonicError, lambda: c.createShare([song["id"]])))
    check("startScan (no administrator)", lambda: expect(errors.SonicError, c.startScan))
    check("scrobble, playing now", lambda: c.scrobble(song["id"], submission=False)["status"] == "ok"
          and [e["id"] for e in c.getNowPlaying()["nowPlaying"]["entry"]] == [song["id"]])

    def moves():
        before = server.recommended()
        play = c.getPlaylist("coldwave-weekly")["playlist"]["entry"][0]["id"]
        started = time.monotonic()
        c.scrobble(play, listenTime=int(time.time()))
        after = server.recommended()
        seconds = time.monotonic() - started
        assert before != after and server.number(play) not in after and seconds < 1, f"{seconds:.2f} s"
        return f"{1000 * seconds:.0f} ms"
    check("scrobble → recommendations change", moves)


def listenbrainz(table, client, key, server):
    check = lambda call, work: table.check(client, call, work)
    c = liblistenbrainz.ListenBrainz(api_base_url=server.address)
    now = int(time.time())
    songs = {s["id"]: s for s in server.api("GET", "tracks?limit=200")["tracks"]}
    listen = lambda s, at: liblistenbrainz.Listen(s["title"], s["artist"], listened_at=at, release_name=s.get("album"))
    check("validate-token", lambda: c.set_auth_token(key))
    check("validate-token (wrong)", lambda: expect(
        liblistenbrainz.errors.InvalidAuthTokenException,
        lambda: liblistenbrainz.ListenBrainz(api_base_url=server.address).set_auth_token("nobodys")))
    c.set_auth_token(key, check_validity=False)
    count = c.get_user_listen_count("check")
    check("listen-count", lambda: f"{count} listens")

    def moves():
        before = server.recommended()
        song = songs.get(before[0]) or server.api("GET", f"tracks/{before[0]}")
        started = time.monotonic()
        c.submit_single_listen(listen(song, now))
        after = server.recommended()
        seconds = time.monotonic() - started
        assert before != after and song["id"] not in after and seconds < 1, f"{seconds:.2f} s"
        return f"{1000 * seconds:.0f} ms"
    check("submit-listens single → recommendations change", moves)
    some = list(songs.values())[:100]
    listens = [listen(s, now - 1000 - i) for i, s in enumerate(some)]
    check("submit-listens import", lambda: c.submit_multiple_listens(listens)["status"] == "ok"
          and c.get_user_listen_count("check") == count + 1 + len(some))
    check("submit-listens import, the same again", lambda: c.submit_multiple_listens(listens)["status"] == "ok"
          and c.get_user_listen_count("check") == count + 1 + len(some))
    check("submit-listens playing_now", lambda: c.submit_playing_now(listen(some[0], None))["status"] == "ok")
    check("playing-now", lambda: c.get_playing_now("check").track_name == some[0]["title"])
    check("listens", lambda: [l.track_name for l in c.get_listens("check", max_ts=now - 999, count=10)]
          == [s["title"] for s in some[:10]])
    check("listens min_ts", lambda: [l.listened_at for l in c.get_listens("check", min_ts=now - 1002, count=2)] == [now - 1000, now - 1001])
    msid = c.get_listens("check", max_ts=now - 999, count=1)[0].recording_msid

    def give(score):
        # The client knows feedback by MusicBrainz id alone, and the composed songs have none.
        answer = requests.post(f"{server.address}/1/feedback/recording-feedback", headers={"Authorization": f"Token {key}"},
                               json={"recording_msid": msid, "score": score})
        return answer.status_code == 200
    check("recording-feedback", lambda: give(1))
    check("get-feedback", lambda: [f["recording_msid"] for f in c.get_user_feedback("check", 1, False)["feedback"]] == [msid]
          and give(0) and c.get_user_feedback("check", 1, False)["total_count"] == 0)
    check("listens in the future (refused)", lambda: expect(
        liblistenbrainz.errors.ListenBrainzAPIException, lambda: c.submit_single_listen(listen(some[0], now + 10**6))))


def newcomer(table, server):
    """A listener whom nobody knew gets recommendations after the first listens."""
    admin = server.api
    admin("POST", "users", name="newcomer", password="a long password", role="listener", listener="somebody new")
    key = admin("POST", "users/newcomer/keys", label="check")["key"]

    def first():
        c = liblistenbrainz.ListenBrainz(api_base_url=server.address)
        c.set_auth_token(key)
        songs = admin("GET", "tracks?limit=3&sort=plays")["tracks"]
        started = time.monotonic()
        c.submit_multiple_listens([
            liblistenbrainz.Listen(s["title"], s["artist"], listened_at=int(time.time()) - i) for i, s in enumerate(songs)])
        player = libopensonic.Connection(server.base, api_key=key, port=server.port)
        entries = player.get_playlist("coldwave-weekly").entry
        seconds = time.monotonic() - started
        player.cleanup()
        assert entries and seconds < 1, f"{seconds:.2f} s"
        return f"{len(entries)} songs, {1000 * seconds:.0f} ms"
    table.check("liblistenbrainz", "an unknown listener's first listens → a playlist", first)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coldwave")
    parser.add_argument("library")
    parser.add_argument("--listener", help="who listens; else the one who plays most")
    options = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        shutil.copytree(options.library, library, symlinks=True)
        server = Server(options.coldwave, str(library))
        try:
            server.api("POST", "setup", name="boss", password="a long password")
            listener = options.listener or server.api("GET", "listeners?limit=1")["listeners"][0]["name"]
            server.api("POST", "users", name="check", password="another long password", role="listener", listener=listener)
            word = server.api("GET", "users/check/player-password")["password"]
            key = server.api("POST", "users/check/keys", label="check")["key"]
            server.number = lambda song: int(song.removeprefix("tr-"))
            server.path_of = lambda song: Path(server.api("GET", f"tracks/{server.number(song)}")["path"])
            server.recommended = lambda: [
                s["track"]["id"] for s in server.api("GET", f"listeners/{listener}/recommendations?count=100")["suggestions"]]
            server.last_played = lambda: "tr-%d" % next(
                s["track"]["id"] for s in server.api("GET", f"listeners/{listener}/history")["songs"] if s["track"])
            for name, login in [("py-opensonic", {"username": "check", "password": word}),
                                ("py-opensonic, key", {"api_key": key})]:
                connection = libopensonic.Connection(server.base, port=server.port, use_views="key" not in name,
                                                     use_get="key" in name, **login)
                opensonic(table, name, connection, server, "api_key" in login)
                connection.cleanup()
            wrong = libopensonic.Connection(server.base, username="check", password="wrong", port=server.port)
            table.check("py-opensonic", "wrong password", lambda: expect(libopensonic.errors.CredentialError, wrong.ping))
            wrong.cleanup()
            sonic(table, "py-sonic", libsonic.Connection(server.base, "check", word, port=server.port), server)
            table.check("py-sonic", "u and p=enc:…", lambda: libsonic.Connection(
                server.base, "check", "another long password", port=server.port, legacyAuth=True).ping())
            listenbrainz(table, "liblistenbrainz", key, server)
            newcomer(table, server)
        finally:
            status = server.stop()
    table.show()
    print(f"the server ended with status {status}")
    sys.exit(1 if table.failures or status else 0)


if __name__ == "__main__":
    main()
