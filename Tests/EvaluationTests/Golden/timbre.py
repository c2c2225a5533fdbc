"""mfcc.npy and its input logmel.npy: librosa's MFCC with first and second differences of a made-up log-mel, `[40, 39]` of `[40, 128]`."""
import librosa
import numpy

dice = numpy.random.default_rng(5)
logmel = (dice.gamma(2, 1.5, (40, 128)) * numpy.linspace(2, 0.5, 128)).astype(numpy.float32)
cepstra = librosa.feature.mfcc(S=logmel.T, n_mfcc=13)
parts = [cepstra, librosa.feature.delta(cepstra, width=9, order=1), librosa.feature.delta(cepstra, width=9, order=2)]
numpy.save("logmel.npy", logmel)
numpy.save("mfcc.npy", numpy.ascontiguousarray(numpy.concatenate(parts).T.astype(numpy.float32)))
