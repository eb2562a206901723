"""Whole addresses or none: where one begins in Chinese and English, and which are hidden but not used."""

from __future__ import annotations

import pytest

from api.chat.identifiers import find
from api.dsr.contacts import normalise_contact

WHOLE = [
    "o'brien@example.com",
    "josé.garcía@example.com",
    "jose\u0301@example.com",
    "müller@example.com",
    "müller@bücher.example.com",
    "mañana@example.com",
    "john&co@example.com",
    "x=y@example.com",
    "a!#$%&'*+/=?^_`{|}~-z@example.com",
    "_wang@example.com",
    "иван@example.com",
    "张三@example.com",
    "DSR-7K3M-0123@example.com",
    "wang@mail.例子.中国",
]
IN_A_SENTENCE = [
    ("我的邮箱是a@b.cn谢谢", "a@b.cn"),
    ("我的邮箱是o'brien@example.com谢谢", "o'brien@example.com"),
    ("我的邮箱是é.li@example.com谢谢", "é.li@example.com"),
    ("o’brien@example.com", "o'brien@example.com"),
    ("我叫Wang邮箱是wang@example.com", "wang@example.com"),
    ("我的邮箱是张三@example.com", "张三@example.com"),
    ("邮箱：张三@example.com谢谢", "张三@example.com"),
    ("写到 张三@example.com 谢谢", "张三@example.com"),
    ("邮箱——wang@example.com", "wang@example.com"),
    ("邮箱-wang@example.com", "wang@example.com"),
    ("谢谢！wang@example.com", "wang@example.com"),
    ("ok？wang@example.com", "wang@example.com"),
    ("‘你好’wang@example.com", "wang@example.com"),
    ("'wang@example.com'", "wang@example.com"),
    ("*wang@example.com*", "wang@example.com"),
    ("📧wang@example.com", "wang@example.com"),
    ("メールはyamada@example.com", "yamada@example.com"),
    ("wang @ example.com", "wang@example.com"),
]
UNUSABLE = [
    ("john..doe@example.com", "john..doe@example.com"),
    ("wang.@example.com", "wang.@example.com"),
    ("li@corp.local", "li@corp.local"),
    ("wang@exa_mple.com", "wang@exa_mple.com"),
    ("wang@example..com", "wang@example..com"),
    ("wang@mail.exa_mple.com", "wang@mail.exa_mple.com"),
    ("a@example.com1", "a@example.com1"),
    ("wa\u00adng@example.com", "wa\u00adng@example.com"),
    ('"john doe"@example.com', '"john doe"@example.com'),
    ("li@192.168.10.1", "li@192.168.10.1"),
    ("li@[192.168.10.1]", "li@[192.168.10.1]"),
    ("请联系张三@example.com吧", "请联系张三@example.com"),
    ("李为民@example.com 是我的", "李为民@example.com"),
    ("张三_wang@example.com", "张三_wang@example.com"),
]


@pytest.mark.parametrize("address", WHOLE)
@pytest.mark.parametrize("around", ["{}", "{}。", " {} 谢谢", "mail: {}, please", "<{}>", "（{}）"])
def test_nothing_is_cut_off(address: str, around: str) -> None:
    text = around.format(address)
    (finding,) = find(text)
    assert (finding.kind, text[finding.start : finding.end]) == ("email", address)
    assert finding.value == normalise_contact("email", address).value


@pytest.mark.parametrize(("text", "address"), IN_A_SENTENCE)
def test_an_address_begins_where_the_sentence_ends(text: str, address: str) -> None:
    assert [(finding.kind, finding.value) for finding in find(text)] == [("email", address)]


@pytest.mark.parametrize(("text", "hidden"), UNUSABLE)
def test_what_is_not_surely_an_address_is_hidden_whole(text: str, hidden: str) -> None:
    (finding,) = find(text)
    assert (finding.kind, text[finding.start : finding.end]) == ("contact", hidden)


def test_the_rest_after_another_at_sign_is_not_used() -> None:
    assert [finding.kind for finding in find("x@y@example.com")] == ["contact"]


def test_a_number_before_the_address_is_another_contact() -> None:
    found = find("13800138000/wang@example.com")
    assert [(finding.kind, finding.value) for finding in found] == [
        ("phone", "+8613800138000"),
        ("email", "wang@example.com"),
    ]


@pytest.mark.parametrize(
    "text", ["a@b", "100%的用户@我们", "@example.com", "用户 @example.com", ". @example.com"]
)
def test_no_address(text: str) -> None:
    assert find(text) == ()
