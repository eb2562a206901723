"""The gateway's own sentences, in both languages, from ``wording.<lang>.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.types import LANGUAGES, Language

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class RequestWords:
    """How a request type is called, and words by which a wish for it is recognised in reduced mode."""

    title: str
    words: tuple[str, ...]


class Wording:
    """Sentences by key; a missing key is a KeyError, which a test makes impossible."""

    def __init__(self, texts: Mapping[Language, Mapping[str, Any]]) -> None:
        self._texts = texts

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Wording:
        """Read both files of a folder."""
        return cls(
            {lang: yaml.safe_load((folder / f"wording.{lang}.yml").read_text("utf-8")) for lang in LANGUAGES}
        )

    def say(self, lang: Language, key: str, **values: object) -> str:
        """The sentence of a key with its ``{names}`` filled in."""
        return str(self._texts[lang][key]).format(**values)

    def greeting_buttons(self, lang: Language) -> tuple[tuple[str, str], ...]:
        """(title, payload) of the quick replies under the greeting."""
        return tuple((entry["title"], entry["payload"]) for entry in self._texts[lang]["greeting_buttons"])

    def hidden(self, lang: Language, kind: str) -> str:
        """What is shown where an identifier stood that nobody needs to see again."""
        return str(self._texts[lang]["hidden"][kind])

    def request(self, lang: Language, kind: str) -> RequestWords | None:
        """The words of a request type; None when it is not known."""
        entry = self._texts[lang]["requests"].get(kind)
        return RequestWords(entry["title"], tuple(entry["words"])) if entry else None

    def wish(self, text: str) -> str | None:
        """The request type a message seems to ask for, in either language; the longest words decide."""
        lowered = text.lower()
        hits = [
            (len(word), kind)
            for lang in LANGUAGES
            for kind, entry in self._texts[lang]["requests"].items()
            for word in entry["words"]
            if word in lowered
        ]
        return max(hits)[1] if hits else None
