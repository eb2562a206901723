"""One shape for every failure, and nothing of what a person typed in it or in the log."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.types import Message, Scope

from api import errors
from api.errors import ClauseDeskError, FieldProblem
from api.policy.current import CurrentPolicy
from api.policy.service import PolicyService
from tests.api.conftest import BODY_LIMIT

SEARCH = "/api/v1/policy/search"
SECRET = "13800138000"


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    """The error of an answer, after its shape was checked."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "fields"}
    assert all(set(field) == {"path", "message"} for field in body["error"]["fields"])
    assert answer.headers["content-type"] == "application/json"
    problem: dict[str, Any] = body["error"]
    return problem


async def test_a_bad_field_is_named_and_its_value_is_not_told(web: httpx.AsyncClient) -> None:
    answer = await web.post(SEARCH, json={"query": [SECRET], "lang": SECRET, "top_k": SECRET})
    problem = problem_of(answer)
    assert (answer.status_code, problem["code"]) == (422, "invalid_request")
    assert [field["path"] for field in problem["fields"]] == ["query", "lang", "top_k"]
    assert SECRET not in answer.text


async def test_a_nested_field_and_a_query_parameter_are_named_by_their_path(web: httpx.AsyncClient) -> None:
    filing = {"type": "copy", "lang": "zh", "contact": {"kind": "pigeon", "value": "wang@example.com"}}
    answer = await web.post(
        "/api/v1/dsr/requests", json=filing, headers={"Idempotency-Key": "a key of this test"}
    )
    assert [field["path"] for field in problem_of(answer)["fields"]] == ["contact.kind"], answer.text
    answer = await web.get("/api/v1/policy/diff")
    assert [field["path"] for field in problem_of(answer)["fields"]] == ["from", "to"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"query": ', 422, "invalid_json"),
        (b"", 422, "invalid_request"),
        (b"[]", 422, "invalid_request"),
        (b"null", 422, "invalid_request"),
        (b'{"query": "\xff\xfe"}', 400, "bad_request"),
        (b'{"query": "\\ud800"}', 422, "invalid_request"),
        (b"[" * 4000, 400, "bad_request"),
    ],
)
async def test_a_body_that_is_no_request(web: httpx.AsyncClient, body: bytes, status: int, code: str) -> None:
    answer = await web.post(SEARCH, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, problem_of(answer)["code"]) == (status, code)


async def test_a_path_or_method_that_is_none(web: httpx.AsyncClient) -> None:
    answer = await web.get("/api/v1/nowhere")
    assert (answer.status_code, problem_of(answer)["code"]) == (404, "not_found")
    answer = await web.get(SEARCH)
    assert (answer.status_code, problem_of(answer)["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


async def test_a_body_that_is_too_large(web: httpx.AsyncClient) -> None:
    answer = await web.post(SEARCH, content=b" " * (BODY_LIMIT + 1))
    assert (answer.status_code, problem_of(answer)["code"]) == (413, "payload_too_large")


class Broken(PolicyService):
    """A policy service that fails as no error of ours does, quoting the question."""

    def __init__(self) -> None:
        self.edition = "broken"

    async def search(self, query: str, *_: Any, **__: Any) -> Any:
        raise sqlite3.OperationalError(f"near {query}")


async def test_what_nobody_foresaw_is_answered_without_its_words(
    whole_app: FastAPI, web: httpx.AsyncClient
) -> None:
    whole_app.state.policy = CurrentPolicy(Broken())
    with structlog.testing.capture_logs() as lines:
        answer = await web.post(SEARCH, json={"query": SECRET})
    assert (answer.status_code, problem_of(answer)["code"]) == (500, "internal_error")
    assert SECRET not in answer.text + json.dumps(lines)
    (told,) = [line for line in lines if line["log_level"] == "error"]
    assert told["error"] == "OperationalError"
    assert "test_errors.py:" in told["place"]


async def test_a_stream_that_breaks_is_cut_off_without_words(whole_app: FastAPI) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"one"
        raise RuntimeError(SECRET)

    whole_app.add_api_route("/breaking", lambda: StreamingResponse(breaking()))
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nothing ever comes")

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": "GET", "path": "/breaking", "query_string": b"", "headers": []}
    scope["asgi"] = {"version": "3.0", "spec_version": "2.4"}
    with structlog.testing.capture_logs() as lines:
        await whole_app(scope, receive, send)
    assert sent[0]["status"] == 200
    assert [message.get("more_body") for message in sent[1:]] == [True]  # never ended, so the server hangs up
    assert SECRET not in json.dumps(lines)
    assert [line["error"] for line in lines if line["log_level"] == "error"] == ["RuntimeError"]


def every_error() -> list[type[ClauseDeskError]]:
    return [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ClauseDeskError)
    ]


@pytest.mark.parametrize("kind", every_error())
async def test_our_own_errors_carry_status_code_fields_and_headers(
    whole_app: FastAPI, web: httpx.AsyncClient, kind: type[ClauseDeskError]
) -> None:
    async def fail() -> None:
        raise kind(
            "Words for people.",
            fields=[FieldProblem("contact.value", "is no address")],
            headers={"X-Why": "1"},
        )

    whole_app.add_api_route("/fail", fail)
    answer = await web.get("/fail")
    assert answer.status_code == kind.status
    assert problem_of(answer) == {
        "code": kind.code,
        "message": "Words for people.",
        "fields": [{"path": "contact.value", "message": "is no address"}],
    }
    assert answer.headers["X-Why"] == "1"


async def test_a_code_of_ones_own_replaces_the_kinds(whole_app: FastAPI, web: httpx.AsyncClient) -> None:
    async def fail() -> None:
        raise errors.Conflict("Used for something else.", code="idempotency_conflict")

    whole_app.add_api_route("/fail", fail)
    assert problem_of(await web.get("/fail"))["code"] == "idempotency_conflict"
