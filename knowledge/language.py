"""Which language a text is in, and the normal form texts are searched in (never quoted in)."""

from __future__ import annotations

import re
import unicodedata

from knowledge.types import Language

# Unified ideographs with extension A, compatibility ideographs, extensions B and beyond.
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)?")
_SPACE = re.compile(r"\s+")
# An English sentence that quotes a Chinese word stays English; a Chinese one full of product names stays
# Chinese.
_HAN_SHARE = 0.25


def han_count(text: str) -> int:
    return len(_HAN.findall(text))


def latin_word_count(text: str) -> int:
    return len(_LATIN_WORD.findall(text))


def detect(text: str) -> Language:
    """The language of `text` by the share of Han characters among Han characters and Latin words.

    A word weighs as much as a character, so "我的 email 会被 share 出去吗" is Chinese and
    "does 注销 also delete my orders?" is English. Text with neither (digits, emoji, nothing) counts as
    Chinese.
    """
    han, latin = han_count(text), latin_word_count(text)
    if han + latin == 0:
        return "zh"
    return "zh" if han / (han + latin) > _HAN_SHARE else "en"


def condensed(text: str, most: int = 600) -> str:
    """A long message without its middle: people begin with what happened and end with what they ask.

    Encoders take time by the square of the length, and see little more in the rest.
    """
    if len(text) <= most:
        return text
    head = most // 2
    return f"{text[:head]} {text[-(most - head - 1) :]}"


def normalise(text: str) -> str:
    """NFKC with runs of white space folded to one space and none at the ends. Idempotent.

    Half a character (a lone surrogate) becomes U+FFFD: it can be neither encoded nor stored.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    return unicodedata.normalize("NFKC", folded)
