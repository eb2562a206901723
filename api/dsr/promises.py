"""What the policy promises for each type of request; handed in, because the policy is data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.dsr.deadlines import Clock

CONFIRMED_TYPES = frozenset({"deletion", "account_closure"})
"""Requests that cannot be undone once done, so the subject confirms them when filing."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages; None where the policy has only the other."""

    zh: str | None
    en: str | None

    def as_dict(self) -> dict[str, str | None]:
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Ground:
    """A clause a request can rest on, e.g. 5.3.1."""

    clause_id: str
    label: Words
    text: Words


@dataclass(frozen=True, slots=True)
class Promise:
    """The clause of a request type and its clock; exactly one of ``days`` and ``working_days`` is given.

    ``clock_clause_id`` is where the time limit comes from, which can be another clause than ``clause_id``.
    """

    type: str
    clause_id: str
    label: Words
    days: int | None
    working_days: int | None
    clock_clause_id: str
    grounds: tuple[Ground, ...] = ()

    def __post_init__(self) -> None:
        if (self.days is None) == (self.working_days is None):
            raise ValueError(f"request type {self.type}: give either days or working_days")
        self.clock()

    @property
    def ground_ids(self) -> tuple[str, ...]:
        return tuple(ground.clause_id for ground in self.grounds)

    @property
    def needs_confirmation(self) -> bool:
        return self.type in CONFIRMED_TYPES

    def clock(self) -> Clock:
        return Clock(self.working_days or self.days or 0, working=self.working_days is not None)

    def snapshot(self) -> dict[str, Any]:
        """What is kept with a ticket, so that a later policy does not change an earlier promise."""
        return {
            "clause_id": self.clause_id,
            "label": self.label.as_dict(),
            "days": self.days,
            "working_days": self.working_days,
            "clock_clause_id": self.clock_clause_id,
        }
