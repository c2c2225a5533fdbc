"""Learns the weights of voice_likeness.py: is there a voice in 1.5 s of audio?

    python learn_voice.py VOICES INSTRUMENTS MUSIC [TRAINING_ARTIST ...]

VOICES/GROUP/* are solo voices: a group is a singer, a song or a speaker ("speech_..."); groups with the same name up to a "-" may be one singer and stay in
one fold. INSTRUMENTS/GROUP/* are instruments alone: trimmed notes (pitch in the file name, "_A4_", "_Cs3_") or phrases. MUSIC/ARTIST/* is music without a
voice: half of the artists, or those named, train, the others give the thresholds. Draws stretches: voices alone, in choirs and over backgrounds 0 to 10 dB
quieter, also made other singers (shifted, formants moved) or synthesised from formants; against music, melodies of the instruments and additive synthesis,
alone and mixed. Four folds share no singer, instrument or artist. Needs numpy, scipy, scikit-learn, soundfile. Shipped weights: from
sung voices  Producer Space "Euphoric Trance Vocals" (etv), "Soulful House Vocals" (shv), "Dance Vocal Shouts" 1 and 2 (dvs), CC0
             (neshanjo/strudel-producer-space-samples); vocobox human-voice-dataset "martin", MIT; vocadito 1 (Bittner et al. 2021, zenodo 5578807)
             and ten seconds of Dagstuhl ChoirSet (Rosenzweig et al. 2020, zenodo 3897182), CC BY 4.0, in mir-dataset-loaders/mirdata; Sonic Pi "ambi_choir", CC0.
speech       LibriSpeech 198, 3436, 5703 (librosa/data), 1320, 3575, 6829, 8230, VCTK p240, p260 (CorentinJ/Real-Time-Voice-Cloning), CC BY
             4.0; LJSpeech, public domain; "xmas" by davidbain, CC0 (spatialaudio/selected-topics-in-audio-signal-processing-exercises).
instruments  Philharmonia Orchestra samples, free to use; Hungarian Dance 5 (US Army Strings, public domain) and solo trumpet by Mihai Sorohan (CC BY 3.0): librosa/data.
music        excerpts by 42 artists, CC0, CC BY and CC BY-SA, of which 14 train; artists named: t4ngr4m "Kevin MacLeod" HoliznaCC0 FoxSynergy "Colin
             Beard" ViRiX Diarmuid Yubatake "Alexandre Almeida" 1F616EMO Jordach SoundHelix "Viktor Kraus" Jester
"""

import glob, json, os, re, sys
import numpy as np
import soundfile
from scipy.signal import fftconvolve, istft, resample_poly, stft
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier
import voice_likeness

RATE, N, T = 11025, 16537, 27562  # N, 1.5 s, are judged; the second drawn before them keeps beginnings out
SECONDS, NAMES = np.arange(T) / RATE, voice_likeness.MODEL["names"]
PITCH_CLASS = dict(zip("C Cs D Ds E F Fs G Gs A As B".split(), range(12)))
rng = np.random.default_rng(7)
chance = lambda p: rng.random() < p
one_of = lambda things: things[rng.integers(len(things))]
level = lambda x: np.sqrt((x * x).mean()) + 1e-9
normal = lambda x: x / level(x[-N:])
last = lambda x: x[-T:] if len(x) >= T else np.pad(x, (T - len(x), 0))
size = lambda files: sum(len(a) for _, a in files)
family = lambda group: group.split("-")[0]
sound = lambda a, rate: resample_poly(a.mean(1), RATE, rate).astype(np.float32)


def folder(root):
    """-> {group: [(file name, samples)]}"""
    paths = {g: sorted(glob.glob(glob.escape(f"{root}/{g}") + "/*")) for g in sorted(os.listdir(root))}
    found = {g: [(os.path.basename(p), sound(*soundfile.read(p, always_2d=True))) for p in paths[g]] for g in paths}
    return {g: [(n, a) for n, a in files if len(a) > RATE // 5] for g, files in found.items()}


def folds(groups):
    """Deals families of groups out to four folds, the largest first."""
    total = {name: sum(size(groups[g]) for g in groups if family(g) == name) for name in map(family, groups)}
    ranked = sorted(total, key=total.get, reverse=True)
    return {g: ranked.index(family(g)) % 4 for g in groups}


def cut(a, n=T):
    """n samples of a from anywhere, silence before what is shorter."""
    start = rng.integers(0, max(0, len(a) - n) + 1)
    return np.pad(a[start : start + n].astype(float), (max(0, n - len(a)), 0))


def reread(a, semitones):
    at = np.cumsum(2 ** (semitones / 12))
    return np.interp(at[at < len(a) - 1], np.arange(len(a)), a)


def warp(a, wild, most=2):
    """Read at a moving speed: shifted, with vibrato, adrift."""
    t, c = np.arange(len(a)) / RATE, np.full(len(a), rng.uniform(-most, most))
    vibrato = (
        rng.uniform(0.1, 0.7) * np.sin(2 * np.pi * (rng.uniform(4.5, 7) * t + rng.random())) * np.clip((t - rng.uniform(0, 0.5)) * 4, 0, 1)
    )
    drift = np.interp(t, np.arange(0, t[-1] + 1, 0.25), rng.normal(0, 0.35, len(np.arange(0, t[-1] + 1, 0.25))))
    return reread(a, c + chance(wild) * vibrato + chance(wild) * drift)


def move_formants(x):
    """Stretches the envelope of each short-time spectrum (smoothed in the cepstrum) and leaves the pitch."""
    s = stft(x, nperseg=512, noverlap=384)[2]
    cepstrum = np.fft.irfft(np.log(np.abs(s) + 1e-4 * np.abs(s).max() + 1e-12), axis=0)
    cepstrum[22:-21] = 0
    envelope, bins, factor = np.exp(np.fft.rfft(cepstrum, axis=0).real), np.arange(len(s)), rng.uniform(0.84, 1.2)
    moved = np.stack([np.interp(bins / factor, bins, e) for e in envelope.T], 1)
    return normal(np.pad(istft(s * moved / envelope, nperseg=512, noverlap=384)[1], (0, 512))[:T])


def tune(low, high):
    """-> pitch in semitones above 55 Hz, loudness, onsets"""
    pitch, gain, onsets, at, centre = np.zeros(T), np.zeros(T), [], 0, rng.uniform(low, high)
    before, slow, slur, decay = centre, chance(0.4), chance(0.6), rng.uniform(0.3, 3) if chance(0.4) else 99
    glide, attack, release = rng.uniform((0.01, 0.005, 0.03), (0.09, 0.15, 0.25))
    while at < T:
        end = min(T, at + int(RATE * (rng.uniform(0.5, 2) if slow else rng.uniform(0.1, 0.6))))
        u, new = np.arange(end - at) / RATE, centre + rng.integers(-6, 7)
        pitch[at:end] = new + slur * (before - new) * np.exp(-u / glide)
        gain[at:end] = np.minimum(1, (u + 0.003) / attack) * np.minimum(1, (u[-1] - u) / release * 2 + 0.6 * slur) * np.exp(-u / decay)
        onsets.append(at)
        before, at = new, end + (rng.integers(0, 2500) if chance(0.15) else 0)
    vibrato = rng.uniform(0.08, 0.6) * np.sin(2 * np.pi * (rng.uniform(4.2, 7.2) * SECONDS + rng.random())) * np.minimum(1, SECONDS * 2)
    return pitch + chance(0.6) * vibrato, gain, onsets


def additive(pitch, amplitude):
    f0 = 55 * 2 ** (pitch / 12)
    heard = lambda h: np.where(h * f0 < 5400, amplitude(h, h * f0), 0) * np.sin(2 * np.pi * (h * np.cumsum(f0) / RATE + rng.random()))
    return sum(heard(h) for h in range(1, 60) if h * f0.min() < 5400)


def room_and_equaliser(x):
    if chance(0.45):
        h = (lambda n: rng.normal(size=n) * np.exp(-6.9 * np.arange(n) / n))(int(RATE * rng.uniform(0.15, 1.2)))
        x = x + rng.uniform(0.15, 0.9) * fftconvolve(x, h / np.sqrt((h * h).sum()))[:T]
    octave = np.log2(np.maximum(20, np.arange(T // 2 + 1) * RATE / T) / 1000)
    bump = lambda: rng.normal(0, 3) * np.exp(-(((octave - rng.uniform(-3, 2)) / rng.uniform(0.3, 1)) ** 2))
    decibels = rng.normal(0, 1.3) * octave + bump() + bump() - chance(0.12) * 24 * np.maximum(0, octave - np.log2(rng.uniform(2.5, 4.5)))
    x = np.fft.irfft(np.fft.rfft(x) * 10 ** (decibels / 20), T)[-N:]
    return 0.1 * (x / level(x) + rng.normal(size=N) * 10 ** rng.uniform(-4, -2.3))


class Material:
    """Draws stretches; f is the fold whose material may be used."""

    def __init__(s, voices, instruments, music):
        s.sung, s.spoken = ({g: v for g, v in voices.items() if g.startswith("speech_") == spoken} for spoken in (False, True))
        s.music, s.instruments = music, {}
        s.fold = folds(s.sung) | folds(s.spoken) | folds(instruments) | folds(music)
        for g, files in instruments.items():
            pitch = [re.search(r"_([A-G]s?)(\d)_", n) for n, _ in files]
            s.instruments[g] = [(m and PITCH_CLASS[m[1]] + 12 * int(m[2]), a) for m, (_, a) in zip(pitch, files)]

    def pick(s, groups, f, power):
        names = [g for g in groups if s.fold[g] == f]
        weights = [size(groups[g]) ** power for g in names]
        s.picked = names[rng.choice(len(names), p=np.array(weights) / sum(weights))]
        return groups[s.picked]

    def sing(s, f, groups=None):
        """A recorded voice, often as another singer."""
        files = s.pick(groups or s.sung, f, 0.4)
        for _ in range(20):
            whole = a = one_of(files)[1]
            while len(a) < N or len(a) < 2 * N and chance(0.5):
                a = np.concatenate([a, np.zeros(rng.integers(0, 2000)), one_of(files)[1]])
            x = cut(a, T + RATE // 2)
            x = last(warp(x, 0.3, 5 if chance(0.5) else 2) if chance(0.6) else x)
            e = (x[-N:][: N // 512 * 512].reshape(-1, 512) ** 2).mean(1)
            if (e > 0.01 * np.sort(e)[-3]).mean() > 0.5 and level(x[-N:]) > 0.35 * level(whole):
                break
        return move_formants(x) if chance(0.35) else normal(x)

    def formants(s, f):
        """A synthetic singer, man, woman or child: a source with jitter and breath, four moving resonances, consonants."""
        high = chance(0.55)
        pitch, gain, onsets = tune(24, 41) if high else tune(13, 29)
        pitch += np.interp(np.arange(T), np.arange(0, T + 200, 200), rng.normal(0, rng.uniform(0.02, 0.14), T // 200 + 2))
        tract, first = rng.uniform(0.95, 1.35) if high else rng.uniform(0.82, 1.1), lambda: rng.uniform(260, 800)
        vowel = lambda a: (
            a,
            rng.uniform(max(a + 150, 650), 2400 - 0.9 * max(0, a - 300)),
            rng.uniform(2250, 3050),
            rng.uniform(3200, 3900),
        )
        corners = sorted({0, *onsets, *rng.integers(0, T, rng.integers(0, 6)).tolist()})
        sung = [vowel(first())] * len(corners) if chance(0.3) else [vowel(first()) for _ in corners]
        ends = np.minimum(np.array(corners) + rng.uniform(300, 1600), np.array(corners[1:] + [T]) - 1)  # each vowel moves until then
        knots, pairs = np.stack([corners, ends], 1).ravel(), list(zip([sung[0], *sung[:-1]], sung))
        centres = [np.interp(np.arange(T), knots, [v[j] for pair in pairs for v in pair]) * tract for j in range(4)]
        widths, weights = (rng.uniform(50, 130), rng.uniform(70, 160), rng.uniform(90, 230), 250), (
            1,
            *rng.uniform((0.3, 0.15, 0.1), (0.9, 0.7, 0.5)),
        )
        tilt, shape = rng.uniform(0.5, 1.4), lambda fr: sum(
            w / np.sqrt(((fr - c) / (b / 2)) ** 2 + 1) for c, b, w in zip(centres, widths, weights)
        )
        x = (
            normal(additive(pitch, lambda h, fr: h**-tilt * shape(fr)) * gain)
            + rng.uniform(0, 0.06) * np.diff(rng.normal(size=T + 1)) * gain
        )
        for c in corners if chance(0.6) else ():
            m = min(T - c, rng.integers(300, 1300))
            x[c : c + m] = x[c : c + m] * 0.2 + np.diff(rng.normal(size=m + 1)) * rng.uniform(0.02, 0.5) if chance(0.5) else x[c : c + m]
        return normal(x)

    def melody(s, f):
        """A tune of an instrument's notes, or a phrase as recorded."""
        notes = s.pick(s.instruments, f, 0)
        if notes[0][0] is None:
            return normal(last(warp(cut(one_of(notes)[1], T + RATE // 2), 0.3)))
        out, at, before, centre = np.zeros(T + 4 * RATE), 0, None, one_of(notes)[0]
        slow, glide, wild = chance(0.5), chance(0.5), chance(0.6)
        near = [n for n in notes if abs(n[0] - centre) <= 7]
        while at < T:
            pitch, a = one_of(near)
            length, y = int(RATE * (rng.uniform(0.6, 2.2) if slow else rng.uniform(0.12, 0.7))), warp(a, 0.8 * wild)
            if glide and before is not None and len(y) > 3000:
                y = reread(y, np.clip(before - pitch, -5, 5) * np.exp(-np.arange(len(y)) / RATE / rng.uniform(0.02, 0.09)))
            y = y[:length]
            out[at : at + len(y)] += (
                y * np.minimum(1, np.minimum(np.arange(len(y)), np.arange(len(y))[::-1]) / 300) * rng.uniform(0.6, 1.2) / level(y)
            )
            before, at = pitch, at + max(800, len(y) - 300) + (rng.integers(0, 9000) if chance(0.1) else 0)
        return normal(out[:T])

    def synth(s, f):
        pitch, gain, _ = tune(18, 48)
        kind, roll, duty, own = rng.integers(4), rng.uniform(0.7, 1.6), rng.uniform(0.1, 0.5), rng.uniform(0, 1, 61) ** 2
        tracks, cutoff, fixed, sweep = (
            chance(0.5),
            rng.uniform(2, 14),
            rng.uniform(600, 5000),
            rng.uniform(0, 3) * gain / (gain.max() + 1e-9),
        )
        source = lambda h: (h**-roll, abs(np.sin(np.pi * h * duty)) / h, h % 2 * h**-roll, own[h] * h**-0.5)[kind]
        amplitude = lambda h, fr: source(h) / (1 + ((h / cutoff if tracks else fr / fixed) / (1 + sweep)) ** 4)
        x = sum(additive(pitch + rng.normal(0, 0.06) * (v > 0), amplitude) for v in range(rng.integers(1, 4))) * gain
        return normal(np.tanh(x / level(x) * rng.uniform(0.5, 4)) if chance(0.2) else x)

    def track(s, f):
        return normal(cut(one_of(s.pick(s.music, f, 0.5))[1]))

    def stretch(s, f, voice):
        """-> samples, kind, whether there is a background"""
        several = lambda make, most=5: lambda f: normal(sum(make(f) * rng.uniform(0.5, 1) for _ in range(rng.integers(2, most))))
        kinds = (
            (
                (0.46, "sung", s.sing),
                (0.58, "formants", s.formants),
                (0.78, "choir", several(lambda f: s.sing(f) if chance(0.8) else s.formants(f), 6)),
                (1, "speech", lambda f: s.sing(f, s.spoken)),
            )
            if voice
            else (
                (0.40, "music", s.track),
                (0.64, "melody", s.melody),
                (0.77, "synth", s.synth),
                (0.87, "synths", several(s.synth)),
                (1, "ensemble", several(s.melody)),
            )
        )
        u = rng.random()
        kind, make = next((k, make) for p, k, make in kinds if u < p)
        x = make(f)
        name = f"{kind} {family(s.picked)}" if kind in ("sung", "melody") else kind
        if kind not in ("music", "speech") and chance(0.12):  # hummed, muted
            x = normal(np.fft.irfft(np.fft.rfft(x) / (1 + (np.arange(T // 2 + 1) * RATE / T / rng.uniform(450, 1300)) ** 2), T))
        x = move_formants(x) if not voice and chance(0.12) else x  # so that moved formants are no mark of a voice
        mixed, u = kind != "music" and chance(0.6), rng.random()
        if mixed:
            x = x + (s.track if u < 0.64 else several(s.melody) if u < 0.86 else several(s.synth))(f) * 10 ** (-rng.uniform(0, 10) / 20)
        return room_and_equaliser(x), name, mixed


class Network:
    """Features standardised and clipped to three deviations, hidden units (none: logistic regression), log-odds."""

    def __init__(s, hidden=12, seed=0):
        s.net = (
            MLPClassifier(hidden, alpha=2, learning_rate_init=0.004, batch_size=256, max_iter=25, random_state=seed)
            if hidden
            else LogisticRegression(C=0.02)
        )

    def fit(s, X, y):
        s.mean, s.deviation = X.mean(0), X.std(0) + 1e-6
        s.net.fit(np.clip((X - s.mean) / s.deviation, -3, 3), y)
        return s

    def score(s, X):
        p = s.net.predict_proba(np.clip((X - s.mean) / s.deviation, -3, 3))[:, 1]
        return np.log(p + 1e-9) - np.log(1 - p + 1e-9)


def numbers(x):
    f = voice_likeness.features(x)
    return f and [f[n] for n in NAMES]


def grid(files):
    """Up to eight stretches a file, evenly spread."""
    starts = lambda a: np.linspace(0, len(a) - N, max(1, min(8, int(2 * len(a) / N - 1)))).astype(int)
    return list(filter(None, (numbers(a[i : i + N]) for _, a in files if len(a) >= N for i in starts(a))))


def main():
    voices, instruments, music = map(folder, sys.argv[1:4])
    artists = sys.argv[4:] or sorted(music)[::2]
    m = Material(voices, instruments, {a: music[a] for a in artists})
    share = np.array([sum(size(v) ** 0.4 for g, v in m.sung.items() if m.fold[g] == f) for f in range(4)])  # more singers, more voices
    rows = []
    for i in range(14000):
        voice, f = i % 9 < 4, rng.choice(4, p=share / share.sum()) if i % 9 < 4 else i % 4
        x, kind, mixed = m.stretch(f, voice)
        rows += [(x, voice, f, kind, mixed)] if (x := numbers(x)) else []
    rows += [(x, False, m.fold[a], "music as it is", False) for a in artists for x in grid(music[a])]
    X, y, fold, kind, mixed = (np.array(column) for column in zip(*rows))
    np.savez("stretches.npz", X=X, y=y, fold=fold, kind=kind, mixed=mixed)
    print(len(y), "stretches,", y.sum(), "with a voice; folds", [sorted({family(g) for g in m.fold if m.fold[g] == f}) for f in range(4)])
    for hidden in (0, 12):
        score = np.zeros(len(y))
        for f in range(4):
            score[fold == f] = Network(hidden).fit(X[fold != f], y[fold != f]).score(X[fold == f])
        auc = [round(roc_auc_score(y[fold == f], score[fold == f]), 3) for f in range(4)]
        print(f"{hidden} hidden units: AUC by fold {auc}, all {roc_auc_score(y, score):.3f}")
    t2, t5 = np.quantile(score[kind == "music as it is"], (0.98, 0.95))
    for k, mix in sorted(set(zip(kind.tolist(), mixed.tolist())), key=lambda p: (y[kind == p[0]][0], p)):
        q, sign = (kind == k) & (mixed == mix), "-+"[int(y[kind == k][0])]
        print(
            f"  {sign} {k:22s} {'mixed' if mix else 'alone'} n {q.sum():5d} flagged at 2 % {np.mean(score[q] > t2):.2f}, at 5 % {np.mean(score[q] > t5):.2f}"
            + (f", AUC {roc_auc_score(y[q | ~y], score[q | ~y]):.3f}" if sign == "+" else "")
        )
    net = Network().fit(X, y)
    blind = net.score(np.array([x for a in music if a not in artists for x in grid(music[a])]))
    thresholds = {f"threshold{p}": round(float(np.quantile(blind, 1 - p / 100)), 3) for p in (1, 2, 5)}
    print("thresholds from", len(blind), "stretches of the other artists:", thresholds)
    short = lambda v, n=4: [float(f"{x:.{n}g}") for x in v]
    (w, v), (b, c) = net.net.coefs_, net.net.intercepts_
    json.dump(
        {
            "names": NAMES,
            "mean": short(net.mean, 5),
            "deviation": short(net.deviation, 5),
            "hidden": [short(row) for row in w.T],
            "hiddenBias": short(b),
            "output": short(v[:, 0]),
            "outputBias": short(c)[0],
        }
        | thresholds,
        open("voice_coefficients.json", "w"),
        indent=1,
    )


if __name__ == "__main__":
    main()
