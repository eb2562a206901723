"""A reply an agent can send: the clause word for word, its number, and the known mistakes in its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        citation = quotes.citation(decision.cited[0], lang)
        lines = [str(words["answer"]).format(label=_in(citation["label"], lang), quote=citation["quote"])]
        for note in citation["notes"]:
            if note["kind"] in self._wording["notes"][lang]:
                lines.append(str(words["note"]).format(note=_in(note["text"], lang)))
        return "\n".join(lines)

    def _choice(self, quotes: Quotes, clause_id: str, lang: Language) -> str:
        label = _in(quotes.citation(clause_id, lang)["label"], lang)
        heading = _in(quotes.clause(clause_id).heading.as_dict(), lang)
        return str(self._wording[lang]["choice"]).format(label=label, heading=heading)


def _in(text: Mapping[str, str | None], lang: Language) -> str:
    other = "en" if lang == "zh" else "zh"
    return text[lang] or text[other] or ""
