"""Makes the highlighter: pairs sentences with their translations, and learns from questions with a marked sentence.

What is learned is one linear map of the query, the mean of several small ones. As the score is a product with the
sentence's vector, the map is folded into the sentences, and marking costs nothing more. Torch is imported here only
when there is something to learn from, and never while serving.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.questions import Question
from knowledge.encoders.encoder import Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.encoders.progress import Report, encode_all
from knowledge.index.highlights import Highlighter, RowPair, rows_by_pair
from knowledge.index.passages import Sentence, sentences
from knowledge.learning.alignment import align
from knowledge.text.policy import Policy
from knowledge.types import LANGUAGES

Matrix = NDArray[np.float32]

# The first encoder's cosines lie close together: its differences must count for more than the second's.
FIRST_WEIGHT = 8.0
_FAR = -1e4


@dataclass(frozen=True)
class Recipe:
    """Chosen on one half of the labelled questions, see the README."""

    rank: int = 32
    epochs: int = 10
    batch: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    dropout: float = 0.5
    sharpness: float = 16.0
    share: float = 0.4  # of the learned map; all of it fits the questions it has seen too closely
    seeds: Sequence[int] = (0, 1, 2, 3, 4)


def make_highlighter(
    policy: Policy,
    questions: Sequence[Question],
    vectors: Vectors,
    encoders: JoinedEncoder,
    report: Report = lambda line: None,
    recipe: Recipe | None = None,
) -> Highlighter:
    """``vectors`` (questions, joined dimension) are the questions' own; those without marks teach nothing."""
    listed = list(sentences(policy.clauses))
    encoded = encode_all(
        encoders, [sentence.text for sentence in listed], "passage", report, "Index: encoding sentences"
    )
    weights = _weights(encoders.blocks)
    directions = encoded * weights
    pairs = pair_numbers(listed, encoded * np.sqrt(weights))
    lessons = _lessons(listed, rows_by_pair(listed, pairs), questions)
    if lessons:
        report(f"Index: learning which sentence answers from {len(lessons)} questions")
        asked = vectors[[lesson.question for lesson in lessons]] * np.sqrt(weights)
        directions = np.sqrt(weights) * _learn(encoded * np.sqrt(weights), asked, lessons, recipe or Recipe())
    return Highlighter(listed, directions.astype(np.float32), pairs)


def pair_numbers(listed: Sequence[Sentence], vectors: Vectors) -> list[int]:
    """For each sentence the number of its pair in its clause, from 0."""
    by_clause: dict[str, dict[str, list[int]]] = {}
    for row, sentence in enumerate(listed):
        by_clause.setdefault(sentence.clause_id, {lang: [] for lang in LANGUAGES})[sentence.lang].append(row)
    numbers = [0] * len(listed)
    for rows in by_clause.values():
        first, second = (rows[lang] for lang in LANGUAGES)
        lengths = [[len(listed[row].text) for row in side] for side in (first, second)]
        pairs = align(lengths[0], lengths[1], vectors[first] @ vectors[second].T)
        for number, pair in enumerate(pairs):
            for side, members in zip((first, second), pair, strict=True):
                for member in members:
                    numbers[side[member]] = number
    return numbers


@dataclass(frozen=True)
class _Lesson:
    """A question, by its position, the candidates of its clause, and which of them answer."""

    question: int
    candidates: tuple[RowPair, ...]
    right: tuple[int, ...]


def _lessons(
    listed: Sequence[Sentence], pairs: Mapping[str, Sequence[RowPair]], questions: Sequence[Question]
) -> list[_Lesson]:
    found = []
    for position, question in enumerate(questions):
        if not question.marks:
            continue
        candidates = _candidates(pairs.get(question.clause_ids[0], ()))
        right = tuple(
            number
            for number, pair in enumerate(candidates)
            if any(mark in listed[row].text for row in _rows(pair) for mark in question.marks)
        )
        # A mark that no longer stands in the clause teaches nothing; nor does one that leaves no choice.
        if right and len(right) < len(candidates):
            found.append(_Lesson(position, candidates, right))
    return found


def _candidates(pairs: Sequence[RowPair]) -> tuple[RowPair, ...]:
    """The pairs; where all is one pair, the sentences of the language that has several."""
    if len(pairs) == 1:
        return tuple({lang: (row,)} for lang, rows in pairs[0].items() if len(rows) > 1 for row in rows)
    return tuple(pairs)


def _rows(pair: RowPair) -> list[int]:
    return [row for rows in pair.values() for row in rows]


def _weights(blocks: Sequence[int]) -> Matrix:
    return np.concatenate(
        [np.full(width, 1.0 if number else FIRST_WEIGHT, np.float32) for number, width in enumerate(blocks)]
    )


def _learn(sentences_: Matrix, asked: Matrix, lessons: Sequence[_Lesson], recipe: Recipe) -> Matrix:
    """The sentences' vectors with the learned map of the query folded in."""
    maps = [_map(sentences_, asked, lessons, recipe, seed) for seed in recipe.seeds]
    folded: Matrix = sentences_ + recipe.share * sum(sentences_ @ up @ down for up, down in maps) / len(maps)
    return folded


def _map(
    sentences_: Matrix, asked: Matrix, lessons: Sequence[_Lesson], recipe: Recipe, seed: int
) -> tuple[Matrix, Matrix]:
    """A map of low rank, q → q + up (down q), by which the right candidate comes first; (dim, rank), (rank, dim)."""
    import torch
    from torch import nn

    torch.set_num_threads(1)  # the matrices are small
    torch.manual_seed(seed)
    used = sorted({row for lesson in lessons for pair in lesson.candidates for row in _rows(pair)})
    texts, questions = torch.from_numpy(sentences_[used]), torch.from_numpy(asked)
    members, wanted = (torch.from_numpy(array) for array in _tables(lessons, used))
    width = asked.shape[1]
    up = nn.Parameter(torch.zeros(width, recipe.rank))
    down = nn.Parameter(torch.randn(recipe.rank, width) * width**-0.5)
    optimiser = torch.optim.AdamW([up, down], recipe.learning_rate, weight_decay=recipe.weight_decay)
    for _ in range(recipe.epochs):
        for batch in torch.randperm(len(lessons)).split(recipe.batch):  # type: ignore[no-untyped-call]
            seen = nn.functional.dropout(questions[batch], recipe.dropout)
            scores = (questions[batch] + seen @ down.T @ up.T) @ texts.T
            scores = torch.cat([scores, torch.full((len(batch), 1), _FAR)], dim=1)
            # (batch, candidates, languages, sentences): the best sentence of a language, the mean of the languages
            taken = scores.gather(1, members[batch].flatten(1)).view(members[batch].shape)
            best = taken.max(dim=3).values
            there = best > _FAR / 2
            total = (best * there).sum(dim=2) / there.sum(dim=2).clamp(min=1)
            total = torch.where(there.any(dim=2), total * recipe.sharpness, torch.tensor(_FAR))
            loss = nn.functional.cross_entropy(total, wanted[batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return _numpy(up), _numpy(down)


def _tables(lessons: Sequence[_Lesson], used: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Members (lessons, candidates, languages, sentences), filled up with a row that is far from everything, and
    the wanted shares (lessons, candidates).
    """
    place = {row: number for number, row in enumerate(used)}
    most = max(len(lesson.candidates) for lesson in lessons)
    longest = max(len(r) for lesson in lessons for pair in lesson.candidates for r in pair.values())
    members = np.full((len(lessons), most, len(LANGUAGES), longest), len(used), np.int64)
    wanted = np.zeros((len(lessons), most), np.float32)
    for number, lesson in enumerate(lessons):
        for candidate, pair in enumerate(lesson.candidates):
            for language, rows in enumerate(pair.values()):
                members[number, candidate, language, : len(rows)] = [place[row] for row in rows]
        wanted[number, list(lesson.right)] = 1 / len(lesson.right)
    return members, wanted


def _numpy(tensor: Any) -> Matrix:
    array: Matrix = np.ascontiguousarray(tensor.detach().numpy(), np.float32)
    return array
