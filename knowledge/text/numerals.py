"""Chinese and roman numerals to numbers and back."""

from __future__ import annotations

_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0}
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN_PARTS = (
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)


def han_value(numeral: str) -> int | None:
    """二十一 → 21, 一百零三 → 103; None if it is not a Chinese numeral below 1000."""
    if not numeral or any(sign not in _HAN_DIGITS and sign not in "十百" for sign in numeral):
        return None
    total, digit = 0, 0
    for sign in numeral:
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = _HAN_DIGITS[sign]
    return total + digit


def han_numeral(value: int) -> str:
    """21 → 二十一; the inverse of `han_value` for 1..999."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    if not hundreds:
        return ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (
            digits[ones] if ones else ""
        )
    tail = (
        ("零" + digits[ones] if ones else "")
        if tens == 0
        else digits[tens] + "十" + (digits[ones] if ones else "")
    )
    return digits[hundreds] + "百" + tail


def roman_value(numeral: str) -> int | None:
    """xiv → 14; None if it is not a well-formed lower-case roman numeral below 400."""
    if not numeral or any(sign not in _ROMAN_DIGITS for sign in numeral):
        return None
    values = [_ROMAN_DIGITS[sign] for sign in numeral]
    total = sum(-v if any(v < later for later in values[i + 1 : i + 2]) else v for i, v in enumerate(values))
    return total if roman_numeral(total) == numeral else None


def roman_numeral(value: int) -> str:
    """14 → xiv; the inverse of `roman_value` for 1..399."""
    out = []
    for part, sign in _ROMAN_PARTS:
        count, value = divmod(value, part)
        out.append(sign * count)
    return "".join(out)
