"""``make bench``: latency and memory of the running product, one caller, on this machine. Judges nothing.

Figures on a shared machine are noisy: compare within one run, and quote medians.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx

from knowledge.encoder import OnnxEncoder
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


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder), {"CLAUSEDESK_RATE_LIMITS": "off"})
        started = time.perf_counter()
        product.start()
        print(f"start until ready             {time.perf_counter() - started:8.1f} s")
        try:
            bench_encoder()
            bench_search(product)
            bench_turns(product)
            bench_filing(product)
            print(f"all processes resident        {product.resident_bytes() / 1e6:8.0f} MB")
        finally:
            product.stop()


def bench_encoder() -> None:
    """One query in process; numbers make every text new, so that nothing comes from memory."""
    encoder = OnnxEncoder(ROOT / "var" / "encoder" / "multilingual-e5-small")
    _report("encoder, one query", 200, lambda n: encoder.encode([f"{QUESTIONS[n % 8]} {n}"], "query"))


def bench_search(product: Product) -> None:
    with httpx.Client(base_url=product.url + API, timeout=30) as http:

        def search(number: int) -> None:
            http.post(
                "/policy/search", json={"query": f"{QUESTIONS[number % 8]} {number}"}
            ).raise_for_status()

        _report("search route", SEARCHES, search)


def bench_turns(product: Product) -> None:
    """Turns that answer with a citation, ten a session."""
    talk = Talk(product.url)

    def turn(number: int) -> None:
        nonlocal talk
        if number % 10 == 0:
            talk.close()
            talk = Talk(product.url)
        assert cited(talk.say(QUESTIONS[number % 8]))

    _report("chat turn with a citation", TURNS, turn)


def bench_filing(product: Product) -> None:
    body = {"type": "copy", "lang": "en", "contact": {"kind": "email", "value": "kim@example.com"}}
    with httpx.Client(base_url=product.url + API, timeout=30) as http:
        _report(
            "filing a request",
            FILINGS,
            lambda _: http.post("/dsr/requests", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}),
        )


def _report(name: str, count: int, call: Callable[[int], object]) -> None:
    for number in range(5):
        call(-1 - number)
    times = []
    for number in range(count):
        started = time.perf_counter()
        call(number)
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    p95 = times[int(0.95 * len(times))]
    print(
        f"{name:30s}p50 {statistics.median(times):7.1f} ms   p95 {p95:7.1f} ms   ({count} calls)", flush=True
    )


if __name__ == "__main__":
    main()
