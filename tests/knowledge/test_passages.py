"""What is indexed of a policy."""

from __future__ import annotations

from pathlib import Path

import pytest

import knowledge
from knowledge.index.passages import passages, sentences
from knowledge.text.policy import Policy, load_policy
from tests.knowledge.outlines import clauses


def test_a_paragraph_is_led_by_the_headings_above_it_in_its_own_language(lantern: Policy) -> None:
    found = {passage.key: passage for passage in passages(lantern.clauses)}
    english, chinese = found["3.2|en|0"], found["3.2|zh|0"]
    assert english.text == "Your rights\nYou may close your account. After that we delete your information."
    assert chinese.text == "您的权利\n您可以注销账号。注销后我们删除您的信息。"
    assert (english.clause_id, english.lang, chinese.lang) == ("3.2", "en", "zh")
    assert len(found) == 2 * len(lantern.clauses)


def test_headings_of_every_level_lead() -> None:
    found = list(passages(clauses("1. Data\n\na. Phones\n\nWe keep numbers.\n\nb. Mail\n\nWe keep mail.")))
    assert [passage.text for passage in found if passage.clause_id == "1.1"] == [
        "Data Phones\nWe keep numbers."
    ]


def test_each_paragraph_is_a_passage() -> None:
    found = list(passages(clauses("1. Data\n\nFirst.\n\nSecond.\n\n2. Next\n\nEnd.")))
    assert [(p.key, p.text) for p in found] == [
        ("1|en|0", "Data\nFirst."),
        ("1|en|1", "Data\nSecond."),
        ("2|en|0", "Next\nEnd."),
    ]


@pytest.fixture(scope="module")
def tancloud() -> Policy:
    return load_policy(Path(knowledge.__file__).parent / "policies" / "tancloud")


def test_no_paragraph_of_the_policy_is_left_out_and_no_key_stands_twice(tancloud: Policy) -> None:
    found = list(passages(tancloud.clauses))
    assert len({passage.key for passage in found}) == len(found)
    for clause in tancloud.clauses.values():
        own = [passage for passage in found if passage.clause_id == clause.id]
        written = [p.only(lang) for lang in ("zh", "en") for p in clause.paragraphs if p.only(lang)]
        assert len(own) == len(written) > 0
        for passage, text in zip(own, written, strict=True):
            assert passage.text.endswith(str(text))


def test_sentences_are_verbatim_at_their_offsets(tancloud: Policy) -> None:
    found = list(sentences(tancloud.clauses))
    assert {sentence.lang for sentence in found} == {"zh", "en"}
    for sentence in found:
        text = tancloud.clause(sentence.clause_id).text.only(sentence.lang) or ""
        assert text[sentence.start : sentence.end] == sentence.text != ""


def test_a_policy_of_one_language_has_passages_and_sentences_in_it_alone() -> None:
    only = clauses("1. Data\n\nWe keep it. You may ask.\n\n2. Next\n\nEnd of it.")
    assert {passage.lang for passage in passages(only)} == {"en"}
    assert [sentence.text for sentence in sentences(only)] == ["We keep it.", "You may ask.", "End of it."]
