"""E-mail addresses in running text: where each begins and ends, even where no space parts it from Chinese.

The whole local part is taken or none of it: the end of an address is somebody else's address. Where the text
does not say where one begins, or it is not a valid one, it is hidden and nothing is stored to write to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_ATOM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-")
# In full width these are punctuation of the sentence, whatever their plain forms may be in an address.
_WIDE_PUNCTUATION = frozenset("！＃＄％＆＊／＝？＾｀｛｜｝～〜")
_APOSTROPHES = frozenset("‘’ʼ")
_PAIRS = {"'": "'", "‘": "’", "`": "`", "*": "*", "_": "_", "{": "}", "|": "|", "~": "~", "/": "/"}
# Scripts written without spaces between words, or with endings joined to what stands before.
_JOINED = (
    r"\u2e80-\u2fff\u3005-\u3007\u3040-\u30ff\u3100-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_HAN = re.compile(f"[{_JOINED}]")
_LETTERS = rf"[^\W_{_JOINED}]"
_LABEL = rf"{_LETTERS}(?:(?:{_LETTERS}|[\u0300-\u036f-])*(?:{_LETTERS}|[\u0300-\u036f]))?"
_WIDE_LABEL = r"[A-Za-z0-9\u4e00-\u9fff-]{1,63}"
_DOMAINS = (
    re.compile(rf"(?:{_WIDE_LABEL}\.){{1,4}}(?:中国|公司|网络)"),
    re.compile(rf"\s?(?:{_LABEL}\.)+{_LABEL}(?!{_LETTERS}|[\u0300-\u036f]|[_-]+{_LETTERS})"),
    # Not a domain, yet meant as one.
    re.compile(rf"{_LETTERS}(?:{_LETTERS}|[\u0300-\u036f._-])*\.(?:{_LETTERS}|[\u0300-\u036f_-])*{_LETTERS}"),
    # An input method's full stop for the dot, or a Chinese domain: only before endings that leave no doubt.
    re.compile(rf"{_WIDE_LABEL}[.。](?:com|cn|net|org|中国)(?![A-Za-z0-9])", re.IGNORECASE),
    re.compile(r"\[[0-9A-Fa-f:.]{3,45}\]"),
)
_QUOTED = re.compile(r'"[^"\r\n]{1,64}"\Z')
_PHONE_BEFORE = re.compile(r"(?:\+?86)?1[3-9]\d{9}/(?=.)")
_NOUN = r"(?:邮箱|邮件|邮址|地址|方式|账号|帐号|e-?mail|mail|我的|就)"
_MARKER = re.compile(rf"(?:{_NOUN}(?:号|地址)?(?:应该|应)?[是为]|改[成为]|换成|发到|发至)", re.IGNORECASE)
_PROSE_END = re.compile(r"(?:邮箱|邮件|邮址|地址|是|为)\Z")
_LONGEST_HAN = 10


@dataclass(frozen=True, slots=True)
class Written:
    """An address as it stands at text[start:end]; ``sure`` when the text says where it begins."""

    address: str
    start: int
    end: int
    sure: bool


def written(text: str, plain: str) -> Iterator[Written]:
    """The addresses of a text; ``plain`` is the same text folded."""
    at = plain.find("@")
    while at >= 0:
        end = _domain_end(plain, at + 1)
        if end is not None:
            found = _local(text, plain, at, end)
            if found is not None:
                yield found
        at = plain.find("@", at + 1)


def _domain_end(plain: str, start: int) -> int | None:
    for pattern in _DOMAINS:
        match = pattern.match(plain, start)
        if match is not None:
            return match.end()
    return None


def _local(text: str, plain: str, at: int, end: int) -> Written | None:
    quoted = _QUOTED.search(plain[max(0, at - 66) : at])
    if quoted is not None:
        return Written(plain[at - len(quoted.group()) : end], at - len(quoted.group()), end, False)
    stop = at - 1 if at > 1 and plain[at - 1].isspace() and plain[at - 2].isascii() else at
    start = stop
    while start > 0 and _may_stand_in(text, plain, start - 1):
        start -= 1
    start += _leading(plain[start:stop], plain[end : end + 1])
    begin, sure = _begin(plain, start, stop, whole=re.search(r"\w", plain[:start] + plain[end:]) is None)
    if begin >= stop or (stop != at and not any(map(str.isalnum, plain[begin:stop]))):
        return None
    # Right after another @ it is the rest of something longer.
    sure = sure and plain[begin - 1 : begin] != "@"
    return Written(_form(plain[begin:stop], plain[at:end]), begin, end, sure)


def _may_stand_in(text: str, plain: str, place: int) -> bool:
    character = plain[place]
    if character.isascii():
        return character in _ATOM and text[place] not in _WIDE_PUNCTUATION
    if character in _APOSTROPHES or character == "·":
        # An apostrophe of a phone's keyboard stands after a letter; after Chinese it closes a quotation.
        return place > 0 and plain[place - 1].isalpha() and _HAN.match(plain[place - 1]) is None
    return unicodedata.category(character)[0] in "LMNS" or unicodedata.category(character) == "Cf"


def _leading(local: str, after: str) -> int:
    """How many characters at its front do not belong to it: a bullet, an emoji, a quotation mark."""
    count = 0
    while count < len(local) and not local[count].isascii() and not local[count].isalnum():
        count += 1
    if after and local[count : count + 1] and _PAIRS.get(local[count]) == after:
        count += 1
    phone = _PHONE_BEFORE.match(local, count)
    return phone.end() if phone is not None else count


def _begin(plain: str, start: int, stop: int, whole: bool) -> tuple[int, bool]:
    """Where the local part begins within plain[start:stop], and whether that is certain."""
    local = plain[start:stop]
    last = max((match.end() for match in _HAN.finditer(local)), default=0)
    if last == 0:
        return start, True
    if last == len(local):
        return _begin_of_han(plain, start, stop, whole)
    tail = local[last:]
    letters = len(tail) - len(tail.lstrip(".!#$%&'*+/=?^_`{|}~-"))
    joiner = tail[:letters]
    if not joiner.strip("!#$%'*/=?^`{|}~") or joiner.startswith("--") or _PROSE_END.search(local[:last]):
        return start + last + letters + _leading(tail[letters:], ""), True
    return start + _han_before(local, last), False


def _begin_of_han(plain: str, start: int, stop: int, whole: bool) -> tuple[int, bool]:
    """A local part that ends in Chinese: certain after words such as 邮箱是, after a colon or a space."""
    local = plain[start:stop]
    markers = [match.end() for match in _MARKER.finditer(local) if match.end() < len(local)]
    first = start + (markers[-1] if markers else 0)
    announced = bool(markers) or whole or (first > 0 and plain[first - 1] in ": \t<(\n")
    if announced and stop - first <= _LONGEST_HAN and all(map(_HAN.match, plain[first:stop])):
        return first, True
    return start + _han_before(local, len(local)), False


def _han_before(local: str, end: int) -> int:
    """The first character to hide of a mixture that ends in Chinese at ``end``: ten Chinese characters, or
    whatever else is joined to fewer."""
    begin = end
    while begin > 0 and end - begin < _LONGEST_HAN and _HAN.match(local[begin - 1]):
        begin -= 1
    while begin > 0 and _HAN.match(local[begin - 1]) is None:
        begin -= 1
    return begin


def _form(local: str, domain: str) -> str:
    plain = "".join("'" if character in _APOSTROPHES else character for character in local)
    return plain + "".join(domain.split()).replace("。", ".").lower()
