"""Writes ridge.json: run in this folder with numpy and scikit-learn."""
import json

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(7)
features = (random.standard_normal((40, 6)) * [1, 10, 0.1, 3, 1, 1] + [0, 5, 2, -3, 0, 1]).astype("f4")
targets = (features @ random.standard_normal((6, 3)) + random.standard_normal((40, 3))).astype("f4")
scaler = StandardScaler().fit(features[:30])
# Coldwave adds 0.1 * penalty * songs to the diagonal; penalty 0.5, 30 songs.
model = Ridge(alpha=0.1 * 0.5 * 30, solver="cholesky").fit(scaler.transform(features[:30]), targets[:30])
json.dump({
    "features": features.tolist(), "targets": targets.tolist(), "training": 30, "penalty": 0.5,
    "predictions": model.predict(scaler.transform(features[30:])).tolist(),
}, open("ridge.json", "w"))
