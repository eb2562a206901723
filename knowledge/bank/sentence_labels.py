"""Which sentence of its clause answers a question: ``highlights.yml`` to measure with, ``marks.yml`` to learn from.

A sentence is named by quoting a part of it that stands in the clause just once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.bank.yaml_entries import entries
from knowledge.errors import PolicyError
from knowledge.types import LANGUAGES, Clause, Language

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """``answers``: where in the clause the quoted parts stand, a language; none where nothing should be marked."""

    text: str
    lang: Language
    clause_id: str
    kind: str
    answers: Mapping[Language, tuple[Span, ...]]


def load_labelled(path: Path, clauses: Mapping[str, Clause]) -> tuple[LabelledQuestion, ...]:
    """Questions to measure the marks with; none where there is no such file.

    Raises PolicyError, naming file and line, for an unknown clause, a missing field, a text that stands twice, or
    a quote that does not stand in the clause exactly once.
    """
    if not path.exists():
        return ()
    found: dict[str, LabelledQuestion] = {}
    for line, entry in entries(path):
        question = _labelled(entry, clauses, (path.name, line))
        if question.text in found:
            raise PolicyError(f"{question.text!r} stands there twice", line, path.name)
        found[question.text] = question
    return tuple(found.values())


def load_marks(path: Path) -> dict[str, tuple[str, ...]]:
    """For texts of the bank, quotes of the sentence that answers, in any language.

    A text that the bank no longer has, or a quote that its clause no longer has, teaches nothing and does no harm:
    questions and policy may change without this file. Raises PolicyError for an entry of another form.
    """
    found = {}
    for line, entry in entries(path):
        where = (path.name, line)
        found[_text(entry, where)] = _quotes(entry, "marks", where)
    return found


def _labelled(
    entry: Mapping[str, Any], clauses: Mapping[str, Clause], where: tuple[str, int]
) -> LabelledQuestion:
    name, line = where
    clause = clauses.get(str(entry.get("clause")))
    if clause is None:
        raise PolicyError(f"names clause {entry.get('clause')}, which the policy does not have", line, name)
    asked_in = next((lang for lang in LANGUAGES if lang == entry.get("lang")), None)
    if asked_in is None:
        raise PolicyError("says no language: `lang` is zh or en", line, name)
    answers = {
        lang: tuple(_place(quote, clause, lang, where) for quote in _quotes(entry, lang, where))
        for lang in LANGUAGES
    }
    return LabelledQuestion(
        _text(entry, where), asked_in, clause.id, str(entry.get("kind", "plain")), answers
    )


def _place(quote: str, clause: Clause, lang: Language, where: tuple[str, int]) -> Span:
    name, line = where
    text = clause.text.only(lang) or ""
    if text.count(quote) != 1:
        times = "not" if quote not in text else f"{text.count(quote)} times"
        raise PolicyError(
            f"quotes {quote!r}, which stands {times} in clause {clause.id} ({lang})", line, name
        )
    start = text.index(quote)
    return start, start + len(quote)


def _text(entry: Mapping[str, Any], where: tuple[str, int]) -> str:
    text = entry.get("text")
    if not isinstance(text, str) or not text.strip():
        raise PolicyError("has no text", where[1], where[0])
    return text.strip()


def _quotes(entry: Mapping[str, Any], field: str, where: tuple[str, int]) -> tuple[str, ...]:
    quotes = entry.get(field)
    if not isinstance(quotes, list) or not all(isinstance(quote, str) and quote for quote in quotes):
        raise PolicyError(f"`{field}` must be a list of quotes", where[1], where[0])
    return tuple(quotes)
