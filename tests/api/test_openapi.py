"""The public document lists every public route and nothing else."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

PUBLIC = {
    "POST /api/v1/policy/search",
    "GET /api/v1/policy",
    "GET /api/v1/policy/clauses",
    "GET /api/v1/policy/clauses/{clause_id}",
    "GET /api/v1/policy/diff",
    "POST /api/v1/chat/sessions",
    "PATCH /api/v1/chat/sessions/{session_id}",
    "POST /api/v1/chat/sessions/{session_id}/messages",
    "GET /api/v1/chat/sessions/{session_id}/messages",
    "GET /api/v1/chat/sessions/{session_id}/events",
    "GET /api/v1/chat/sessions/{session_id}/requests/{reference}/access",
    "GET /api/v1/dsr/types",
    "POST /api/v1/dsr/requests",
    "GET /api/v1/dsr/requests/{reference}",
    "POST /api/v1/dsr/requests/{reference}/cancel",
    "POST /api/v1/agent/setup",
    "POST /api/v1/agent/login",
    "POST /api/v1/agent/logout",
    "GET /api/v1/agent/me",
    "POST /api/v1/agent/assist/search",
    "POST /api/v1/agent/lessons",
    "GET /api/v1/agent/lessons",
    "DELETE /api/v1/agent/lessons/{lesson_id}",
    "GET /api/v1/agent/requests",
    "GET /api/v1/agent/requests/{reference}",
    "GET /health",
    "GET /ready",
}


@pytest.fixture
async def document(web: httpx.AsyncClient) -> dict[str, Any]:
    answer = await web.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_the_document_is_the_contract(document: dict[str, Any]) -> None:
    listed = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert listed == PUBLIC


async def test_the_routes_that_are_listed_are_served(
    web: httpx.AsyncClient, document: dict[str, Any]
) -> None:
    for path in document["paths"]:
        answer = await web.request("TRACE", re.sub(r"{\w+}", "some", path))
        assert answer.status_code == 405, path


async def test_internal_routes_are_served_but_not_listed(
    web: httpx.AsyncClient, document: dict[str, Any]
) -> None:
    assert "internal" not in str(list(document["paths"]))
    assert not {"Decision", "Embeddings", "NewChatRequest"} & set(document["components"]["schemas"])
    assert (await web.get("/internal/encoder")).status_code == 401


async def test_every_route_says_what_it_does(document: dict[str, Any]) -> None:
    silent = [
        f"{method} {path}"
        for path, methods in document["paths"].items()
        for method, route in methods.items()
        if not route.get("description")
    ]
    assert silent == []


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
async def test_no_page_of_the_framework_is_served(web: httpx.AsyncClient, path: str) -> None:
    assert (await web.get(path)).status_code == 404


async def test_every_error_has_the_one_shape(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            refused = operation["responses"]["422"]["content"]["application/json"]["schema"]
            assert refused == {"$ref": "#/components/schemas/ErrorBody"}, path
            assert {"4XX", "5XX"} <= operation["responses"].keys(), path
