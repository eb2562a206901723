"""The keys of an index's entries, and the best of their scores as hits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.index_files import DuplicateKey, Hit

DECIMALS = 6  # beyond these a float32 score is rounding noise


class Keys:
    """Keys in the order of adding, each once."""

    def __init__(self) -> None:
        self._listed: list[str] = []
        self._known: set[str] | None = (
            None  # made by the first addition; an index that only serves needs none
        )

    def __len__(self) -> int:
        return len(self._listed)

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __getitem__(self, position: int) -> str:
        return self._listed[position]

    def refuse_known(self, added: Sequence[str]) -> None:
        """Raises DuplicateKey when one of `added` is there already or stands twice."""
        known = self._known_keys()
        seen: set[str] = set()
        for key in added:
            if key in known or key in seen:
                raise DuplicateKey(f"the key {key!r} stands twice in the index")
            seen.add(key)

    def extend(self, added: Iterable[str]) -> None:
        """Add keys that `refuse_known` let pass."""
        new = list(added)
        self._known_keys().update(new)
        self._listed.extend(new)

    def forget_known(self) -> None:
        """Free what only additions need (100 bytes a key); the next addition makes it again."""
        self._known = None

    def _known_keys(self) -> set[str]:
        if self._known is None:
            self._known = set(self._listed)
        return self._known


def best_hits(positions: NDArray[np.int64], scores: NDArray[np.floating], keys: Keys, k: int) -> list[Hit]:
    """The best `k` of (positions, scores), both (n,); equal scores in the order in which their keys were added."""
    rounded = np.round(scores.astype(np.float64), DECIMALS)
    if 0 < k < len(rounded):  # sort only what may be among them: the kth and all that equal it
        least = np.partition(rounded, len(rounded) - k)[len(rounded) - k]
        kept = rounded >= least
        positions, rounded = positions[kept], rounded[kept]
    order = np.lexsort((positions, -rounded))[: max(k, 0)]
    return [Hit(keys[int(positions[at])], float(rounded[at])) for at in order]
