"""Trains the ranker on the question bank. Torch is imported here and never while serving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.questions import Question
from knowledge.ranker import Matrix, Network, Ranker, Scaling

Report = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """How the networks are trained; chosen by measurement, see the README."""

    hidden: int = 768
    epochs: int = 25
    batch: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 1e-4
    input_dropout: float = 0.3
    hidden_dropout: float = 0.6
    also_weight: float = 0.25  # a clause that may be cited too, against 1 for one that answers
    seeds: Sequence[int] = (0, 1, 2, 3, 4)


def targets(questions: Sequence[Question], clause_ids: Sequence[str], also_weight: float) -> Matrix:
    """(questions, clauses + 1): a distribution over the clauses that answer; "none" for the unanswerable."""
    order = {clause_id: position for position, clause_id in enumerate(clause_ids)}
    wanted = np.zeros((len(questions), len(order) + 1), np.float32)
    for row, question in zip(wanted, questions, strict=True):
        for clause_id in question.also:
            row[order[clause_id]] = also_weight
        for clause_id in question.clause_ids:
            row[order[clause_id]] = 1.0
        if not question.clause_ids:
            row[-1] = 1.0
    shares: Matrix = wanted / wanted.sum(axis=1, keepdims=True)
    return shares


def scaling_of(vectors: Matrix, blocks: Sequence[int]) -> Scaling:
    """Centre every feature and bring each encoder's block to a standard deviation of 0.2."""
    mean = vectors.mean(axis=0)
    factors = []
    start = 0
    for width in blocks:
        spread = float((vectors[:, start : start + width] - mean[start : start + width]).std())
        factors.append(np.full(width, 0.2 / max(spread, 1e-6), np.float32))
        start += width
    return Scaling(mean.astype(np.float32), np.concatenate(factors))


def train_ranker(
    questions: Sequence[Question],
    vectors: Matrix,
    clause_ids: Sequence[str],
    blocks: Sequence[int],
    encoder_fingerprint: str,
    recipe: Recipe | None = None,
    report: Report = lambda line: None,
) -> Ranker:
    """``vectors`` (questions, sum of blocks) are the questions' encodings side by side. Deterministic by seed."""
    chosen = recipe or Recipe()
    scaling = scaling_of(vectors, blocks)
    features = scaling.apply(vectors)
    wanted = targets(questions, clause_ids, chosen.also_weight)
    networks = []
    for number, seed in enumerate(chosen.seeds, 1):
        report(f"Ranker: training network {number} of {len(chosen.seeds)} on {len(questions)} questions")
        networks.append(_train(features, wanted, chosen, seed))
    return Ranker(tuple(clause_ids), encoder_fingerprint, scaling, tuple(networks))


def _train(features: Matrix, wanted: Matrix, recipe: Recipe, seed: int) -> Network:
    import torch
    from torch import nn

    # The matrices are small: a second thread costs more in waiting than it brings.
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    x, y = torch.from_numpy(features), torch.from_numpy(wanted)
    hidden, output = nn.Linear(x.shape[1], recipe.hidden), nn.Linear(recipe.hidden, y.shape[1])
    model = nn.Sequential(
        nn.Dropout(recipe.input_dropout), hidden, nn.ReLU(), nn.Dropout(recipe.hidden_dropout), output
    )
    optimiser = torch.optim.AdamW(model.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
    steps = recipe.epochs * -(-len(x) // recipe.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.learning_rate, total_steps=steps)
    model.train()
    for _ in range(recipe.epochs):
        for rows in torch.randperm(len(x), generator=generator).split(recipe.batch):  # type: ignore[no-untyped-call]
            loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return Network(_numpy(hidden.weight.T), _numpy(hidden.bias), _numpy(output.weight.T), _numpy(output.bias))


def _numpy(tensor: Any) -> NDArray[np.float32]:
    array: NDArray[np.float32] = np.ascontiguousarray(tensor.detach().numpy(), np.float32)
    return array
