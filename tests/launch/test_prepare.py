"""When the dialogue model has to be trained again, and what the Rasa side is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from api.launch import prepare
from api.launch.dialogue_data import write_questions
from api.launch.environments import LaunchError
from api.settings import Settings
from knowledge.editions.edition_files import Contents

POLICIES = Path(__file__).parents[2] / "knowledge" / "policies"
FILES = (
    "bot/config.yml",
    "bot/constraints.txt",
    "bot/domain/ask.yml",
    "bot/data/nlu/zh/ask.yml",
    "bot/nlu/tokenizer.py",
    "var/encoder/multilingual-e5-small/manifest.json",
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the inputs of a training."""
    for name in FILES:
        write(tmp_path / name, name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def settings(folder: Path, encoder: str = "") -> Settings:
    return Settings(
        _env_file=None,
        data_dir=folder / "data",
        prepared_dir=folder / "var",
        policies_dir=POLICIES,
        encoder=encoder,
    )


def trained(folder: Path) -> Settings:
    """Settings whose dialogue model is there and fits."""
    chosen = settings(folder)
    write_questions(chosen.policy_dir, prepare.questions_file(chosen))
    write(chosen.rasa_model, "a model")
    write(chosen.rasa_model.with_suffix(".stamp"), prepare.rasa_inputs(chosen))
    return chosen


@pytest.mark.parametrize("name", FILES)
def test_the_inputs_change_with_each_file(checkout: Path, name: str) -> None:
    before = prepare.rasa_inputs(settings(checkout))
    assert prepare.rasa_inputs(settings(checkout)) == before
    (checkout / name).write_text("something else")
    assert prepare.rasa_inputs(settings(checkout)) != before


def test_the_inputs_change_with_the_questions_of_the_bank(checkout: Path) -> None:
    chosen = trained(checkout)
    before = prepare.rasa_inputs(chosen)
    questions = prepare.questions_file(chosen)
    questions.write_text(questions.read_text(encoding="utf-8") + "# one more\n", encoding="utf-8")
    assert prepare.rasa_inputs(chosen) != before


def test_the_inputs_change_when_a_file_comes_or_gets_another_name(checkout: Path) -> None:
    seen = {prepare.rasa_inputs(settings(checkout))}
    write(checkout / "bot/data/rules/new.yml", "")
    seen.add(prepare.rasa_inputs(settings(checkout)))
    (checkout / "bot/domain/ask.yml").rename(checkout / "bot/domain/questions.yml")
    seen.add(prepare.rasa_inputs(settings(checkout)))
    assert len(seen) == 3


def test_another_encoder_is_told_by_the_index_it_made(checkout: Path) -> None:
    chosen = settings(checkout, encoder="a/model/of/ones/own")
    digests = set()
    for fingerprint in ("one", "two"):
        write(chosen.index_dir / "edition.json", Contents("p", fingerprint, "t", {}).as_json().decode())
        digests.add(prepare.rasa_inputs(chosen))
    assert len(digests) == 2


def test_what_python_leaves_behind_is_no_input(checkout: Path) -> None:
    before = prepare.rasa_inputs(settings(checkout))
    write(checkout / "bot/nlu/__pycache__/tokenizer.cpython-310.pyc", "compiled")
    write(checkout / "bot/README.md", "words")
    assert prepare.rasa_inputs(settings(checkout)) == before


def test_a_model_of_the_same_inputs_is_left_alone(checkout: Path) -> None:
    chosen = trained(checkout)
    said: list[str] = []
    prepare.train_dialogue(chosen, said.append)  # training would need the Rasa environment, which is not here
    assert said == []


@pytest.mark.parametrize("missing", ["model", "stamp"])
def test_a_model_that_was_not_finished_is_trained(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    chosen = trained(checkout)
    stamp = chosen.rasa_model.with_suffix(".stamp")
    {"model": chosen.rasa_model, "stamp": stamp}[missing].unlink()
    # The embedding server of this test ends at once, as one does that finds no encoder.
    monkeypatch.setattr(sys, "executable", str(program(checkout / "python", "echo no encoder here; exit 1")))
    with pytest.raises(LaunchError, match="no encoder here"):
        prepare.train_dialogue(chosen, lambda _: None)


def program(path: Path, script: str) -> Path:
    write(path, f"#!/bin/sh\n{script}\n").chmod(0o755)
    return path


def test_a_step_passes_its_progress_on_and_shows_its_end_when_it_fails(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = program(checkout / "fine", 'echo "one: $3"; echo two >&2')
    monkeypatch.setattr(sys, "executable", str(fine))
    said: list[str] = []
    prepare.prepare_knowledge(settings(checkout), said.append)
    assert said == ["one: encoder", "two", "one: build", "two"]
    said.clear()
    prepare.prepare_knowledge(settings(checkout, encoder="a/model/of/ones/own"), said.append)
    assert said == ["one: build", "two"]  # which is not made, and so not replaced either
    monkeypatch.setattr(sys, "executable", str(program(checkout / "bad", "echo no such policy; exit 1")))
    with pytest.raises(LaunchError, match="'knowledge encoder' failed:\nno such policy"):
        prepare.prepare_knowledge(settings(checkout), said.append)


def test_the_rasa_side_gets_its_token_and_none_of_our_settings(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUSEDESK_DATABASE_URL", "postgresql://desk:secret@db.example.com/desk")
    monkeypatch.setenv("CLAUSEDESK_SERVICE_TOKEN", "somebody else's")
    chosen = settings(checkout)
    told = prepare.rasa_environment(chosen)
    assert {name for name in told if name.startswith("CLAUSEDESK_")} == {
        "CLAUSEDESK_API_URL",
        "CLAUSEDESK_ACTIONS_URL",
        "CLAUSEDESK_SERVICE_TOKEN",
        "CLAUSEDESK_RASA_TRACKER_DB",
    }
    assert told["CLAUSEDESK_SERVICE_TOKEN"] == (chosen.secrets_dir / "service_token").read_text().strip()
    assert told["RASA_TELEMETRY_ENABLED"] == "false"
    assert told["CLAUSEDESK_API_URL"].startswith("http://127.0.0.1:")
    assert "secret" not in str(told)
