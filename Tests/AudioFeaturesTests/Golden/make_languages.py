"""Makes languages/: a fifth of a second in every format with the language tags that taggers write, each in another spelling.

Needs ffmpeg (with libmp3lame, libvorbis, libopus) and mutagen. Usage: python3 make_languages.py
"""
import subprocess
from pathlib import Path

import numpy as np
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.asf import ASF
from mutagen.flac import FLAC
from mutagen.id3 import ID3, TLAN
from mutagen.mp4 import MP4, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

folder = Path(__file__).parent / "languages"
folder.mkdir(exist_ok=True)


def encode(name, *options):
    sound = (0.3 * np.sin(2 * np.pi * 330 * np.arange(3200) / 16000)).astype(np.float32)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ar", "16000", "-ac", "1", "-i", "-", "-fflags", "+bitexact",
                    "-flags:a", "+bitexact", "-map_metadata", "-1", *options, folder / name], input=sound.tobytes(), check=True)
    return str(folder / name)


def id3(name, version, values, *options):
    tags = ID3()
    tags.add(TLAN(text=values))
    if version == 3:
        tags.update_to_v23()
    tags.save(encode(name, *options), v2_version=version, v23_sep=None if version == 3 else "/")


mp3 = ["-c:a", "libmp3lame", "-q:a", "9", "-id3v2_version", "0"]
# ID3 2.3 writes several codes without a gap.
id3("v23.mp3", 3, ["engfra"], *mp3)
id3("v24.mp3", 4, ["jpn", "eng"], *mp3)
id3("none.mp3", 4, ["XXX"], *mp3)
# The track's own language, which the muxer writes, says nothing of the song.
tags = MP4(encode("aac.m4a", "-c:a", "aac", "-b:a", "24k", "-metadata:s:a:0", "language=eng"))
tags["----:com.apple.iTunes:LANGUAGE"] = [MP4FreeForm(b"de")]
tags.save()
encode("untagged.m4a", "-c:a", "aac", "-b:a", "24k", "-metadata:s:a:0", "language=eng")
tags = FLAC(encode("flac.flac", "-c:a", "flac"))
tags["LANGUAGE"] = ["Spanish", "eus"]
tags.save()
tags = OggVorbis(encode("vorbis.ogg", "-c:a", "libvorbis", "-q:a", "0"))
tags["LANGUAGE"] = "pt-BR"
tags.save()
# No linguistic content: how Picard marks instrumental music.
tags = OggOpus(encode("opus.opus", "-c:a", "libopus", "-b:a", "16k"))
tags["LANGUAGE"] = "zxx"
tags.save()
tags = ASF(encode("wma.wma", "-c:a", "wmav2", "-b:a", "24k"))
tags["WM/Language"] = "fr-FR"
tags.save()
tags = APEv2()
tags["Language"] = "ger"
tags.save(encode("wavpack.wv", "-c:a", "wavpack"))
for name, kind, value in (("wav.wav", WAVE, "Íslenska"), ("aiff.aiff", AIFF, "High Quenya")):
    tags = kind(encode(name))
    tags.add_tags()
    tags.tags.add(TLAN(text=[value]))
    tags.save()
print(*sorted(f"{p.stat().st_size:8} {p.name}" for p in folder.iterdir()), sep="\n")
