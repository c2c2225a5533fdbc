"""Golden numbers of voice-likeness by scripts/voice_likeness.py, the rule in NumPy, over stretches made by formula.

Run: python make_voice.py (needs numpy). VoiceLikenessTests.swift makes the same stretches.
"""
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))
import voice_likeness

RATE = 11025


def stretch(hertz, cents, waver, slide, resonances, noise, seconds, pulse):
    """A tone whose pitch wavers by `cents` `waver` times a second and slides by `slide` cents a second, through resonances [Hz, Hz moved, Hz wide]."""
    time = np.arange(int(seconds * RATE)) / RATE
    pitch = hertz * 2 ** ((cents * np.sin(2 * np.pi * waver * time) + slide * time) / 1200)
    phase = np.cumsum(2 * np.pi * pitch / RATE)
    samples = np.zeros(len(time))
    for h in range(1, 21):
        heard = np.where(h * pitch < RATE / 2, 1 / h, 0)
        if resonances:
            place = [(f + moved * np.sin(2 * np.pi * 1.7 * time), wide) for f, moved, wide in resonances]
            heard = heard * sum(1 / (1 + ((h * pitch - f) / wide) ** 2) for f, wide in place)
        samples += heard * np.sin(h * phase)
    samples *= 0.2 * (1 - 0.9 * (np.sin(2 * np.pi * pulse * time) < 0) * (pulse > 0))
    state = 1
    for i in range(len(samples)):
        state = (state * 1664525 + 1013904223) % 2**32
        samples[i] += noise * (state / 2**31 - 1)
    return samples.astype(np.float32)


AH = [[700, 0, 80], [1150, 0, 120], [2600, 0, 200]]
MOVING = [[500, 220, 80], [1400, 500, 120], [2600, 100, 200]]
CASES = [
    dict(hertz=220, cents=0, waver=0, slide=0, resonances=[], noise=0.001, seconds=1.5, pulse=0),
    dict(hertz=220, cents=60, waver=5.5, slide=0, resonances=[], noise=0.001, seconds=1.5, pulse=0),
    dict(hertz=220, cents=60, waver=5.5, slide=0, resonances=AH, noise=0.003, seconds=1.5, pulse=0),
    dict(hertz=180, cents=40, waver=5, slide=250, resonances=MOVING, noise=0.003, seconds=1.5, pulse=2.5),
    dict(hertz=330, cents=70, waver=6, slide=-300, resonances=MOVING, noise=0.01, seconds=1.5, pulse=2),
    dict(hertz=110, cents=0, waver=0, slide=600, resonances=AH, noise=0.02, seconds=1.5, pulse=4),
    dict(hertz=880, cents=30, waver=5, slide=0, resonances=[], noise=0.005, seconds=1.2, pulse=1),
    dict(hertz=95, cents=0, waver=0, slide=0, resonances=[], noise=0.2, seconds=1.5, pulse=8),
    dict(hertz=440, cents=0, waver=0, slide=0, resonances=[], noise=0.0, seconds=0.57, pulse=0),
    dict(hertz=60, cents=0, waver=0, slide=0, resonances=AH, noise=0.6, seconds=1.5, pulse=0),
]

if __name__ == "__main__":
    for case in CASES:
        samples = stretch(**case)
        case["features"] = {name: float(f"{value:.10g}") for name, value in voice_likeness.features(samples).items()}
        case["score"] = voice_likeness.score(samples)
    (Path(__file__).parent / "voice.json").write_text(json.dumps(CASES, indent=1) + "\n")
