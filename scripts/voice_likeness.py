"""How voice-like 1.5 s of mono audio at 11,025 Hz are: thirty numbers and a network of twelve hidden units. numpy only.

is_voice(samples) says yes where score(samples) passes a threshold. The score is a log-odds only on the training mixture; only its order means
something. Stretches shorter than 0.56 s and silence have no score.
"""
import json
from pathlib import Path

import numpy as np

RATE = 11025
WINDOW, HOP, SIZE = 1024, 256, 2048  # 93 ms every 23 ms, zero-padded: bins of 5.4 Hz
HANN = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(WINDOW) + 0.5) / WINDOW)
FREQUENCY = np.arange(SIZE // 2 + 1) * RATE / SIZE

# 26 triangular mel filters of 80 to 5,500 Hz, each of area 1/2 (Hz), and cosines for the cepstrum.
MELS = 26


def _mel_filters():
    mel = lambda f: 2595 * np.log10(1 + f / 700)
    edges = 700 * (10 ** (np.linspace(mel(80), mel(5500), MELS + 2) / 2595) - 1)
    rows = []
    for low, mid, high in zip(edges, edges[1:], edges[2:]):
        row = np.minimum((FREQUENCY - low) / (mid - low), (high - FREQUENCY) / (high - mid))
        rows.append(np.maximum(0, row) / (high - low))
    return np.array(rows)


MEL = _mel_filters()
DCT = np.sqrt(2 / MELS) * np.array(
    [[np.cos(np.pi * k * (m + 0.5) / MELS) for m in range(MELS)] for k in range(6)])

# Gliding harmonics: a log-frequency axis of ten points a semitone from 150 Hz on; four bands of it, Hz.
LOG_FREQUENCY = 150 * 2 ** (np.arange(540) / 120)
LEFT = (LOG_FREQUENCY * SIZE / RATE).astype(int)
PART = LOG_FREQUENCY * SIZE / RATE - LEFT
GLIDE = [tuple(min(534, int(np.searchsorted(LOG_FREQUENCY, f))) for f in band)
         for band in ((200, 600), (400, 1200), (800, 2000), (1400, 3300))]
FARTHEST = 6  # tenths of a semitone from frame to frame

# Bands for flatness and level, Hz: half-open ranges of bins.
BAND = [tuple(int(np.searchsorted(FREQUENCY, f)) for f in band)
        for band in ((100, 400), (400, 900), (900, 1800), (1800, 3500), (3500, 5500))]

# Pitch: lags of 1,002 to 80 Hz; the window's own autocorrelation is divided out.
SHORTEST, LONGEST = RATE // 1000, RATE // 80
WINDOW_LAGS = np.array([(HANN[: WINDOW - k] * HANN[k:]).sum() for k in range(LONGEST + 2)])
WINDOW_LAGS = WINDOW_LAGS / WINDOW_LAGS[0]

# Resonances: linear prediction of order 12 after pre-emphasis, looked at every 50 Hz.
ORDER = 12
EMPHASIS = 1 + 0.95 ** 2 - 2 * 0.95 * np.cos(2 * np.pi * FREQUENCY / RATE)
ENVELOPE = np.arange(200, 5200, 50.0)
TURNS = np.exp(-2j * np.pi * np.outer(np.arange(ORDER + 1), ENVELOPE) / RATE)
FIRST = (ENVELOPE >= 250) & (ENVELOPE < 1000)
SECOND = (ENVELOPE >= 1000) & (ENVELOPE < 2300)

MODEL = json.loads(Path(__file__).with_name("voice_coefficients.json").read_text())
# More than 2 % of stretches of real music without a voice have, by artists that training did not see.
THRESHOLD = MODEL["threshold2"]


def levinson(r):
    """Autocorrelation [ORDER + 1] -> prediction coefficients with a[0] = 1, and the error."""
    a = np.zeros(ORDER + 1)
    a[0] = 1
    error = r[0]
    for i in range(1, ORDER + 1):
        k = -sum(a[j] * r[i - j] for j in range(i)) / error
        b = a.copy()
        for j in range(1, i + 1):
            b[j] = a[j] + k * a[i - j]
        a = b
        error *= 1 - k * k
    return a, error


def features(samples):
    """-> {name: number}; None for silence and what is too short."""
    x = np.asarray(samples, float)
    if len(x) < WINDOW + 20 * HOP:
        return None
    x = x - x.mean()
    level = np.sqrt((x * x).mean())
    if level < 1e-4:
        return None
    x = x / level
    count = 1 + (len(x) - WINDOW) // HOP
    frames = np.stack([x[i * HOP:i * HOP + WINDOW] for i in range(count)]) * HANN
    power = np.abs(np.fft.rfft(frames, SIZE)) ** 2 + 1e-9
    total = power.sum(1)
    # What counts: frames within 25 dB of the loudest, and neighbours that both do.
    loud = total > 0.003 * total.max()
    both = loud[1:] & loud[:-1]
    mean = lambda v: float(v[loud].mean())
    deviation = lambda v: float(v[loud].std())
    step_mean = lambda v: float(v[both].mean()) if both.any() else 0.0
    f = {}

    # 1. Cepstrum: mean, deviation over the stretch, root mean square step from frame to frame.
    mel = power @ MEL.T
    log_mel = np.log(np.maximum(mel, 1e-5 * mel.max()))
    cepstrum = log_mel @ DCT.T
    for k in (1, 3, 4, 5):
        f[f"mfcc{k}"] = mean(cepstrum[:, k])
    for k in (2, 3):
        f[f"mfcc{k}dev"] = np.log(deviation(cepstrum[:, k]) + 0.02)
    for k in (1, 4):
        f[f"mfcc{k}step"] = np.log(np.sqrt(step_mean(np.diff(cepstrum[:, k]) ** 2)) + 0.02)
    rise = np.maximum(0, np.diff(log_mel, axis=0)).mean(1)
    f["flux"] = step_mean(rise)
    f["fluxpeak"] = float(np.sort(rise)[int(0.95 * (len(rise) - 1))] / (rise.mean() + 0.02))

    # 2. Gliding harmonics: by how many tenths of a semitone a band's log spectrum has moved since the frame before.
    log_power = np.log(power[:, LEFT] * (1 - PART) + power[:, LEFT + 1] * PART)
    log_power = np.maximum(log_power, log_power.max() - 9)
    for b, (low, high) in enumerate(GLIDE):
        def standard(v):
            v = v - v.mean(1, keepdims=True)
            return v / (np.sqrt((v * v).sum(1, keepdims=True)) + 1e-6)
        before = standard(log_power[:-1, low:high])
        likeness = np.array([(before * standard(log_power[1:, low + s:high + s])).sum(1)
                             for s in range(-FARTHEST, FARTHEST + 1)])
        shift = likeness.argmax(0) - FARTHEST
        clear = likeness.max(0) > 0.6
        moves = clear & (np.abs(shift) >= 1) & (np.abs(shift) < FARTHEST)
        f[f"glide{b}"] = step_mean(moves)
        f[f"glidesize{b}"] = step_mean(np.where(clear, np.minimum(np.abs(shift), 4), 0))
        on = moves[1:] & moves[:-1] & (shift[1:] * shift[:-1] > 0)
        three = both[1:] & both[:-1]
        f[f"steady{b}"] = float((three & on).sum() / max(1, three.sum()))

    # 3. Bands.
    for b in (1, 3):
        p = power[:, BAND[b][0]:BAND[b][1]] + 1e-6 * power.max()
        f[f"flat{b}"] = mean(np.log(p).mean(1) - np.log(p.mean(1)))
    band = np.array([power[:, low:high].sum(1) for low, high in BAND])
    f["levdev3"] = np.log(deviation(np.log(np.maximum(band[3], 1e-5 * band.max()))) + 0.02)

    # 4. Pitch: the first local maximum of the autocorrelation that is nearly the highest.
    lags = np.fft.irfft(power)[:, :LONGEST + 2]
    lags = lags / lags[:, :1] / WINDOW_LAGS
    pitch, peak = np.zeros(count), np.zeros(count)
    for i in range(count):
        a = lags[i]
        top = a[SHORTEST:LONGEST + 1].max()
        lag = next((k for k in range(SHORTEST + 1, LONGEST)
                    if a[k] >= a[k - 1] and a[k] > a[k + 1] and a[k] > 0.85 * top),
                   SHORTEST + int(a[SHORTEST:LONGEST + 1].argmax()))
        curve = a[lag - 1] - 2 * a[lag] + a[lag + 1]
        fine = lag + (np.clip(0.5 * (a[lag - 1] - a[lag + 1]) / curve, -0.5, 0.5) if curve < -1e-6 else 0)
        pitch[i] = 12 * np.log2(RATE / fine / 55)
        peak[i] = np.clip(a[lag], 0, 0.999)
    f["hnrdev"] = deviation(peak)
    voiced = loud & (peak > 0.6)
    move = np.abs(np.diff(pitch))
    linked = voiced[1:] & voiced[:-1] & (move < 1)
    links = max(1, linked.sum())
    run = most = 0
    for goes_on in linked:
        run = run + 1 if goes_on else 0
        most = max(most, run)
    f["longest"] = most / len(linked)
    f["pitchmove"] = float(np.log((linked * np.minimum(move, 0.5)).sum() / links + 0.01))
    f["pitchglide"] = float((linked & (move > 0.08)).sum() / links)
    f["pitch"] = float(pitch[voiced].mean()) if voiced.any() else 24.0

    # 5. Resonances.
    r = np.fft.irfft(power * EMPHASIS)[:, :ORDER + 1]
    r[:, 0] *= 1.0001
    first, first_dip, second_dip, second_place, gain = (np.zeros(count) for _ in range(5))
    for i in range(count):
        a, error = levinson(r[i])
        envelope = -np.log(np.abs(a @ TURNS) ** 2 + 1e-9)
        envelope = envelope - envelope.mean()
        first[i] = envelope[FIRST].max()
        first_dip[i] = envelope[FIRST].max() - envelope[FIRST].min()
        second_dip[i] = envelope[SECOND].max() - envelope[SECOND].min()
        second_place[i] = np.log2(ENVELOPE[SECOND][envelope[SECOND].argmax()])
        gain[i] = np.log(r[i, 0] / max(error, 1e-9))
    f["form0"], f["formdip0"], f["formdip1"] = mean(first), mean(first_dip), mean(second_dip)
    f["format1"], f["lpcgain"] = mean(second_place), mean(gain)
    return f


def score(samples):
    """Higher is more voice-like; None for silence."""
    f = features(samples)
    if f is None:
        return None
    x = (np.array([f[name] for name in MODEL["names"]]) - MODEL["mean"]) / MODEL["deviation"]
    hidden = np.maximum(0, np.array(MODEL["hidden"]) @ np.clip(x, -3, 3) + MODEL["hiddenBias"])
    return float(hidden @ MODEL["output"] + MODEL["outputBias"])


def is_voice(samples):
    value = score(samples)
    return value is not None and value > THRESHOLD


def swift():
    """Sources/AudioFeatures/VoiceTable.swift."""
    words = lambda values: " ".join("0" if abs(v) < 1e-9 else f"{v:.5g}" for v in values)
    hidden = np.array(MODEL["hidden"]).T
    lines = [f"{name} {words([mean, deviation, *row])}"
             for name, mean, deviation, row in zip(MODEL["names"], MODEL["mean"], MODEL["deviation"], hidden)]
    lines += [f"biases {words(MODEL['hiddenBias'])}", f"outputs {words(MODEL['output'])}",
              f"bias {words([MODEL['outputBias']])}", f"threshold {words([THRESHOLD])}"]
    return "\n".join(['/// Made by `scripts/voice_likeness.py` from `voice_coefficients.json`. A line a feature: its name, mean and deviation, then its weight in',
                      "/// each hidden unit; then those units' biases, their weights in the score, its bias, and the threshold.",
                      "enum VoiceTable {", '    static let text = """', *("        " + line for line in lines), '        """', "}"])


if __name__ == "__main__":
    print(swift())
