"""The clock by dated cases. The expected days were counted by hand on the State Council's calendars:

2023: 21-27 Jan, worked 28 and 29 Jan.
2024: 10-17 Feb, worked 4 and 18 Feb; 1-7 Oct, worked 29 Sep and 12 Oct.
2025: 28 Jan-4 Feb, worked 26 Jan and 8 Feb; 1-8 Oct, worked 28 Sep and 11 Oct.
2026: 1-3 Jan, worked 4 Jan; 15-23 Feb, worked 14 and 28 Feb; 4-6 Apr; 1-5 May, worked 9 May; 19-21 Jun;
25-27 Sep; 1-7 Oct, worked 20 Sep and 10 Oct.
2027 was not published when this was written.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dsr.deadlines import (
    SHANGHAI,
    ChineseCalendar,
    Clock,
    Deadline,
    deadline_of,
    due_after,
    end_of,
    shanghai_day,
)
from api.dsr.workflow import Event, Kind

CALENDAR = ChineseCalendar()
DAYS_15 = Clock(15)
WORKING_15 = Clock(15, working=True)

WORKING_CASES = [
    # received, due, provisional, what it is about
    ("2026-03-02", "2026-03-23", False, "no holiday in between"),
    ("2026-03-07", "2026-03-27", False, "received on a Saturday"),
    ("2026-03-08", "2026-03-27", False, "received on a Sunday"),
    ("2026-02-09", "2026-03-06", False, "Spring Festival with both make-up Saturdays"),
    ("2026-02-13", "2026-03-12", False, "the make-up Saturday is day 1"),
    ("2026-02-14", "2026-03-13", False, "received on a make-up Saturday"),
    ("2026-02-18", "2026-03-13", False, "received in Spring Festival"),
    ("2026-02-27", "2026-03-19", False, "the second make-up Saturday is day 1"),
    ("2026-04-01", "2026-04-23", False, "Tomb-Sweeping Day"),
    ("2026-04-24", "2026-05-19", False, "Labour Day with a make-up Saturday"),
    ("2026-05-08", "2026-05-28", False, "only the make-up Saturday"),
    ("2026-06-12", "2026-07-06", False, "Dragon Boat Festival, month end"),
    ("2026-09-18", "2026-10-15", False, "Mid-Autumn, National Day, a make-up Sunday and a Saturday"),
    ("2026-09-30", "2026-10-27", False, "National Day from day 1"),
    ("2026-10-01", "2026-10-27", False, "received on National Day"),
    ("2026-10-09", "2026-10-29", False, "make-up Saturday after National Day"),
    ("2025-12-19", "2026-01-12", False, "year end with a make-up Sunday"),
    ("2025-12-31", "2026-01-22", False, "received on the last day of a year"),
    ("2025-01-17", "2025-02-13", False, "Spring Festival 2025"),
    ("2025-09-26", "2025-10-23", False, "National Day 2025"),
    ("2024-09-27", "2024-10-23", False, "National Day 2024"),
    ("2024-02-05", "2024-03-01", False, "Spring Festival 2024, leap day"),
    ("2023-01-16", "2023-02-09", False, "Spring Festival 2023"),
    ("2026-12-10", "2026-12-31", False, "due on the last day of the last published year"),
    ("2026-12-11", "2027-01-04", True, "reaches the first day of an unpublished year"),
    ("2027-03-01", "2027-03-22", True, "wholly in an unpublished year"),
]
CALENDAR_CASES = [
    ("2026-03-10", "2026-03-25", "plain"),
    ("2026-02-14", "2026-03-01", "over the end of February"),
    ("2024-02-14", "2024-02-29", "due on a leap day"),
    ("2024-02-15", "2024-03-01", "over a leap day"),
    ("2026-01-31", "2026-02-15", "from a month end into a holiday"),
    ("2026-04-30", "2026-05-15", "from a month end"),
    ("2026-04-15", "2026-04-30", "to a month end"),
    ("2026-09-20", "2026-10-05", "holidays count"),
    ("2026-12-16", "2026-12-31", "to a year end"),
    ("2026-12-17", "2027-01-01", "into an unpublished year: days of the calendar are certain"),
    ("2026-12-31", "2027-01-15", "from a year end"),
]
EDGES = [
    # receipt as a moment in UTC, due day in Shanghai
    ("2026-03-10T15:59:00+00:00", "2026-03-25", "23:59 in Shanghai"),
    ("2026-03-10T15:59:59.999999+00:00", "2026-03-25", "the last instant of a day"),
    ("2026-03-10T16:00:00+00:00", "2026-03-26", "midnight in Shanghai"),
    ("2026-03-10T16:01:00+00:00", "2026-03-26", "00:01 in Shanghai"),
    ("2026-12-31T15:59:00+00:00", "2027-01-15", "23:59 on New Year's Eve"),
    ("2026-12-31T16:01:00+00:00", "2027-01-16", "00:01 on New Year's Day"),
    ("2026-02-28T16:01:00+00:00", "2026-03-16", "00:01 on 1 March"),
    ("2026-03-10T11:59:00-04:00", "2026-03-25", "told in New York's time"),
    ("2026-03-11T05:01:00+13:00", "2026-03-26", "told in Tonga's time"),
]


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=SHANGHAI)


def last_second(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(("received", "due", "provisional", "about"), WORKING_CASES)
def test_working_days(received: str, due: str, provisional: bool, about: str) -> None:
    assert due_after(noon(received), WORKING_15, CALENDAR) == Deadline(last_second(due), provisional), about


@pytest.mark.parametrize(("received", "due", "about"), CALENDAR_CASES)
def test_days_of_the_calendar(received: str, due: str, about: str) -> None:
    assert due_after(noon(received), DAYS_15, CALENDAR) == Deadline(last_second(due), False), about


@pytest.mark.parametrize(("received", "due", "about"), EDGES)
def test_a_day_is_a_day_in_shanghai(received: str, due: str, about: str) -> None:
    found = due_after(datetime.fromisoformat(received), DAYS_15, CALENDAR)
    assert found.due_at == last_second(due), about
    assert found.due_at.tzinfo is UTC


@pytest.fixture(params=["America/Los_Angeles", "Pacific/Kiritimati", "Asia/Shanghai", "UTC"])
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("server_zone")
@pytest.mark.parametrize(("received", "due", "about"), EDGES)
def test_the_servers_zone_does_not_matter(received: str, due: str, about: str) -> None:
    calendar = ChineseCalendar()
    assert due_after(datetime.fromisoformat(received), DAYS_15, calendar).due_at == last_second(due), about
    assert due_after(noon("2026-02-13"), WORKING_15, calendar).due_at == last_second("2026-03-12")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        shanghai_day(datetime(2026, 3, 10))


def test_an_empty_clock_is_refused() -> None:
    with pytest.raises(ValueError, match="one day"):
        Clock(0)


def test_the_library_knows_which_years_are_published() -> None:
    assert [year for year in range(2022, 2029) if CALENDAR.is_published(year)] == [
        2022,
        2023,
        2024,
        2025,
        2026,
    ]
    assert ChineseCalendar().is_published(2026), "also when the year was not asked about before"


# Pauses and the extension. A copy request: 15 days of the calendar; a closure: 15 working days.
COPY = {"promise": {"days": 15, "working_days": None}}
CLOSURE = {"promise": {"days": None, "working_days": 15}}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def events(data: dict[str, object], received: str, *later: tuple[Kind, str]) -> list[Event]:
    first = Event(Kind.RECEIVED, at(received), data=data)
    return [first, *(Event(kind, at(when), data={"days": 10}) for kind, when in later)]


ASKED, ANSWERED, EXTENDED = Kind.QUESTION_ASKED, Kind.QUESTION_ANSWERED, Kind.EXTENDED
HISTORIES = [
    (COPY, "2026-03-10T12:00", [], "2026-03-25"),
    (COPY, "2026-03-10T12:00", [(ASKED, "2026-03-12T10:00"), (ANSWERED, "2026-03-12T18:00")], "2026-03-25"),
    (COPY, "2026-03-10T12:00", [(ASKED, "2026-03-12T23:59"), (ANSWERED, "2026-03-13T00:01")], "2026-03-26"),
    (COPY, "2026-03-10T12:00", [(ASKED, "2026-03-12T10:00"), (ANSWERED, "2026-03-15T10:00")], "2026-03-28"),
    (
        COPY,
        "2026-03-10T12:00",
        [
            (ASKED, "2026-03-12T10:00"),
            (ANSWERED, "2026-03-14T10:00"),
            (ASKED, "2026-03-20T10:00"),
            (ANSWERED, "2026-03-23T10:00"),
        ],
        "2026-03-30",
    ),
    (COPY, "2026-03-10T12:00", [(ASKED, "2026-03-10T13:00"), (ANSWERED, "2026-03-11T10:00")], "2026-03-25"),
    (COPY, "2026-03-10T12:00", [(ASKED, "2026-03-25T10:00"), (ANSWERED, "2026-03-29T10:00")], "2026-03-29"),
    (COPY, "2026-03-10T12:00", [(ASKED, "2026-03-27T10:00"), (ANSWERED, "2026-03-29T10:00")], "2026-03-25"),
    (COPY, "2026-03-10T12:00", [(EXTENDED, "2026-03-20T10:00")], "2026-04-04"),
    (
        COPY,
        "2026-03-10T12:00",
        [(ASKED, "2026-03-12T10:00"), (ANSWERED, "2026-03-15T10:00"), (EXTENDED, "2026-03-20T10:00")],
        "2026-04-07",
    ),
    (
        CLOSURE,
        "2026-03-02T12:00",
        [(ASKED, "2026-03-06T10:00"), (ANSWERED, "2026-03-09T10:00")],
        "2026-03-24",
    ),
    (
        CLOSURE,
        "2026-03-02T12:00",
        [(ASKED, "2026-03-07T10:00"), (ANSWERED, "2026-03-08T10:00")],
        "2026-03-23",
    ),
    (CLOSURE, "2026-03-02T12:00", [(EXTENDED, "2026-03-10T10:00")], "2026-04-07"),
]


@pytest.mark.parametrize(("data", "received", "later", "due"), HISTORIES)
def test_the_due_date_follows_the_history(
    data: dict[str, object], received: str, later: list[tuple[Kind, str]], due: str
) -> None:
    assert deadline_of(events(data, received, *later), CALENDAR) == Deadline(last_second(due), False)


def test_while_a_question_is_open_the_clock_stands() -> None:
    found = deadline_of(events(COPY, "2026-03-10T12:00", (ASKED, "2026-03-12T10:00")), CALENDAR)
    assert found == Deadline(last_second("2026-03-25"), False, at("2026-03-12T10:00"))
    much_later = at("2026-05-01T10:00")
    assert (found.days_left(much_later), found.is_overdue(much_later)) == (13, False)


def test_what_was_late_before_the_question_stays_late() -> None:
    found = deadline_of(events(COPY, "2026-03-10T12:00", (ASKED, "2026-03-27T10:00")), CALENDAR)
    assert found.is_overdue(at("2026-03-27T11:00"))


DUE = Deadline(last_second("2026-03-25"), False)


@pytest.mark.parametrize(
    ("now", "left", "late"),
    [
        ("2026-03-10T12:00:00", 15, False),
        ("2026-03-24T23:59:59", 1, False),
        ("2026-03-25T00:00:00", 0, False),
        ("2026-03-25T23:59:59", 0, False),
        ("2026-03-26T00:00:00", -1, True),
        ("2026-04-01T12:00:00", -7, True),
    ],
)
def test_days_left_and_overdue(now: str, left: int, late: bool) -> None:
    assert (DUE.days_left(at(now)), DUE.is_overdue(at(now))) == (left, late)


MOMENTS = st.datetimes(datetime(2022, 1, 1), datetime(2026, 11, 1), timezones=st.just(ZoneInfo("UTC")))


@given(MOMENTS, st.integers(1, 60))
def test_working_days_agree_with_the_librarys_own_count(received: datetime, days: int) -> None:
    expected = holidays.country_holidays("CN").get_nth_working_day(shanghai_day(received), days)
    assert due_after(received, Clock(days, working=True), CALENDAR).due_at == end_of(expected)


@given(MOMENTS, st.integers(1, 60), st.booleans())
def test_later_receipt_is_never_due_earlier(received: datetime, days: int, working: bool) -> None:
    clock = Clock(days, working)
    found = due_after(received, clock, CALENDAR)
    assert found.due_at >= end_of(shanghai_day(received) + timedelta(days=days))
    assert due_after(received + timedelta(hours=1), clock, CALENDAR).due_at >= found.due_at


@given(MOMENTS, st.booleans(), st.lists(st.integers(0, 200), max_size=6))
def test_a_pause_never_shortens_the_time_and_never_gives_more_than_it_took(
    received: datetime, working: bool, hours: list[int]
) -> None:
    history = [Event(Kind.RECEIVED, received, data=CLOSURE if working else COPY)]
    plain, moment, paused = deadline_of(history, CALENDAR), received, 0
    for position, span in enumerate(hours):
        moment += timedelta(hours=span)
        history.append(Event(ANSWERED if position % 2 else ASKED, moment))
        if position % 2:
            paused += (shanghai_day(moment) - shanghai_day(history[-2].at)).days
    found = deadline_of(history, CALENDAR)
    assert found.due_at >= plain.due_at
    assert (found.paused_since is not None) == (len(hours) % 2 == 1)
    if not working:
        assert found.due_at - plain.due_at <= timedelta(days=paused)


def test_an_answer_on_a_later_day_moves_the_due_date_from_what_was_shown_to_what_is_owed() -> None:
    asked = events(COPY, "2026-03-10T12:00", (ASKED, "2026-03-12T10:00"))
    shown = deadline_of(asked, CALENDAR)
    answered = deadline_of([*asked, Event(ANSWERED, at("2026-03-20T10:00"))], CALENDAR)
    assert answered.due_at - shown.due_at == timedelta(days=8)
    assert answered.days_left(at("2026-03-20T10:00")) == shown.days_left(at("2026-03-20T10:00"))


def test_weekends_are_weekends_for_the_calendar() -> None:
    assert CALENDAR.is_working_day(date(2026, 2, 14))
    assert not CALENDAR.is_working_day(date(2026, 3, 7))
