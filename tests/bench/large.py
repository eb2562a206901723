"""A corpus of 20,000 clauses: read, built, killed halfway, resumed, compared with a build that nobody disturbed,
and searched without a bank, each in a process of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import re
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from knowledge.bank.questions import load_bank
from knowledge.editions.build import build
from knowledge.search.retriever import Retriever, load_parts, open_encoders
from knowledge.text.policy import load_policy
from knowledge.types import LANGUAGES, Language
from tests.bench.corpus import write_corpus
from tests.bench.product import QUESTIONS
from tests.bench.timing import measure
from tests.running import ROOT

ENCODER = ROOT / "var" / "encoder" / "multilingual-e5-small"
SEARCHES = 300
KILLED_AT = 0.5  # of the passages


@dataclass(frozen=True)
class Ended:
    """What became of a child: its last words, or None when it was killed."""

    seconds: float
    said: dict[str, Any] | None


def bench_large(
    out: Path, clauses: int, languages: Sequence[Language] = LANGUAGES, undisturbed: bool = True
) -> dict[str, Any]:
    """Prints as it goes; writes large.json. `undisturbed` builds a second time from nothing, to compare."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as name:
        folder = Path(name)
        corpus = write_corpus(folder / "corpus", clauses, languages)
        index, cache = folder / "resumed", folder / "cache-resumed"
        figures: dict[str, Any] = {"clauses": clauses, "languages": " ".join(languages)}
        killed = _run(_build, (corpus, index, cache), kill_when=_halfway)
        assert killed.said is None
        assert not index.exists()
        resumed = _run(_build, (corpus, index, cache))
        assert resumed.said is not None
        figures |= {"killed after, s": killed.seconds, "resumed, s": resumed.seconds, **resumed.said}
        again = _run(_build, (corpus, folder / "again", cache))
        figures["built once more with all vectors remembered, s"] = again.seconds
        if undisturbed:
            whole = _run(_build, (corpus, folder / "whole", folder / "cache-whole"))
            figures["undisturbed, s"] = whole.seconds
            figures["the resumed index is the same"] = _contents(index) == _contents(folder / "whole")
        figures["index, MB"] = round(sum(len(content) for content in _contents(index).values()) / 1e6)
        searched = _run(_search, (index,))
        assert searched.said is not None
        figures |= searched.said
    for what, value in figures.items():
        print(f"{what:50s}{value}", flush=True)
    (out / "large.json").write_text(json.dumps(figures, indent=1))
    return figures


def _build(say: Connection, corpus: Path, index: Path, cache: Path) -> None:
    started = time.perf_counter()
    policy = load_policy(corpus)
    parsed = time.perf_counter() - started
    bank = load_bank(corpus, policy.clauses)
    build(index, policy, bank, open_encoders(ENCODER), say.send, cache)
    say.send({"parsing, s": round(parsed, 1), "build, peak MB": _peak_megabytes()})


def _search(say: Connection, index: Path) -> None:
    encoders = open_encoders(ENCODER)
    started = time.perf_counter()
    retriever = Retriever(encoders, load_parts(index, encoders))
    opening = time.perf_counter() - started
    timing = measure(SEARCHES, lambda number: retriever.search(f"{QUESTIONS[number % 8]} {number}"))
    queries = measure(
        SEARCHES, lambda number: encoders.encode([f"{number} {QUESTIONS[number % 8]}"], "query")
    )
    say.send(
        {
            "opening the index, s": round(opening, 1),
            "cold search": str(timing),
            "of which encoding the query": str(queries),
            "search, peak MB": _peak_megabytes(),
        }
    )


def _run(
    work: Callable[..., None], arguments: tuple[Path, ...], kill_when: Callable[[str], bool] | None = None
) -> Ended:
    """Run it in a fresh process; what it says is printed. Killed with SIGKILL when a line asks for it."""
    context = multiprocessing.get_context("spawn")
    hear, say = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(say, *arguments))
    started = time.perf_counter()
    process.start()
    say.close()
    last: dict[str, Any] | None = None
    try:
        while True:
            said = hear.recv()
            if isinstance(said, dict):
                last = said
                continue
            print(f"  {said}", flush=True)
            if kill_when is not None and kill_when(said):
                process.kill()
    except EOFError:
        process.join()
    seconds = round(time.perf_counter() - started, 1)
    assert kill_when is not None or process.exitcode == 0, f"the child ended with {process.exitcode}"
    return Ended(seconds, last)


def _halfway(line: str) -> bool:
    found = re.search(r"passages: ([\d,]+) of ([\d,]+)", line)
    if not found:
        return False
    done, total = (int(number.replace(",", "")) for number in found.groups())
    return done >= KILLED_AT * total


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
