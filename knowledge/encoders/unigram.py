"""A unigram (SentencePiece) tokenizer that serves from 45 MB: the ``tokenizers`` library keeps the same
250,000 pieces in 280 MB, more than all else a serving process holds. ``prepare`` checks that both give the
same ids.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

SPACE = "▁"
_UNKNOWN_PENALTY = 10.0
# SentencePiece's "nmt" rules: these characters vanish, those become a space.
_DROPPED = [*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F]
_SPACED = [0x09, 0x0A, 0x0C, 0x0D, 0x1680, *range(0x200B, 0x2010), 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD]
_NMT: dict[int, str | None] = dict.fromkeys(_DROPPED) | dict.fromkeys(_SPACED, " ")
_SPACES = re.compile(" {2,}")
# Chinese writes ranges with it; nmt_nfkc keeps it where plain NFKC would not.
_FULL_WIDTH_TILDE = "\uff5e"
_CACHED_WORDS = 8192
_CACHED_LENGTH = 16  # longer "words" are mostly Chinese sentences, which do not come back


def normalise(text: str) -> str:
    """SentencePiece's ``nmt_nfkc``, then runs of spaces folded to one."""
    parts = text.translate(_NMT).split(_FULL_WIDTH_TILDE)
    folded = _FULL_WIDTH_TILDE.join(unicodedata.normalize("NFKC", part) for part in parts)
    return _SPACES.sub(" ", folded)


class UnigramTokenizer:
    """Splits text into the likeliest pieces.

    ``pieces`` and ``scores`` are in id order. Special pieces never match text, so what a user types cannot
    act as one.
    """

    def __init__(self, pieces: Iterable[str], scores: Iterable[float], bos: int, eos: int, unk: int) -> None:
        self._ids = {piece: index for index, piece in enumerate(pieces)}
        self._scores = array("f", scores)
        if len(self._ids) != len(self._scores):
            raise ValueError("pieces must be distinct and have one score each")
        self._bos, self._eos, self._unk = bos, eos, unk
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY
        for piece in [piece for piece in self._ids if piece.startswith("<") and piece.endswith(">")]:
            if self._scores[self._ids[piece]] == 0.0:
                del self._ids[piece]
        self._lengths = _lengths_by_first_character(self._ids)
        self._longest = max(map(max, self._lengths.values()))
        self._split = lru_cache(maxsize=_CACHED_WORDS)(self._viterbi)

    def encode(self, text: str, limit: int) -> list[int]:
        """Ids with the opening and the closing mark, at most ``limit`` of them: the rest is cut off."""
        ids = [self._bos]
        for word in _words(normalise(text)[: limit * self._longest]):
            ids.extend(self._split(word) if len(word) <= _CACHED_LENGTH else self._viterbi(word))
            if len(ids) >= limit:
                break
        del ids[limit - 1 :]
        ids.append(self._eos)
        return ids

    def _viterbi(self, word: str) -> tuple[int, ...]:
        size = len(word)
        best = [0.0] + [-1e30] * size
        step: list[tuple[int, int]] = [(0, 0)] * (size + 1)  # (where the piece ending here starts, its id)
        for start in range(size):
            score = best[start]
            for length in self._lengths.get(word[start], ()):
                end = start + length
                if end > size:
                    break
                piece = self._ids.get(word[start:end])
                if piece is not None and score + self._scores[piece] > best[end]:
                    best[end], step[end] = score + self._scores[piece], (start, piece)
            if score + self._unknown_score > best[start + 1]:
                best[start + 1], step[start + 1] = score + self._unknown_score, (start, self._unk)
        return self._walk_back(step)

    def _walk_back(self, step: list[tuple[int, int]]) -> tuple[int, ...]:
        ids: list[int] = []
        end = len(step) - 1
        while end > 0:
            end, piece = step[end]
            # neighbouring unknown characters are one unknown piece
            if not (piece == self._unk and ids and ids[-1] == self._unk):
                ids.append(piece)
        return tuple(reversed(ids))


def save_pieces(path: Path, pieces: Iterable[str], scores: Iterable[float]) -> None:
    """One line a piece: its text, a tab, its score."""
    lines = (f"{piece}\t{score!r}\n" for piece, score in zip(pieces, scores, strict=True))
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def load_pieces(path: Path) -> tuple[list[str], array[float]]:
    """What ``save_pieces`` wrote. Raises ``ValueError`` when a line is not a piece with its score."""
    pieces: list[str] = []
    scores = array("f")
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            piece, score = line.rstrip("\n").split("\t")
            pieces.append(piece)
            scores.append(float(score))
    return pieces, scores


def _words(text: str) -> list[str]:
    """``"a b"`` → ``["▁a", "▁b"]``: no piece reaches over a space, so words can be split one by one."""
    if not text:
        return []
    joined = text if text.startswith(" ") else " " + text
    return [SPACE + word for word in joined.split(" ")[1:]]


def _lengths_by_first_character(pieces: Iterable[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for piece in pieces:
        lengths.setdefault(piece[0], set()).add(len(piece))
    return {first: tuple(sorted(found)) for first, found in lengths.items()}
