"""Where the parts of an edition lie, and that none of them is taken away while somebody reads it.

    <root>/edition.json              names all that serves; replaced at once, so there is never a gap
    <root>/texts/<digest>.json       the clauses and notes of every version
    <root>/indexes/<fingerprint>/    the index of one version

What has its name is whole and never changes again; only edition.json does.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from knowledge.errors import IndexMissing
from knowledge.index_files import MANIFEST, IndexUnreadable, file_digest, read_whole

POINTER = "edition.json"
TEXTS = "texts"
INDEXES = "indexes"
FORMAT = 1
# What a root held directly before there were editions.
_BEFORE = (
    *("dense.index", "lexical.index", "sentences.json", "sentences.npy", "ranker.npz"),
    *("answerability.json", MANIFEST),
)


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """The folder below ``indexes`` and the SHA-256 of its manifest, which has that of every other file."""

    folder: str
    manifest: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What edition.json says. ``texts`` is a digest; ``indexes`` goes by version, oldest first.

    ``flagged`` are the clauses of the bank whose text is not the one their questions were reviewed for.
    """

    policy: str
    encoder: str
    texts: str
    indexes: Mapping[str, IndexPlace]
    flagged: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def as_json(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False).encode()

    @property
    def id(self) -> str:
        """Names exactly these texts and indexes, byte for byte."""
        return hashlib.sha256(self.as_json()).hexdigest()[:16]


def read_contents(root: Path) -> Contents:
    """Raises IndexMissing, or IndexUnreadable when edition.json is not what was written."""
    path = root / POINTER
    data = read_whole(path)
    try:
        entries = json.loads(data)
        if entries["format"] != FORMAT:
            raise ValueError(f"format {entries['format']}, not {FORMAT}")
        indexes = {version: IndexPlace(**place) for version, place in entries["indexes"].items()}
        contents = Contents(
            entries["policy"], entries["encoder"], entries["texts"], indexes, entries["flagged"]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise IndexUnreadable(f"{path} does not name an edition: {problem}") from problem
    return contents


def texts_path(root: Path, digest: str) -> Path:
    return root / TEXTS / f"{digest}.json"


def check_index(folder: Path, manifest_digest: str | None = None) -> str:
    """The digest of the manifest of an index that is byte for byte what was built.

    Raises IndexMissing or IndexUnreadable naming the file that is lost or damaged.
    """
    manifest = folder / MANIFEST
    data = read_whole(manifest)
    found = hashlib.sha256(data).hexdigest()
    if manifest_digest is not None and found != manifest_digest:
        raise IndexUnreadable(f"{manifest} is damaged")
    try:
        files: dict[str, str] = dict(json.loads(data)["files"])
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise IndexUnreadable(f"{manifest} is not what a build wrote: {problem}") from problem
    for name, digest in files.items():
        try:
            whole = file_digest(folder / name) == digest
        except FileNotFoundError as problem:
            raise IndexMissing(f"{folder / name} is lost; build it again") from problem
        if not whole:
            raise IndexUnreadable(f"{folder / name} is damaged; build it again")
    return found


class Hold:
    """Keeps an index folder from being swept away until ``release``, the object's end or the process's.

    Raises IndexMissing when the folder is not there.
    """

    def __init__(self, folder: Path) -> None:
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except (FileNotFoundError, NotADirectoryError) as problem:
            raise IndexMissing(f"no index at {folder}: build it first") from problem
        self.release = weakref.finalize(self, os.close, descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_SH)


def sweep(root: Path, contents: Contents) -> None:
    """Remove what the edition does not name and nobody holds. Nobody else may be building.

    What cannot be removed stays for the next time.
    """
    named = {place.folder for place in contents.indexes.values()}
    for path in _listed(root / INDEXES):
        if path.is_file():
            path.unlink(missing_ok=True)  # the lock of a build
        elif path.name not in named:
            _remove_unheld(path)
    for path in _listed(root / TEXTS):
        if path != texts_path(root, contents.texts):
            path.unlink(missing_ok=True)
    for name in _BEFORE:
        (root / name).unlink(missing_ok=True)


def sweep_drafts(root: Path) -> None:
    """Remove what builds that died have left; nobody else may be building."""
    for path in _listed(root / INDEXES):
        if path.name.startswith(".") and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def _listed(folder: Path) -> Sequence[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else ()


def _remove_unheld(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass  # held, or on a file system without locks
    finally:
        os.close(descriptor)
