"""Recognises personal identifiers in Chinese and English: e-mails, phones, ID numbers, bank cards, codes.

What looks like an e-mail address or a telephone number, and is none we could write to, is a ``contact``.

Where two would overlap the earlier of this order wins: e-mail, ID number, bank card, phone, one-time code.
So the 18 digits of an ID are not read as a phone, nor an address that begins with a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher

from api.chat.addresses import written
from api.chat.digits import Run, has_digits, is_bank_card, is_identity_number, is_mobile, runs, spoken_mobiles
from api.chat.documents import passports
from api.chat.widths import fold
from api.dsr.contacts import normalise_contact

Kind = Literal["email", "phone", "contact", "id", "card", "code"]

# The catalogue number of a request is meant to be said aloud.
_REFERENCE = re.compile(r"DSR-[0-9A-Z]{4}-[0-9A-Z]{4}", re.I)
_FOREIGN = re.compile(r"(?<![\d.+-])(?:\+?1[-. ]?)?\(?[2-9]\d{2}\)?[-. ] ?[2-9]\d{2}[-. ]\d{4}(?![\d-])")
# Ten digits in a row can be anything, unless a word beside them says what they are.
_FOREIGN_PLAIN = re.compile(
    r"(?:phone|\bcall|\btel|mobile|\bcell|电话|手机|致电|拨打)(?P<between>[^\d\r\n]{0,20}?)"
    r"(?<![\d.,+-])(?P<first>[2-9]\d{2}[2-9]\d{6})(?![\d-]|[.,]\d)"
    r"|(?<![\d.,+-])(?P<second>[2-9]\d{2}[2-9]\d{6})"
    r"(?=\s?(?:is my (?:phone|number|cell|mobile)|是我的?(?:电话|手机|号码)))",
    re.I,
)
_EXTENSION = re.compile(r"[ ,]{0,2}(?:ext\.?|extension|x|分机号?|转分机) ?(\d{1,6})(?!\d)", re.I)
_OTHER_NUMBER = re.compile(r"订单|单号|编号|工单|order|ticket|account|invoice|账号|流水|金额|元", re.I)
_NETWORK_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_ABOUT_ID = re.compile(r"身份证|证件号|identity card|identity number|\bid (?:card|number|no)\b", re.I)
_CODE = re.compile(r"(?<![\d.,-])(?:\d{6}|\d{3}[ -]\d{3})(?![\d-]|[.,]\d)")
_ABOUT_CODE = re.compile(r"验证码|校验码|动态码|确认码|\bcodes?\b|\botp\b|passcode|one-time", re.I)
_ABOUT_POST = re.compile(r"邮编|邮政编码|\bzip\b|\bpost(?:al)?\s?code", re.I)
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """An identifier at text[start:end]; ``value`` is its one form (E.164, lower-case domain, digits only)."""

    kind: Kind
    value: str
    start: int
    end: int


def find(text: str) -> tuple[Finding, ...]:
    """The identifiers of a text, in order, not overlapping."""
    plain = fold(text)
    if "@" not in plain and not has_digits(plain):
        return ()
    taken = [False] * len(plain)
    found: list[Finding] = []

    def add(findings: Iterator[Finding]) -> None:
        for finding in findings:
            if not any(taken[finding.start : finding.end]):
                _take(taken, finding.start, finding.end)
                found.append(finding)

    add(_emails(text, plain))
    for protected in (_REFERENCE, _NETWORK_ADDRESS):
        for match in protected.finditer(plain):
            _take(taken, match.start(), match.end())
    for finder in (_numbers, _passports, _mobiles, _phones, _codes):
        add(finder(plain))
    return tuple(sorted(found, key=lambda finding: finding.start))


def _take(taken: list[bool], start: int, end: int) -> None:
    taken[start:end] = [True] * (end - start)


def _emails(text: str, plain: str) -> Iterator[Finding]:
    for address in written(text, plain):
        kind: Literal["email", "contact"] = "email" if address.sure else "contact"
        yield _contact(kind, address.address, address.start, address.end)


def _contact(kind: Literal["email", "phone", "contact"], value: str, start: int, end: int) -> Finding:
    """A finding that is a contact only when the request form, too, would take it for one."""
    try:
        # "contact" is no kind of address, so it is refused and stays one.
        return Finding(kind, normalise_contact(kind, value).value, start, end)
    except ValueError:
        return Finding("contact", value, start, end)


def _numbers(plain: str) -> Iterator[Finding]:
    lenient = _ABOUT_ID.search(plain) is not None
    for run in runs(plain):
        for part in run.parts():
            kind = _kind_of(part, lenient)
            if kind is not None:
                yield Finding(kind, part.digits, part.start, part.end)


def _passports(plain: str) -> Iterator[Finding]:
    for number, start, end in passports(plain):
        yield Finding("id", number, start, end)


def _kind_of(part: Run, lenient: bool) -> Kind | None:
    if is_identity_number(part.digits, lenient):
        return "id"
    return "card" if is_bank_card(part) else None


def _mobiles(plain: str) -> Iterator[Finding]:
    for run in runs(plain):
        for part in run.parts():
            number = is_mobile(part)
            if number is not None:
                number = _abroad(plain, part) or number
                extension = _EXTENSION.match(plain, part.end)
                if extension is not None:
                    number += f";ext={extension[1]}"
                end = part.end if extension is None else extension.end()
                yield _contact("phone", number, part.start - _plus_before(plain, part.start), end)
    for number, start, end in spoken_mobiles(plain):
        yield _contact("phone", number, start, end)


def _abroad(plain: str, part: Run) -> str | None:
    """The number when a plus makes its first digits the code of another country: +14155552671."""
    if not plain[: part.start].endswith("+"):
        return None
    finding = _contact("phone", f"+{part.digits}", part.start, part.end)
    return finding.value if finding.kind == "phone" else None


def _plus_before(plain: str, start: int) -> int:
    """How many characters of "(+" stand right before a number."""
    return next((len(sign) for sign in ("(+", "+") if plain[:start].endswith(sign)), 0)


def _phones(plain: str) -> Iterator[Finding]:
    """Landlines, service lines and numbers with a country code.

    The library also sees numbers in amounts and counts, so the writing must say that it is one: a plus, a
    leading zero, 400 or 800, or the grouping of a North American number.
    """
    for match in PhoneNumberMatcher(plain, "CN"):
        raw = match.raw_string.lstrip("(")
        if raw[:1] in "+0" or raw[:3] in ("400", "800"):
            # An extension would be lost on the way to whoever calls.
            kind: Literal["phone", "contact"] = "contact" if match.number.extension else "phone"
            yield _contact(kind, _with_extension(match.number), match.start, match.end)
    for start, end in _north_american(plain):
        number = phonenumbers.parse(plain[start:end], "US")
        if phonenumbers.is_valid_number(number):
            yield Finding("phone", _e164(number), start, end)


def _north_american(plain: str) -> Iterator[tuple[int, int]]:
    for match in _FOREIGN.finditer(plain):
        yield match.span()
    for match in _FOREIGN_PLAIN.finditer(plain):
        if not _OTHER_NUMBER.search(match["between"] or ""):
            yield match.span("first" if match["first"] else "second")


def _codes(plain: str) -> Iterator[Finding]:
    alone = re.fullmatch(r"\d{6}", _NOT_WORDS.sub("", plain)) is not None
    if not alone and (_ABOUT_CODE.search(plain) is None or _ABOUT_POST.search(plain) is not None):
        return
    for match in _CODE.finditer(plain):
        yield Finding("code", re.sub(r"\D", "", match.group()), match.start(), match.end())


def _with_extension(number: phonenumbers.PhoneNumber) -> str:
    return f"{_e164(number)};ext={number.extension}" if number.extension else _e164(number)


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
