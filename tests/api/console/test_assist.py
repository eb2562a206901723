"""The suggested reply: the clause word for word, in both languages, or nothing made up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

import api.console.assist
from api.console.assist import LANGUAGES, Assistant
from api.policy.service import PolicyService

QUOTE = {"zh": "一般情况下，{choices} 十五天内予以回复。", "en": "respond within {five} days"}


@dataclass(frozen=True)
class Decided:
    outcome: str
    cited: tuple[str, ...]


class Heading:
    def as_dict(self) -> dict[str, str | None]:
        return {"zh": "获取个人信息副本", "en": None}


class Clause:
    heading = Heading()


class Policy:
    """One clause, 5.6, with a braces trap in its words and a note of each kind."""

    def citation(self, clause_id: str, lang: str) -> dict[str, Any]:
        kinds = ("wrong_reference", "translation", "inconsistency")
        return {
            "label": {"zh": f"第{clause_id}条", "en": f"Article {clause_id}"},
            "quote": QUOTE[lang],
            "notes": [{"kind": kind, "text": {"zh": f"说明 {kind}", "en": f"note {kind}"}} for kind in kinds],
            "closing_paragraphs": 0,
            "items": [],
            "items_left_out": 0,
        }

    def clause(self, clause_id: str) -> Clause:
        return Clause()


def test_an_answer_quotes_word_for_word_and_tells_the_known_mistakes(assistant: Assistant) -> None:
    reply = assistant.suggest(Policy(), Decided("answer", ("5.6",)))
    assert QUOTE["zh"] in reply["zh"]
    assert QUOTE["en"] in reply["en"]
    assert "第5.6条" in reply["zh"]
    assert "Article 5.6" in reply["en"]
    assert [kind in reply["zh"] for kind in ("wrong_reference", "translation", "inconsistency")] == [
        True,
        False,
        False,
    ]
    assert [kind in reply["en"] for kind in ("wrong_reference", "translation", "inconsistency")] == [
        True,
        True,
        False,
    ]


def test_every_clause_that_answers_is_quoted(assistant: Assistant) -> None:
    reply = assistant.suggest(Policy(), Decided("answer", ("5.6", "5.5")))
    assert reply["zh"].index("第5.6条") < reply["zh"].index("第5.5条")
    assert reply["en"].count(QUOTE["en"]) == 2


def test_a_list_is_quoted_with_its_items_between_its_words(
    assistant: Assistant, policy_service: PolicyService
) -> None:
    reply = assistant.suggest(policy_service, Decided("answer", ("4.1",)))
    for lang in LANGUAGES:
        opening, *closing = (policy_service.clause("4.1").text.only(lang) or "").split("\n\n")
        items = [policy_service.clause(f"4.1.{number}") for number in range(1, 5)]
        lines = [f"{item.label.only(lang)} {item.text.only(lang)}" for item in items]
        assert "\n".join([opening, *lines, "\n\n".join(closing)]) in reply[lang]


def test_notes_on_items_are_told_once(assistant: Assistant, policy_service: PolicyService) -> None:
    noted = [
        clause
        for clause in policy_service.policy().clauses.values()
        for child in policy_service.citation(clause.id, "en")["items"]
        if child["quote"] and any(note["kind"] == "translation" for note in child["notes"])
    ]
    assert noted
    for clause in noted:
        reply = assistant.suggest(policy_service, Decided("answer", (clause.id,)))["en"]
        items = policy_service.citation(clause.id, "en")["items"]
        for note in (note for item in items for note in item["notes"] if note["kind"] == "translation"):
            assert reply.count(note["text"]["en"]) == 1


def test_sections_are_named_and_a_title_stands_before_the_words(
    assistant: Assistant, policy_service: PolicyService
) -> None:
    sections = assistant.suggest(policy_service, Decided("answer", ("5",)))["en"]
    assert "\nArticle 5(c) Delete your personal information\n" in sections
    protected = assistant.suggest(policy_service, Decided("answer", ("4.3",)))["zh"]
    assert "第四条（三）1 数据安全技术措施：我们会采用" in protected
    assert "第四条（三）2（1） " in protected, "items of an item too"


def test_asking_back_names_the_choices(assistant: Assistant) -> None:
    reply = assistant.suggest(Policy(), Decided("ask_back", ("5.6", "5.5")))
    assert "第5.6条获取个人信息副本；第5.5条获取个人信息副本" in reply["zh"]
    assert "Article 5.6 获取个人信息副本; Article 5.5" in reply["en"]


@pytest.mark.parametrize("decided", [Decided("not_in_policy", ("5.6",)), Decided("answer", ())])
def test_without_a_clause_nothing_is_cited(assistant: Assistant, decided: Decided) -> None:
    reply = assistant.suggest(Policy(), decided)
    assert "5.6" not in reply["zh"] + reply["en"]
    assert "没有写明" in reply["zh"]
    assert "does not say" in reply["en"]


def test_both_languages_have_the_same_wording() -> None:
    wording = yaml.safe_load(Path(api.console.assist.__file__).with_name("wording.yml").read_text("utf-8"))
    assert set(wording["zh"]) == set(wording["en"])
    for key, text in wording["zh"].items():
        fields = {
            name
            for name in ("{label}", "{quote}", "{note}", "{choices}", "{heading}", "{title}", "{count}")
            if name in text
        }
        assert all(name in wording["en"][key] for name in fields), key
