"""Makes tagged/: one second of a scale in every format, tagged as MusicBrainz Picard writes each format's tags.

Needs ffmpeg (with libmp3lame, libvorbis, libopus) and mutagen. Usage: python3 make_tagged.py
"""
import base64
import struct
import subprocess
from pathlib import Path

import numpy as np
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.asf import ASF, ASFByteArrayAttribute
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3, TALB, TCON, TDOR, TDRC, TIT2, TPE1, TPE2, TPOS, TRCK, TSRC, TXXX, UFID
from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

folder = Path(__file__).parent / "tagged"
recording, release = "b1a9c0e9-d987-4042-ae91-78d6a3267d69", "d6010be3-98f8-422c-a6c9-787e2e491e58"
artists = ["e1f1e33e-2e4c-4d43-b91b-7064068d3283", "70047b2a-b1e1-4f2b-9b6c-1d5f2d5f2f11"]
cover = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def scale(rate, channels):
    time = np.arange(rate) / rate
    notes = np.array([220, 247, 277, 294])[np.minimum((time * 4).astype(int), 3)]
    mono = 0.4 * np.sin(2 * np.pi * np.cumsum(notes) / rate)
    return np.stack([mono * (0.5 + 0.5 * c / max(1, channels - 1)) for c in range(channels)], 1).astype(np.float32)


def encode(name, rate, channels, *options):
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ar", str(rate), "-ac", str(channels), "-i", "-", "-fflags", "+bitexact",
                    "-flags:a", "+bitexact", "-map_metadata", "-1", *options, folder / name], input=scale(rate, channels).tobytes(), check=True)
    return str(folder / name)


def id3(tags):
    tags.add(TIT2(text="Täst / Title"))
    tags.add(TPE1(text=["One", "Two"]))
    tags.add(TPE2(text="Various"))
    tags.add(TALB(text="The Album"))
    tags.add(TRCK(text="3/12"))
    tags.add(TPOS(text="1/2"))
    tags.add(TDRC(text="2011-02-03"))
    tags.add(TDOR(text="1998"))
    tags.add(TCON(text=["dub", "ambient"]))
    tags.add(TSRC(text="DEAB12345678"))
    tags.add(UFID(owner="http://musicbrainz.org", data=recording.encode()))
    tags.add(TXXX(desc="MusicBrainz Album Id", text=release))
    tags.add(TXXX(desc="MusicBrainz Artist Id", text=artists))
    tags.add(TXXX(desc="MusicBrainz Release Track Id", text="00000000-0000-4000-8000-000000000000"))
    tags.add(TXXX(desc="REPLAYGAIN_TRACK_GAIN", text="-7.03 dB"))
    tags.add(APIC(mime="image/png", type=3, data=cover))


def vorbis(tags):
    tags["TITLE"] = "Täst / Title"
    tags["ARTIST"] = "One & Two"
    tags["ARTISTS"] = ["One", "Two"]
    tags["ALBUMARTIST"] = "Various"
    tags["ALBUM"] = "The Album"
    tags["TRACKNUMBER"], tags["TRACKTOTAL"] = "3", "12"
    tags["DISCNUMBER"] = "1"
    tags["DATE"], tags["ORIGINALDATE"] = "2011-02-03", "1998"
    tags["GENRE"] = ["dub", "ambient"]
    tags["ISRC"] = "DEAB12345678"
    tags["MUSICBRAINZ_TRACKID"] = recording
    tags["MUSICBRAINZ_RELEASETRACKID"] = "00000000-0000-4000-8000-000000000000"
    tags["MUSICBRAINZ_ALBUMID"] = release
    tags["MUSICBRAINZ_ARTISTID"] = artists


def picture():
    image = Picture()
    image.data, image.type, image.mime = cover, 3, "image/png"
    return image


for name, version, kind in (("v23.mp3", 3, "libmp3lame"), ("v24.mp3", 4, "libmp3lame")):
    path = encode(name, 44100, 2, "-c:a", kind, "-q:a", "7", "-id3v2_version", "0", "-write_xing", "1")
    tags = ID3()
    id3(tags)
    if version == 3:
        tags.update_to_v23()
    tags.save(path, v2_version=version, v23_sep="; ")

for name, options in (("aac.m4a", ["-c:a", "aac", "-b:a", "48k"]), ("alac.m4a", ["-c:a", "alac"])):
    tags = MP4(encode(name, 22050, 1, *options))
    tags["\xa9nam"], tags["\xa9ART"], tags["aART"], tags["\xa9alb"] = "Täst / Title", ["One", "Two"], "Various", "The Album"
    tags["trkn"], tags["disk"], tags["\xa9day"], tags["\xa9gen"] = [(3, 12)], [(1, 2)], "2011-02-03", ["dub", "ambient"]
    for key, values in (("ORIGINALDATE", ["1998"]), ("ISRC", ["DEAB12345678"]), ("MusicBrainz Track Id", [recording]), ("MusicBrainz Album Id", [release]),
                        ("MusicBrainz Artist Id", artists), ("replaygain_track_gain", ["-7.03 dB"])):
        tags["----:com.apple.iTunes:" + key] = [MP4FreeForm(v.encode()) for v in values]
    tags["covr"] = [MP4Cover(cover, MP4Cover.FORMAT_PNG)]
    tags.save()

tags = FLAC(encode("24-bit-96-kHz.flac", 96000, 2, "-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"))
vorbis(tags)
tags["REPLAYGAIN_TRACK_GAIN"] = "-7.03 dB"
tags.add_picture(picture())
tags.save()
for name, kind, options in (("vorbis.ogg", OggVorbis, ["-c:a", "libvorbis", "-q:a", "0"]), ("opus.opus", OggOpus, ["-c:a", "libopus", "-b:a", "32k"])):
    tags = kind(encode(name, 48000, 2, *options))
    vorbis(tags)
    if kind is OggOpus:
        tags["R128_TRACK_GAIN"] = str(round(-7.03 * 256))
    else:
        tags["REPLAYGAIN_TRACK_GAIN"] = "-7.03 dB"
    tags["METADATA_BLOCK_PICTURE"] = base64.b64encode(picture().write()).decode()
    tags.save()

tags = ASF(encode("wma.wma", 44100, 2, "-c:a", "wmav2", "-b:a", "48k"))
for key, value in (("Title", "Täst / Title"), ("Author", "One & Two"), ("WM/ARTISTS", ["One", "Two"]), ("WM/AlbumArtist", "Various"), ("WM/AlbumTitle", "The Album"), ("WM/TrackNumber", "3"),
                   ("WM/PartOfSet", "1"), ("WM/Year", "2011-02-03"), ("WM/OriginalReleaseTime", "1998"), ("WM/OriginalReleaseYear", "1998"), ("WM/Genre", ["dub", "ambient"]), ("WM/ISRC", "DEAB12345678"),
                   ("MusicBrainz/Track Id", recording), ("MusicBrainz/Album Id", release), ("MusicBrainz/Artist Id", artists), ("replaygain_track_gain", "-7.03 dB")):
    tags[key] = value
picture_bytes = struct.pack("<BI", 3, len(cover)) + "image/png\0".encode("utf-16-le") + "\0".encode("utf-16-le") + cover
tags["WM/Picture"] = [ASFByteArrayAttribute(picture_bytes)]
tags.save()

path = encode("wavpack.wv", 44100, 2, "-c:a", "wavpack")
tags = APEv2()
for key, value in (("Title", "Täst / Title"), ("Artist", ["One", "Two"]), ("Album Artist", "Various"), ("Album", "The Album"), ("Track", "3/12"), ("Disc", "1/2"),
                   ("Year", "2011-02-03"), ("ORIGINALYEAR", "1998"), ("Genre", ["dub", "ambient"]), ("ISRC", "DEAB12345678"), ("MUSICBRAINZ_TRACKID", recording),
                   ("MUSICBRAINZ_ALBUMID", release), ("MUSICBRAINZ_ARTISTID", artists), ("REPLAYGAIN_TRACK_GAIN", "-7.03 dB")):
    tags[key] = value
tags.save(path)

for name, kind, rate, channels, codec in (("8-bit-8-kHz.wav", WAVE, 8000, 1, "pcm_u8"), ("float-6-channels.wav", WAVE, 8000, 6, "pcm_f32le"),
                                          ("24-bit.wav", WAVE, 11025, 1, "pcm_s24le"), ("32-bit.wav", WAVE, 8000, 1, "pcm_s32le"),
                                          ("192-kHz.wav", WAVE, 192000, 1, "pcm_u8"), ("16-bit.aiff", AIFF, 22050, 1, "pcm_s16be")):
    tags = kind(encode(name, rate, channels, "-c:a", codec))
    tags.add_tags()
    id3(tags.tags)
    tags.save()

# DSF: one bit a sample, 64 × 44.1 kHz, by sigma-delta modulation; a quarter of a second of 440 Hz. ID3 at the end.
rate, blocks = 2822400, 4096
count = rate // 4 // (blocks * 8) * blocks * 8
wave, bits, sum1, sum2, out = 0.4 * np.sin(2 * np.pi * 440 * np.arange(count) / rate), np.zeros(count, np.uint8), 0.0, 0.0, 0.0
for i in range(count):
    sum1 += wave[i] - out
    sum2 += sum1 - out
    out = 1.0 if sum2 > 0 else -1.0
    bits[i] = sum2 > 0
data = np.packbits(bits, bitorder="little").tobytes()
fmt = b"fmt " + struct.pack("<QIIIIIIQII", 52, 1, 0, 1, 1, rate, 1, count, blocks, 0)
body = fmt + b"data" + struct.pack("<Q", 12 + len(data)) + data
head = b"DSD " + struct.pack("<QQQ", 28, 28 + len(body), 0)
from mutagen.dsf import DSF
(folder / "dsd.dsf").write_bytes(head + body)
tags = DSF(str(folder / "dsd.dsf"))
tags.add_tags()
id3(tags.tags)
tags.save()
print(*sorted(f"{p.stat().st_size:8} {p.name}" for p in folder.iterdir()), sep="\n")
