"""Secrets made on first start, encryption of contact data, blind indexes and signed tokens."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from api.errors import ClauseDeskError

SERVICE_TOKEN = "service_token"  # noqa: S105 - the name of a file, not a secret
ENCRYPTION_KEYS = "encryption_keys"
SIGNING_KEY = "signing_key"
SETUP_TOKEN = "setup_token"  # noqa: S105 - likewise


class Undecryptable(ClauseDeskError):
    """Stored text that none of the configured keys opens."""

    status = 500
    code = "undecryptable"


def ensure_secret(folder: Path, name: str, value: str | None = None) -> str:
    """The secret of that name, made on the first call; the file is readable by its owner only.

    Two processes starting at once agree: the file appears whole, under its name, exactly once.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write((value or secrets.token_urlsafe(32)) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


class Vault:
    """Encrypts contact data and finds it again without opening it.

    ``encryption_keys`` holds one Fernet key a line, newest first: the first encrypts, all decrypt.
    """

    def __init__(self, encryption_keys: str, signing_key: str) -> None:
        self._fernet = MultiFernet(
            [Fernet(line.strip()) for line in encryption_keys.splitlines() if line.strip()]
        )
        self._signing_key = signing_key.encode()

    @classmethod
    def open(cls, folder: Path) -> Vault:
        """The vault of a secrets folder; missing keys are made."""
        keys = ensure_secret(folder, ENCRYPTION_KEYS, Fernet.generate_key().decode())
        return cls(keys, ensure_secret(folder, SIGNING_KEY))

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as problem:
            raise Undecryptable("stored text cannot be opened with the configured keys") from problem

    def blind_index(self, kind: str, value: str) -> str:
        """A keyed hash (hex, 64 characters) by which equal values of a kind are found."""
        return self._mac(f"index:{kind}:{value}").hex()

    def sign(self, purpose: str, subject: str) -> str:
        """A bearer token for one subject; it is derived, so the same call gives the same token."""
        return urlsafe_b64encode(self._mac(f"token:{purpose}:{subject}")).decode().rstrip("=")

    def verify(self, purpose: str, subject: str, token: str) -> bool:
        return hmac.compare_digest(self.sign(purpose, subject).encode(), token.encode("utf-8", "replace"))

    def _mac(self, message: str) -> bytes:
        return hmac.new(self._signing_key, message.encode(), hashlib.sha256).digest()


def hash_token(token: str) -> str:
    """How a random token is stored: SHA-256, hex. Enough for tokens of 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
