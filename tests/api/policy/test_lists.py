"""Whole lists: a clause that opens one is cited with its items, word for word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.policy.current import CurrentPolicy
from api.policy.lists import MOST_CHARACTERS, MOST_NAMED, below
from api.policy.quotes import Quotes
from api.policy.service import PolicyService
from knowledge.text.notes import Notes, load_notes
from knowledge.text.policy import load_store
from knowledge.types import Language

LISTS = ["1.1.1", "1.2.3", "1.2.4", "1.2.9", "1.2.10", "2.1", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2"]
LISTS += ["4.3.2", "5.1", "5.3", "5.7", "6.3"]
SECTIONS = ["1", "1.2", "2", "3", "4", "5", "6"]


def english(folder: Path, text: str) -> Quotes:
    folder.mkdir(exist_ok=True)
    (folder / "policy.md").write_text(text)
    (folder / "policy.yml").write_text(
        'id: small\nversion: "v1"\neffective_date: 2024-01-01\nlanguages: [en]\ntitle: {en: Small Policy}\n'
    )
    return Quotes("e", load_store(folder), Notes(()))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("clause_id", LISTS)
def test_a_list_is_cited_with_its_items_word_for_word(
    policy_service: PolicyService, clause_id: str, lang: Language
) -> None:
    parent = policy_service.clause(clause_id)
    citation = policy_service.citation(clause_id, lang)
    assert citation["quote"] == parent.text.only(lang)
    assert citation["items_left_out"] == 0
    assert [item["clause_id"] for item in citation["items"]] == list(parent.child_ids)
    for item in citation["items"]:
        clause = policy_service.clause(item["clause_id"])
        assert item["quote"] == clause.text.only(lang)
        assert item["lang"] == lang
        other: Language = "en" if lang == "zh" else "zh"
        assert item["quote_other"] == {"lang": other, "text": clause.text.only(other)}
        assert item["label"] == clause.label.as_dict()
        assert item["url"] == f"/policy#clause-{clause.id}"
        assert [note["kind"] for note in item["notes"]] == [n.kind for n in policy_service.notes(clause.id)]
        assert item["items"] == []


def test_the_refusal_list_opens_with_its_paragraphs_and_has_all_eight_items(
    policy_service: PolicyService,
) -> None:
    citation = policy_service.citation("5.7", "en")
    assert citation["quote"].endswith("we will not be able to respond to your request:")
    assert len(citation["items"]) == 8
    assert "national security" in citation["items"][1]["quote"]
    assert citation["items"][0]["label"] == {"zh": "第五条（七）1", "en": "Article 5(g)(i)"}


@pytest.mark.parametrize(("clause_id", "closing"), [("3.1", 1), ("4.1", 2), ("5.3", 1), ("5.7", 0)])
def test_the_paragraphs_that_close_a_list_are_told_from_those_that_open_it(
    policy_service: PolicyService, clause_id: str, closing: int
) -> None:
    citation = policy_service.citation(clause_id, "zh")
    paragraphs = citation["quote"].split("\n\n")
    assert citation["closing_paragraphs"] == closing
    assert paragraphs[len(paragraphs) - closing - 1].endswith(("：", ":", "要求"))


def test_an_item_with_items_has_them_below_it(policy_service: PolicyService) -> None:
    items = policy_service.citation("1.1", "zh")["items"]
    assert [item["clause_id"] for item in items] == ["1.1.1", "1.1.2", "1.1.3"]
    assert [item["clause_id"] for item in items[0]["items"]] == ["1.1.1.1", "1.1.1.2"]
    assert items[0]["closing_paragraphs"] == 1
    inner = items[0]["items"][1]
    assert inner["quote"] == policy_service.clause("1.1.1.2").text.zh


def test_a_title_stands_above_words_that_do_not_begin_with_it(policy_service: PolicyService) -> None:
    titles = {item["clause_id"]: item["title"] for item in policy_service.citation("4.3", "zh")["items"]}
    assert titles["4.3.1"] == {"zh": "数据安全技术措施", "en": "Data security technical measures"}
    assert titles["4.3.2"] == titles["4.3.3"] == {"zh": None, "en": None}


@pytest.mark.parametrize("clause_id", SECTIONS)
def test_sections_and_long_lists_are_named(policy_service: PolicyService, clause_id: str) -> None:
    citation = policy_service.citation(clause_id, "en")
    assert [item["clause_id"] for item in citation["items"]] == list(
        policy_service.clause(clause_id).child_ids
    )
    for item in citation["items"]:
        assert (item["quote"], item["quote_other"], item["items"]) == (None, None, [])
        assert item["title"]["zh"]
        assert item["title"]["en"]
        assert item["url"].endswith(f"#clause-{item['clause_id']}")
    names = [item["title"]["en"] for item in citation["items"]]
    assert len(set(names)) == len(names), "each is told from the others"


def test_where_sections_have_no_titles_their_first_words_name_them(policy_service: PolicyService) -> None:
    kept, _, _, titled = policy_service.citation("4", "zh")["items"]
    assert kept["title"]["zh"] == (policy_service.clause("4.1").text.zh or "").split("\n")[0]
    assert titled["title"]["zh"] == "安全事件处置"
    shared = policy_service.citation("6", "zh")["items"][0]["title"]["zh"]
    assert shared.endswith("…")
    assert (policy_service.clause("6.1").text.zh or "").startswith(shared.rstrip("…"))


@pytest.mark.parametrize("clause_id", ["5.5", "5.7.2", "0.1", "0"])
def test_what_has_no_items_or_says_them_itself_has_none(
    policy_service: PolicyService, clause_id: str
) -> None:
    assert policy_service.citation(clause_id, "zh")["items"] == []


def test_nothing_of_what_is_cited_is_longer_than_the_bound(policy_service: PolicyService) -> None:
    for clause_id in policy_service.policy().clauses:
        for lang in ("zh", "en"):
            assert _words(policy_service.citation(clause_id, lang)["items"]) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    ("length", "whole"), [(MOST_CHARACTERS // 4, True), (MOST_CHARACTERS // 4 + 1, False)]
)
def test_a_list_that_is_too_long_is_named(tmp_path: Path, length: int, whole: bool) -> None:
    items = "\n\n".join(f"{letter}. {'x' * (length - 1)};" for letter in "abcd")
    citation = english(tmp_path, f"1. Long\n\nWe take:\n\n{items}\n\n2. Next\n\nEnd.").citation("1", "en")
    assert [item["quote"] is not None for item in citation["items"]] == [whole] * 4


def test_items_of_items_count_too(tmp_path: Path) -> None:
    inner = "\n\n".join(f"({number}) {'x' * (MOST_CHARACTERS // 4)};" for number in range(1, 5))
    text = f"1. Outer\n\na. Long\n\nWe take:\n\n1) first:\n\n{inner}\n\n2) second.\n\n2. Next\n\nEnd."
    quotes = english(tmp_path, text)
    assert quotes.clause("1.1.1").child_ids, "a list in a list"
    assert [item["quote"] for item in quotes.citation("1.1", "en")["items"]] == [None, None]


def test_of_very_many_items_the_first_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    rows = "\n\n".join(f"({number}) thing number {number};" for number in range(1, MOST_NAMED + 31))
    quotes = english(tmp_path, f"1. Many\n\nWe take:\n\n{rows}\n\n2. Next\n\nEnd.")
    citation = quotes.citation("1", "en")
    assert [item["clause_id"] for item in citation["items"]] == [f"1.{n}" for n in range(1, MOST_NAMED + 1)]
    assert citation["items_left_out"] == 30
    assert citation["items"][0]["title"] == {"zh": None, "en": "thing number 1;"}


@pytest.mark.parametrize("asked", ["zh", "en"])
def test_a_policy_of_one_language_is_quoted_in_it(tmp_path: Path, asked: Language) -> None:
    quotes = english(tmp_path, "1. Ends\n\nWe keep it until:\n\na. you ask;\n\nb. it ends.\n\nThen it goes.")
    citation = quotes.citation("1", asked)
    assert [(item["quote"], item["lang"], item["quote_other"]) for item in citation["items"]] == [
        ("you ask;", "en", None),
        ("it ends.", "en", None),
    ]
    assert citation["closing_paragraphs"] == 1


def test_items_are_those_of_the_version_that_is_cited(tmp_path: Path) -> None:
    english(tmp_path, "1. Ends\n\nUntil:\n\na. you ask;\n\nb. it ends;\n\nc. we close.\n\n2. Next\n\nEnd.")
    old = tmp_path / "versions" / "v0"
    old.mkdir(parents=True)
    english(old, "1. Ends\n\nUntil:\n\na. nobody wants it;\n\nb. it ends.\n\n2. Next\n\nEnd.")
    manifest = old / "policy.yml"
    manifest.write_text(manifest.read_text().replace('"v1"', '"v0"').replace("2024", "2020"))
    (tmp_path / "notes.yml").write_text(
        "notes:\n- {clauses: ['1.1'], versions: [v0], kind: layout, text: {zh: 旧, en: old}}\n"
    )
    store = load_store(tmp_path)
    quotes = Quotes("e", store, load_notes(tmp_path / "notes.yml", store))
    now, before = quotes.citation("1", "en"), quotes.citation("1", "en", "v0")
    assert [item["quote"] for item in now["items"]] == ["you ask;", "it ends;", "we close."]
    assert [item["quote"] for item in before["items"]] == ["nobody wants it;", "it ends."]
    assert (now["policy_version"], before["policy_version"]) == ("v1", "v0")
    assert [item["notes"] for item in now["items"]] == [[], [], []]
    assert before["items"][0]["notes"] == [{"kind": "layout", "text": {"zh": "旧", "en": "old"}}]


async def test_search_results_have_the_same_items_in_both_languages(
    web: httpx.AsyncClient, policy_service: PolicyService
) -> None:
    body = {"query": "以下情形中，共享、转让、公开披露您的个人信息无需事先征得您的授权同意", "top_k": 20}
    answer = await web.post("/api/v1/policy/search", json=body)
    results = {result["clause_id"]: result for result in answer.json()["results"]}
    assert any(result["items"] for result in results.values())
    for clause_id, result in results.items():
        citation = policy_service.citation(clause_id, "zh")
        assert _outline(result["items"], "text") == _outline(citation["items"], "quote")
        assert result["items_left_out"] == citation["items_left_out"]
        assert result["closing_paragraphs"] == citation["closing_paragraphs"]
    listed = results["3.4"]["items"]
    assert [item["text"] for item in listed] == [
        policy_service.clause(f"3.4.{number}").text.as_dict() for number in range(1, 8)
    ]


async def test_a_search_in_an_older_version_has_that_versions_items(
    whole_app: FastAPI, web: httpx.AsyncClient, two_versions: CurrentPolicy
) -> None:
    whole_app.state.policy = two_versions
    body = {"query": "Cookies", "top_k": 20, "policy_version": "2020-01-01"}
    results = (await web.post("/api/v1/policy/search", json=body)).json()["results"]
    old = two_versions.now.policy("2020-01-01")
    for result in results:
        wanted = below(old, old.clause(result["clause_id"]))
        assert [item["clause_id"] for item in result["items"]] == [item.clause.id for item in wanted.items]


async def test_the_items_are_described_in_the_public_document(web: httpx.AsyncClient) -> None:
    schemas = (await web.get("/api/v1/openapi.json")).json()["components"]["schemas"]
    for name in ("items", "items_left_out", "closing_paragraphs"):
        assert schemas["SearchResult"]["properties"][name]["description"]
    assert "4,000" in schemas["SearchResult"]["properties"]["items"]["description"]


def _words(items: list[dict[str, Any]]) -> int:
    return sum(len(item["quote"] or "") + _words(item["items"]) for item in items)


def _outline(items: list[dict[str, Any]], words: str) -> list[Any]:
    return [
        (item["clause_id"], item[words] is not None, item["title"], _outline(item["items"], words))
        for item in items
    ]
