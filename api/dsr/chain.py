"""The hash chain over a tenant's events: any edit, insertion or gap shows.

Each event is hashed together with its predecessor's hash and its number, as canonical JSON (keys sorted, no
spaces, UTF-8). Cutting off the newest events shows by the separately kept head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.dsr.workflow import Event

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """An event at its place in the chain."""

    tenant: str
    seq: int
    request_id: str
    event: Event
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """``broken_at`` is the number of the first event that does not fit, with the reason."""

    checked: int
    broken_at: int | None = None
    reason: str | None = None

    @property
    def intact(self) -> bool:
        return self.broken_at is None


def canonical(value: Mapping[str, Any]) -> str:
    """JSON that is the same for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def moment(value: datetime) -> str:
    """UTC with microseconds: the precision both databases keep."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def event_hash(tenant: str, seq: int, request_id: str, event: Event, prev_hash: str) -> str:
    """SHA-256, hex."""
    text = canonical(
        {
            "tenant": tenant,
            "seq": seq,
            "request_id": request_id,
            "kind": event.kind.value,
            "at": moment(event.at),
            "actor_kind": event.actor_kind,
            "actor": event.actor,
            "origin": event.origin,
            "data": event.data,
            "prev_hash": prev_hash,
        }
    )
    return hashlib.sha256(text.encode()).hexdigest()


class ChainCheck:
    """Takes links in order, so that a long chain needs no memory; ``finish`` gives the report."""

    def __init__(self) -> None:
        self._seq = 0
        self._hash = GENESIS
        self._broken: tuple[int, str] | None = None

    def take(self, link: Link) -> None:
        if self._broken is not None:
            return
        expected = event_hash(link.tenant, link.seq, link.request_id, link.event, link.prev_hash)
        if link.seq != self._seq + 1:
            self._broken = (self._seq + 1, "missing")
        elif link.prev_hash != self._hash:
            self._broken = (link.seq, "does not follow its predecessor")
        elif link.hash != expected:
            self._broken = (link.seq, "was changed")
        else:
            self._seq, self._hash = link.seq, link.hash

    def finish(self, head_seq: int, head_hash: str) -> ChainReport:
        """Compare with the head, which is kept apart from the events."""
        if self._broken is None and (self._seq, self._hash) != (head_seq, head_hash):
            self._broken = (self._seq + 1, "the newest events are missing or the head was changed")
        if self._broken is not None:
            return ChainReport(self._seq, *self._broken)
        return ChainReport(self._seq)
