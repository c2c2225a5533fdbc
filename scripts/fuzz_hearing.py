"""Feeds mutated audio files and hostile folders to `coldwave scan`.

Every file must be heard or reported with a reason; nothing may crash the scan or hold it up.
Usage: fuzz_hearing.py COLDWAVE SEED_FOLDER [--files 2000] [--seed 0]
"""
import argparse
import collections
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("coldwave")
arguments.add_argument("seeds", type=Path)
arguments.add_argument("--files", type=int, default=2000)
arguments.add_argument("--seed", type=int, default=0)
options = arguments.parse_args()
dice = random.Random(options.seed)


def flip(data):
    for _ in range(dice.choice((1, 10, 100, 1000))):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return data


def flip_head(data):
    for _ in range(dice.choice((1, 4, 16))):
        data[dice.randrange(min(len(data), 512))] = dice.randrange(256)
    return data


def truncate(data):
    return data[: dice.randrange(1, len(data))]


def swap(data):
    size = dice.choice((16, 512, 4096))
    for _ in range(dice.randrange(1, 8)):
        a, b = dice.randrange(len(data)), dice.randrange(len(data))
        data[a : a + size], data[b : b + size] = data[b : b + size], data[a : a + size]
    return data


def cut(data):
    a = dice.randrange(len(data))
    del data[a : a + dice.randrange(1, 50_000)]
    return data


def repeat(data):
    a = dice.randrange(len(data))
    return data[:a] + data[a : a + 5000] * dice.randrange(2, 20) + data[a:]


def absurd_number(data):
    """A length, rate or count in the header becomes the largest there is."""
    for _ in range(dice.randrange(1, 4)):
        a = dice.randrange(min(len(data), 256))
        data[a : a + 4] = dice.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0"))
    return data


def junk_before(data):
    return bytearray(dice.randbytes(dice.randrange(1, 20_000))) + data


def junk_after(data):
    return data + bytearray(dice.randbytes(dice.randrange(1, 20_000)))


def zeros(data):
    a = dice.randrange(len(data))
    data[a : a + 20_000] = bytes(min(20_000, len(data) - a))
    return data


def other_name(data):
    return data


mutations = [flip, flip_head, truncate, swap, cut, repeat, absurd_number, junk_before, junk_after, zeros, other_name]


def wav_header(rate, channels, bits, length, kind=1):
    block = max(1, channels * bits // 8)
    return (b"RIFF" + struct.pack("<I", (length + 36) & 0xFFFFFFFF) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, kind, channels & 0xFFFF, rate & 0xFFFFFFFF,
            (rate * block) & 0xFFFFFFFF, block & 0xFFFF, bits) + b"data" + struct.pack("<I", length & 0xFFFFFFFF))


def bombs(folder):
    """Small files that claim, or unfold to, a great deal."""
    (folder / "claims-4-GB.wav").write_bytes(wav_header(44100, 2, 16, 0xFFFFFFFF) + bytes(1000))
    (folder / "65535-channels.wav").write_bytes(wav_header(44100, 65535, 16, 4_000_000) + bytes(4_000_000))
    (folder / "4-GHz.wav").write_bytes(wav_header(0xFFFFFFFF, 1, 8, 100_000) + bytes(100_000))
    (folder / "1-Hz.wav").write_bytes(wav_header(1, 1, 16, 400_000) + bytes(400_000))
    (folder / "0-Hz.wav").write_bytes(wav_header(0, 1, 16, 400_000) + bytes(400_000))
    with open(folder / "sparse-20-GB.wav", "wb") as file:
        file.write(wav_header(44100, 2, 16, 0xFFFFFFFF))
        file.truncate(20_000_000_000)
    with open(folder / "sparse-text.mp3", "wb") as file:
        file.truncate(5_000_000_000)
    nan = struct.pack("<f", float("nan")) * 200_000
    (folder / "nan.wav").write_bytes(wav_header(44100, 1, 32, len(nan), 3) + nan)
    # An ID3 tag whose compressed frame unfolds to 200 MB.
    unfolded = zlib.compress(bytes(200_000_000), 9)
    frame = b"APIC" + struct.pack(">I", len(unfolded) + 4) + b"\x00\x80" + struct.pack(">I", 200_000_000) + unfolded
    size = len(frame)
    synchsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    (folder / "id3-bomb.mp3").write_bytes(b"ID3\x03\x00\x00" + synchsafe + frame)


def hostile(folder):
    """What a scan meets on disks besides files. Gives how many of them a scan should report or hear."""
    folder.mkdir()
    os.mkfifo(folder / "pipe.mp3")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "socket.mp3"))
    listener.close()
    (folder / "empty.flac").touch()
    os.symlink(folder, folder / "loop")
    os.symlink(folder / "gone.mp3", folder / "dangling.mp3")
    os.symlink(folder / "b.mp3", folder / "a.mp3")
    os.symlink(folder / "a.mp3", folder / "b.mp3")
    (folder / "folder.mp3").mkdir()
    os.symlink("/dev/zero", folder / "device.wav")
    deep = folder
    for level in range(200):
        deep = deep / "deep"
        deep.mkdir()
    (deep / "bottom.mp3").write_bytes(b"x")
    for name in ("caf\u00e9.mp3", "cafe\u0301.mp3", "\u202egnp.mp3", "new\nline.mp3", "-rf.mp3", "http:x.mp3", "%s%n.mp3"):
        (folder / name).write_bytes(dice.randbytes(2000))
    os.chmod(folder / "empty.flac", 0)


def main():
    work = Path(tempfile.mkdtemp(prefix="fuzz"))
    music = work / "music"
    music.mkdir()
    by_format = collections.defaultdict(list)
    for path in sorted(options.seeds.rglob("*")):
        if path.is_file():
            by_format[path.suffix].append(path)
    formats = sorted(by_format)
    for i in range(options.files):
        kind = formats[i % len(formats)]
        mutation = mutations[i // len(formats) % len(mutations)]
        data = bytearray(dice.choice(by_format[kind]).read_bytes())
        name = dice.choice(formats) if mutation is other_name else kind
        (music / f"{i:05}-{mutation.__name__}-{kind[1:]}{name}").write_bytes(mutation(data))
    (music / "bombs").mkdir()
    bombs(music / "bombs")
    hostile(music / "hostile")

    started = time.monotonic()
    run = subprocess.run([options.coldwave, "scan", str(music), "--library", str(work / "library"), "--json", "--quiet"],
                         capture_output=True, text=True, timeout=3600)
    seconds = time.monotonic() - started
    if run.returncode:
        sys.exit(f"fuzz: scan ended with {run.returncode}: {run.stderr[-2000:]}")
    report = json.loads(run.stdout)
    failed = {entry["path"]: entry["reason"] for entry in report["failed"]}
    heard = report["added"] + report["updated"] + report["moved"]
    again = json.loads(subprocess.run([options.coldwave, "scan", str(music), "--library", str(work / "library"), "--json", "--quiet"],
                                      capture_output=True, text=True, check=True).stdout)
    # What is read is heard or reported; the second scan remembers all of it.
    assert heard + len(failed) >= report["found"] >= options.files + 9, (heard, len(failed), report["found"])
    assert again["audioSeconds"] == 0 and again["unchanged"] == heard and len(again["failed"]) == len(failed), again
    outcomes = collections.Counter(re.sub(r"[\d.]+", "N", reason.split(":")[0] if "crashed" not in reason else reason) for reason in failed.values())
    print(f"{report['found']} files in {len(formats)} formats, {seconds:.0f} s: {heard} heard "
          f"({len(report['warnings'])} of them damaged), {len(failed)} reported")
    for reason, count in outcomes.most_common():
        print(f"  {count:5}  {reason}")
    ends = [f"{Path(path).name}: {reason}" for path, reason in failed.items() if "crashed" in reason or "longer than" in reason]
    print("\n".join(ends) if ends else "no decoder crashed or hung")
    subprocess.run(["rm", "-rf", str(work)], check=True)


main()
