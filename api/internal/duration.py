"""Short questions about time, which inside a request form always mean that request."""

from __future__ import annotations

import re

# Only the question itself, with little around it: a longer sentence names its own subject and is searched.
_CUES = (
    r"how (long|soon|fast|many (working )?days)",
    r"when (will|does|is) (it|this|that|i)",
    r"what('s| is) the deadline",
    r"(要|需要|得|大概|一般|多长|多久|几)*(多久|多长时间|几天|几个工作日|多少天)",
    r"(什么|啥)时候(能|会|可以)?",
)
_QUESTION = re.compile("|".join(_CUES), re.IGNORECASE)
_LONGEST = {"en": 8, "zh": 9}  # words, characters


def asks_how_long(text: str) -> bool:
    """Whether a message is little more than "how long?"."""
    plain = re.sub(r"[\s?？!！。，,.~…]+", " ", text).strip()
    if not _QUESTION.search(plain):
        return False
    han = len(re.findall("[\u4e00-\u9fff]", plain))
    return han <= _LONGEST["zh"] if han else len(plain.split()) <= _LONGEST["en"]
