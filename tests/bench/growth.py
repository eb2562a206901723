"""How search grows with the number of vectors: exact and approximate, from 200 clauses to a million vectors.

Each index is made, saved and opened again as a build and a product do; every figure is of the opened one, searched
by one thread. Recall is against the exact index, for questions that are in neither.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from knowledge.index.inverted_index import InvertedIndex
from knowledge.index.vector_files import Vector
from knowledge.index.vector_index import EXACT_UP_TO, ExactIndex, VectorIndex, open_index
from knowledge.index_files import Hit
from tests.bench.plot import Series, write_plot
from tests.bench.timing import Timing, measure
from tests.bench.vectors import RealVectors

COUNTS = (1_300, 10_000, 30_000, 100_000, 300_000, 1_000_000)  # 200 clauses are 1,300 passages and sentences
SHORT = (1_300, 10_000, 30_000)
DIMENSION = 384
QUERIES = 400
SLOW_QUERIES = 200  # of the exact index, which takes 70 ms for a million
HITS = 10


@dataclass(frozen=True)
class Row:
    """One index of one size. Bytes are a vector: in memory of the process, and in the file."""

    kind: str
    vectors: int
    recall: float
    timing: Timing
    build_seconds: float
    open_seconds: float
    memory_bytes: float
    file_bytes: float


def bench_growth(out: Path, counts: Sequence[int]) -> list[Row]:
    """Prints as it goes; writes growth.json and growth.svg."""
    out.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(dir=out) as folder:
        real = RealVectors.encode(Path(folder), lambda line: print(line, flush=True))
        queries = real.asked[:: max(1, len(real.asked) // QUERIES)][:QUERIES]
        print(f"{'':22s}recall@{HITS}   p50 / p95 ms (cpu p95)   build s   open s   bytes in memory / file")
        for count in counts:
            wanted: list[list[Hit]] = []
            for kind, make in (("exact", ExactIndex), ("approximate", InvertedIndex)):
                row, hits = _measure(kind, make, count, real, queries, Path(folder) / "index", wanted)
                wanted = wanted or hits
                rows.append(row)
                print(_line(row), flush=True)
    stored = {"exact_up_to": EXACT_UP_TO, "rows": [asdict(row) for row in rows]}
    (out / "growth.json").write_text(json.dumps(stored, indent=1))
    _plot(rows, out / "growth.svg")
    return rows


def _measure(
    kind: str,
    make: Callable[[int], VectorIndex],
    count: int,
    real: RealVectors,
    queries: Vector,
    path: Path,
    wanted: list[list[Hit]],
) -> tuple[Row, list[list[Hit]]]:
    building = _build(make(DIMENSION), count, real, path)
    started = time.perf_counter()
    index = open_index(path)
    opening = time.perf_counter() - started
    hits = [index.search(query, HITS) for query in queries]  # reads the file too
    asked = SLOW_QUERIES if kind == "exact" else len(queries)
    timing = measure(asked, lambda number: index.search(queries[number], HITS))
    found = sum(
        len({hit.key for hit in truth} & {hit.key for hit in got})
        for truth, got in zip(wanted or hits, hits, strict=True)
    )
    row = Row(
        kind=kind,
        vectors=count,
        recall=round(found / (HITS * len(queries)), 4),
        timing=timing,
        build_seconds=round(building, 1),
        open_seconds=round(opening, 2),
        memory_bytes=round(_memory_to_serve(path, queries[:20]) / count),
        file_bytes=round(path.stat().st_size / count),
    )
    return row, hits


def _build(index: VectorIndex, count: int, real: RealVectors, path: Path) -> float:
    """Seconds to add and save, without making the vectors."""
    seconds, start = 0.0, 0
    for block in real.blocks(count):
        keys = [f"{number // 4}.{number % 4}|en|0" for number in range(start, start + len(block))]
        started = time.perf_counter()
        index.add(keys, block)
        seconds += time.perf_counter() - started
        start += len(block)
    started = time.perf_counter()
    index.save(path)
    return seconds + time.perf_counter() - started


def _memory_to_serve(path: Path, queries: Vector) -> int:
    """Bytes that a fresh process needs more once it has opened the index and searched it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_open_and_search, path, queries).result()


def _open_and_search(path: Path, queries: Vector) -> int:
    small = ExactIndex(queries.shape[1])
    small.add([str(number) for number in range(len(queries))], queries)
    small.search(queries[0], HITS)  # loads what every search needs
    before = _own_memory()
    index = open_index(path)
    for query in queries:
        index.search(query, HITS)
    return _own_memory() - before


def _own_memory() -> int:
    """Bytes of this process that are no file's: pages of a mapped file are the system's to drop."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


def _line(row: Row) -> str:
    timing = row.timing
    return (
        f"{row.vectors:9,} {row.kind:12s}{row.recall:9.4f}   {timing.p50:6.2f} / {timing.p95:6.2f} "
        f"({timing.cpu_p95:6.2f})     {row.build_seconds:7.1f}  {row.open_seconds:7.2f}   "
        f"{row.memory_bytes:6.0f} / {row.file_bytes:6.0f}"
    )


def _plot(rows: Sequence[Row], path: Path) -> None:
    series = [
        Series(kind, colour, [(row.vectors, row.timing.p95) for row in rows if row.kind == kind])
        for kind, colour in (("exact", "#bc4749"), ("approximate", "#2a6f97"))
    ]
    write_plot(
        path,
        title="search of the index: p95 in ms by number of vectors",
        series=series,
        limit=10.0,
        mark=(EXACT_UP_TO, "exact up to here"),
    )
