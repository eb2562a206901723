"""The word lists of words.yml: what settles a message's meaning without the intent model."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, FrozenSet, Iterable, List, Mapping, Pattern

from ruamel.yaml import YAML

WORDS = Path(__file__).with_name("words.yml")

HAN = "\u3400-\u9fff"
PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+\]")


@dataclass(frozen=True)
class Words:
    """Whole messages and words in messages, by kind. Build it with `load_words`."""

    phrases: Mapping[str, FrozenSet[str]]
    patterns: Mapping[str, Pattern[str]]
    polite: Pattern[str]

    def says(self, kind: str, text: str) -> bool:
        """Whether the message is one of these phrases and nothing else, polite words and placeholders aside."""
        plain = normal(PLACEHOLDER.sub(" ", text))
        known = self.phrases[kind]
        return plain in known or self.polite.sub("", plain).strip() in known

    def mentions(self, kind: str, text: str) -> bool:
        """Whether one of these words stands anywhere in the message."""
        return bool(self.patterns[kind].search(normal(text)))

    def without(self, kinds: Iterable[str], text: str) -> str:
        """The normalised message without these words."""
        rest = normal(text)
        for kind in kinds:
            rest = self.patterns[kind].sub(" ", rest)
        return rest.strip()

    def ends_with(self, kind: str, text: str) -> bool:
        """Whether the last words are of this kind."""
        return any(match.end() == len(normal(text)) for match in self.patterns[kind].finditer(normal(text)))

    def begins_with(self, kind: str, text: str) -> bool:
        """Whether the first words are of this kind."""
        return bool(self.patterns[kind].match(normal(text)))


def load_words(path: Path = WORDS) -> Words:
    """Read the lists from `path`; each kind has a list a language."""
    lists = YAML(typ="safe").load(path.read_text("utf-8"))
    phrases = {kind: frozenset(map(normal, _both(entry))) for kind, entry in lists["phrases"].items()}
    patterns = {kind: re.compile(_alternatives(_both(entry))) for kind, entry in lists["mentions"].items()}
    polite = _alternatives(_both(lists["polite"]))
    return Words(phrases, patterns, re.compile(rf"^(?:(?:{polite})\s*)+|(?:\s*(?:{polite}))+$"))


def normal(text: str) -> str:
    """Lower case, no punctuation, half width, no blanks beside Han characters; don't -> dont."""
    plain = re.sub(r"['’‘]", "", unicodedata.normalize("NFKC", text).casefold())
    plain = re.sub(r"[\W_]+", " ", plain).strip()
    return re.sub(rf"(?<=[{HAN}]) | (?=[{HAN}])", "", plain)


def _both(entry: Mapping[str, List[Any]]) -> List[str]:
    return [str(word) for lang in ("en", "zh") for word in entry[lang]]


def _alternatives(words: Iterable[str]) -> str:
    # Longest first, so that "fuck off" goes as one; Latin words stand alone, Han words stand anywhere.
    ordered = sorted(map(normal, words), key=len, reverse=True)
    return "|".join(
        rf"(?<![a-z0-9]){re.escape(w)}(?![a-z0-9])" if w.isascii() else re.escape(w) for w in ordered
    )
