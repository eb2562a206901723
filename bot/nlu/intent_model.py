"""Intent model: multinomial logistic regression on sentence vectors and character n-grams."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Sequence

import numpy as np
import skops.io
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.encoder_client import Vectors

# The only type beyond skops' own list: the diagonal of idf weights is a plain sparse matrix.
TRUSTED = ["scipy.sparse._csr.csr_matrix"]


class IntentModel:
    """Probabilities of intents from a sentence's vector (what it means) and its characters (how it is put).

    Unit-length e5 vectors all point the same way, within about 0.1 of each other, and a regularised classifier gives
    flat probabilities on them; so they are centred and scaled to an average length of `dense_weight` first.
    """

    def __init__(self, dense_weight: float = 4.0, ngram_weight: float = 4.0, strength: float = 3.0) -> None:
        """`strength` is scikit-learn's C, the inverse of regularisation."""
        self.dense_weight = dense_weight
        self.ngram_weight = ngram_weight
        self._mean = np.zeros(0, dtype=np.float32)
        self._scale = 1.0
        self._ngrams = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 4), sublinear_tf=True, min_df=2, dtype=np.float32
        )
        self._regression = LogisticRegression(C=strength, max_iter=300, class_weight="balanced")

    @property
    def intents(self) -> List[str]:
        """Names, in the order of the columns of `probabilities`."""
        return [str(name) for name in self._regression.classes_]

    def fit(self, texts: Sequence[str], vectors: Vectors, intents: Sequence[str]) -> None:
        """Learn from n texts, their vectors (n, d) and intents."""
        self._mean = vectors.mean(axis=0)
        self._scale = float(np.linalg.norm(vectors - self._mean, axis=1).mean()) or 1.0
        self._ngrams.fit([text.lower() for text in texts])
        self._regression.fit(self._features(texts, vectors), list(intents))

    def probabilities(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        """(n, number of intents), each row summing to 1."""
        result: Vectors = self._regression.predict_proba(self._features(texts, vectors))
        return result

    def save(self, path: Path) -> None:
        """Write with skops, which can be read back without running code from the file."""
        skops.io.dump(vars(self), path)

    @classmethod
    def load(cls, path: Path) -> "IntentModel":
        """Read what `save` wrote. Raises skops' UntrustedTypesFoundException for anything that needs trust."""
        model = cls()
        state: Any = skops.io.load(path, trusted=TRUSTED)
        vars(model).update(state)
        return model

    def _features(self, texts: Sequence[str], vectors: Vectors) -> csr_matrix:
        dense = (vectors - self._mean) / self._scale * self.dense_weight
        sparse = self._ngrams.transform([text.lower() for text in texts]) * self.ngram_weight
        return hstack([csr_matrix(dense), sparse], format="csr")
