"""What a bare text tells about itself, and how a text is told from a policy folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from knowledge.errors import PolicyError
from knowledge.text.dates import find_dates
from knowledge.text.guess import Guess, guess_manifest
from knowledge.text.manifest import parse_manifest
from knowledge.text.policy import load_policy, load_store

ZH = "# 示例隐私政策\n\n更新日期：2024年8月15日\n\n生效日期：2024年9月1日\n\n一、范围\n\n全部产品和服务。\n"
EN = "# Sample Privacy Policy\n\nLast updated: August 15, 2024\n\n1. Scope\n\nAll of our products and services.\n"


def guess(text: str, name: str = "sample.md") -> Guess:
    return guess_manifest(text.encode(), name)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("更新日期：2024年8月15日", (2024, 8, 15)),
        ("２０２４ 年 ８ 月 １５ 日生效", (2024, 8, 15)),
        ("二〇二四年十二月三十一日", (2024, 12, 31)),
        ("2024-08-15", (2024, 8, 15)),
        ("2024.8.5版", (2024, 8, 5)),
        ("Last updated: August 15th, 2024", (2024, 8, 15)),
        ("15 Aug 2024", (2024, 8, 15)),
        ("2024年13月45日", None),
        ("8/15/2024 or 15/8/2024", None),  # nobody can tell
        ("call 2024-0815-99", None),
        ("may 2024 be good", None),
    ],
)
def test_dates(text: str, found: tuple[int, int, int] | None) -> None:
    assert [day for _, day in find_dates(text)] == ([date(*found)] if found else [])


def test_a_chinese_text() -> None:
    manifest = guess(ZH, "Privacy Policy (2024).md").manifest
    assert (manifest.id, manifest.version, manifest.text) == (
        "privacy-policy-2024", "2024-08-15", "Privacy Policy (2024).md",
    )  # fmt: skip
    assert (manifest.effective_date, manifest.languages) == (date(2024, 9, 1), ("zh",))
    assert manifest.title.as_dict() == {"zh": "示例隐私政策", "en": None}


def test_both_dates_on_one_line_are_told_apart() -> None:
    manifest = guess("# T\n\nUpdated 2024-01-02, effective 2024-02-03\n\nText of it.\n").manifest
    assert (manifest.version, manifest.effective_date) == ("2024-01-02", date(2024, 2, 3))


def test_without_a_date_the_version_is_the_texts_hash_and_the_day_unknown() -> None:
    one, same, other = (
        guess("We keep nothing at all.\n"),
        guess("We keep nothing at all.\n"),
        guess("We keep it.\n"),
    )
    assert one.manifest.version == same.manifest.version != other.manifest.version
    assert one.manifest.effective_date is None
    assert "effective_date: unknown  # no line of the text has a date" in one.as_yaml()


def test_a_date_in_a_sentence_is_no_version() -> None:
    text = "# T\n\n1. Past\n\nOn 3 May 2019 we moved the servers to another town.\n\n2. Now\n\nAll is well.\n"
    assert guess(text).manifest.effective_date is None


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        (ZH, ("zh",)),
        (EN, ("en",)),
        (ZH + EN, ("zh", "en")),
        (EN + ZH, ("en", "zh")),
        (
            ZH
            + "\n二、英文名\n\nOur name in English is Sample Company Limited.\n"
            + "我们收集您的手机号码。" * 9,
            ("zh",),
        ),
        ("1234\n\n5678\n", ("zh",)),
    ],
)
def test_languages(text: str, languages: tuple[str, ...]) -> None:
    assert guess(text).manifest.languages == languages


@pytest.mark.parametrize(
    "text", ["Мы собираем ваше имя и адрес.\n", "お名前とご住所をいただきます。\n", "이름을 수집합니다.\n"]
)
def test_a_language_that_cannot_be_searched_is_refused(text: str) -> None:
    with pytest.raises(PolicyError, match="neither Chinese nor English") as caught:
        guess(text)
    assert caught.value.line == 1


def test_a_text_without_title_is_called_by_its_file() -> None:
    found = guess("We keep your name.\n\nWe keep your address.\n", "List.md")
    assert found.manifest.title.en == "list"
    assert "begins with no title" in found.reasons["title"]


@pytest.mark.parametrize("text", [ZH, EN, ZH + EN, 'No date: "quoted" # here\n\nText of it.\n'])
def test_what_is_printed_is_a_policy_yml_that_says_the_same(text: str, tmp_path: Path) -> None:
    bare = tmp_path / "sample.md"
    bare.write_text(text, "utf-8")
    printed = guess(text).as_yaml()
    assert parse_manifest(yaml.safe_load(printed)) == guess(text).manifest
    guessed = load_policy(bare)
    (tmp_path / "policy.yml").write_text(printed, "utf-8")
    assert load_policy(tmp_path) == load_policy(bare) == guessed


def test_a_text_that_a_policy_yml_claims_is_its_folder(tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text(
        guess(ZH, "policy.md").as_yaml().replace('"policy"', '"pinned"', 1), "utf-8"
    )
    (tmp_path / "policy.md").write_text(ZH, "utf-8")
    (tmp_path / "other.md").write_text(EN, "utf-8")
    assert load_policy(tmp_path / "policy.md").id == "pinned"
    assert load_policy(tmp_path / "other.md").id == "other"
    assert [policy.id for policy in load_store(tmp_path / "other.md").versions] == ["other"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"^bad\.md: the text is empty$"),
        (b" \r\n\t\n", r"^bad\.md: the text is empty$"),
        (b"1. Scope\n\nAll\0.\n", r"^bad\.md:3: the text has a control character \(U\+0000\)"),
        (bytes(range(256)) * 40, r"^bad\.md:3: the text is not UTF-8"),
        ("1. Scope\n\nAll.".encode("utf-16"), r"^bad\.md:1: the text is UTF-16, not UTF-8; save it as UTF-8"),
        ("1. Scope\n\nAll.".encode("utf-16-le"), r"^bad\.md:1: the text is UTF-16 without its mark"),
        ("1. Scope\n\nAll.".encode("utf-32"), r"^bad\.md:1: the text is UTF-32"),
        ("一、范围\n\n我们收集您的个人信息。".encode("gb18030"), r"^bad\.md:1: .*; it reads as GB18030"),
        (b"%PDF-1.7\n\xff\xff", r"^bad\.md: the file is a PDF; save its text"),
        (b"PK\x03\x04\x14\x00", r"^bad\.md: the file is a ZIP archive"),
        (b"1. Scope\n\nAll.\n\n2.\n", r"^bad\.md:5: clause 2 has a number but no text"),
        (
            (ZH + "二、权利\n\n很多，您可以行使。\n" + EN).encode(),
            r"^bad\.md:10: clause 2 stands here in zh, but there is none in en; it was taken to be in zh and en",
        ),
    ],
)  # fmt: skip
def test_a_bad_text_is_refused_by_file_line_and_reason(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "bad.md").write_bytes(data)
    with pytest.raises(PolicyError, match=message):
        load_policy(tmp_path / "bad.md")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"nowhere\.md: there is no such file"):
        load_policy(tmp_path / "nowhere.md")
