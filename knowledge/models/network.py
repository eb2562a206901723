"""One network of the ranker, run on numpy: it looks through a query's tokens, then weighs them with its vectors.

    states (tokens, width) ─ scaled ─▶ values (tokens, looks, part)
                               └─────▶ attention (tokens, looks): each look chooses its tokens
                                                │ their values, averaged by it: (looks * part,)
    vector (features,) ─ scaled ────────────────┴─▶ hidden ─▶ logits (clauses + 1,)

A mean over all tokens, which is all that a sentence vector is, drowns the one word that tells "share" from "sell".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.encoders.encoder import Encoding

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Scaling:
    """Inputs as the networks were trained on: centred, each column or block brought to one spread."""

    mean: Matrix  # (columns,)
    factor: Matrix  # (columns,)

    def apply(self, values: Matrix) -> Matrix:
        """(…, columns) → the same shape."""
        scaled: Matrix = ((values - self.mean) * self.factor).astype(np.float32)
        return scaled


@dataclass(frozen=True)
class Network:
    """The weights; ``looks`` is the second axis of ``attention_weights``."""

    value_weights: Matrix  # (width, looks * part)
    value_bias: Matrix  # (looks * part,)
    attention_weights: Matrix  # (width, looks)
    hidden_weights: Matrix  # (looks * part + features, hidden)
    hidden_bias: Matrix  # (hidden,)
    output_weights: Matrix  # (hidden, clauses + 1)
    output_bias: Matrix  # (clauses + 1,)

    def logits(self, vector: Matrix, states: Matrix) -> Matrix:
        """Scaled ``vector`` (features,) and ``states`` (tokens, width) → (clauses + 1,)."""
        inputs = np.concatenate([self._seen(states), vector])
        hidden = np.maximum(inputs @ self.hidden_weights + self.hidden_bias, 0.0)
        answer: Matrix = hidden @ self.output_weights + self.output_bias
        return answer

    def _seen(self, states: Matrix) -> Matrix:
        looks = self.attention_weights.shape[1]
        values = np.maximum(states @ self.value_weights + self.value_bias, 0.0).reshape(
            len(states), looks, -1
        )
        attention = softmax((states @ self.attention_weights).T)
        seen: Matrix = np.einsum("lt,tlp->lp", attention, values).ravel()
        return seen


@dataclass(frozen=True)
class Inputs:
    """How an encoding becomes a network's inputs."""

    vector: Scaling
    states: Scaling

    def of(self, encoding: Encoding) -> tuple[Matrix, Matrix]:
        """(features,) and (tokens, width)."""
        return self.vector.apply(encoding.vector), self.states.apply(encoding.states)


def softmax(logits: Matrix) -> Matrix:
    """Along the last axis, without overflow."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: Matrix = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities
