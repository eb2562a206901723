"""Language and contact entities, and the language given to button payloads."""

from typing import Optional

import pytest
from rasa.shared.nlu.constants import ENTITIES, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.channel import with_language
from bot.nlu.language import LanguageExtractor, detect
from bot.nlu.placeholders import ContactExtractor


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("注销要多久", "zh"),
        ("帮我 delete 账号", "zh"),
        ("how long does it take", "en"),
        ("what does 注销 mean for my data", "en"),
        ("行", "zh"),
        ("ok", "en"),
        ("[EMAIL_1]", None),
        ("？？", None),
        ("", None),
    ],
)
def test_detect(text: str, lang: Optional[str]) -> None:
    assert detect(text) == lang


def test_the_gateway_decides_the_language() -> None:
    message = Message({TEXT: "ok", METADATA: {"lang": "zh"}})
    LanguageExtractor().process([message])
    assert [(e["entity"], e["value"]) for e in message.get(ENTITIES)] == [("lang", "zh")]


@pytest.mark.parametrize("lang", ["fr", None, {"a": 1}])
def test_an_unknown_language_is_detected_instead(lang: object) -> None:
    message = Message({TEXT: "帮我注销", METADATA: {"lang": lang} if lang != {"a": 1} else {}})
    LanguageExtractor().process([message])
    assert message.get(ENTITIES)[0]["value"] == "zh"


def test_the_last_contact_is_the_one_meant() -> None:
    message = Message({TEXT: "not [EMAIL_1] but [PHONE_2], id [ID_1]"})
    ContactExtractor().process([message])
    (entity,) = message.get(ENTITIES)
    assert (entity["entity"], entity["value"]) == ("contact", "[PHONE_2]")
    assert message.get(TEXT)[entity["start"] : entity["end"]] == "[PHONE_2]"


@pytest.mark.parametrize("text", ["[ID_1]", "[CODE_3]", "wang@example.com", "EMAIL_1"])
def test_nothing_else_is_a_contact(text: str) -> None:
    message = Message({TEXT: text})
    ContactExtractor().process([message])
    assert not message.get(ENTITIES)


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("/affirm", "zh", '/affirm{"lang": "zh"}'),
        ('/ask_clause{"clause_id": "5.6"}', "en", '/ask_clause{"clause_id": "5.6", "lang": "en"}'),
        ("/affirm", None, "/affirm"),
        ("delete my data", "en", "delete my data"),
        ('/broken{"a"', "en", '/broken{"a"'),
    ],
)
def test_a_payload_is_given_the_language(text: str, lang: Optional[str], expected: str) -> None:
    assert with_language(text, lang) == expected
