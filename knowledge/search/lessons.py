"""Lessons from the desk: what a person has confirmed counts at once, beside what the ranker learned.

A lesson says that a question is answered by these clauses, or by none. It holds fully for its own wording, less for
what is worded alike, and not at all for anything else, whose answer stays the same to the last digit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.questions import wording_key
from knowledge.encoders.encoder import Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.language import condensed, detect, normalise
from knowledge.models.network import Matrix
from knowledge.types import Clause, Language

SAME_WORDING = 0.97
"""Weight of a lesson for its own wording: people at a desk err too, so it is never certainty."""
# Mean cosine of the encoders → weight, straight lines between; measured on the bank, see the README. The same meaning
# in the other language is further away than in one's own, and what looks as near as that is more surely the same.
SAME_LANGUAGE = ((0.80, 0.0), (0.83, 0.2), (0.88, 0.35), (0.95, 0.8), (1.0, SAME_WORDING))
OTHER_LANGUAGE = ((0.68, 0.0), (0.73, 0.2), (0.78, 0.4), (0.84, 0.9), (1.0, SAME_WORDING))
# Whether the policy answers at all is said with more weight than which clause does: next to an answered question
# stands hardly an unanswerable one.
ANSWERED = 2.0
NEAR = min(SAME_LANGUAGE[0][0], OTHER_LANGUAGE[0][0])
TIE = 0.01
"""Of lessons that weigh nearly as much as the heaviest, the one confirmed last speaks."""
SECOND_CLAUSE = (
    0.9  # of several clauses each has this much of the one before: they are cited in the order given
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """``clause_ids`` answer the question, best first; none: the policy does not answer it.

    ``fingerprints`` are those of the clauses' texts when it was confirmed, see ``fingerprints``.
    """

    id: str
    text: str
    lang: Language
    clause_ids: tuple[str, ...]
    fingerprints: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """One query as it was read: (1, clauses + 1) probabilities, "the policy answers", "the first clause is right"."""

    probabilities: Matrix
    answered: float
    right: float


@dataclass(frozen=True, slots=True)
class Recalled:
    """The lesson that concerns a query, and how much it weighs (0 to 1)."""

    lesson: Lesson
    weight: float
    same_wording: bool

    def apply(self, reading: Reading, order: Mapping[str, int]) -> Reading:
        """Mix what was read with what was confirmed; ``order`` gives each clause's column."""
        before = reading.probabilities[0]
        target = np.zeros_like(before)
        for number, clause_id in enumerate(item for item in self.lesson.clause_ids if item in order):
            target[order[clause_id]] = SECOND_CLAUSE**number
        if not self.lesson.clause_ids:
            target[-1] = 1.0
        after = (1 - self.weight) * before + self.weight * target / target.sum()
        first, was_first = int(after[:-1].argmax()), int(before[:-1].argmax())
        right = reading.right if first == was_first else float(before[first])
        return Reading(
            after[None, :].astype(np.float32),
            _mixed(reading.answered, bool(self.lesson.clause_ids), min(ANSWERED * self.weight, SAME_WORDING)),
            _mixed(right, bool(target[first]), self.weight),
        )


@dataclass(frozen=True)
class _Taught:
    """Everything that is known at one moment; never changed, only replaced."""

    lessons: tuple[Lesson, ...]  # as confirmed, oldest first
    vectors: Matrix  # (lessons, features), so that a product of two rows is the mean of their cosines
    chinese: NDArray[np.bool_]  # (lessons,)
    latest: Mapping[str, int]  # wording → position of the last lesson about it


class Lessons:
    """What has been taught. Safe to use from several threads: a reader sees one state, before a change or after it."""

    def __init__(self, encoders: JoinedEncoder) -> None:
        self._encoders = encoders
        self._writing = Lock()
        self._taught = _Taught((), np.zeros((0, encoders.dimension), np.float32), np.zeros(0, bool), {})

    def __len__(self) -> int:
        return len(self._taught.lessons)

    def replace(self, lessons: Sequence[Lesson]) -> None:
        """From now on exactly these count, as one change; of two about one wording the later in the list.

        Only texts that were not known before are encoded.
        """
        with self._writing:
            known = {
                lesson.text: row
                for lesson, row in zip(self._taught.lessons, self._taught.vectors, strict=True)
            }
            rows = [known[item.text] if item.text in known else self._encoded(item.text) for item in lessons]
            vectors = np.array(rows, np.float32).reshape(len(rows), self._encoders.dimension)
            latest = {wording_key(lesson.text): position for position, lesson in enumerate(lessons)}
            chinese = np.array([detect(lesson.text) == "zh" for lesson in lessons], bool)
            self._taught = _Taught(tuple(lessons), vectors, chinese, latest)

    def recall(self, text: str, vectors: Vectors, order: Mapping[str, int]) -> Recalled | None:
        """The lesson for a query: ``text`` as it was encoded, ``vectors`` (1, features); None where none speaks."""
        taught = self._taught
        if not taught.lessons:
            return None
        position, weight = taught.latest.get(wording_key(text)), SAME_WORDING
        same_wording = position is not None
        if position is None:
            similar = taught.vectors @ self._joined(vectors)[0]
            near = np.flatnonzero(similar > NEAR)
            if not len(near):
                return None
            weights = trust(similar[near], taught.chinese[near] == (detect(text) == "zh"))
            weight = float(weights.max())
            position = int(near[np.flatnonzero(weights >= weight - TIE)[-1]])
        lesson = taught.lessons[position]
        unknown = lesson.clause_ids and not any(clause_id in order for clause_id in lesson.clause_ids)
        return None if weight <= 0 or unknown else Recalled(lesson, weight, same_wording)

    def _encoded(self, text: str) -> Matrix:
        row: Matrix = self._joined(self._encoders.encode([condensed(normalise(text))], "query"))[0]
        return row

    def _joined(self, vectors: Vectors) -> Matrix:
        blocks = self._encoders.split(vectors)
        unit = [block / np.maximum(np.linalg.norm(block, axis=1, keepdims=True), 1e-9) for block in blocks]
        joined: Matrix = (np.concatenate(unit, axis=1) / np.sqrt(len(blocks))).astype(np.float32)
        return joined


def _mixed(read: float, confirmed: bool, weight: float) -> float:
    return (1 - weight) * read + weight * confirmed


def trust(similar: Matrix, same_language: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(lessons,) mean cosines with a question → (lessons,) weights for it."""
    weights: list[NDArray[np.float64]] = []
    for line in (SAME_LANGUAGE, OTHER_LANGUAGE):
        levels, heights = np.array(line).T
        weights.append(np.interp(similar.astype(np.float64), levels, heights))
    return np.where(same_language, *weights)


def fingerprints(clauses: Mapping[str, Clause], clause_ids: Sequence[str]) -> tuple[str, ...]:
    """SHA-256 of each clause's text. "Not in the policy" is said of all clauses: their one fingerprint.

    Raises KeyError for an unknown clause.
    """
    if clause_ids:
        return tuple(_digest([clauses[clause_id]]) for clause_id in clause_ids)
    return (_digest(clauses.values()),)


class Targets:
    """What lessons say in one version of the policy."""

    def __init__(self, clauses: Mapping[str, Clause]) -> None:
        self._by_id = {clause_id: _digest([clause]) for clause_id, clause in clauses.items()}
        self._whole = fingerprints(clauses, ())
        self._by_text: dict[str, list[str]] = {}
        for clause_id, digest in self._by_id.items():
            self._by_text.setdefault(digest, []).append(clause_id)

    def of(self, lesson: Lesson) -> tuple[str, ...] | None:
        """The clauses under today's ids, a text that only moved under its new one; None: it needs a review.

        It does when a clause it names was changed or removed, and, if it says that nothing answers, when anything was.
        """
        if not lesson.clause_ids:
            return () if lesson.fingerprints == self._whole else None
        found = []
        for clause_id, digest in zip(lesson.clause_ids, lesson.fingerprints, strict=True):
            same_text = self._by_text.get(digest, [])
            if clause_id not in same_text and len(same_text) != 1:
                return None
            found.append(clause_id if clause_id in same_text else same_text[0])
        return tuple(found)


def _digest(clauses: Iterable[Clause]) -> str:
    texts = (f"{clause.text.zh or ''}\0{clause.text.en or ''}" for clause in clauses)
    return hashlib.sha256("\1".join(texts).encode()).hexdigest()
