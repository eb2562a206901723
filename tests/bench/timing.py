"""Times many calls and says how long they took."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Milliseconds. `cpu` is what the calling thread worked: on a shared machine it is steadier than the clock."""

    calls: int
    p50: float
    p95: float
    cpu_p50: float
    cpu_p95: float

    def __str__(self) -> str:
        return (
            f"p50 {self.p50:7.2f} ms   p95 {self.p95:7.2f} ms   (cpu {self.cpu_p50:.2f} / {self.cpu_p95:.2f}, "
            f"{self.calls} calls)"
        )


def measure(count: int, call: Callable[[int], object], warm_up: int = 5) -> Timing:
    """Calls with 0, 1, …, `count` - 1, after some with negative numbers that do not count."""
    for number in range(warm_up):
        call(-1 - number)
    taken, worked = [], []
    for number in range(count):
        started, began = time.perf_counter(), time.thread_time()
        call(number)
        worked.append((time.thread_time() - began) * 1000)
        taken.append((time.perf_counter() - started) * 1000)
    return Timing(
        count, statistics.median(taken), percentile(taken), statistics.median(worked), percentile(worked)
    )


def percentile(values: Sequence[float], share: float = 0.95) -> float:
    """The smallest value that `share` of all do not exceed."""
    return sorted(values)[max(0, int(share * len(values) + 0.999999) - 1)]
