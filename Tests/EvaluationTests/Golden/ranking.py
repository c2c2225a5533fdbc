"""Writes ranking.json: run in this folder with numpy and scikit-learn."""
import json

import numpy as np
from sklearn.metrics import average_precision_score, ndcg_score, roc_auc_score

random = np.random.default_rng(20131205)
cases = []
for case in range(24):
    n = int(random.integers(12, 90))
    tied = case % 3 == 2
    # float32-exact scores; every third case has many ties (only AUC is defined alike there).
    scores = random.integers(0, 6, n) / 4 if tied else random.permutation(n) / 64
    relevant = np.zeros(n, bool)
    relevant[random.choice(n, int(random.integers(1, n // 2)), replace=False)] = True
    cases.append({
        "scores": scores.tolist(),
        "relevant": relevant.tolist(),
        "tied": tied,
        "auc": roc_auc_score(relevant, scores),
        "averagePrecision": average_precision_score(relevant, scores),
        "ndcg10": ndcg_score(relevant[None].astype(float), scores[None], k=10),
    })
json.dump(cases, open("ranking.json", "w"), indent=None)
