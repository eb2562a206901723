"""Promises, a clock and a filing for the tests of requests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from api.db import Database
from api.dsr.filing import Filing
from api.dsr.promises import Ground, Promise, Words

GROUND = Ground("5.3.1", Words("第五条（三）1", "Article 5(c)(i)"), Words("处理违法", "unlawful"))
PROMISES = {
    "copy": Promise("copy", "5.6", Words("第五条（六）", "Article 5(f)"), 15, None, "5.6"),
    "account_closure": Promise(
        "account_closure", "5.5", Words("第五条（五）", "Article 5(e)"), None, 15, "5.5"
    ),
    "deletion": Promise("deletion", "5.3", Words("第五条（三）", "Article 5(c)"), 15, None, "10", (GROUND,)),
}


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


def copy_request(**changes: Any) -> Filing:
    """A filing that is fine, unless changed."""
    values: dict[str, Any] = {
        "type": "copy",
        "lang": "zh",
        "contact_kind": "email",
        "contact_value": "wang@example.com",
        **changes,
    }
    return Filing(**values)


def chat_request(**changes: Any) -> dict[str, Any]:
    """What a conversation hands over, unless changed."""
    return {
        "session_id": "session-1",
        "turn_id": "turn-1",
        "type": "copy",
        "lang": "zh",
        "scope": None,
        "ground": None,
        "contact_kind": "email",
        "contact_value": "wang@example.com",
        **changes,
    }


async def count(database: Database, table: type[Any]) -> int:
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()
