"""Addresses people leave: brought to one form, so that equal ones are equal, and masked for lists."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email

ContactKind = Literal["email", "phone"]
# What may stand between the digits of a number.
_BETWEEN = frozenset("+＋-－‐‑‒–—−.．·()（）")
CONTACT_KINDS: tuple[ContactKind, ...] = ("email", "phone")


@dataclass(frozen=True, slots=True)
class Contact:
    """An e-mail address or a telephone number."""

    kind: ContactKind
    value: str

    def masked(self) -> str:
        """Enough to recognise one's own, too little to write to: ``138****8000``, ``a***@example.com``."""
        if self.kind == "email":
            local, _, domain = self.value.rpartition("@")
            return f"{local[:1]}***@{domain}"
        national = self.value.removeprefix("+86")
        return f"{national[:3]}****{national[-4:]}"


def normalise_contact(kind: str, value: str) -> Contact:
    """A contact in its one form: E.164 (China when no country is given), or an address with a lower-case
    domain.

    Raises ValueError with a message that never repeats the value.
    """
    if kind not in CONTACT_KINDS:
        raise ValueError("must be email or phone")
    return _email(value) if kind == "email" else _phone(value)


def _email(value: str) -> Contact:
    try:
        return Contact("email", validate_email(value.strip(), check_deliverability=False).normalized)
    except EmailNotValidError:
        # The library's own message quotes parts of the address.
        raise ValueError("is not a valid e-mail address") from None


def _phone(value: str) -> Contact:
    # An address book puts invisible direction marks about the numbers it copies.
    written = "".join(character for character in value.strip() if unicodedata.category(character) != "Cf")
    # The library reads letters as the keys they stand on and sets extensions apart: another number than meant.
    if not all(map(_may_stand_in_number, written)):
        raise ValueError("is not a valid telephone number: digits only, no letters and no extension")
    try:
        number = phonenumbers.parse(written, "CN")
    except phonenumbers.NumberParseException:
        raise ValueError("is not a valid telephone number") from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise ValueError("is not a valid telephone number")
    return Contact("phone", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _may_stand_in_number(character: str) -> bool:
    return character.isdecimal() or character.isspace() or character in _BETWEEN
