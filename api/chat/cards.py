"""The card of a ticket as a conversation keeps it: in plain text with its messages, so without identifiers."""

from __future__ import annotations

import re

from api.chat.identifiers import Finding, find
from api.chat.ports import Json
from api.chat.wording import Wording
from api.dsr.contacts import CONTACT_KINDS, Contact
from api.dsr.presenter import card
from api.dsr.tickets import Ticket
from knowledge.types import Language

# Addresses are kept as E.164 numbers and with an @, so nothing that was put in for a placeholder gets past these.
_NUMBER = re.compile(r"\+\d{7,15}")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")


def chat_card(ticket: Ticket, wording: Wording, lang: Language) -> Json:
    """The card with ``138****8000`` where the request has the number; the request itself keeps the clear text."""
    shown = card(ticket)
    if ticket.scope is not None:
        shown["scope"] = masked(ticket.scope, wording, lang)
    return shown


def masked(text: str, wording: Wording, lang: Language) -> str:
    """The text with a hint for every identifier found in it."""
    pieces: list[str] = []
    end = 0
    for finding in find(text):
        pieces += [_blurred(text[end : finding.start]), _hint(finding, wording, lang)]
        end = finding.end
    return "".join([*pieces, _blurred(text[end:])])


def _hint(finding: Finding, wording: Wording, lang: Language) -> str:
    for kind in CONTACT_KINDS:
        if finding.kind == kind:
            return Contact(kind, finding.value).masked()
    return wording.hidden(lang, finding.kind)


def _blurred(text: str) -> str:
    """What only looks like an identifier here, as a neighbour kept it from being found."""
    text = _NUMBER.sub(lambda match: Contact("phone", match[0]).masked(), text)
    return _ADDRESS.sub("***@***", text)
