"""Golden ranking metrics by scikit-learn. Run: python make_metrics.py (needs scikit-learn, numpy)."""
import json
import numpy as np
from sklearn.metrics import average_precision_score, ndcg_score, roc_auc_score

random = np.random.default_rng(0)
cases = []
for n, positives in [(5, 1), (30, 4), (120, 20), (400, 60)]:
    scores = random.standard_normal(n).astype(np.float32)
    relevant = np.zeros(n, int)
    relevant[random.choice(n, positives, replace=False)] = 1
    scores += 0.5 * relevant.astype(np.float32)
    cases.append(dict(
        scores=scores.tolist(), relevant=relevant.tolist(), auc=float(roc_auc_score(relevant, scores)),
        averagePrecision=float(average_precision_score(relevant, scores)),
        ndcg=float(ndcg_score([relevant], [scores], k=10))))
json.dump(cases, open("metrics.json", "w"))
