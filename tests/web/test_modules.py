"""Modules without a page of their own, run where they will run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

NewPage = Callable[..., Page]

STREAM = (
    ": hello\r\nevent: ping\r\ndata: {}\r\n\r\n"
    "id: 7\r\ndata: 一\r\ndata: 二\r\n\r\nevent: lost\r\n\r\ndata: half"
)
PARSED = [{"event": "ping", "data": "{}"}, {"event": "message", "data": "一\n二"}]


@pytest.fixture
def page(new_page: NewPage) -> Page:
    opened = new_page("zh")
    opened.goto("/requests")
    return opened


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_are_parsed_wherever_the_stream_is_cut(page: Page, size: int) -> None:
    chunks = [STREAM[start : start + size] for start in range(0, len(STREAM), size)]
    parsed = page.evaluate(
        """async (chunks) => {
          const { EventParser } = await import('/static/chat/sse.js');
          const parser = new EventParser();
          return chunks.flatMap((chunk) => parser.feed(chunk));
        }""",
        chunks,
    )
    assert parsed == PARSED


@pytest.mark.parametrize(
    ("words", "ranges", "marked"),
    [
        ("注销账号", [[2, 4]], ["账号"]),
        ("𠮷野注销", [[2, 4]], ["注销"]),
        ("abcdef", [[3, 5], [0, 2]], ["ab", "de"]),
        ("abcdef", [[0, 3], [2, 5]], ["abc", "de"]),
        ("abc", [[1, 1], [2, 99]], ["c"]),
    ],
)
def test_highlights_count_characters(
    page: Page, words: str, ranges: list[list[int]], marked: list[str]
) -> None:
    spelled, found = page.evaluate(
        """async ([words, ranges]) => {
          const { highlighted } = await import('/static/shared/highlights.js');
          const nodes = highlighted(words, ranges);
          const marks = nodes.filter((node) => node.localName === 'mark');
          return [nodes.map((node) => node.textContent).join(''), marks.map((mark) => mark.textContent)];
        }""",
        [words, ranges],
    )
    assert spelled == words
    assert found == marked


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-03-01T15:59:59Z", "2026-03-01T16:00:00Z", 1),
        ("2026-03-01T16:00:00Z", "2026-03-02T15:59:59Z", 0),
        ("2025-12-31T18:00:00+08:00", "2026-01-15T23:59:59+08:00", 15),
        ("2026-03-05T09:00:00+08:00", "2026-03-02T23:59:59+08:00", -3),
    ],
)
def test_days_are_counted_by_the_calendar_in_china(page: Page, start: str, end: str, days: int) -> None:
    script = "async (range) => (await import('/static/shared/dates.js')).daysBetween(...range)"
    assert page.evaluate(script, [start, end]) == days


def test_a_submission_keeps_its_key_until_its_words_change(page: Page) -> None:
    first, again, changed, after_filing = page.evaluate(
        """async () => {
          const { SubmissionKey } = await import('/static/requests/submission_key.js');
          const key = new SubmissionKey();
          const keys = [key.for({ a: 1 }), key.for({ a: 1 }), key.for({ a: 2 })];
          key.forget();
          return [...keys, key.for({ a: 2 })];
        }"""
    )
    assert first == again
    assert len({first, changed, after_filing}) == 3
