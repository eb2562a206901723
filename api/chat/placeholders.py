"""Finds personal identifiers in a message and puts placeholders in their place. Pure: values in, values out.

A placeholder is ``[KIND_n]``, n counting from 1 for each kind of a session; a value keeps its placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.chat.identifiers import Finding, Kind, find
from api.chat.widths import fold

PLACEHOLDER = re.compile(r"\[(EMAIL|PHONE|CONTACT|ID|CARD|CODE)_([1-9]\d{0,5})\]")
_LOOK_ALIKE = re.compile(r"\[\s*((?:EMAIL|PHONE|CONTACT|ID|CARD|CODE)[\s_-]*\d+)\s*\]", re.IGNORECASE)
_MAX_ROUNDS = 4

KeyOf = Callable[[Kind, str], str]


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value seen for the first time in its session; ``key`` is what it is recognised by."""

    kind: Kind
    key: str
    value: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class Masked:
    """The text without identifiers, what was found in it, and what of that is new."""

    text: str
    findings: tuple[Finding, ...]
    new: tuple[NewValue, ...]


def needs_book(text: str) -> bool:
    """Whether the session's known values matter for this text."""
    return bool(find(text)) or _LOOK_ALIKE.search(fold(text)) is not None


def mask(text: str, known: Mapping[tuple[Kind, str], str], key_of: KeyOf) -> Masked:
    """Replace identifiers by placeholders; ``known`` maps (kind, key) to the placeholders given so far.

    A typed look-alike of a placeholder stays only when it is exactly one this session was given: any other
    becomes ``(EMAIL_1)``, which means nothing to anybody.
    """
    book = dict(known)
    new: list[NewValue] = []
    findings: list[Finding] = []
    # What stood apart can come together once its neighbour is replaced, so look again until nothing is found.
    for _ in range(_MAX_ROUNDS):
        found = find(text)
        for finding in found:
            _enter(finding, book, new, key_of)
        text = _replace(text, found, book, key_of)
        if not found:
            break
        findings += found
    return Masked(text, tuple(findings), tuple(new))


def anonymous(text: str) -> str:
    """The text to be kept apart from any session: placeholders that stand in it stay, identifiers become such."""
    known = {(match[1].lower(), match[0]): match[0] for match in PLACEHOLDER.finditer(text)}
    return mask(text, known, lambda kind, value: value).text  # type: ignore[arg-type]


def _enter(finding: Finding, book: dict[tuple[Kind, str], str], new: list[NewValue], key_of: KeyOf) -> None:
    key = key_of(finding.kind, finding.value)
    if (finding.kind, key) in book:
        return
    ordinal = 1 + sum(1 for kind, _ in book if kind == finding.kind)
    placeholder = f"[{finding.kind.upper()}_{ordinal}]"
    book[finding.kind, key] = placeholder
    new.append(NewValue(finding.kind, key, finding.value, placeholder))


def _replace(
    text: str, findings: tuple[Finding, ...], book: Mapping[tuple[Kind, str], str], key_of: KeyOf
) -> str:
    earned = frozenset(book.values())
    pieces: list[str] = []
    end = 0
    for finding in findings:
        pieces.append(_without_look_alikes(text[end : finding.start], earned))
        pieces.append(book[finding.kind, key_of(finding.kind, finding.value)])
        end = finding.end
    pieces.append(_without_look_alikes(text[end:], earned))
    return "".join(pieces)


def _without_look_alikes(text: str, earned: frozenset[str]) -> str:
    pieces: list[str] = []
    end = 0
    for match in _LOOK_ALIKE.finditer(fold(text)):
        raw = text[match.start() : match.end()]
        pieces.append(text[end : match.start()])
        pieces.append(raw if raw in earned else f"({text[match.start(1) : match.end(1)]})")
        end = match.end()
    return "".join(pieces) + text[end:]
