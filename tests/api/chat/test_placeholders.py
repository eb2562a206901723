"""What is an identifier and what is not, in both languages; and what must hold for any text."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from api.chat.identifiers import Kind, find
from api.chat.placeholders import Masked, mask
from api.chat.widths import fold
from api.dsr.contacts import normalise_contact

MASKED = [
    ("我的手机是13800138000，请删除", "我的手机是[PHONE_1]，请删除"),
    ("手机 138 0013 8000 谢谢", "手机 [PHONE_1] 谢谢"),
    ("138-0013-8000", "[PHONE_1]"),
    ("138–0013–8000", "[PHONE_1]"),
    ("138.0013.8000", "[PHONE_1]"),
    ("1 3 8 0 0 1 3 8 0 0 0", "[PHONE_1]"),
    ("１３８００１３８０００", "[PHONE_1]"),
    ("１３８　００１３　８０００", "[PHONE_1]"),
    ("١٣٨٠٠١٣٨٠٠٠", "[PHONE_1]"),
    ("+86 138 0013 8000", "[PHONE_1]"),
    ("+8613800138000", "[PHONE_1]"),
    ("＋８６１３８００１３８０００", "[PHONE_1]"),
    ("(+86)13800138000", "[PHONE_1]"),
    ("0086-13800138000", "[PHONE_1]"),
    ("86 13800138000", "[PHONE_1]"),
    ("tel:+86-138-0013-8000.", "tel:[PHONE_1]."),
    ("微信 wx_13800138000", "微信 wx_[PHONE_1]"),
    ("13800138000 13900139000", "[PHONE_1] [PHONE_2]"),
    ("13800138000/13900139000", "[PHONE_1]/[PHONE_2]"),
    ("13800138000或者+86 138-0013-8000", "[PHONE_1]或者[PHONE_1]"),
    ("联系 010-12345678 或 0816-2468000", "联系 [PHONE_1] 或 [PHONE_2]"),
    ("客服 400-800-1234", "客服 [PHONE_1]"),
    ("+1 415 555 2671", "[PHONE_1]"),
    ("call me at 415-555-2671 please", "call me at [PHONE_1] please"),
    ("+44 20 7946 0958", "[PHONE_1]"),
    ("138\t0013\t8000", "[PHONE_1]"),
    ("手机138\t0013\t8000", "手机[PHONE_1]"),
    ("138\n0013\n8000", "[PHONE_1]"),
    ("138\r\n0013\r\n8000", "[PHONE_1]"),
    ("138_0013_8000", "[PHONE_1]"),
    ("138/0013/8000", "[PHONE_1]"),
    ("138，0013，8000", "[PHONE_1]"),
    ("138, 0013, 8000", "[PHONE_1]"),
    ("13800138000\n13900139000", "[PHONE_1]\n[PHONE_2]"),
    ("13800138000，13900139000", "[PHONE_1]，[PHONE_2]"),
    ("电话一三八零零一三八零零零。", "电话[PHONE_1]。"),
    ("幺三八〇〇幺三八〇〇〇", "[PHONE_1]"),
    ("一三八 零零一三 八零零零", "[PHONE_1]"),
    ("138零零一三八零零零", "[PHONE_1]"),
    ("一四一零零零零零零零零", "[CONTACT_1]"),
    ("4155552671 is my phone", "[PHONE_1] is my phone"),
    ("call me at 4155552671", "call me at [PHONE_1]"),
    ("我的电话是4155552671", "我的电话是[PHONE_1]"),
    ("+14155552671", "[PHONE_1]"),
    ("1-415-555-2671", "[PHONE_1]"),
    ("14100000000", "[CONTACT_1]"),
    ("17912345678 或 13800138000", "[CONTACT_1] 或 [PHONE_1]"),
    ("13800138000x", "[PHONE_1]"),
    ("13800138000x5", "[CONTACT_1]"),
    ("13800138000 ext 5", "[CONTACT_1]"),
    ("13800138000 分机 5，谢谢", "[CONTACT_1]，谢谢"),
    ("010-12345678 ext. 5", "[CONTACT_1]"),
    ("E12345678", "[ID_1]"),
    ("我的G12345678。", "我的[ID_1]。"),
    ("护照号 EA1234567", "护照号 [ID_1]"),
    ("my passport number is k1234567", "my passport number is [ID_1]"),
    ("护照 E 12345678", "护照 [ID_1]"),
    ("K1234567是我的护照", "[ID_1]是我的护照"),
    ("110101\n19900307\n7774", "[ID_1]"),
    ("110101，19900307，7774", "[ID_1]"),
    ("4111_1111_1111_1111", "[CARD_1]"),
    ("4111\n1111\n1111\n1111", "[CARD_1]"),
    ("我的邮箱是a@b.cn谢谢", "我的邮箱是[EMAIL_1]谢谢"),
    ("mail wang.a+b@mail.example.com.", "mail [EMAIL_1]."),
    ("邮箱：ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｎ。", "邮箱：[EMAIL_1]。"),
    ("wang＠example.com", "[EMAIL_1]"),
    ("wang@example。com", "[EMAIL_1]"),
    ("wang@例子.中国", "[EMAIL_1]"),
    ("<wang@example.com>", "<[EMAIL_1]>"),
    ("13800138000@example.cn", "[EMAIL_1]"),
    ("a@example.com,b@example.com", "[EMAIL_1],[EMAIL_2]"),
    ("A@EXAMPLE.com A@example.COM", "[EMAIL_1] [EMAIL_1]"),
    ("身份证110101199003077774", "身份证[ID_1]"),
    ("11010519491231002X", "[ID_1]"),
    ("11010519491231002x", "[ID_1]"),
    ("110101 19900307 7774", "[ID_1]"),
    ("１１０１０１１９９００３０７７７７４", "[ID_1]"),
    ("身份证号 110101199003077779（抄错一位）", "身份证号 [ID_1]（抄错一位）"),
    ("4111 1111 1111 1111", "[CARD_1]"),
    ("4111-1111-1111-1111", "[CARD_1]"),
    ("卡号4111111111111111。", "卡号[CARD_1]。"),
    ("卡号6222021234567890128", "卡号[CARD_1]"),
    ("3782 822463 10005", "[CARD_1]"),
    ("验证码 123456", "验证码 [CODE_1]"),
    ("my code is 123 456", "my code is [CODE_1]"),
    ("123456", "[CODE_1]"),
    (" １２３４５６。", " [CODE_1]。"),
    ("13800138000，a@b.cn，110101199003077774", "[PHONE_1]，[EMAIL_1]，[ID_1]"),
    ("验证码123456，手机13800138000", "验证码[CODE_1]，手机[PHONE_1]"),
]
KEPT = [
    "",
    "注销账号要多久？",
    "第5.6条和1.2.3.1",
    "5.3.1、5.3.2、5.3.3",
    "第五条（六）",
    "article 5(f) and 5(c)(i)",
    "版本 1.2.3",
    "2022-02-17",
    "20220217",
    "2022/02/17",
    "2022-02-17 2022-03-01",
    "2022.02.17-2022.03.01",
    "2022 年 02 月 17 日 15:30",
    "2022-02-17 15:30:00",
    "15 working days, 15天",
    "100000 元",
    "共 12,345.67 元",
    "13,800,138,000",
    "13800138.00 元",
    "DSR-7K3M-0123",
    "DSR-1380-0138",
    "dsr-1234-5678",
    "订单号 202202171530001",
    "192.168.100.123",
    "139.168.10.123",
    "95588",
    "138001380001",
    "1380013800",
    "12345678901234567",
    "1645056000000",
    "ticket 123456",
    "邮编 621000",
    "zip code 621000",
    "code of conduct 2022",
    "error code 404",
    "@zhangsan 你好",
    "a@b",
    "100%的用户@我们",
    "4111 1111 1111 1112",
    "5.3.1,5.3.2,5.3.3,5.3.4,5.3.5,5.3.6",
    "5.3.1\n5.3.2\n5.3.3\n5.3.4\n5.3.5\n5.3.6",
    "5.3.1 5.3.2 5.3.3 5.3.4 5.3.5 5.3.6",
    "第1,3,5,6,7,8,9,10,12条",
    "158,200，13,000",
    "158,200\n20220",
    "订单 138，20220217",
    "138\n20220217",
    "150/2022/2023",
    "15/02/2022 16/03/2022",
    "2022/02/17\n2022/03/01",
    "2021,2022,2023,2028",
    "2020\n2021\n2022\n2023\n2024",
    "2022 2023 2024 2025",
    "18\n3\n15\n100",
    "二〇二二年二月十七日",
    "一九九〇零三零七",
    "第一三五七九条",
    "一三八零零一三八零零零零",
    "A12345678",
    "EA1234567",
    "K1234567",
    "ORDER-E12345678",
    "e1234567",
    "4155552671",
    "订单号 4155552671",
    "打电话说的订单4155552671",
    "call about order 4155552671",
    "call 1022021715",
    "111111111111111111",
]


def masked(text: str, known: dict[tuple[Kind, str], str] | None = None) -> Masked:
    return mask(text, known or {}, lambda kind, value: value)


def book_of(result: Masked) -> dict[tuple[Kind, str], str]:
    return {(new.kind, new.key): new.placeholder for new in result.new}


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_identifiers_are_replaced(text: str, expected: str) -> None:
    assert masked(text).text == expected


@pytest.mark.parametrize("text", KEPT)
def test_other_numbers_stay(text: str) -> None:
    assert masked(text).text == text


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("138 0013 8000", "phone", "+8613800138000"),
        ("008613800138000", "phone", "+8613800138000"),
        ("010-12345678", "phone", "+861012345678"),
        ("Wang@EXAMPLE.Com", "email", "Wang@example.com"),
        ("ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｎ", "email", "wang@example.cn"),
        ("110105 19491231 002x", "id", "11010519491231002X"),
        ("4111-1111-1111-1111", "card", "4111111111111111"),
    ],
)
def test_a_value_has_one_form(text: str, kind: Kind, value: str) -> None:
    (finding,) = find(text)
    assert (finding.kind, finding.value) == (kind, value)


def test_a_value_keeps_its_placeholder_and_ordinals_go_on() -> None:
    first = masked("13800138000")
    second = masked("13900139000 和 138-0013-8000", book_of(first))
    assert second.text == "[PHONE_2] 和 [PHONE_1]"
    assert [new.placeholder for new in second.new] == ["[PHONE_2]"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("写信到 [EMAIL_1]", "写信到 [EMAIL_1]"),
        ("写信到 [EMAIL_2]", "写信到 (EMAIL_2)"),
        ("[email_1]", "(email_1)"),
        ("［EMAIL_1］", "(EMAIL_1)"),
        ("[ EMAIL_1 ]", "(EMAIL_1)"),
        ("[EMAIL-1]", "(EMAIL-1)"),
        ("[[PHONE_9]]", "[(PHONE_9)]"),
        ("[PHONE_1][EMAIL_1]", "(PHONE_1)[EMAIL_1]"),
        ("[EMAIL_01]", "(EMAIL_01)"),
    ],
)
def test_only_an_earned_placeholder_stays(typed: str, expected: str) -> None:
    assert masked(typed, {("email", "wang@example.com"): "[EMAIL_1]"}).text == expected


def _identity(place: str, day: str, serial: str) -> str:
    number = f"{place}{day}{serial}"
    return number + ric.calc_check_digit(number + "0")


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
emails = st.from_regex(r"[a-z][a-z0-9]{0,8}@[a-z]{1,8}\.(com|cn|com\.cn|org)", fullmatch=True)
identities = st.builds(
    _identity,
    st.from_regex(r"[1-6][0-9]{5}", fullmatch=True),
    st.dates().filter(lambda day: 1900 <= day.year < 2030).map(lambda day: day.strftime("%Y%m%d")),
    st.from_regex(r"[0-9]{3}", fullmatch=True),
)
cards = st.from_regex(r"(4|51|62)[0-9]{13}", fullmatch=True).map(
    lambda start: start + luhn.calc_check_digit(start)
)
separators = st.sampled_from(["", " ", "-", "　"])
surroundings = st.text(st.sampled_from("我的是请删除谢，。：（）、 \n"), max_size=8)


@given(surroundings, st.one_of(emails, mobiles, identities, cards), surroundings)
def test_no_value_remains(before: str, value: str, after: str) -> None:
    assume(len(set(value)) > 1)
    result = masked(f"{before}{value}{after}").text
    assert value not in result
    assert not re.search(r"\d{4}", result)
    assert result.startswith(before)
    assert result.endswith(after)


@given(mobiles, separators, st.sampled_from(["", "+86", "86", "0086", "+86 ", "(+86)"]), st.booleans())
def test_no_mobile_remains_however_it_is_written(
    number: str, separator: str, prefix: str, wide: bool
) -> None:
    written = prefix + separator.join((number[:3], number[3:7], number[7:]))
    if wide:
        written = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in written)
    (finding,) = find(f"电话{written}。")
    try:
        kind = normalise_contact("phone", number).kind.upper()
    except ValueError:
        kind = "CONTACT"
    assert (finding.kind.upper(), finding.value) == (kind, f"+86{number}")
    assert masked(f"电话{written}。").text == f"电话[{kind}_1]。"


@given(st.text(st.sampled_from("0123456789 -.+()@aXxE[]_我:，CODEIPHN１。"), max_size=60))
def test_masking_again_changes_nothing(text: str) -> None:
    once = masked(text)
    again = masked(once.text, book_of(once))
    assert again.text == once.text
    assert not again.new


@given(st.text(max_size=200))
def test_any_text_can_be_masked(text: str) -> None:
    findings = find(text)
    assert len(fold(text)) == len(text)
    assert all(left.end <= right.start for left, right in pairwise(findings))
    masked(text)


def test_long_texts_do_not_take_long() -> None:
    parts = ("1 ", "1", "138 0013 8000 ", "a@", "a.", "(1", "12 3456 ", "[EMAIL_1", "a@a.", "+")
    more = ("1,", "1\n", "一三", "a@-", "@a.", "我@a.b", "张a@", "é-", "'a@b.cn'")
    for part in (*parts, *more):
        masked((part * 2000)[:2000])
        masked(f"a@{part * 2000}"[:2000])
