"""The policy is replaced again and again while real requests come in: none fails, and no answer mixes two editions."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from knowledge.editions.edition_files import INDEXES, POINTER, TEXTS, read_contents
from knowledge.editions.publishing import publish
from tests.api.policy.editions import SUBJECTS, Gateway, write_edition

SWAPS = 12
CALLERS = 8
EDITION = re.compile(r"Edition (\d+) says")
Client = httpx.AsyncClient


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with Gateway(tmp_path_factory.mktemp("swap")) as running:
        yield running


def _told(body: Any) -> set[str]:
    """The editions that speak in a body."""
    return set(EDITION.findall(json.dumps(body)))


async def _search(web: Client, number: int) -> str:
    subject = SUBJECTS[number % len(SUBJECTS)]
    answer = await web.post("/api/v1/policy/search", json={"query": f"about {subject}", "top_k": 6})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert _told(body) == {body["policy"]["version"].removeprefix("v")}
    assert subject in body["results"][0]["text"]["en"]
    return str(body["policy"]["version"])


async def _read(web: Client, _: int) -> str:
    answer = await web.get("/api/v1/policy/clauses")
    assert answer.status_code == 200, answer.text
    clauses = answer.json()["clauses"]
    assert len(clauses) == len(SUBJECTS)
    (told,) = _told(clauses)
    assert {clause["version"] for clause in clauses} == {f"v{told}"}
    return f"v{told}"


async def _talk(web: Client, number: int) -> str:
    """Rasa is away: the gateway searches by itself and quotes what it found."""
    session = (await web.post("/api/v1/chat/sessions", json={"lang": "en"})).json()
    subject = SUBJECTS[number % len(SUBJECTS)]
    answer = await web.post(
        f"/api/v1/chat/sessions/{session['session_id']}/messages",
        json={"client_message_id": str(uuid.uuid4()), "text": f"what is said about {subject} here"},
        headers={"Authorization": f"Bearer {session['token']}"},
    )
    assert answer.status_code == 200, answer.text
    citations = [c for message in answer.json()["replies"] for c in message.get("citations") or ()]
    for citation in citations:
        assert _told(citation["quote"]) == {citation["policy_version"].removeprefix("v")}
        assert f"About {subject}" in citation["label"]["en"] or subject in citation["quote"]
    return "talked" if citations else "talked without an answer"


async def test_no_request_fails_and_no_answer_is_of_two_editions(gateway: Gateway) -> None:
    seen: Counter[str] = Counter()
    failed: list[str] = []
    slowest = 0.0
    finished = asyncio.Event()

    async def call(kind: Callable[[Client, int], Awaitable[str]], number: int) -> None:
        nonlocal slowest
        async with Client(base_url=gateway.url, timeout=30) as web:
            while not finished.is_set():
                started = time.monotonic()
                try:
                    seen[await kind(web, number)] += 1
                except (AssertionError, httpx.HTTPError) as problem:
                    failed.append(f"{type(problem).__name__}: {problem}"[:500])
                slowest = max(slowest, time.monotonic() - started)
                number += 1

    kinds = (_search, _read, _search, _talk)
    callers = [asyncio.create_task(call(kinds[n % len(kinds)], n)) for n in range(CALLERS)]
    process = psutil.Process(gateway.process.pid)
    try:
        memory = []
        for number in range(1, SWAPS + 1):
            await asyncio.to_thread(gateway.publish, number)
            await asyncio.to_thread(gateway.serves, number)
            await asyncio.sleep(0.2)
            memory.append(process.memory_info().rss / 2**20)
    finally:
        finished.set()
        await asyncio.gather(*callers)
    print(
        f"{sum(seen.values())} answers, slowest {slowest:.2f} s, memory {memory[0]:.0f} to {memory[-1]:.0f} MB"
    )
    assert failed == []
    assert set(seen) >= {f"v{number}" for number in range(1, SWAPS + 1)} | {"talked"}
    assert memory[-1] < memory[1] + 60


def _damaged_index(root: Path) -> None:
    (place,) = read_contents(root).indexes.values()
    path = root / INDEXES / place.folder / "dense.index"
    path.write_bytes(path.read_bytes()[:-1])


def _damaged_text(root: Path) -> None:
    (path,) = (root / TEXTS).iterdir()
    path.write_bytes(path.read_bytes().replace(b"Edition", b"Editjon"))


def _damaged_pointer(root: Path) -> None:
    (root / POINTER).write_text("{")


def _other_encoder(root: Path) -> None:
    text = (root / POINTER).read_text()
    (root / POINTER).write_text(text.replace('"encoder": "', '"encoder": "another and '))


@pytest.mark.parametrize("damage", [_damaged_index, _damaged_text, _damaged_pointer, _other_encoder])
def test_what_is_damaged_is_refused_with_a_line_and_the_old_one_serves(
    gateway: Gateway, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    serving, before = gateway.version(), len(_refusals(gateway))
    write_edition(tmp_path / "shifting", 999)
    publish(tmp_path / "index", tmp_path / "shifting", gateway.encoders)
    damage(tmp_path / "index")
    for folder in (INDEXES, TEXTS):
        shutil.copytree(tmp_path / "index" / folder, gateway.index / folder, dirs_exist_ok=True)
    (tmp_path / "index" / POINTER).replace(gateway.index / POINTER)
    deadline = time.monotonic() + 30
    while len(_refusals(gateway)) == before and time.monotonic() < deadline:
        time.sleep(0.05)
    (refusal,) = _refusals(gateway)[before:]  # told once, not at every look
    assert refusal["level"] == "error"
    assert refusal["reason"]
    assert gateway.version() == serving
    answer = httpx.post(f"{gateway.url}/api/v1/policy/search", json={"query": "cookies"})
    assert (answer.status_code, f"v{answer.json()['policy']['version'][1:]}") == (200, serving)
    number = int(serving.removeprefix("v")) + 1
    gateway.publish(number)
    gateway.serves(number)


def _refusals(gateway: Gateway) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in gateway.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "policy refused"]
