"""The bytes of a policy file to text, or what kind of file it is instead."""

from __future__ import annotations

import re

from knowledge.errors import PolicyError

_BINARY = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive, as Word and OpenDocument files are"),
    (b"\xd0\xcf\x11\xe0", "an old Word file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
)
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_OTHER_ENCODINGS = ("gb18030", "big5")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def decode(data: bytes) -> str:
    """The text of a policy file with newlines as \\n; PolicyError if it is not UTF-8 text, or empty."""
    for mark, name in _BINARY:
        if data.startswith(mark):
            raise PolicyError(f"the file is {name}; save its text as Markdown, HTML or plain text in UTF-8")
    for mark, name in _MARKS:
        if data.startswith(mark):
            raise PolicyError(f"the text is {name}, not UTF-8; save it as UTF-8", 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError(f"the text is not UTF-8{_likely(data)}", _line(data, error.start)) from error
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        if _looks_like_utf_16(text):
            raise PolicyError("the text is UTF-16 without its mark, not UTF-8; save it as UTF-8", line)
        raise PolicyError(
            f"the text has a control character (U+{ord(control[0]):04X}), as binary files have", line
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise PolicyError("the text is empty")
    return text


def _looks_like_utf_16(text: str) -> bool:
    """Whether every second sign at the beginning is NUL, as Latin letters have it there."""
    head = text[:40]
    return len(head) >= 8 and any(set(head[offset::2]) == {"\0"} for offset in (0, 1))


def _likely(data: bytes) -> str:
    """A guess at the encoding in words, for a text in Chinese."""
    for name in _OTHER_ENCODINGS:
        text = data[:1_000_000].decode(name, "replace")
        common = sum(text.count(sign) for sign in "的我们您个人信息個資訊")
        if common * 50 > len(text) and text.count("\ufffd") * 200 < len(text):
            return f"; it reads as {name.upper()}, so convert it from that"
    return ""


def _line(data: bytes, at: int) -> int:
    head = data[:at]
    return head.count(b"\n") + head.count(b"\r") - head.count(b"\r\n") + 1
