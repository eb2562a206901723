"""The bank's sample for the dialogue model: even, always the same, and nothing that Rasa would read as markup."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import yaml

from api.launch.dialogue_data import INTENT, PER_CLAUSE, UNANSWERABLE, sample, write_questions
from knowledge.bank.questions import Question, load_bank
from knowledge.text.policy import load_policy

TANCLOUD = Path(__file__).parents[2] / "knowledge" / "policies" / "tancloud"


def test_every_clause_and_language_has_its_share(tmp_path: Path) -> None:
    bank = load_bank(TANCLOUD, load_policy(TANCLOUD).clauses)
    chosen = sample(bank.answerable, bank.unanswerable)
    shares = Counter((item.lang, item.clause_ids[0] if item.clause_ids else "") for item in chosen)
    assert {key for key in shares if key[1]} == {(item.lang, item.clause_ids[0]) for item in bank.answerable}
    assert all(count <= (PER_CLAUSE if clause else UNANSWERABLE) for (_, clause), count in shares.items())
    assert sample(reversed(bank.answerable), reversed(bank.unanswerable)) == chosen


def test_the_file_is_what_rasa_reads(tmp_path: Path) -> None:
    target = tmp_path / "nlu" / "questions.yml"
    write_questions(TANCLOUD, target)
    content = yaml.safe_load(target.read_text(encoding="utf-8"))
    (block,) = content["nlu"]
    texts = [example["text"] for example in block["examples"]]
    assert (content["version"], block["intent"]) == ("3.1", INTENT)
    assert len(texts) > 500
    assert not [text for text in texts if re.search(r"[\[\]{}\n]|^/", text)]
    before = target.read_bytes()
    write_questions(TANCLOUD, target)
    assert target.read_bytes() == before


def test_markup_is_left_out_and_no_bank_is_an_empty_file(tmp_path: Path) -> None:
    assert sample([question("what is [this](entity)?"), question("/restart"), question("what?")], []) == [
        question("what?")
    ]
    for name in ("policy.yml", "policy.md"):
        (tmp_path / name).write_bytes((TANCLOUD / name).read_bytes())
    write_questions(tmp_path, tmp_path / "questions.yml")
    assert yaml.safe_load((tmp_path / "questions.yml").read_text())["nlu"] == []


def question(text: str) -> Question:
    return Question(text=text, lang="en", clause_ids=("5.6",), also=(), kind="plain", author="test")
