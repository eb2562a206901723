"""Reference numbers people can read out: ``DSR-7K3M-Q9XA``, Crockford base32 (no I, L, O, U)."""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PATTERN = re.compile(rf"DSR-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")
_MISREAD = str.maketrans("OIL", "011")


def new_reference() -> str:
    """A random reference: 40 bits, so a taken one is drawn again."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"DSR-{drawn[:4]}-{drawn[4:]}"


def parse_reference(text: str) -> str | None:
    """The reference somebody typed, misread letters put right (O is 0, I and L are 1), or None."""
    prefix, _, rest = text.strip().upper().partition("-")
    reference = f"{prefix}-{rest.translate(_MISREAD)}"
    return reference if _PATTERN.fullmatch(reference) else None
