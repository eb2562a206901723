"""The statutory clock: when a request is due, as a pure function of its event history.

Days are days in Shanghai, wherever the server stands. Day 1 is the day after receipt; a request is due at the
end (23:59:59) of its last day. A day does not count while an agent's question is open at its end, so a
question that is answered the same day costs nobody anything. Working days are the State Council's, make-up
workdays included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import holidays

from api.dsr.workflow import Event, Kind

SHANGHAI = ZoneInfo("Asia/Shanghai")
_LAST_SECOND = time(23, 59, 59)
_A_DAY = timedelta(days=1)


class WorkCalendar(Protocol):
    """Which days are worked."""

    def is_working_day(self, day: date) -> bool: ...

    def is_published(self, year: int) -> bool:
        """Whether the year's make-up workdays are known; else its working days are a guess."""
        ...


class ChineseCalendar:
    """The State Council's calendar as the ``holidays`` package knows it."""

    def __init__(self) -> None:
        self._days = holidays.country_holidays("CN")

    def is_working_day(self, day: date) -> bool:
        return self._days.is_working_day(day)

    def is_published(self, year: int) -> bool:
        # Asking for a day makes the package fill in its year; only then is the set of make-up days complete.
        self._days.is_working_day(date(year, 1, 1))
        return any(day.year == year for day in self._days.weekend_workdays)


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a promise gives: ``days`` of the calendar or working days."""

    days: int
    working: bool = False

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("a clock gives at least one day")


@dataclass(frozen=True, slots=True)
class Deadline:
    """``due_at`` in UTC; ``provisional`` when the calendar of a year it reaches is not published yet.

    While ``paused_since`` is set the due moment is the earliest possible one: it moves on with every day that
    passes.
    """

    due_at: datetime
    provisional: bool
    paused_since: datetime | None = None

    def days_left(self, now: datetime) -> int:
        """Shanghai days from today (or from the pause) to the due day; 0 on the day itself, then negative."""
        counted_from = self.paused_since or now
        return (shanghai_day(self.due_at) - shanghai_day(counted_from)).days

    def is_overdue(self, now: datetime) -> bool:
        """Late by the second; a paused clock is late only if it already was when it paused."""
        return (self.paused_since or now) > self.due_at


def shanghai_day(moment: datetime) -> date:
    """The date in Shanghai at a moment, which must carry a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no day")
    return moment.astimezone(SHANGHAI).date()


def deadline_of(events: Sequence[Event], calendar: WorkCalendar) -> Deadline:
    """When the request of this history is due; the promise it was received under is in its first event."""
    clock = _clock_of(events[0].data, _extension(events))
    return _deadline(events[0].at, clock, _pauses(events), calendar)


def due_after(received_at: datetime, clock: Clock, calendar: WorkCalendar) -> Deadline:
    """When a request received at a moment is due if nothing stops or extends its clock."""
    return _deadline(received_at, clock, [], calendar)


def end_of(day: date) -> datetime:
    """The last second of a day in Shanghai, in UTC."""
    return datetime.combine(day, _LAST_SECOND, SHANGHAI).astimezone(UTC)


_Pause = tuple[datetime, datetime | None]


def _deadline(
    received_at: datetime, clock: Clock, pauses: Sequence[_Pause], calendar: WorkCalendar
) -> Deadline:
    last, years = _last_day(shanghai_day(received_at), clock, pauses, calendar)
    provisional = clock.working and not all(calendar.is_published(year) for year in sorted(years))
    open_since = pauses[-1][0] if pauses and pauses[-1][1] is None else None
    return Deadline(end_of(last), provisional, open_since)


def _last_day(
    received_on: date, clock: Clock, pauses: Sequence[_Pause], calendar: WorkCalendar
) -> tuple[date, set[int]]:
    """The day on which the count is full, and the years it went through."""
    day, counted, years = received_on, 0, set[int]()
    while counted < clock.days:
        day += _A_DAY
        years.add(day.year)
        if clock.working and not calendar.is_working_day(day):
            continue
        if not _open_at_end_of(day, pauses):
            counted += 1
    return day, years


def _open_at_end_of(day: date, pauses: Iterable[_Pause]) -> bool:
    """Whether a question is open at the end of the day and was answered on a later one.

    A question that is still open stops nothing here: nobody knows for how long, so the earliest due moment is
    given.
    """
    return any(
        answered is not None and shanghai_day(asked) <= day < shanghai_day(answered)
        for asked, answered in pauses
    )


def _pauses(events: Iterable[Event]) -> list[_Pause]:
    """Each question with its answer; a request that was closed meanwhile has none and stays open-ended."""
    pauses: list[_Pause] = []
    for event in events:
        if event.kind is Kind.QUESTION_ASKED:
            pauses.append((event.at, None))
        elif event.kind is Kind.QUESTION_ANSWERED and pauses:
            pauses[-1] = (pauses[-1][0], event.at)
    return pauses


def _extension(events: Iterable[Event]) -> int:
    return sum(int(event.data["days"]) for event in events if event.kind is Kind.EXTENDED)


def _clock_of(data: Mapping[str, Any], extension: int) -> Clock:
    promise = data["promise"]
    working = promise["working_days"] is not None
    return Clock(int(promise["working_days"] if working else promise["days"]) + extension, working)
