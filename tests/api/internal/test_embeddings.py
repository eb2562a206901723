"""Embeddings for the Rasa side: the token, the fingerprint, unit vectors."""

from __future__ import annotations

import json
import math
from typing import Any

import httpx
import pytest

from api.policy.service import PolicyService
from tests.api.conftest import SERVICE_TOKEN

ROUTES = [
    ("GET", "/internal/encoder", None),
    ("POST", "/internal/embeddings", {"texts": ["你好"]}),
    ("POST", "/internal/policy/search", {"query": "cookie"}),
    ("POST", "/internal/dsr/requests", {}),
    ("GET", "/internal/dsr/requests?session_id=1", None),
    ("GET", "/internal/dsr/types", None),
    ("POST", "/internal/lessons", {"question": "?", "clause_ids": []}),
    ("GET", "/internal/lessons", None),
    ("DELETE", "/internal/lessons/1", None),
]
RIGHT = {"Authorization": f"Bearer {SERVICE_TOKEN}"}


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer  ", "Bearer wrong", f"Basic {SERVICE_TOKEN}", "Bearer \xe9"]
)
async def test_nobody_else_gets_in(
    web: httpx.AsyncClient, method: str, path: str, body: Any, authorization: str | None
) -> None:
    headers = [(b"Authorization", authorization.encode("latin-1"))] if authorization else []
    answer = await web.request(method, path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")


async def test_the_encoder_is_described(web: httpx.AsyncClient, policy_service: PolicyService) -> None:
    answer = await web.get("/internal/encoder", headers=RIGHT)
    assert answer.json() == {"fingerprint": policy_service.retriever.encoder.fingerprint, "dimension": 256}


async def test_texts_become_unit_vectors_in_order(web: httpx.AsyncClient) -> None:
    texts = ["多久能注销？", "who do you share my number with?", "", "多久能注销？"]
    answer = await web.post("/internal/embeddings", json={"texts": texts}, headers=RIGHT)
    assert answer.status_code == 200
    body = answer.json()
    assert body["fingerprint"] == "hash-256"
    assert [len(vector) for vector in body["vectors"]] == [256] * 4
    assert all(math.isclose(math.hypot(*vector), 1, abs_tol=1e-5) for vector in body["vectors"])
    assert body["vectors"][0] == body["vectors"][3] != body["vectors"][1]


@pytest.mark.parametrize(
    "texts", [[], ["a"] * 513, ["a" * 4001], [1], "text", None, ["\ud800"]], ids=lambda value: str(value)[:12]
)
async def test_what_is_no_list_of_texts(web: httpx.AsyncClient, texts: Any) -> None:
    content = json.dumps({"texts": texts})
    headers = {**RIGHT, "Content-Type": "application/json"}
    answer = await web.post("/internal/embeddings", content=content, headers=headers)
    assert answer.status_code == 422


async def test_as_many_texts_as_allowed(web: httpx.AsyncClient) -> None:
    answer = await web.post("/internal/embeddings", json={"texts": ["a"] * 512}, headers=RIGHT)
    assert len(answer.json()["vectors"]) == 512
