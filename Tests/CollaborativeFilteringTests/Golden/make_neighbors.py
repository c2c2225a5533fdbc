"""Golden similarities by implicit 0.7's item-item recommenders, on the plays of make_als.py.
Run after it: python make_neighbors.py (needs implicit, numpy, scipy)."""
import numpy as np
import scipy.sparse as sp
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender

entries = np.load("plays.npy")
plays = sp.coo_matrix((entries[:, 2], (entries[:, 0].astype(int), entries[:, 1].astype(int))), (60, 40)).tocsr()
for name, kind in (("cosine", CosineRecommender), ("tfidf", TFIDFRecommender), ("bm25", BM25Recommender)):
    model = kind(K=40, num_threads=1)
    model.fit(plays, show_progress=False)
    np.save(f"similarity_{name}.npy", np.asarray(model.similarity.todense()).astype(np.float32))
    scores = [model.recommend(u, plays[u], N=5)[1] for u in range(60)]
    np.save(f"recommended_{name}.npy", np.array(scores, np.float32))
