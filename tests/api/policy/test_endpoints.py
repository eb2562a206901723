"""The policy routes on the real policy: the shapes of the contract, verbatim texts, refusals."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.policy.current import CurrentPolicy
from api.policy.service import PolicyService

SEARCH = "/api/v1/policy/search"
VERSION = "2022-02-17"


async def search(web: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await web.post(SEARCH, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_search_has_the_shape_of_the_contract(
    web: httpx.AsyncClient, policy_service: PolicyService
) -> None:
    found = await search(web, query="你们使用 Cookie 吗？")
    assert set(found) == {"query_lang", "answerable", "outcome", "confidence", "policy", "results"}
    assert found["query_lang"] == "zh"
    assert found["policy"] == {"id": "tancloud", "version": VERSION, "effective_date": VERSION}
    assert 0 <= found["confidence"] <= 1
    assert found["answerable"] is (found["outcome"] != "not_in_policy")
    assert len(found["results"]) == 5
    for result in found["results"]:
        assert set(result) == {
            *("clause_id", "label", "heading", "text"),
            *("highlights", "score", "notes", "url"),
            *("closing_paragraphs", "items", "items_left_out"),
        }
        clause = policy_service.clause(result["clause_id"])
        assert result["text"] == clause.text.as_dict()
        assert result["label"] == clause.label.as_dict()
        assert result["url"] == f"/policy#clause-{clause.id}"
    ids = [result["clause_id"] for result in found["results"]]
    scores = [result["score"] for result in found["results"]]
    assert len(set(ids)) == len(ids)
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "query", ["How long until my account is closed?", "第三方", "minors children guardian"]
)
async def test_highlights_are_whole_spans_inside_the_text(web: httpx.AsyncClient, query: str) -> None:
    marked = 0
    for result in (await search(web, query=query, top_k=20))["results"]:
        for lang, spans in result["highlights"].items():
            for start, end in spans:
                assert 0 <= start < end <= len(result["text"][lang])
                assert result["text"][lang][start:end].strip()
                marked += 1
    assert marked


async def test_the_word_of_a_clause_finds_it(web: httpx.AsyncClient) -> None:
    found = await search(web, query="Cookie 和同类技术 网站信标")
    assert found["results"][0]["clause_id"].split(".")[0] == "2"


@pytest.mark.parametrize("top_k", [1, 20])
async def test_as_many_results_as_asked(web: httpx.AsyncClient, top_k: int) -> None:
    assert len((await search(web, query="cookie", top_k=top_k))["results"]) == top_k


@pytest.mark.parametrize(
    ("query", "lang", "told"),
    [("我的信息", None, "zh"), ("my data", None, "en"), ("my data", "zh", "zh"), ("ok", "en", "en")],
)
async def test_the_readers_language(web: httpx.AsyncClient, query: str, lang: str | None, told: str) -> None:
    assert (await search(web, query=query, lang=lang))["query_lang"] == told


@pytest.mark.parametrize("query", ["?", "🙂", "a" * 2000, "注" * 2000, "' OR 1=1 --", "\x00 x"])
async def test_any_text_within_the_limit_is_a_query(web: httpx.AsyncClient, query: str) -> None:
    assert len((await search(web, query=query))["results"]) == 5


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "query"),
        ({"query": ""}, "query"),
        ({"query": "\u200b\x00"}, "query"),  # nothing is left of it
        ({"query": "a" * 2001}, "query"),
        ({"query": 5}, "query"),
        ({"query": None}, "query"),
        ({"query": "x", "lang": "fr"}, "lang"),
        ({"query": "x", "top_k": 0}, "top_k"),
        ({"query": "x", "top_k": 21}, "top_k"),
        ({"query": "x", "top_k": 1.5}, "top_k"),
        ({"query": "x", "policy_version": "v" * 65}, "policy_version"),
    ],
)
async def test_what_the_contract_does_not_allow(
    web: httpx.AsyncClient, body: dict[str, Any], path: str
) -> None:
    answer = await web.post(SEARCH, json=body)
    assert answer.status_code == 422
    assert [field["path"] for field in answer.json()["error"]["fields"]] == [path]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/api/v1/policy/clauses/99.9", "clause_not_found"),
        ("GET", "/api/v1/policy/clauses/%00", "clause_not_found"),
        ("GET", "/api/v1/policy/clauses/5.6?version=1999-01-01", "version_not_found"),
        ("GET", "/api/v1/policy/clauses?version=1999-01-01", "version_not_found"),
        ("GET", "/api/v1/policy?version=1999-01-01", "version_not_found"),
        ("GET", f"/api/v1/policy/diff?from={VERSION}&to=1999-01-01", "version_not_found"),
        ("GET", f"/api/v1/policy/diff?from=1999-01-01&to={VERSION}", "version_not_found"),
        ("POST", SEARCH, "version_not_found"),
    ],
)
async def test_what_is_not_kept_is_a_404(web: httpx.AsyncClient, method: str, path: str, code: str) -> None:
    body = {"query": "cookie", "policy_version": "1999-01-01"} if method == "POST" else None
    answer = await web.request(method, path, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)


async def test_the_outline_is_the_whole_policy(web: httpx.AsyncClient, policy_service: PolicyService) -> None:
    found = (await web.get("/api/v1/policy")).json()
    assert found["policy"]["languages"] == ["zh", "en"]
    assert set(found["policy"]["title"]) == {"zh", "en"}
    assert found["versions"] == [{"version": VERSION, "effective_date": VERSION}]

    def walk(entries: list[dict[str, Any]]) -> list[str]:
        return [id_ for entry in entries for id_ in (entry["clause_id"], *walk(entry["children"]))]

    assert walk(found["outline"]) == list(policy_service.policy().clauses)


async def test_a_clause_is_verbatim_in_both_languages(
    web: httpx.AsyncClient, policy_service: PolicyService
) -> None:
    found = (await web.get("/api/v1/policy/clauses/5.6")).json()
    clause = policy_service.clause("5.6")
    assert found["label"] == {"zh": "第五条（六）", "en": "Article 5(f)"}
    assert found["text"] == clause.text.as_dict()
    assert found["paragraphs"] == [paragraph.as_dict() for paragraph in clause.paragraphs]
    assert (found["parent_id"], found["child_ids"]) == ("5", [])
    assert (found["version"], found["url"]) == (VERSION, "/policy#clause-5.6")
    assert found["notes"], "the note on the English text of 5.6 belongs here"
    assert set(found["notes"][0]) == {"kind", "text"}


async def test_all_clauses_come_in_document_order(
    web: httpx.AsyncClient, policy_service: PolicyService
) -> None:
    found = (await web.get("/api/v1/policy/clauses", params={"version": VERSION})).json()["clauses"]
    assert [clause["clause_id"] for clause in found] == list(policy_service.policy().clauses)
    one = (await web.get("/api/v1/policy/clauses/5.6")).json()
    assert one in found


async def test_a_version_does_not_differ_from_itself(web: httpx.AsyncClient) -> None:
    answer = await web.get("/api/v1/policy/diff", params={"from": VERSION, "to": VERSION})
    assert answer.json() == {
        "from": VERSION,
        "to": VERSION,
        "added": [],
        "removed": [],
        "changed": [],
        "moved": [],
    }


async def test_two_versions_are_told_apart(
    whole_app: FastAPI, web: httpx.AsyncClient, two_versions: CurrentPolicy
) -> None:
    whole_app.state.policy = two_versions
    found = (await web.get("/api/v1/policy/diff", params={"from": "2020-01-01", "to": VERSION})).json()
    assert found["added"] == ["10"]
    assert found["moved"] == [{"before_id": "11", "after_id": "9"}]
    (change,) = found["changed"]
    assert (change["before_id"], change["clause_id"]) == ("2", "2")
    assert change["before"] == {"zh": "关于 Cookie。", "en": "On cookies."}
    assert change["before_label"] == change["after_label"] == {"zh": "第二条", "en": "Article 2"}
    for lang in ("zh", "en"):
        for side, gone in (("before", "added"), ("after", "removed")):
            kept = [stretch["text"] for stretch in change["words"][lang] if stretch["op"] != gone]
            assert "".join(kept) == change[side][lang]
    assert [entry["version"] for entry in (await web.get("/api/v1/policy")).json()["versions"]] == [
        "2020-01-01",
        VERSION,
    ]


async def test_an_older_version_is_searched_under_its_own_ids_and_texts(
    whole_app: FastAPI, web: httpx.AsyncClient, two_versions: CurrentPolicy
) -> None:
    whole_app.state.policy = two_versions
    found = await search(web, query="联系我们 法律适用 Cookie", top_k=20, policy_version="2020-01-01")
    assert found["policy"]["version"] == "2020-01-01"
    old = two_versions.now.policy("2020-01-01")
    ids = [result["clause_id"] for result in found["results"]]
    assert ids
    assert set(ids) <= set(old.clauses)
    assert "11" in ids, "it has this number in that version only"
    for result in found["results"]:
        assert result["text"] == old.clause(result["clause_id"]).text.as_dict()
        for lang, spans in result["highlights"].items():
            assert all(end <= len(result["text"][lang]) for _, end in spans)
