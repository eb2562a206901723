"""What every index shares: the hit, its errors, and files that are whole or not there."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from knowledge.errors import IndexMissing, KnowledgeError

MANIFEST = "manifest.json"


class IndexUnreadable(KnowledgeError):
    """The file is there, but is not an index of this kind."""


class DuplicateKey(KnowledgeError):
    """A key stands for one entry only."""


@dataclass(frozen=True, slots=True)
class Hit:
    key: str
    score: float  # higher is better; comparable within one search only


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Two processes that make the same thing at once do so one after the other."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_whole(path: Path, content: bytes) -> None:
    """Replace the file at once: a reader finds the old one or the new one, even after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def read_whole(path: Path) -> bytes:
    """Raises IndexMissing when there is no such file."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise IndexMissing(f"no index at {path}: build it first") from error


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's content, in hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
