"""What a typed message becomes before anybody reads it. Pure."""

from __future__ import annotations

import re
import unicodedata

from api.chat.placeholders import PLACEHOLDER
from knowledge.language import detect, han_count, latin_word_count
from knowledge.types import Language

# What begins something of its own, whenever it is pressed. Every other button answers one question, and only that one.
LASTING = (
    "/request",
    "/ask_clause",
    "/talk_to_human",
    "/check_request_status",
    "/withdraw_consent",
    "/complain",
)
STALE_BUTTON = "/stale_button"

_SLASHES = frozenset("/／⁄∕⧸")
_LATIN = re.compile(r"[A-Za-z]")
_SHORT_WORD = 3


def without_commands(text: str) -> str:
    """The text without slashes at its front, and without the blanks and invisible characters about them.

    Rasa takes a message that begins with a slash for a command (``/restart``) or an intent with entities.
    """
    start = 0
    while start < len(text) and (text[start] in _SLASHES or unicodedata.category(text[start])[0] in "CZ"):
        start += 1
    return text[start:].rstrip()


def has_words(text: str) -> bool:
    """Whether there is a letter or digit of any script: not only blanks, punctuation and emoji."""
    return any(unicodedata.category(character)[0] in "LN" for character in text)


def same_words(text: str, title: str) -> bool:
    """Whether a text is a button's title, typed: case, width, blanks and punctuation do not count."""
    return bool(_letters(text)) and _letters(text) == _letters(title)


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if unicodedata.category(character)[0] in "LN")


def language_of(text: str, current: Language) -> Language:
    """The language to answer in; a masked text without telling words ("ok", a number) changes nothing."""
    words = PLACEHOLDER.sub(" ", text)
    if han_count(words) > 0:
        return detect(words)
    if latin_word_count(words) > 1 or len(_LATIN.findall(words)) > _SHORT_WORD:
        return "en"
    return current


def accepted_language(header: str | None) -> Language:
    """The first of an Accept-Language header that we speak; Chinese, the original's language, without one."""
    weighted: list[tuple[float, int, Language]] = []
    for place, part in enumerate((header or "").split(",")[:20]):
        tag, _, parameters = part.strip().partition(";")
        lang: Language | None = {"zh": "zh", "en": "en"}.get(tag.strip().lower().split("-")[0])  # type: ignore[assignment]
        if lang is not None:
            weighted.append((-_quality(parameters), place, lang))
    return min(weighted)[2] if weighted else "zh"


def _quality(parameters: str) -> float:
    match = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameters)
    return float(match.group(1)) if match else 1.0
