"""Progress is told, but not babbled."""

from __future__ import annotations

import numpy as np

from knowledge.encoders.encoder import HashEncoder
from knowledge.encoders.progress import Progress, encode_all


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_line_at_the_start_and_then_one_every_five_seconds() -> None:
    clock, lines = Clock(), list[str]()
    progress = Progress(lines.append, "Index: encoding passages", 40_000, clock)
    for done in range(100, 40_001, 100):
        clock.now += 1.5
        progress.reached(done)
    assert lines[:3] == [
        "Index: encoding passages: 40,000",
        "Index: encoding passages: 400 of 40,000, about 10 min left",
        "Index: encoding passages: 800 of 40,000, about 10 min left",
    ]
    assert len(lines) == 1 + 99  # none for the last step: the work is done


def test_what_went_by_in_no_time_does_not_shorten_the_estimate() -> None:
    clock, lines = Clock(), list[str]()
    progress = Progress(lines.append, "Work", 1000, clock)
    progress.reached(500)
    clock.now += 5
    progress.reached(510)
    clock.now += 5
    progress.reached(520)
    assert lines[-1] == "Work: 520 of 1,000, about 4 min left"


def test_seconds_are_said_as_seconds() -> None:
    clock, lines = Clock(), list[str]()
    progress = Progress(lines.append, "Work", 10, clock)
    clock.now += 6
    progress.reached(5)
    assert lines == ["Work: 10", "Work: 5 of 10, about 6 s left"]


def test_all_texts_are_encoded_in_order() -> None:
    texts, lines = [f"text {number}" for number in range(150)], list[str]()
    vectors = encode_all(HashEncoder(32), texts, "passage", lines.append, "Index")
    np.testing.assert_array_equal(vectors, HashEncoder(32).encode(texts, "passage"))
    assert lines == ["Index: 150"]
    assert encode_all(HashEncoder(32), [], "passage", lines.append, "Index").shape == (0, 32)
