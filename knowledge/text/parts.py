"""Which lines of a text in two languages belong to which."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from knowledge.errors import PolicyError
from knowledge.language import detect, han_count, latin_word_count
from knowledge.text.source import Line, last_line_starting
from knowledge.types import Language

# One language after the other leaves few lines on the wrong side of the border; alternating ones, half.
_MOST_STRANGERS = 0.2
_SEPARATOR = re.compile(r"\s*[/|｜／]\s*")
_BEFORE_WORDS = re.compile(r"[^A-Za-z\u3400-\u9fff]*")
_LONGEST_PAIR = 200


def split_languages(
    lines: Sequence[Line], languages: Sequence[Language], second_starts_with: str | None = None
) -> dict[Language, list[Line]]:
    """Gives each language its lines, in the order of `languages`; PolicyError if one of them is not there.

    Where one language follows the other, the border is where the fewest characters and words stand on the
    wrong side of it, or the line given. Where the languages alternate, each line goes to its own.
    """
    if len(languages) == 1:
        return {languages[0]: list(lines)}
    if second_starts_with is None:
        border = _border(lines, languages[0])
        strangers = _strangers(lines[:border], languages[1]) + _strangers(lines[border:], languages[0])
        if strangers > _MOST_STRANGERS * len(lines):
            return _checked(_alternating(lines, languages))
    else:
        border = last_line_starting(lines, second_starts_with)
    return _checked({languages[0]: list(lines[:border]), languages[1]: list(lines[border:])})


def line_language(line: Line) -> Language | None:
    """The language a line is in; None if it has no words, as a bare number or date."""
    if han_count(line.text[:500]) + latin_word_count(line.text[:500]) == 0:
        return None
    return detect(line.text[:500])


def _checked(parts: Mapping[Language, list[Line]]) -> dict[Language, list[Line]]:
    for lang, part in parts.items():
        if not part or detect("".join(line.text for line in part)) != lang:
            raise PolicyError(
                f"the text is declared to be in {' and '.join(parts)}, but no part of it is in {lang}"
            )
    return dict(parts)


def _strangers(lines: Sequence[Line], foreign: Language) -> int:
    return sum(line_language(line) == foreign for line in lines)


def _alternating(lines: Sequence[Line], languages: Sequence[Language]) -> dict[Language, list[Line]]:
    """A bare number belongs to both, "收集 / What we collect" is a line in each, all else goes with its words."""
    parts: dict[Language, list[Line]] = {lang: [] for lang in languages}
    latest = languages[0]
    for line in lines:
        lang = line_language(line)
        if both := _two_in_one(line.text):
            for in_line, text in both.items():
                parts[in_line].append(replace(line, text=text))
        elif lang is None and line.markers():
            for part in parts.values():
                part.append(line)
        else:
            latest = lang or latest
            parts[latest].append(line)
    return parts


def _two_in_one(text: str) -> dict[Language, str] | None:
    """ "1. 收集 / What we collect" as a line in each language, each with the number."""
    pieces = _SEPARATOR.split(text) if len(text) <= _LONGEST_PAIR else []
    if len(pieces) != 2 or not han_count(pieces[0]) or han_count(pieces[1]) or not pieces[1][:1].isalpha():
        return None
    number = _BEFORE_WORDS.match(pieces[0])
    return {"zh": pieces[0], "en": f"{number[0] if number else ''}{pieces[1]}"}


def _border(lines: Sequence[Line], first: Language) -> int:
    han = [han_count(line.text) for line in lines]
    latin = [latin_word_count(line.text) for line in lines]
    of_first, of_second = (han, latin) if first == "zh" else (latin, han)
    strangers_before = [0, *accumulate(of_second)]
    whole = sum(of_first)
    strangers_after = [whole - seen for seen in (0, *accumulate(of_first))]
    costs = [before + after for before, after in zip(strangers_before, strangers_after, strict=True)]
    return len(costs) - 1 - costs[::-1].index(min(costs))
