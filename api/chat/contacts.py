"""The values behind a session's placeholders: given out, kept encrypted, shown back only as a hint."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime

from api.chat.placeholders import PLACEHOLDER, mask, needs_book
from api.chat.wording import Wording
from api.crypto import Vault
from api.dsr.contacts import CONTACT_KINDS, Contact
from api.models.chat_contact import ChatContactRow
from knowledge.types import Language


class ContactBook:
    """Masks with, and reads, the rows of one session at a time; it stores nothing itself."""

    def __init__(self, vault: Vault, wording: Wording) -> None:
        self._vault = vault
        self._wording = wording

    def concerns(self, text: str) -> bool:
        """Whether masking this text needs the session's rows."""
        return needs_book(text)

    def mask(
        self, text: str, session_id: str, rows: Sequence[ChatContactRow], now: datetime
    ) -> tuple[str, tuple[ChatContactRow, ...]]:
        """The text with placeholders, and the rows that have to be added for them."""
        known = {(row.kind, row.blind_index): row.placeholder for row in rows}
        masked = mask(text, known, self._vault.blind_index)  # type: ignore[arg-type]
        new = tuple(
            ChatContactRow(
                id=str(uuid.uuid4()),
                session_id=session_id,
                kind=value.kind,
                placeholder=value.placeholder,
                blind_index=value.key,
                # Only what we may have to write to is kept: ID numbers, cards and codes serve nothing here.
                value=self._vault.encrypt(value.value) if value.kind in CONTACT_KINDS else None,
                created_at=now,
            )
            for value in masked.new
        )
        return masked.text, new

    def contact(self, row: ChatContactRow) -> Contact | None:
        """The address itself; None for what is no address."""
        for kind in CONTACT_KINDS:
            if row.kind == kind and row.value is not None:
                return Contact(kind, self._vault.decrypt(row.value))
        return None

    def hint(self, text: str, rows: Sequence[ChatContactRow], lang: Language) -> str:
        """The text as its own writer sees it: ``138****8000`` in the place of ``[PHONE_1]``."""
        known = {row.placeholder: row for row in rows}

        def shown(match: re.Match[str]) -> str:
            row = known.get(match.group())
            if row is None:
                return match.group()
            contact = self.contact(row)
            return contact.masked() if contact is not None else self._wording.hidden(lang, row.kind)

        return PLACEHOLDER.sub(shown, text)
