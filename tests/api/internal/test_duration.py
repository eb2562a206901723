"""Short questions about time."""

from __future__ import annotations

import pytest

from api.internal.duration import asks_how_long


@pytest.mark.parametrize(
    "text",
    [
        "how long does that take?",
        "How soon will it be done",
        "how many working days?",
        "what's the deadline",
        "when will it be finished?",
        "要多久？",
        "大概几天",
        "多长时间能好",
        "什么时候能办完",
        "需要几个工作日呀",
    ],
)
def test_little_more_than_how_long(text: str) -> None:
    assert asks_how_long(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "who can see it?",
        "how long do you keep the recordings of calls with customer service?",
        "你们的日志会在服务器上保存多久才删除",
        "多少钱",
        "delete everything from last month",
        "when do you share my data",
    ],
)
def test_questions_with_a_subject_of_their_own(text: str) -> None:
    assert not asks_how_long(text)
