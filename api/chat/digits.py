"""Runs of digit groups ("138 0013 8000"), and which identifier a stretch of them can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from stdnum import luhn
from stdnum.cn import ric

_RUN = re.compile(r"\d+(?:[ .·,/_\r\n\u2028\u2029\u00ad\u200d-]{1,3}\d+|\) ?\d+| ?\(\d+)*(?:[Xx](?!\d))?")
_GROUP = re.compile(r"\d+[Xx]?")
_IDENTITY = re.compile(r"[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_MOBILE = re.compile(r"(?:0{0,2}86)?(1[3-9]\d{9})")
_CARD_GROUPS = re.compile(r"(?:4-){3}[1-4](?:-[1-3])?|4-6-[45]|6-(?:[7-9]|1[0-3])|(?:1-){12,18}1|1[3-9]")
_MOBILE_GROUPS = re.compile(
    r"(?:1-){10}1|11|3-4-4|3-8|7-4|4-4-3|4-3-4|3-3-5|3-5-3|5-6|5-3-3|3-2-2-2-2|3-2-3-3|3-3-3-2"
)
_LONGEST = 19
# Between these there may also be separate numbers: a list, a date, a column.
_LIST_MARKS = frozenset(",/_\r\n\u2028\u2029")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMERALS = {**dict.fromkeys("零〇○", "0"), **dict.fromkeys("一幺壹", "1"), **dict.fromkeys("二两贰", "2")}
_NUMERALS |= {
    **dict(zip("三四五六七八九", "3456789", strict=True)),
    **dict(zip("叁肆伍陆柒捌玖", "3456789", strict=True)),
}
_SPOKEN = "".join(_NUMERALS)
_SPOKEN_MOBILE = re.compile(
    rf"(?<![\d{_SPOKEN}])[1一幺壹][ ,-]?[3-9三四五六七八九叁肆伍陆柒捌玖](?:[ ,-]?[\d{_SPOKEN}]){{9}}(?![\d{_SPOKEN}])"
)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring digit groups: their text, and where each begins and ends."""

    groups: tuple[str, ...]
    bounds: tuple[tuple[int, int], ...]
    separators: tuple[str, ...]

    @property
    def digits(self) -> str:
        return "".join(self.groups).upper()

    @property
    def start(self) -> int:
        return self.bounds[0][0]

    @property
    def end(self) -> int:
        return self.bounds[-1][1]

    @property
    def listed(self) -> bool:
        """Whether it may as well be separate numbers, going by what stands between them."""
        return any(mark in _LIST_MARKS for separator in self.separators for mark in separator)

    @property
    def even(self) -> bool:
        """Whether the same stands between all groups, but for spaces."""
        return len({separator.strip(" ") for separator in self.separators}) <= 1

    @property
    def shape(self) -> str:
        """Lengths of the groups, e.g. ``3-4-4``."""
        return "-".join(str(len(group)) for group in self.groups)

    def parts(self) -> Iterator[Run]:
        """Every stretch of whole groups that is short enough to be one number; the longest first."""
        count = len(self.groups)
        for length in range(min(count, _LONGEST), 0, -1):
            for first in range(count - length + 1):
                last = first + length
                part = Run(
                    self.groups[first:last], self.bounds[first:last], self.separators[first : last - 1]
                )
                if 11 <= len(part.digits) <= _LONGEST:
                    yield part


def runs(plain: str) -> Iterator[Run]:
    """The runs of a folded text."""
    for match in _RUN.finditer(plain):
        groups = list(_GROUP.finditer(match.group()))
        offset = match.start()
        bounds = tuple((offset + group.start(), offset + group.end()) for group in groups)
        separators = tuple(plain[left[1] : right[0]] for left, right in pairwise(bounds))
        yield Run(tuple(group.group() for group in groups), bounds, separators)


def is_identity_number(digits: str, lenient: bool = False) -> bool:
    """An 18-character PRC identity number; ``lenient`` also takes one with a wrong check character.

    The place is not checked: counties come and go, and the numbers given in them stay.
    """
    if _IDENTITY.fullmatch(digits) is None:
        return False
    return lenient or ric.calc_check_digit(digits) == digits[-1]


def is_bank_card(part: Run) -> bool:
    """13 to 19 digits with a Luhn check digit, grouped like a card: dates and sums in a row are not."""
    digits = part.digits
    return (
        13 <= len(digits) <= _LONGEST
        and digits.isdigit()
        and digits[0] in "234569"
        and _CARD_GROUPS.fullmatch(part.shape) is not None
        and "." not in "".join(part.separators)
        and (not part.listed or part.even)
        and not all(_YEAR.fullmatch(group) for group in part.groups)
        and len(set(digits)) > 1
        and luhn.is_valid(digits)
    )


def is_mobile(part: Run) -> str | None:
    """The E.164 form of a Chinese mobile number, however it is grouped, with or without 86, +86 or 0086."""
    match = _MOBILE.fullmatch(part.digits.removesuffix("X"))
    if (
        match is None
        or _is_list(part)
        or _MOBILE_GROUPS.fullmatch(_shape_without(part, match.start(1))) is None
    ):
        return None
    return f"+86{match.group(1)}"


def _is_list(part: Run) -> bool:
    """Whether the groups are rather counts, dates or clauses one after the other than one number."""
    if len(part.groups) == len(part.digits) and not part.even:
        return True
    if not part.listed:
        return False
    years = any(_YEAR.fullmatch(group) for group in part.groups)
    return years or len(part.groups) < 3 or not part.even


def spoken_mobiles(plain: str) -> Iterator[tuple[str, int, int]]:
    """(E.164 form, start, end) of mobile numbers with Chinese numerals in them: 一三八零零一三八零零零."""
    for match in _SPOKEN_MOBILE.finditer(plain):
        digits = "".join(_NUMERALS.get(character, character) for character in match.group())
        if any(character in _NUMERALS for character in match.group()):
            yield "+86" + re.sub(r"\D", "", digits), match.start(), match.end()


def has_digits(plain: str) -> bool:
    """Whether there are digits or Chinese numerals."""
    return any(character.isdigit() or character in _NUMERALS for character in plain)


def _shape_without(part: Run, prefix: int) -> str:
    """The shape of a run whose first digits, a country code, are not looked at."""
    lengths: list[str] = []
    for group in part.groups:
        length = len(group.rstrip("Xx"))
        rest = max(0, length - prefix)
        prefix -= length - rest
        lengths += [str(rest)] if rest else []
    return "-".join(lengths)
