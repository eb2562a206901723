"""What the desk confirmed becomes lines of the bank, which the next build reads."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from api.chat.placeholders import anonymous
from api.clock import now
from api.crypto import Vault
from api.db import Database
from api.lessons.__main__ import main
from api.lessons.service import LessonService, Teaching
from api.migrations import migrate
from api.policy.current import CurrentPolicy
from api.settings import Settings
from knowledge.bank.questions import load_bank
from knowledge.text.policy import load_policy
from tests.api.lessons.conftest import OpenPolicy
from tests.knowledge.lantern import ASKED


@pytest.fixture
def product(
    tmp_path: Path, policy_folder: Path, monkeypatch: pytest.MonkeyPatch, open_policy: OpenPolicy
) -> Settings:
    """A product with lessons of every kind; its settings stand in the environment."""
    shutil.copytree(policy_folder, tmp_path / "policies" / "lantern")
    monkeypatch.chdir(tmp_path)
    for name, value in {"DATA_DIR": "data", "POLICIES_DIR": "policies", "POLICY": "lantern"}.items():
        monkeypatch.setenv(f"CLAUSEDESK_{name}", value)
    settings = Settings(_env_file=None)
    settings.data_dir.mkdir()
    migrate(settings.sqlalchemy_url)
    asyncio.run(taught(settings, open_policy))
    return settings


async def taught(settings: Settings, open_policy: OpenPolicy) -> None:
    database = Database(settings.sqlalchemy_url)
    lessons = LessonService(
        database, Vault.open(settings.secrets_dir), CurrentPolicy(open_policy()), anonymous, now
    )
    for question, clauses in (
        ("will my letters be answered\non a Sunday", ("5",)),
        ("周日回信吗，“尽快”是多久: 三天?", ("5", "2")),
        ("do you sell lanterns", ()),
        ("this one is taken back", ("5",)),
        (ASKED["4"][0], ("4",)),  # stands in the bank, which says the same
        (ASKED["5"][0], ("2",)),  # and otherwise
    ):
        kept, _ = await lessons.teach(Teaching(question, clauses), "mei")
        if "taken back" in question:
            await lessons.withdraw(kept.lesson.id, "mei")
    await database.close()


def test_the_lines_are_printed_and_the_bank_is_left_alone(
    product: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_bank(product.policy_dir, load_policy(product.policy_dir).clauses)
    assert main([]) == 0
    out, problems = capsys.readouterr()
    assert out.splitlines() == [
        "# questions.en.yml",
        '- {"clauses": ["5"], "kind": "desk", "author": "desk", "text": "will my letters be answered on a Sunday"}',
        "# questions.zh.yml",
        '- {"clauses": ["5", "2"], "kind": "desk", "author": "desk", "text": "周日回信吗，“尽快”是多久: 三天?"}',
        "# unanswerable.en.yml",
        '- {"kind": "desk", "author": "desk", "text": "do you sell lanterns"}',
    ]
    assert problems.splitlines() == [f"The bank says otherwise, change it by hand: {ASKED['5'][0]}"]
    assert load_bank(product.policy_dir, load_policy(product.policy_dir).clauses) == before


def test_they_are_written_once_where_the_next_build_reads_them(
    product: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    clauses = load_policy(product.policy_dir).clauses
    before = load_bank(product.policy_dir, clauses)
    path = product.policy_dir / "questions.en.yml"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))  # as some editors leave it
    assert main(["--write"]) == main(["--write"]) == 0
    after = load_bank(product.policy_dir, clauses)
    assert len(after) == len(before) + 3
    added = {question.text: question.clause_ids for question in after.answerable if question.author == "desk"}
    assert added == {
        "will my letters be answered on a Sunday": ("5",),
        "周日回信吗，“尽快”是多久: 三天?": ("5", "2"),
    }
    assert [question.text for question in after.unanswerable if question.author == "desk"] == [
        "do you sell lanterns"
    ]


def test_a_bank_that_cannot_be_read_is_named(product: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    (product.policy_dir / "questions.en.yml").write_text("- {text: x}\n")
    assert main([]) == 1
    assert "questions.en.yml:1" in capsys.readouterr().err
