"""The file of a vector index: keys, vectors, and what else its kind keeps, in one archive without compression.

It is written and read in pieces, and its vectors are looked up in the file itself: a million of them are 1.5 GB.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import IndexMissing
from knowledge.index_files import IndexUnreadable

Vector = NDArray[np.float32]

BLOCK = 8192  # rows read or written at once
_KEYS, _VECTORS = "keys.json", "vectors.npy"
_LOCAL_HEADER = 30  # bytes, followed by name and extra fields, whose lengths stand at 26 and 28


class Rows:
    """Float32 (n, dimension) in memory or in a file; a slice or a choice of rows is copied into memory."""

    def __init__(self, held: NDArray[np.uint8], dimension: int) -> None:
        self._held = held  # bytes, (n, 4 × dimension): in the archive they need not be aligned
        self._dimension = dimension

    @classmethod
    def of(cls, vectors: Vector) -> Rows:
        own = np.array(vectors, np.dtype("<f4"), order="C", ndmin=2)
        return cls(own.view(np.uint8), own.shape[1])

    def __len__(self) -> int:
        return len(self._held)

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> Vector:
        chosen = np.array(self._held[rows], order="C")
        found: Vector = chosen.view("<f4").reshape(len(chosen), self._dimension)
        return found

    def blocks(self) -> Iterator[Vector]:
        for start in range(0, len(self), BLOCK):
            yield self[start : start + BLOCK]


@dataclass(frozen=True)
class StoredVectors:
    """What `read_vectors` found. `rest` is what the kind's own reader made of its member, if there is one."""

    keys: list[str]
    rows: Rows
    dimension: int
    rest: Any


def write_vectors(
    path: Path,
    keys: Sequence[str],
    blocks: Iterable[Vector],
    dimension: int,
    rest: tuple[str, Callable[[IO[bytes]], None]] | None = None,
) -> None:
    """Replace `path` at once. `rest` names a further member and writes it."""
    with _replacing(path) as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(_KEYS), json.dumps(keys, ensure_ascii=False))
        with archive.open(zipfile.ZipInfo(_VECTORS), "w", force_zip64=True) as member:
            header = {"descr": "<f4", "fortran_order": False, "shape": (len(keys), dimension)}
            np.lib.format.write_array_header_1_0(member, header)
            for block in blocks:
                member.write(np.ascontiguousarray(block, "<f4").data)
        if rest is not None:
            with archive.open(zipfile.ZipInfo(rest[0]), "w", force_zip64=True) as member:
                rest[1](member)


def read_vectors(path: Path, rest: tuple[str, Callable[[IO[bytes]], Any]] | None = None) -> StoredVectors:
    """Reads and checks every byte once. `rest` names the member that tells this kind, and reads it.

    Raises IndexMissing, or IndexUnreadable when the file is not what `write_vectors` wrote.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            if damaged:
                raise ValueError(f"{damaged} is damaged")
            keys = json.loads(archive.read(_KEYS))
            rows, dimension = _mapped(path, archive)
            if len(rows) != len(keys):
                raise ValueError(f"{len(keys)} keys, but {len(rows)} vectors")
            if rest is None:
                return StoredVectors(keys, rows, dimension, None)
            with archive.open(rest[0]) as member:
                return StoredVectors(keys, rows, dimension, rest[1](member))
    except FileNotFoundError as error:
        raise IndexMissing(f"no index at {path}: build it first") from error
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError, RuntimeError) as error:
        raise IndexUnreadable(f"{path} is not a vector index: {error}") from error


def has_member(path: Path, name: str) -> bool:
    """Whether the archive has such a part; False when there is none or it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return name in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _mapped(path: Path, archive: zipfile.ZipFile) -> tuple[Rows, int]:
    info = archive.getinfo(_VECTORS)
    with archive.open(info) as member:
        version = np.lib.format.read_magic(member)
        if version != (1, 0):
            raise ValueError(f"vectors of format {version}")
        shape, fortran, kind = np.lib.format.read_array_header_1_0(member)
        header = member.tell()
    if fortran or kind != np.dtype("<f4") or len(shape) != 2 or info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"vectors are {kind} {shape}")
    count, dimension = shape
    if not count:
        return Rows(np.empty((0, 4 * dimension), np.uint8), dimension), dimension
    with path.open("rb") as file:
        file.seek(info.header_offset + 26)
        name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
    start = info.header_offset + _LOCAL_HEADER + name + extra + header
    return Rows(np.memmap(path, np.uint8, "r", start, (count, 4 * dimension)), dimension), dimension


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
