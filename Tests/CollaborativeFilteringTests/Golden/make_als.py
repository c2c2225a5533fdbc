"""Golden factorisations by implicit 0.7 (Cholesky) from a given starting point, with linear and logarithmic confidence.
Run: python make_als.py (needs implicit, numpy, scipy)."""
import json
import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares

random = np.random.default_rng(0)
plays = sp.random(60, 40, 0.15, "csr", np.float32, random_state=1, data_rvs=lambda n: random.integers(1, 30, n).astype(np.float32))
dimensions, iterations = 8, 6
listeners = (random.standard_normal((60, dimensions)) * 0.1).astype(np.float32)
songs = (random.standard_normal((40, dimensions)) * 0.1).astype(np.float32)
np.save("start_listeners.npy", listeners)
np.save("start_songs.npy", songs)
entries = plays.tocoo()
np.save("plays.npy", np.stack([entries.row, entries.col, entries.data], 1).astype(np.float32))
p = np.asarray(plays.sign().todense())
for name, alpha, epsilon, regularization in (("linear", 4.0, 1.0, 0.5), ("log", 3.0, 0.5, 2.0)):
    confidence = plays.copy()  # implicit takes the stored value as c
    confidence.data = 1 + alpha * (plays.data if name == "linear" else np.log1p(plays.data / epsilon))
    confidence = confidence.astype(np.float32)
    model = AlternatingLeastSquares(factors=dimensions, regularization=regularization, iterations=iterations,
                                    use_cg=False, use_native=True, num_threads=1)
    model.user_factors, model.item_factors = listeners.copy(), songs.copy()
    model.fit(confidence, show_progress=False)
    x, y = model.user_factors.astype(np.float64), model.item_factors.astype(np.float64)
    c = np.ones((60, 40)) + np.asarray((confidence - plays.sign()).todense())
    loss = float((c * (p - x @ y.T) ** 2).sum() + regularization * ((x ** 2).sum() + (y ** 2).sum()))
    np.save(f"songs_{name}.npy", model.item_factors)
    json.dump(dict(confidence=name, alpha=alpha, epsilon=epsilon, regularization=regularization, dimensions=dimensions,
                   iterations=iterations, loss=loss), open(f"result_{name}.json", "w"))
