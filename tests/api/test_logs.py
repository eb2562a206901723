"""Log lines: one JSON object each, with the request's id, without anybody's words."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from api import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_is_one_json_object_with_level_moment_and_request(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "json")
    with structlog.contextvars.bound_contextvars(request_id="request-0001"):
        structlog.get_logger("ours").info("request filed", clause="第五条\n（六）")
        logging.getLogger("theirs").warning("a library says %s", "this")
    ours, theirs = told(capsys)
    assert (ours["event"], ours["level"], ours["request_id"]) == ("request filed", "info", "request-0001")
    assert ours["clause"] == "第五条\n（六）"
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"], theirs["request_id"]) == (
        "a library says this",
        "warning",
        "request-0001",
    )


def test_less_than_the_level_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("WARNING", "json")
    structlog.get_logger("ours").info("quiet")
    structlog.get_logger("ours").warning("loud")
    assert [line["event"] for line in told(capsys)] == ["loud"]


@pytest.mark.parametrize("name", ["uvicorn.access", "httpx", "httpcore", "sqlalchemy.engine", "aiosqlite"])
def test_lines_with_addresses_and_parameters_are_not_told(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("DEBUG", "json")
    logging.getLogger(name).info("GET /requests/DSR-7K3M-Q9XA from 203.0.113.7")
    assert told(capsys) == []


def test_an_exception_is_named_and_its_words_are_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "json")
    try:
        raise ValueError("13800138000")
    except ValueError as problem:
        logging.getLogger("a.library").exception("Exception in ASGI application")
        structlog.get_logger("ours").error("failed", exc_info=True)
        structlog.get_logger("ours").error("failed", exc_info=problem)
    lines = told(capsys)
    assert len(lines) == 3
    for line in lines:
        assert line["error"] == "ValueError"
        assert "test_logs.py:" in line["place"]
        assert "13800138000" not in json.dumps(line)


def test_for_people_there_is_readable_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "console")
    try:
        raise ValueError("13800138000")
    except ValueError:
        structlog.get_logger("ours").exception("something happened")
    written = capsys.readouterr().out
    assert "something happened" in written
    assert "ValueError" in written
    assert "13800138000" not in written
