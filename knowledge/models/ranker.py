"""The learned ranker: from a query's encoding to a probability for each clause and for "none".

Trained by ``training.py``; here it only runs, on numpy alone. Several networks trained from different seeds vote.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from knowledge.encoders.encoder import Encoding
from knowledge.errors import EncoderMismatch
from knowledge.index_files import IndexUnreadable, read_whole, write_whole
from knowledge.models.network import Inputs, Matrix, Network, Scaling, softmax

_PARTS = tuple(field.name for field in fields(Network))


@dataclass(frozen=True)
class Ranker:
    """Knows the clauses it was trained for, and with which encoders."""

    clause_ids: tuple[str, ...]
    encoder_fingerprint: str
    inputs: Inputs
    networks: tuple[Network, ...]

    def probabilities(self, encodings: Sequence[Encoding]) -> Matrix:
        """(queries, clauses + 1); the last column is "the policy does not answer"."""
        found = np.empty((len(encodings), len(self.clause_ids) + 1), np.float32)
        for row, encoding in zip(found, encodings, strict=True):
            vector, states = self.inputs.of(encoding)
            votes = [softmax(network.logits(vector, states)) for network in self.networks]
            row[:] = np.mean(votes, axis=0, dtype=np.float32)
        return found

    def save(self, path: Path) -> None:
        arrays: dict[str, Matrix] = {}
        for name, scaling in (("vector", self.inputs.vector), ("states", self.inputs.states)):
            arrays[f"{name}.mean"], arrays[f"{name}.factor"] = scaling.mean, scaling.factor
        for number, network in enumerate(self.networks):
            arrays.update({f"{number}.{part}": getattr(network, part) for part in _PARTS})
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
                inputs = Inputs(*(_scaling(stored, name) for name in ("vector", "states")))
                networks = tuple(_network(stored, number) for number in range(about["networks"]))
                clause_ids, fingerprint = tuple(about["clause_ids"]), about["encoder"]
        except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as problem:
            raise IndexUnreadable(f"{path} is not a ranker: {problem}") from problem
        if fingerprint != encoder_fingerprint:
            raise EncoderMismatch("the ranker was trained with another encoder; build the index again")
        return cls(clause_ids, fingerprint, inputs, networks)


def _scaling(stored: np.lib.npyio.NpzFile, name: str) -> Scaling:
    return Scaling(stored[f"{name}.mean"], stored[f"{name}.factor"])


def _network(stored: np.lib.npyio.NpzFile, number: int) -> Network:
    return Network(*(stored[f"{number}.{part}"] for part in _PARTS))
