"""Domain, rules, training data and actions agree with one another and with the contract."""

import re
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BOT = ROOT / "bot"
CONTRACT = [
    "ask_policy",
    "request_deletion",
    "request_copy",
    "request_account_closure",
    "request_correction",
    "withdraw_consent",
    "check_request_status",
    "cancel_request",
    "talk_to_human",
    "complain",
    "greet",
    "goodbye",
    "affirm",
    "deny",
    "thanks",
    "ask_identity",
]
SKILLS = [
    "policy",
    "deletion",
    "copy",
    "account_closure",
    "correction",
    "consent_withdrawal",
    "complaint",
    "status",
    "cancel",
    "human",
    "smalltalk",
]
WITHOUT_ACTIONS = {"smalltalk"}  # answered by responses alone


def read(path: Path) -> Dict[str, Any]:
    loaded: Dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return loaded


def examples(lang: str) -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    for path in sorted((BOT / "data" / "nlu" / lang).glob("*.yml")):
        for entry in read(path)["nlu"]:
            lines = [line[2:].strip() for line in entry["examples"].splitlines() if line.startswith("- ")]
            found.setdefault(entry["intent"], []).extend(lines)
    return found


def responses() -> Dict[str, List[Dict[str, Any]]]:
    return {
        key: variants
        for path in sorted((BOT / "domain").glob("*.yml"))
        for key, variants in read(path).get("responses", {}).items()
    }


@pytest.mark.parametrize("skill", SKILLS)
def test_a_skill_has_the_same_file_name_everywhere(skill: str) -> None:
    files = [
        BOT / "domain" / f"{skill}.yml",
        BOT / "data" / "rules" / f"{skill}.yml",
        BOT / "data" / "nlu" / "zh" / f"{skill}.yml",
        BOT / "data" / "nlu" / "en" / f"{skill}.yml",
    ]
    if skill not in WITHOUT_ACTIONS:
        files.append(ROOT / "actions" / f"{skill}.py")
    assert [str(path) for path in files if not path.is_file()] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_intent_has_sixty_examples_and_questions_two_hundred(lang: str) -> None:
    counts = {intent: len(lines) for intent, lines in examples(lang).items()}
    assert sorted(counts) == sorted(CONTRACT)
    assert {intent: count for intent, count in counts.items() if count < 60} == {}
    assert counts["ask_policy"] >= 200


def test_no_example_is_written_twice() -> None:
    lines = [line.casefold() for lang in ("zh", "en") for texts in examples(lang).values() for line in texts]
    assert [line for line, times in Counter(lines).items() if times > 1] == []


def test_training_data_is_fictional() -> None:
    text = "\n".join(line for lang in ("zh", "en") for lines in examples(lang).values() for line in lines)
    assert re.findall(r"[\w.]+@(?!example\.)[\w.]+|\b1[3-9]\d{9}\b", text) == []


@pytest.mark.parametrize("key", sorted(responses()))
def test_every_response_has_both_languages_and_nothing_else(key: str) -> None:
    variants = responses()[key]
    langs = [[c["value"] for c in variant["condition"] if c["name"] == "lang"] for variant in variants]
    assert sorted(langs) == [["en"], ["zh"]]
    assert len({frozenset(set(variant) - {"condition"}) for variant in variants}) == 1
    assert len({tuple(b["payload"].split("{")[0] for b in v.get("buttons", [])) for v in variants}) == 1
    han = {v["condition"][0]["value"]: bool(re.search("[一-鿿]", str(v))) for v in variants}
    assert han == {"zh": True, "en": False}


@pytest.mark.parametrize("key", sorted(responses()))
def test_both_languages_fill_in_the_same_slots(key: str) -> None:
    used = [
        set(re.findall(r"(?<!\{)\{([a-z_]+)\}(?!\})", str(v.get("text", "")) + str(v.get("custom", ""))))
        for v in responses()[key]
    ]
    assert used[0] == used[1]


def test_no_key_is_defined_in_two_domain_files() -> None:
    for section in ("responses", "forms", "slots"):
        keys = [k for path in (BOT / "domain").glob("*.yml") for k in read(path).get(section, {})]
        assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_every_response_that_actions_name_exists_and_none_is_left_over() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "actions").glob("*.py"))
    rules = "\n".join(path.read_text("utf-8") for path in (BOT / "data" / "rules").glob("*.yml"))
    named = set(re.findall(r"\butter_[a-z_]*[a-z]\b", code + rules)) - {"utter_message"}
    built = {
        key
        for key in responses()
        if re.search(r"_(?:scope|acknowledged|confirmed|consequences)(?:_help)?$", key)
    }
    assert named - set(responses()) == set()
    assert set(responses()) - named - built == {"utter_contact_help"}


def test_buttons_only_send_intents_of_the_domain() -> None:
    intents = {i for path in (BOT / "domain").glob("*.yml") for i in read(path).get("intents", [])}
    sent = {
        button["payload"].split("{")[0].lstrip("/")
        for variants in responses().values()
        for variant in variants
        for button in variant.get("buttons", [])
    }
    assert sent - intents == set()


def test_session_lasts_a_day_and_slots_end_with_it() -> None:
    assert read(BOT / "domain" / "base.yml")["session_config"] == {
        "session_expiration_time": 1440,
        "carry_over_slots_to_new_session": False,
    }
