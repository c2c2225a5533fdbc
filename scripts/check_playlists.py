#!/usr/bin/env python3
"""Playlists of a library in every format, checked by others' parsers: strict XML and JSON here, xmllint with a RELAX NG schema of
XSPF if one is given, and mpv and VLC where they are installed. Every player must open every song.

Usage: check_playlists.py COLDWAVE LIBRARY LISTENER [--schema xspf-1_0.7.rng]
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse
import xml.etree.ElementTree as ElementTree
from pathlib import Path

SONGS = 10
XSPF = "{http://xspf.org/ns/0/}"


def local(uri):
    parts = urllib.parse.urlsplit(uri)
    assert parts.scheme == "file" and not parts.query and not parts.fragment, uri
    return urllib.parse.unquote(parts.path)


def paths(file):
    """The songs of a playlist, by this script's own reading of the format."""
    if file.suffix == ".m3u8":
        lines = file.read_text("utf-8").splitlines()
        assert lines[0] == "#EXTM3U"
        return [str((file.parent / line).resolve()) for line in lines if line and not line.startswith("#")]
    if file.suffix == ".jspf":
        return [local(track["location"][0]) for track in json.loads(file.read_text("utf-8"))["playlist"]["track"]]
    root = ElementTree.parse(file).getroot()
    assert root.tag == XSPF + "playlist" and root.get("version") == "1"
    return [local(track.findtext(XSPF + "location")) for track in root.iter(XSPF + "track")]


def mpv(file):
    told = subprocess.run(
        ["mpv", "--no-config", "--vo=null", "--ao=null", "--length=0.1", file], capture_output=True, text=True, timeout=120)
    return re.findall(r"^Playing: (/.*)$", told.stdout, re.M)


def vlc(file):
    command = ["cvlc", "--no-media-library", "-vv", "--vout", "dummy", "--aout", "dummy", "--stop-time=0.2", "--play-and-exit", file]
    if os.geteuid() == 0:  # VLC refuses to run as root
        command = ["setpriv", "--reuid=65534", "--clear-groups", "env", f"HOME={file.parent}"] + command
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, errors="replace")
    opened = re.findall(r"`file://(/.*)' successfully opened", told.stdout + told.stderr)
    return [path for path in map(urllib.parse.unquote, opened) if path != str(file)]


PLAYERS = {"mpv": (mpv, {".m3u8"}), "cvlc": (vlc, {".m3u8", ".xspf"})}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coldwave")
    parser.add_argument("library")
    parser.add_argument("listener")
    parser.add_argument("--schema")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        for suffix in (".m3u8", ".xspf", ".jspf"):
            file = Path(folder) / ("Für ann & 'co' #1" + suffix)
            report = json.loads(subprocess.run(
                [options.coldwave, "playlist", "--listener", options.listener, "-n", str(SONGS), "-o", file, "--json",
                 "--library", options.library], check=True, capture_output=True, text=True).stdout)
            songs = paths(file)
            assert len(songs) == len(report["tracks"]) == SONGS and all(map(os.path.exists, songs)), songs
            print(f"{suffix[1:]}: {len(songs)} songs, each a file", flush=True)
            if suffix == ".xspf" and options.schema:
                subprocess.run(["xmllint", "--noout", "--relaxng", options.schema, file], check=True, capture_output=True)
                print("xspf: valid by the schema")
            for name, (player, formats) in PLAYERS.items():
                if suffix not in formats:
                    continue
                if not shutil.which(name):
                    print(f"{suffix[1:]}: {name} is not installed, skipped")
                    continue
                opened = player(file)
                assert opened == songs, (name, opened, songs)
                print(f"{suffix[1:]}: {name} opened all {len(opened)}", flush=True)


main()
