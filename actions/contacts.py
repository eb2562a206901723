"""Which of the contacts in a message is meant. Contacts are placeholders, e.g. [EMAIL_1]."""

from __future__ import annotations

import re
from typing import Tuple

from actions.words import Words

CONTACT = re.compile(r"\[(?:EMAIL|PHONE)_\d+\]")


def meant_contacts(text: str, words: Words) -> Tuple[str, ...]:
    """The different contacts of a message in its order, without those it turns down ("X, not Y", "不是Y是X")."""
    found = list(CONTACT.finditer(text))
    kept = []
    for index, match in enumerate(found):
        before = text[found[index - 1].end() if index else 0 : match.start()]
        after = text[match.end() : found[index + 1].start() if index + 1 < len(found) else len(text)]
        turned_down = words.ends_with("contact_negated_before", before) or words.begins_with(
            "contact_negated_after", after
        )
        if not turned_down:
            kept.append(match.group())
    return tuple(dict.fromkeys(kept))


def has_contact(text: str) -> bool:
    """Whether a contact stands in the message at all."""
    return bool(CONTACT.search(text))
