"""A reply an agent can send: the clauses word for word with their items and numbers, and the known mistakes in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import yaml

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Decision(Protocol):
    """What a search decided; ``cited`` are the clauses to answer or to ask back with, best first."""

    @property
    def outcome(self) -> str: ...

    @property
    def cited(self) -> Sequence[str]: ...


class Quotes(Protocol):
    """Where the clauses' own words come from: the policy service."""

    def citation(self, clause_id: str, lang: Language) -> dict[str, Any]: ...

    def clause(self, clause_id: str) -> Any: ...


class Assistant:
    """Fills the wording; a placeholder's value is never read as wording itself."""

    def __init__(self, wording: Mapping[str, Mapping[str, Any]]) -> None:
        self._wording = wording

    @classmethod
    def open(cls, path: Path) -> Assistant:
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def suggest(self, quotes: Quotes, decision: Decision) -> dict[Language, str]:
        """The suggested reply in both languages."""
        return {lang: self._reply(quotes, decision, lang) for lang in LANGUAGES}

    def _reply(self, quotes: Quotes, decision: Decision, lang: Language) -> str:
        words = self._wording[lang]
        if decision.outcome == "not_in_policy" or not decision.cited:
            return str(words["not_in_policy"])
        if decision.outcome == "ask_back":
            choices = [self._choice(quotes, clause_id, lang) for clause_id in decision.cited]
            return str(words["ask_back"]).format(choices=str(words["separator"]).join(choices))
        cited = (quotes.citation(clause_id, lang) for clause_id in decision.cited)
        return "\n\n".join("\n".join(self._quoted(citation, lang)) for citation in cited)

    def _quoted(self, citation: Mapping[str, Any], lang: Language) -> Iterator[str]:
        words = self._wording[lang]
        quote = "\n".join(self._whole(citation, lang))
        yield str(words["answer"]).format(label=_in(citation["label"], lang), quote=quote)
        kinds = self._wording["notes"][lang]
        # One note may concern several items of a list.
        told = (_in(note["text"], lang) for note in _notes(citation) if note["kind"] in kinds)
        yield from (str(words["note"]).format(note=note) for note in dict.fromkeys(told))

    def _whole(self, quoted: Mapping[str, Any], lang: Language) -> Iterator[str]:
        """The words of a clause, its items between those that open and those that close it."""
        paragraphs = quoted["quote"].split("\n\n")
        closing = len(paragraphs) - quoted["closing_paragraphs"] if quoted["items"] else len(paragraphs)
        if closing:
            yield "\n\n".join(paragraphs[:closing])
        for item in quoted["items"]:
            yield from self._item(item, lang)
        if quoted.get("items_left_out"):
            yield str(self._wording[lang]["more"]).format(count=quoted["items_left_out"])
        if paragraphs[closing:]:
            yield "\n\n".join(paragraphs[closing:])

    def _item(self, item: Mapping[str, Any], lang: Language) -> Iterator[str]:
        label, title = _in(item["label"], lang), _in(item["title"], lang)
        quote = "" if item["quote"] is None else "\n".join(self._whole(item, lang))
        kind = "named_item" if not quote else "titled_item" if title else "item"
        yield str(self._wording[lang][kind]).format(label=label, title=title, quote=quote)

    def _choice(self, quotes: Quotes, clause_id: str, lang: Language) -> str:
        label = _in(quotes.citation(clause_id, lang)["label"], lang)
        heading = _in(quotes.clause(clause_id).heading.as_dict(), lang)
        return str(self._wording[lang]["choice"]).format(label=label, heading=heading)


def _notes(quoted: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from quoted["notes"]
    for item in quoted["items"]:
        yield from _notes(item)


def _in(text: Mapping[str, str | None], lang: Language) -> str:
    other = "en" if lang == "zh" else "zh"
    return text[lang] or text[other] or ""
