"""The learned ranker: a small network from a query's vectors to a probability for each clause and for "none".

Trained by ``training.py``; here it only runs, on numpy alone. Several networks trained from different seeds vote.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import EncoderMismatch
from knowledge.index_files import IndexUnreadable, read_whole, write_whole

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Network:
    """One hidden layer of rectified units: ``relu(x W1 + b1) W2 + b2``."""

    hidden_weights: Matrix  # (features, hidden)
    hidden_bias: Matrix  # (hidden,)
    output_weights: Matrix  # (hidden, clauses + 1)
    output_bias: Matrix  # (clauses + 1,)

    def logits(self, features: Matrix) -> Matrix:
        hidden = np.maximum(features @ self.hidden_weights + self.hidden_bias, 0.0)
        answer: Matrix = hidden @ self.output_weights + self.output_bias
        return answer


@dataclass(frozen=True)
class Scaling:
    """Features as the networks were trained on: centred, and each encoder's block of one width."""

    mean: Matrix  # (features,)
    factor: Matrix  # (features,)

    def apply(self, vectors: Matrix) -> Matrix:
        scaled: Matrix = ((vectors - self.mean) * self.factor).astype(np.float32)
        return scaled


@dataclass(frozen=True)
class Ranker:
    """Knows the clauses it was trained for, and with which encoders."""

    clause_ids: tuple[str, ...]
    encoder_fingerprint: str
    scaling: Scaling
    networks: tuple[Network, ...]

    def probabilities(self, vectors: Matrix) -> Matrix:
        """(queries, features) → (queries, clauses + 1); the last column is "the policy does not answer"."""
        features = self.scaling.apply(vectors)
        votes = [softmax(network.logits(features)) for network in self.networks]
        average: Matrix = np.mean(votes, axis=0, dtype=np.float32)
        return average

    def save(self, path: Path) -> None:
        arrays: dict[str, Matrix] = {"mean": self.scaling.mean, "factor": self.scaling.factor}
        for number, network in enumerate(self.networks):
            arrays[f"{number}.hidden_weights"] = network.hidden_weights
            arrays[f"{number}.hidden_bias"] = network.hidden_bias
            arrays[f"{number}.output_weights"] = network.output_weights
            arrays[f"{number}.output_bias"] = network.output_bias
        about = {
            "clause_ids": self.clause_ids,
            "encoder": self.encoder_fingerprint,
            "networks": len(self.networks),
        }
        encoded = np.frombuffer(json.dumps(about).encode(), np.uint8)
        content = io.BytesIO()
        np.savez(content, about=encoded, **arrays)  # type: ignore[arg-type]
        write_whole(path, content.getvalue())

    @classmethod
    def load(cls, path: Path, encoder_fingerprint: str) -> Ranker:
        """Raises IndexMissing, IndexUnreadable, or EncoderMismatch when it was trained with another encoder."""
        try:
            with np.load(io.BytesIO(read_whole(path)), allow_pickle=False) as stored:
                about = json.loads(stored["about"].tobytes())
                scaling = Scaling(stored["mean"], stored["factor"])
                networks = tuple(_network(stored, number) for number in range(about["networks"]))
                clause_ids, fingerprint = tuple(about["clause_ids"]), about["encoder"]
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as problem:
            raise IndexUnreadable(f"{path} is not a ranker: {problem}") from problem
        if fingerprint != encoder_fingerprint:
            raise EncoderMismatch("the ranker was trained with another encoder; build the index again")
        return cls(clause_ids, fingerprint, scaling, networks)


def softmax(logits: Matrix) -> Matrix:
    """Along the last axis, without overflow."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: Matrix = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities


def _network(stored: np.lib.npyio.NpzFile, number: int) -> Network:
    return Network(
        stored[f"{number}.hidden_weights"],
        stored[f"{number}.hidden_bias"],
        stored[f"{number}.output_weights"],
        stored[f"{number}.output_bias"],
    )
