"""Both languages say the same things, and everything the pages ask for is said."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "api" / "web"
STATIC = WEB / "static"
# Keys put together at run time are checked by their fixed part.
LITERAL = re.compile(r"""(?:\btext\([^,()]*(?:\(\))?,\s*|copyButton\([^,]*,\s*)'([a-z_.]+)'""")
MARKED = re.compile(r"""data-(?:t|t-label|t-placeholder|title|ask)[=']+\s*"?:?\s*'?"?([a-z_]+\.[a-z_.]+)""")


def strings(lang: str) -> dict[str, str]:
    source = (STATIC / f"strings.{lang}.js").read_text(encoding="utf-8")
    _, _, body = source.partition("export default ")
    loaded: dict[str, str] = json.loads(body.rstrip().removesuffix(";"))
    return loaded


def marks(words: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", words))


def test_both_languages_have_the_same_keys() -> None:
    assert list(strings("zh")) == list(strings("en"))


def test_no_string_is_empty_and_marks_agree() -> None:
    zh, en = strings("zh"), strings("en")
    assert [key for key in zh if not zh[key].strip() or not en[key].strip()] == []
    assert [key for key in zh if marks(zh[key]) != marks(en[key])] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_key_is_written_twice(lang: str) -> None:
    source = (STATIC / f"strings.{lang}.js").read_text(encoding="utf-8")
    keys = re.findall(r'^  "([^"]+)":', source, re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(strings(lang))


def test_every_string_asked_for_exists() -> None:
    known = strings("zh")
    asked: set[str] = set()
    for script in STATIC.rglob("*.js"):
        source = script.read_text(encoding="utf-8")
        asked |= set(LITERAL.findall(source)) | set(MARKED.findall(source))
    for page in (WEB / "pages").glob("*.html"):
        asked |= set(MARKED.findall(page.read_text(encoding="utf-8")))
    assert len(asked) > 100
    assert sorted(asked - set(known)) == []


def test_every_string_is_used() -> None:
    sources = [path.read_text(encoding="utf-8") for path in WEB.rglob("*") if path.suffix in {".js", ".html"}]
    everything = "\n".join(source for source in sources if "export default {" not in source)
    built = tuple(re.findall(r"[`']([a-z_.]+\.)\$\{", everything))
    families = ("type.", "status.", "event.", "note.", "actor.", "form.email", "form.phone")
    unused = [key for key in strings("zh") if key not in everything and not key.startswith(built + families)]
    assert unused == []
