"""Golden mel-spectrograms by librosa 0.11 over a grid of settings. Run: python make_mel.py (needs librosa, numpy)."""
import json
import librosa
import numpy as np

random = np.random.default_rng(0)
time = np.arange(2600) / 22050
signal = (0.5 * np.sin(2 * np.pi * (200 + 3000 * time * 8) * time) + 0.05 * random.standard_normal(2600)).astype(np.float32)
np.save("signal.npy", signal)
grid = [
    dict(sr=22050, n_fft=1024, hop_length=110, n_mels=128, power=2, htk=False, norm="slaney"),
    dict(sr=22050, n_fft=1024, hop_length=512, n_mels=128, power=2, htk=False, norm="slaney"),
    dict(sr=8000, n_fft=256, hop_length=100, n_mels=40, power=1, htk=True, norm=None),
    dict(sr=16000, n_fft=512, hop_length=160, n_mels=64, power=2, htk=True, norm="slaney"),
    dict(sr=44100, n_fft=2048, hop_length=441, n_mels=96, power=1, htk=False, norm="slaney"),
    dict(sr=48000, n_fft=4096, hop_length=700, n_mels=128, power=2, htk=False, norm=None),
]
for i, settings in enumerate(grid):
    mel = librosa.feature.melspectrogram(y=signal, center=True, **settings).T
    np.save(f"mel{i}.npy", np.ascontiguousarray(mel, np.float32))
json.dump(grid, open("grid.json", "w"), indent=1)
