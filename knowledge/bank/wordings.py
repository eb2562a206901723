"""Groups questions that say nearly the same, so that a split never puts near-duplicates on both sides."""

from __future__ import annotations

import numpy as np

from knowledge.encoders.encoder import Vectors

NEAR = 0.86
"""Cosine of the second encoder above which two questions are the same wording; see the README for the choice."""


def groups(vectors: Vectors, near: float = NEAR, block: int = 1024) -> list[int]:
    """(questions, features) unit vectors → a group number each; connected pairs share one."""
    parent = list(range(len(vectors)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for start in range(0, len(vectors), block):
        similar = vectors[start : start + block] @ vectors.T
        for row, column in zip(*np.nonzero(similar > near), strict=True):
            left, right = root(start + int(row)), root(int(column))
            if left != right:
                parent[max(left, right)] = min(left, right)
    return [root(item) for item in range(len(vectors))]


def folds(group_of: list[int], count: int, seed: int = 0) -> list[int]:
    """A fold number for each question; a group is never split, and folds are of nearly equal size."""
    members: dict[int, list[int]] = {}
    for item, group in enumerate(group_of):
        members.setdefault(group, []).append(item)
    order = np.random.default_rng(seed).permutation(len(members))
    listed = list(members.values())
    shuffled = sorted((listed[position] for position in order), key=len, reverse=True)
    sizes = [0] * count
    fold_of = [0] * len(group_of)
    for group_items in shuffled:
        smallest = sizes.index(min(sizes))
        sizes[smallest] += len(group_items)
        for item in group_items:
            fold_of[item] = smallest
    return fold_of
