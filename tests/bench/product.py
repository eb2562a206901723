"""Latency, throughput and memory of the running product, on this machine. Judges nothing.

Figures on a shared machine are noisy: compare within one run, and quote medians.
"""

from __future__ import annotations

import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx

from knowledge.encoders.encoder import OnnxEncoder
from tests.bench.timing import measure, percentile
from tests.product.talk import API, Talk, cited
from tests.running import ROOT, Product

QUESTIONS = [
    "How long until my account is closed?",
    "账号注销要多久",
    "Do you sell my data?",
    "你们会把信息给第三方吗",
    "Where is my personal information stored?",
    "为什么要用我的摄像头",
    "What happens after a data breach?",
    "怎么拿到我的信息副本",
]
TURNS = 200
SEARCHES = 300
FILINGS = 200
CALLERS = (1, 2, 4, 8)
THROUGHPUT_SECONDS = 5.0


def bench_product() -> dict[str, object]:
    """Prints as it goes; returns the same figures."""
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder), {"CLAUSEDESK_RATE_LIMITS": "off"})
        started = time.perf_counter()
        product.start()
        figures["start until ready, s"] = round(time.perf_counter() - started, 1)
        print(f"start until ready             {figures['start until ready, s']:8.1f} s", flush=True)
        try:
            bench_encoder(figures)
            bench_search(product, figures)
            bench_throughput(product, figures)
            bench_turns(product, figures)
            bench_filing(product, figures)
            figures["all processes resident, MB"] = round(product.resident_bytes() / 1e6)
            print(
                f"all processes resident        {figures['all processes resident, MB']:8.0f} MB", flush=True
            )
        finally:
            product.stop()
    return figures


def bench_encoder(figures: dict[str, object]) -> None:
    """One query in process; numbers make every text new, so that nothing comes from memory."""
    encoder = OnnxEncoder(ROOT / "var" / "encoder" / "multilingual-e5-small")
    _tell(figures, "encoder, one query", 200, lambda n: encoder.encode([_question(n)], "query"))


def bench_search(product: Product, figures: dict[str, object]) -> None:
    with httpx.Client(base_url=product.url + API, timeout=30) as http:
        _tell(figures, "search route", SEARCHES, lambda number: _search(http, number))


def bench_throughput(product: Product, figures: dict[str, object]) -> None:
    """Searches a second with so many callers at once, each of which waits for its answer before it asks again."""
    for callers in CALLERS:
        times: list[float] = []
        end = time.monotonic() + THROUGHPUT_SECONDS

        def call(caller: int, times: list[float] = times, end: float = end) -> None:
            with httpx.Client(base_url=product.url + API, timeout=30) as http:
                number = caller * 1_000_000
                while time.monotonic() < end:
                    started = time.perf_counter()
                    _search(http, number)
                    times.append((time.perf_counter() - started) * 1000)
                    number += 1

        threads = [threading.Thread(target=call, args=(caller,)) for caller in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = len(times) / THROUGHPUT_SECONDS
        figures[f"searches a second, {callers} callers"] = {"rate": rate, "p95": percentile(times)}
        print(
            f"searches with {callers} callers       {rate:8.1f} a second   p95 {percentile(times):7.1f} ms",
            flush=True,
        )


def bench_turns(product: Product, figures: dict[str, object]) -> None:
    """Turns that answer with a citation, ten a session."""
    talk = Talk(product.url)

    def turn(number: int) -> None:
        nonlocal talk
        if number % 10 == 0:
            talk.close()
            talk = Talk(product.url)
        assert cited(talk.say(QUESTIONS[number % 8]))

    _tell(figures, "chat turn with a citation", TURNS, turn)


def bench_filing(product: Product, figures: dict[str, object]) -> None:
    body = {"type": "copy", "lang": "en", "contact": {"kind": "email", "value": "kim@example.com"}}
    with httpx.Client(base_url=product.url + API, timeout=30) as http:
        _tell(
            figures,
            "filing a request",
            FILINGS,
            lambda _: http.post("/dsr/requests", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}),
        )


def _question(number: int) -> str:
    return f"{QUESTIONS[number % 8]} {number}"


def _search(http: httpx.Client, number: int) -> None:
    http.post("/policy/search", json={"query": _question(number)}).raise_for_status()


def _tell(figures: dict[str, object], name: str, count: int, call: Callable[[int], object]) -> None:
    timing = measure(count, call)
    figures[name] = {"p50": timing.p50, "p95": timing.p95}
    print(f"{name:30s}{timing}", flush=True)
