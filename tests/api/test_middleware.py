"""Request ids, security headers, the access log and the body limit."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from api.middleware import SECURITY_HEADERS, BodyLimit
from tests.api.conftest import BODY_LIMIT

ANY_ANSWER = [
    ("GET", "/health", 200),
    ("GET", "/", 200),
    ("GET", "/static/nothing.js", 404),
    ("GET", "/api/v1/nowhere", 404),
    ("GET", "/api/v1/policy/search", 405),
    ("POST", "/api/v1/policy/search", 422),
    ("GET", "/internal/encoder", 401),
    ("GET", "/ready", 500),  # the state has no readers here: an error that nobody foresaw
]


@pytest.mark.parametrize(("method", "path", "status"), ANY_ANSWER)
async def test_every_answer_has_the_headers_and_an_id(
    web: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await web.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert len(answer.headers["x-request-id"]) == 16


async def test_a_refused_body_has_them_too(web: httpx.AsyncClient) -> None:
    answer = await web.post("/api/v1/policy/search", content=b" " * (BODY_LIMIT + 1))
    assert answer.status_code == 413
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert "x-request-id" in answer.headers


async def test_the_policy_forbids_inline_scripts_and_foreign_frames() -> None:
    rules = SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in rules
    assert "frame-ancestors 'self'" in rules
    assert "object-src 'none'" in rules


@pytest.mark.parametrize("offered", ["abcd1234", "a.b-c_D9" * 8])
async def test_the_callers_id_is_taken(web: httpx.AsyncClient, offered: str) -> None:
    answer = await web.get("/health", headers={"X-Request-ID": offered})
    assert answer.headers["x-request-id"] == offered


@pytest.mark.parametrize(
    "offered", ["", "short", "a" * 65, "wang@example.com", "has a space", "两个汉字两个汉字"]
)
async def test_what_does_not_look_like_an_id_is_replaced(web: httpx.AsyncClient, offered: str) -> None:
    answer = await web.get("/health", headers=[(b"X-Request-ID", offered.encode())])
    made = answer.headers["x-request-id"]
    assert made != offered
    assert len(made) == 16
    assert made != (await web.get("/health")).headers["x-request-id"]


async def test_the_log_has_the_pattern_and_nothing_of_the_caller(web: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        await web.get("/api/v1/policy/clauses/5.6", params={"version": "13800138000"})
        await web.post("/api/v1/policy/search", json={"query": "wang@example.com"})
        await web.get("/api/v1/DSR-7K3M-Q9XA")
    told = [line for line in lines if line["event"] == "request"]
    assert [(line["method"], line["status"]) for line in told] == [("GET", 404), ("POST", 200), ("GET", 404)]
    assert told[0]["route"].endswith("/policy/clauses/{clause_id}")
    assert told[1]["route"].endswith("/policy/search")
    assert told[2]["route"] is None
    assert all(line["milliseconds"] >= 0 for line in told)
    everything = json.dumps(lines)
    for private in ("13800138000", "wang@example.com", "DSR-7K3M", "5.6"):
        assert private not in everything


async def test_probes_are_logged_for_those_who_debug(web: httpx.AsyncClient) -> None:
    with structlog.testing.capture_logs() as lines:
        await web.get("/health")
    assert [line["log_level"] for line in lines if line["event"] == "request"] == ["debug"]


async def test_lines_of_one_request_share_its_id(whole_app: FastAPI, web: httpx.AsyncClient) -> None:
    seen: list[dict[str, Any]] = []

    async def look() -> None:
        seen.append(structlog.contextvars.get_contextvars())

    whole_app.add_api_route("/look", look)
    await web.get("/look", headers={"X-Request-ID": "request-0001"})
    assert seen == [{"request_id": "request-0001"}]
    assert structlog.contextvars.get_contextvars() == {}


async def chunked(total: int, size: int) -> AsyncIterator[bytes]:
    for start in range(0, total, size):
        yield b" " * min(size, total - start)


async def test_a_body_without_a_length_is_counted(web: httpx.AsyncClient) -> None:
    within = await web.post("/api/v1/policy/search", content=chunked(BODY_LIMIT, 1000))
    beyond = await web.post("/api/v1/policy/search", content=chunked(BODY_LIMIT + 1, 1000))
    assert (within.status_code, beyond.status_code) == (422, 413)


async def test_a_body_in_pieces_arrives_whole(web: httpx.AsyncClient) -> None:
    body = json.dumps({"query": "多久能注销？" * 50}, ensure_ascii=False).encode()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 7):  # cuts characters in the middle
            yield body[start : start + 7]

    headers = {"Content-Type": "application/json"}
    answer = await web.post("/api/v1/policy/search", content=pieces(), headers=headers)
    assert answer.status_code == 200, answer.text


class Wire:
    """One request as the server hands it over; remembers how much was read and what was answered."""

    def __init__(self, *messages: Message) -> None:
        self._messages = list(messages)
        self.answered: list[Message] = []

    async def receive(self) -> Message:
        return self._messages.pop(0)

    async def send(self, message: Message) -> None:
        self.answered.append(message)

    @property
    def unread(self) -> int:
        return len(self._messages)


async def read_all(_scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


def scope(**headers: str) -> Scope:
    listed = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http", "method": "POST", "headers": listed}


def piece(size: int, more: bool = True) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def test_reading_stops_where_the_limit_is_passed() -> None:
    wire = Wire(*[piece(60)] * 100)
    await BodyLimit(read_all, 100)(scope(), wire.receive, wire.send)
    assert wire.answered[0]["status"] == 413
    assert wire.unread == 98


async def test_a_length_beyond_the_limit_is_believed_unread() -> None:
    wire = Wire(piece(10, more=False))
    await BodyLimit(read_all, 100)(scope(content_length="101"), wire.receive, wire.send)
    assert wire.answered[0]["status"] == 413
    assert wire.unread == 1


@pytest.mark.parametrize("length", ["10", "²", "-5", "many"])
async def test_a_length_that_lies_does_not_matter(length: str) -> None:
    honest, lying = Wire(piece(50), piece(50, more=False)), Wire(piece(50), piece(51, more=False))
    for wire, status in ((honest, 200), (lying, 413)):
        await BodyLimit(read_all, 100)(scope(content_length=length), wire.receive, wire.send)
        assert wire.answered[0]["status"] == status


async def test_a_caller_who_left_is_not_answered() -> None:
    wire = Wire(piece(10), {"type": "http.disconnect"})
    await BodyLimit(read_all, 100)(scope(), wire.receive, wire.send)
    assert wire.answered == []
