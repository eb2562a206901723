"""Trains the ranker on the question bank. Torch is imported here and never while serving."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.questions import Question
from knowledge.encoders.encoded import EncodedTexts
from knowledge.models.network import Inputs, Matrix, Network, Scaling
from knowledge.models.ranker import Ranker

Report = Callable[[str], None]
Rows = NDArray[np.int64]
Task = TypeVar("Task")
Result = TypeVar("Result")

# A small bank has few batches an epoch; fewer steps than these would leave the networks as they were drawn.
LEAST_STEPS = 100
_LIKE_LENGTHS = 16  # so many batches are sorted by length together: little padding, and still a shuffle


@dataclass(frozen=True)
class Recipe:
    """How the networks are trained; chosen by measurement, see the README."""

    looks: int = 8
    part: int = 32  # values a look
    hidden: int = 768
    epochs: int = 12
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    states_dropout: float = 0.3
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


def inputs_of(texts: EncodedTexts, blocks: Sequence[int]) -> Inputs:
    """Centre everything; bring each encoder's block to a standard deviation of 0.2, each column of states to 1."""
    mean = texts.vectors.mean(axis=0)
    factors = []
    start = 0
    for width in blocks:
        spread = float((texts.vectors[:, start : start + width] - mean[start : start + width]).std())
        factors.append(np.full(width, 0.2 / max(spread, 1e-6), np.float32))
        start += width
    centre = texts.states.mean(axis=0, dtype=np.float32)
    spreads = texts.states.std(axis=0, dtype=np.float32)
    return Inputs(
        Scaling(mean.astype(np.float32), np.concatenate(factors)),
        Scaling(centre, (1 / np.maximum(spreads, 1e-3)).astype(np.float32)),
    )


def train_ranker(
    questions: Sequence[Question],
    texts: EncodedTexts,
    clause_ids: Sequence[str],
    blocks: Sequence[int],
    encoder_fingerprint: str,
    recipe: Recipe | None = None,
    report: Report = lambda line: None,
) -> Ranker:
    """``texts`` are the questions as the joined encoder reads them. Deterministic by seed."""
    chosen = recipe or Recipe()
    inputs = inputs_of(texts, blocks)
    scaled = replace(texts, vectors=inputs.vector.apply(texts.vectors))
    wanted = targets(questions, clause_ids, chosen.also_weight)

    def train(task: tuple[int, int]) -> Network:
        number, seed = task
        report(f"Ranker: training network {number} of {len(chosen.seeds)} on {len(questions)} questions")
        return _train(scaled, inputs.states, wanted, chosen, seed)

    networks = side_by_side(train, enumerate(chosen.seeds, 1))
    return Ranker(tuple(clause_ids), encoder_fingerprint, inputs, tuple(networks))


def side_by_side(work: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
    """``work`` for each of the tasks, one a core at a time; the results in the tasks' order."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(work, tasks))


def _train(
    texts: EncodedTexts, states_scaling: Scaling, wanted: Matrix, recipe: Recipe, seed: int
) -> Network:
    import torch
    from torch import Tensor

    # Every network trains on one thread, several side by side: the matrices are small. A generator of its own
    # keeps each one's chances apart from the others'.
    torch.set_num_threads(1)
    chance = torch.Generator().manual_seed(seed)
    width, features = texts.states.shape[1], texts.vectors.shape[1]
    seen = recipe.looks * recipe.part

    def layer(rows: int, columns: int) -> Tensor:
        bound = rows**-0.5
        return torch.empty(rows, columns).uniform_(-bound, bound, generator=chance).requires_grad_()

    def dropped(values: Tensor, share: float) -> Tensor:
        kept = torch.rand(values.shape, generator=chance) >= share
        return values * kept / (1 - share)

    value, attention = layer(width, seen), layer(width, recipe.looks)
    hidden, output = layer(seen + features, recipe.hidden), layer(recipe.hidden, wanted.shape[1])
    biases = [torch.zeros(count, requires_grad=True) for count in (seen, recipe.hidden, wanted.shape[1])]
    vectors, goals = torch.from_numpy(texts.vectors), torch.from_numpy(wanted)
    states, starts = torch.from_numpy(texts.states), torch.from_numpy(texts.starts[:-1])
    lengths = torch.from_numpy(texts.lengths)
    centre, factor = torch.from_numpy(states_scaling.mean), torch.from_numpy(states_scaling.factor)

    def logits(rows: Tensor) -> Tensor:
        places = torch.arange(int(lengths[rows].max()))
        inside = places < lengths[rows, None]
        tokens = (starts[rows, None] + places).clamp_(max=len(states) - 1)
        found = dropped((states[tokens].float() - centre) * factor, recipe.states_dropout)
        values = torch.relu(found @ value + biases[0]).view(len(rows), -1, recipe.looks, recipe.part)
        looks = (found @ attention).masked_fill(~inside[:, :, None], -1e4).softmax(dim=1)
        looked = torch.einsum("qtl,qtlp->qlp", looks, values).flatten(1)
        inputs = dropped(torch.cat([looked, vectors[rows]], dim=1), recipe.input_dropout)
        return dropped(torch.relu(inputs @ hidden + biases[1]), recipe.hidden_dropout) @ output + biases[2]

    weights = [value, attention, hidden, output, *biases]
    optimiser = torch.optim.AdamW(weights, recipe.learning_rate, weight_decay=recipe.weight_decay)
    steps = sum(1 for _ in _batches(texts.lengths, recipe, seed))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.learning_rate, total_steps=max(steps, 2))
    for rows in _batches(texts.lengths, recipe, seed):
        chosen = torch.from_numpy(rows)
        loss = torch.nn.functional.cross_entropy(logits(chosen), goals[chosen])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return Network(
        *(_numpy(part) for part in (value, biases[0], attention, hidden, biases[1], output, biases[2]))
    )


def _batches(lengths: Rows, recipe: Recipe, seed: int) -> Iterator[Rows]:
    """The rows of all epochs' batches, shuffled anew each epoch, in a batch texts of like lengths."""
    chance = np.random.default_rng(seed)
    an_epoch = max(1, -(-len(lengths) // recipe.batch))
    for _ in range(max(recipe.epochs, -(-LEAST_STEPS // an_epoch))):
        order = chance.permutation(len(lengths))
        pools = np.array_split(order, max(1, len(order) // (recipe.batch * _LIKE_LENGTHS)))
        batches = [
            batch
            for pool in pools
            for batch in np.array_split(
                pool[np.argsort(lengths[pool], kind="stable")], max(1, -(-len(pool) // recipe.batch))
            )
        ]
        for number in chance.permutation(len(batches)):
            yield batches[number]


def _numpy(tensor: Any) -> Matrix:
    array: Matrix = np.ascontiguousarray(tensor.detach().numpy(), np.float32)
    return array
