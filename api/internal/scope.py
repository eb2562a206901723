"""What a conversation asks for, with the addresses themselves in the place of their placeholders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import yaml

NOTES = Path(__file__).with_name("not_kept.yml")
_RUNS_ON = re.compile(r"[\w@%+.-][\w@%+-]", re.ASCII)
_PLACEHOLDER = re.compile(r"\[([A-Z]{2,16})_[1-9][0-9]{0,5}\]")


class KnownContact(Protocol):
    """An address the gateway took out of a conversation."""

    @property
    def kind(self) -> str: ...

    @property
    def value(self) -> str: ...


class ContactSource(Protocol):
    """Who knows what a session's placeholders stand for: the chat service."""

    async def contact(self, session_id: str, placeholder: str) -> KnownContact | None: ...


class ScopeReader:
    """An agent who works on a request must be able to read it; a placeholder means nothing outside its session."""

    def __init__(self, contacts: ContactSource) -> None:
        self._contacts = contacts

    async def read(self, session_id: str, scope: str | None, lang: Literal["zh", "en"]) -> str | None:
        """The text with e-mail addresses and telephone numbers; a note stands for what was not kept."""
        if scope is None or not _PLACEHOLDER.search(scope):
            return scope
        notes: dict[str, str] = yaml.safe_load(NOTES.read_text("utf-8"))[lang]
        pieces: list[str] = []
        end = 0
        for match in _PLACEHOLDER.finditer(scope):
            note = notes.get(match[1])
            if note is None:
                continue  # brackets of the writer's own
            contact = await self._contacts.contact(session_id, match[0])
            pieces += [scope[end : match.start()], contact.value if contact is not None else note]
            end = match.end()
        return _joined([*pieces, scope[end:]])


def _joined(pieces: Sequence[str]) -> str:
    """Put together with a space where a number or an address would otherwise run into what stands beside it."""
    text = ""
    for piece in pieces:
        text += " " + piece if _RUNS_ON.fullmatch(text[-1:] + piece[:1]) else piece
    return text
