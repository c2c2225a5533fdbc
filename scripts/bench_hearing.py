"""Hearing against its peers, on the same files in one run: bare ffmpeg, librosa's pipeline, torch's stft, Coldwave.

Usage: bench_hearing.py COLDWAVE MUSIC_FOLDER     (needs ffmpeg, and librosa and torch in this Python)
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
import numpy as np
import librosa
import torch

warnings.filterwarnings("ignore")
coldwave, music = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2])
cores = len(os.sched_getaffinity(0))
work = Path(tempfile.mkdtemp())
files = sorted(p for p in music.rglob("*") if p.suffix[1:] in ("mp3", "m4a", "ogg", "opus", "flac", "wma", "wv", "wav", "aiff"))
rounds = 3


def measured(action):
    """CPU and wall seconds of an action, its child processes included."""
    def cpu():
        return sum(getattr(resource.getrusage(who), field) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
                   for field in ("ru_utime", "ru_stime"))
    before, start = cpu(), time.perf_counter()
    action()
    return cpu() - before, time.perf_counter() - start


def ffmpeg(inputs):
    command = ["ffmpeg", "-nostdin", "-v", "quiet", "-y", "-threads", "1"]
    for file in inputs:
        command += ["-i", file]
    for i in range(len(inputs)):
        command += ["-map", f"{i}:a:0", "-ac", "1", "-ar", "22050", "-f", "f32le", "/dev/null"]
    subprocess.run(command, check=True)


def in_parallel(groups):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(ffmpeg, groups))


def scan(number=[0]):
    number[0] += 1
    subprocess.run([coldwave, "scan", str(music), "--library", str(work / str(number[0])), "--quiet"], check=True, capture_output=True)


def librosa_pipeline(inputs):
    for file in inputs:
        samples, _ = librosa.load(file, sr=22050, mono=True)
        np.log1p(1e4 * librosa.feature.melspectrogram(y=samples, sr=22050, n_fft=1024, hop_length=110, n_mels=128))


def table(title, rows, reference):
    print(f"\n{title}\n{'':46}{'CPU s':>9}{'wall s':>9}{'CPU ratio':>11}")
    for name, cpu, wall in rows:
        print(f"{name:46}{cpu:9.4f}{wall:9.4f}{cpu / reference:11.2f}")


def whole_songs():
    groups = [files[i : i + 20] for i in range(0, len(files), 20)]
    sample = files[::8]
    results = {"ours": [], "together": [], "single": [], "librosa": []}
    for _ in range(rounds):
        results["ours"].append(measured(scan))
        results["together"].append(measured(lambda: in_parallel(groups)))
        results["single"].append(measured(lambda: in_parallel([[f] for f in files])))
    librosa_pipeline(sample[:1])
    results["librosa"].append(tuple(x * len(files) / len(sample) for x in measured(lambda: librosa_pipeline(sample))))
    median = {k: tuple(statistics.median(column) for column in zip(*v)) for k, v in results.items()}
    table(f"{len(files)} files to 22.05 kHz mono, and on to log-mel at hop 110 ({cores} cores, medians of {rounds})", [
        ("ffmpeg, 20 files a process (decoding alone)", *median["together"]),
        ("ffmpeg, one file a process (decoding alone)", *median["single"]),
        ("coldwave scan (decode, mel, hash, tags, store)", *median["ours"]),
        (f"librosa.load + melspectrogram (1 thread, {len(sample)} files)", *median["librosa"]),
    ], median["together"][0])


def mel():
    samples = (np.random.default_rng(0).standard_normal(22050 * 30) * 0.1).astype(np.float32)
    np.save(work / "samples.npy", samples)
    torch.set_num_threads(1)
    signal, window = torch.from_numpy(samples), torch.hann_window(1024)
    filters = torch.from_numpy(librosa.filters.mel(sr=22050, n_fft=1024, n_mels=128))
    print(f"\nmel-spectrogram of 30 s at 22.05 kHz, FFT 1024, 128 bands, one thread (medians)")
    print(f"{'':12}{'ours ms':>10}{'librosa ms':>12}{'torch ms':>10}{'librosa/ours':>14}{'torch/ours':>12}{'largest relative error':>25}")
    for hop in (110, 512):
        times = {"ours": [], "librosa": [], "torch": []}
        for _ in range(5):
            # As for the others, in a process that runs already: the median of 9.
            run = subprocess.run([coldwave, "lab", "mel", "--samples", work / "samples.npy", work / "mel.npy", "--hop", str(hop),
                                  "--threads", "1", "--repeats", "9", "--json"], check=True, capture_output=True, text=True)
            times["ours"].append(json.loads(run.stdout)["melSeconds"])
            for _ in range(9):
                start = time.perf_counter()
                expected = librosa.feature.melspectrogram(y=samples, sr=22050, n_fft=1024, hop_length=hop)
                times["librosa"].append(time.perf_counter() - start)
                start = time.perf_counter()
                filters @ torch.stft(signal, 1024, hop, window=window, pad_mode="constant", return_complex=True).abs().square()
                times["torch"].append(time.perf_counter() - start)
        ours, theirs, others = (statistics.median(times[k]) * 1e3 for k in ("ours", "librosa", "torch"))
        got = np.load(work / "mel.npy").T
        where = expected > 1e-6 * expected.max()
        error = np.max(np.abs(got[where] - expected[where]) / expected[where])
        print(f"hop {hop:<8}{ours:10.2f}{theirs:12.2f}{others:10.2f}{theirs / ours:14.1f}{others / ours:12.1f}{error:25.1e}", flush=True)


def errors():
    """The largest relative error to librosa over a grid of settings, where the value is above 1e-6 of the maximum."""
    signal = (np.random.default_rng(1).standard_normal(20000) * 0.2 + 0.3 * np.sin(np.arange(20000) ** 1.5 / 50)).astype(np.float32)
    np.save(work / "grid.npy", signal)
    print("\nlargest relative error to librosa over a grid of settings")
    print(f"{'FFT':>6}{'settings':>10}{'error':>12}")
    for fft in (256, 512, 1024, 2048, 4096):
        worst, count = 0, 0
        for rate in (8000, 22050, 48000):
            for hop in (fft // 10, fft // 2):
                for bands in (40, 128):
                    for scale, norm, power in (("slaney", "slaney", 2), ("htk", "none", 1), ("slaney", "none", 1), ("htk", "slaney", 2)):
                        subprocess.run([coldwave, "lab", "mel", "--samples", work / "grid.npy", work / "out.npy", "--sample-rate", str(rate),
                                        "--fft", str(fft), "--hop", str(hop), "--bands", str(bands), "--power", str(power),
                                        "--scale", scale, "--norm", norm], check=True, capture_output=True)
                        expected = librosa.feature.melspectrogram(y=signal, sr=rate, n_fft=fft, hop_length=hop, n_mels=bands, power=power,
                                                                  htk=scale == "htk", norm=None if norm == "none" else norm).T
                        got = np.load(work / "out.npy")
                        where = expected > 1e-6 * expected.max()
                        worst = max(worst, np.max(np.abs(got[where] - expected[where]) / expected[where]))
                        count += 1
        print(f"{fft:6}{count:10}{worst:12.1e}", flush=True)
        assert worst <= 1e-4


def pcm():
    """Decoded samples against `ffmpeg -ac 1 -ar 22050`."""
    print("\nlargest difference to ffmpeg's samples (full scale 1), by format")
    worst = {}
    for file in files[:: max(1, len(files) // 90)]:
        raw = subprocess.run(["ffmpeg", "-nostdin", "-v", "quiet", "-i", file, "-ac", "1", "-ar", "22050", "-f", "f32le", "-"], check=True,
                             capture_output=True).stdout
        theirs = np.frombuffer(raw, np.float32)
        subprocess.run([coldwave, "lab", "mel", file, work / "m.npy", "--samples-out", work / "pcm.npy"], check=True, capture_output=True)
        ours = np.load(work / "pcm.npy")
        count = min(len(ours), len(theirs))
        worst.setdefault(file.suffix, []).append((np.abs(ours[:count] - theirs[:count]).max(), abs(len(ours) - len(theirs))))
    for suffix, values in sorted(worst.items()):
        print(f"{suffix:8}{max(v[0] for v in values):12.1e}   lengths differ by at most {max(v[1] for v in values)} samples")


errors()
pcm()
mel()
whole_songs()
