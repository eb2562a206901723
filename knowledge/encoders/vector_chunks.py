"""Vectors by key in append-only files, which any number of processes read and each of which one process writes.

A file: 16 bytes (mark, dimension), then records of one size (32-byte key, float32 vector, CRC-32 of both).
A record that was cut off or damaged is as if it had never been written.
"""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

KEY_BYTES = 32
RECORDS_A_CHUNK = 4096
SUFFIX = ".vectors"
_HEADER = struct.Struct("<8sQ")
_MARK = b"vectors1"


class VectorChunks:
    """The chunk files of one folder, for vectors of one dimension."""

    def __init__(self, folder: Path, dimension: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._dimension = dimension
        self._record = np.dtype([("key", f"V{KEY_BYTES}"), ("vector", "<f4", (dimension,)), ("crc", "<u4")])
        self._paths: list[Path] = []
        self._files: list[int] = []
        self._places: dict[bytes, tuple[int, int]] = {}  # key → number of the file, offset in it
        self._used: set[int] = set()
        self._writing: tuple[int, int] | None = None  # number of the file, records in it
        for path in sorted(_chunks_in(folder)):
            self._read(path)

    def __len__(self) -> int:
        return len(self._places)

    def get(self, key: bytes) -> Vectors | None:
        """The vector (dimension,), or None when there is none that is whole."""
        place = self._places.get(key)
        if place is None:
            return None
        number, offset = place
        record = os.pread(self._files[number], self._record.itemsize, offset)
        if len(record) < self._record.itemsize or zlib.crc32(record[:-4]) != int.from_bytes(
            record[-4:], "little"
        ):
            del self._places[key]
            return None
        if number not in self._used:
            self._used.add(number)
            self._touch(number)
        return np.frombuffer(record, "<f4", self._dimension, KEY_BYTES).astype(np.float32)

    def append(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep (len(keys), dimension). A process that dies afterwards does not lose them."""
        for key, vector in zip(keys, vectors, strict=True):
            number, count = self._chunk_to_write()
            body = key + vector.astype("<f4").tobytes()
            offset = _HEADER.size + count * self._record.itemsize
            os.pwrite(self._files[number], body + zlib.crc32(body).to_bytes(4, "little"), offset)
            self._places[key] = (number, offset)
            self._writing = (number, count + 1)

    def close(self) -> None:
        for file in self._files:
            os.close(file)
        self._files.clear()
        self._places.clear()
        self._writing = None

    def _read(self, path: Path) -> None:
        """Learn which keys a file holds, if it is one of ours and not just deleted by another process."""
        try:
            file = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return
        if os.pread(file, _HEADER.size, 0) != _HEADER.pack(_MARK, self._dimension):
            os.close(file)
            return
        self._paths.append(path)
        self._files.append(file)
        count = self._count(file)
        if count:
            records = np.memmap(path, self._record, "r", _HEADER.size, (count,))
            keys = records["key"].tobytes()
            for row in range(count):
                key = keys[row * KEY_BYTES : (row + 1) * KEY_BYTES]
                self._places[key] = (len(self._files) - 1, _HEADER.size + row * self._record.itemsize)

    def _count(self, file: int) -> int:
        return max(0, os.fstat(file).st_size - _HEADER.size) // self._record.itemsize

    def _chunk_to_write(self) -> tuple[int, int]:
        if self._writing is None:
            self._writing = self._last_with_room()
        elif self._writing[1] >= RECORDS_A_CHUNK:
            self._writing = None
        if self._writing is None:
            self._writing = (self._create(), 0)
        return self._writing

    def _last_with_room(self) -> tuple[int, int] | None:
        """A file that no other process writes, so that many small builds do not leave many small files."""
        for number in reversed(range(len(self._files))):
            count = self._count(self._files[number])
            if count < RECORDS_A_CHUNK and lock(self._files[number]):
                return number, self._count(self._files[number])  # a torn record behind it is written over
        return None

    def _create(self) -> int:
        number = 1 + max((int(path.stem) for path in _chunks_in(self._folder)), default=0)
        while True:
            path = self._folder / f"{number:06d}{SUFFIX}"
            try:
                file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                number += 1
                continue
            lock(file)
            os.pwrite(file, _HEADER.pack(_MARK, self._dimension), 0)
            self._paths.append(path)
            self._files.append(file)
            self._used.add(len(self._files) - 1)
            return len(self._files) - 1

    def _touch(self, number: int) -> None:
        try:
            os.utime(self._paths[number])
        except FileNotFoundError:
            return  # pruned by another process; what is open stays readable


def _chunks_in(folder: Path) -> list[Path]:
    return [path for path in folder.glob(f"*{SUFFIX}") if path.stem.isdecimal()]


def lock(file: int) -> bool:
    """Take the file for writing; False when another process has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
