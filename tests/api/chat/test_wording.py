"""Both languages say the same things, with the same blanks."""

from __future__ import annotations

import re
from typing import Any

import yaml

from api.chat.reduced import REQUEST_INTENTS
from api.chat.wording import FOLDER, Wording
from knowledge.types import LANGUAGES, Language


def texts(lang: Language) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"wording.{lang}.yml").read_text("utf-8"))
    return content


def shape(value: Any) -> Any:
    """Keys, payloads and the names of blanks, without the words."""
    if isinstance(value, dict):
        return {
            key: entry if key == "payload" else None if key == "words" else shape(entry)
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [shape(entry) for entry in value]
    return sorted(re.findall(r"\{(\w+)\}", value))


def test_keys_payloads_and_blanks_are_the_same() -> None:
    assert shape(texts("zh")) == shape(texts("en"))


def test_each_is_written_in_its_language() -> None:
    han = re.compile("[\u4e00-\u9fff]")
    assert not [key for key, text in texts("en").items() if han.search(str(text))]
    sentences = {key: text for key, text in texts("zh").items() if isinstance(text, str)}
    assert [key for key, text in sentences.items() if not han.search(text)] == ["choice"]


def test_every_request_has_a_title_and_words() -> None:
    wording = Wording.load()
    for lang in LANGUAGES:
        for kind in REQUEST_INTENTS.values():
            request = wording.request(lang, kind)
            assert request is not None
            assert request.title
            assert all(word == word.lower() for word in request.words)
