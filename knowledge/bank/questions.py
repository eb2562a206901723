"""The question bank: questions with the clauses that answer them, and messages no clause answers.

Data beside the policy, one question a line: ``questions.{zh,en}.yml`` and ``unanswerable.{zh,en}.yml``, and in
``marks.yml`` the sentence that answers some of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from knowledge.bank.sentence_labels import load_marks
from knowledge.bank.yaml_entries import entries
from knowledge.errors import PolicyError
from knowledge.language import normalise
from knowledge.types import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Question:
    """A message and the clauses that answer it, best first; none for an unanswerable one.

    ``marks`` quote sentences of the first clause that answer; the highlighter learns from them.
    """

    text: str
    lang: Language
    clause_ids: tuple[str, ...]
    also: tuple[str, ...]
    kind: str
    author: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionBank:
    """Every question of a policy; ``sha256`` identifies the exact set."""

    answerable: tuple[Question, ...]
    unanswerable: tuple[Question, ...]
    sha256: str

    def __len__(self) -> int:
        return len(self.answerable) + len(self.unanswerable)


def load_bank(folder: Path, clause_ids: Iterable[str]) -> QuestionBank:
    """Read the bank of a policy folder; missing files are an empty bank (a policy's first day).

    Raises PolicyError, naming file and line, for an unknown clause, a missing field or a text that stands twice.
    """
    known = frozenset(clause_ids)
    digest = hashlib.sha256()
    answerable: list[Question] = []
    unanswerable: list[Question] = []
    seen: dict[str, str] = {}
    for lang in LANGUAGES:
        for name, target in (
            (f"questions.{lang}.yml", answerable),
            (f"unanswerable.{lang}.yml", unanswerable),
        ):
            path = folder / name
            if not path.exists():
                continue
            digest.update(name.encode() + b"\0" + path.read_bytes())
            for line, entry in entries(path):
                question = _question(entry, lang, needs_clause=target is answerable, where=(path, line))
                _check(question, known, seen, (path, line))
                target.append(question)
    path = folder / "marks.yml"
    if path.exists():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
        marks = load_marks(path)
        answerable = [replace(question, marks=marks.get(question.text, ())) for question in answerable]
    return QuestionBank(tuple(answerable), tuple(unanswerable), digest.hexdigest())


def _question(
    entry: Mapping[str, Any], lang: Language, *, needs_clause: bool, where: tuple[Path, int]
) -> Question:
    path, line = where
    text = entry.get("text")
    if not isinstance(text, str) or not text.strip():
        raise PolicyError("has no text", line, path.name)
    clauses, also = entry.get("clauses", []), entry.get("also", [])
    if not all(
        isinstance(ids, list) and all(isinstance(item, str) for item in ids) for ids in (clauses, also)
    ):
        raise PolicyError("`clauses` and `also` must be lists of clause ids in quotes", line, path.name)
    if needs_clause and not clauses:
        raise PolicyError("names no clause", line, path.name)
    if not needs_clause and (clauses or also):
        raise PolicyError("names a clause although it stands among the unanswerable", line, path.name)
    kind, author = str(entry.get("kind", "plain")), str(entry.get("author", "unknown"))
    return Question(text.strip(), lang, tuple(clauses), tuple(also), kind, author)


def _check(question: Question, known: frozenset[str], seen: dict[str, str], where: tuple[Path, int]) -> None:
    path, line = where
    for clause_id in (*question.clause_ids, *question.also):
        if clause_id not in known:
            raise PolicyError(f"names clause {clause_id}, which the policy does not have", line, path.name)
    key = wording_key(question.text)
    if key in seen:
        raise PolicyError(f"stands already at {seen[key]}", line, path.name)
    seen[key] = f"{path.name}:{line}"


def wording_key(text: str) -> str:
    """Equal for texts that differ in nothing but case, width, spaces and punctuation."""
    folded = normalise(text).casefold()
    return "".join(character for character in folded if character.isalnum()) or folded
