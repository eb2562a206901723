"""A policy's versions and notes as one JSON text: what an edition keeps, so that serving reads no source file.

The clauses are kept as they were read, so a later change of how texts are read cannot part them from their index.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from types import MappingProxyType
from typing import Any

from knowledge.text.manifest import RequestPromise
from knowledge.text.notes import Note, Notes
from knowledge.text.policy import Policy, PolicyStore
from knowledge.types import Bilingual, Clause


def dump_policies(store: PolicyStore, notes: Notes) -> bytes:
    """Equal stores and notes give equal bytes."""
    loaded = {
        "versions": [_policy_entry(policy) for policy in store.versions],
        "notes": [{"version": version, **asdict(note)} for version, note in notes.pairs()],
    }
    return json.dumps(loaded, ensure_ascii=False, separators=(",", ":")).encode()


def load_policies(data: bytes) -> tuple[PolicyStore, Notes]:
    """Raises ValueError, KeyError or TypeError for anything that ``dump_policies`` did not write."""
    loaded = json.loads(data)
    store = PolicyStore(_policy(entry) for entry in loaded["versions"])
    notes = ((entry["version"], _note(entry)) for entry in loaded["notes"])
    return store, Notes(notes)


def _policy_entry(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "version": policy.version,
        "effective_date": policy.effective_date and policy.effective_date.isoformat(),
        "sha256": policy.sha256,
        "languages": policy.languages,
        "title": policy.title.as_dict(),
        "clauses": [_clause_entry(clause) for clause in policy.clauses.values()],
        "requests": [asdict(promise) for promise in policy.requests.values()],
    }


def _policy(entry: Mapping[str, Any]) -> Policy:
    clauses = [_clause(item) for item in entry["clauses"]]
    promises = [_promise(item) for item in entry["requests"]]
    return Policy(
        id=entry["id"],
        version=entry["version"],
        effective_date=entry["effective_date"] and date.fromisoformat(entry["effective_date"]),
        sha256=entry["sha256"],
        languages=tuple(entry["languages"]),
        title=Bilingual(**entry["title"]),
        clauses=MappingProxyType({clause.id: clause for clause in clauses}),
        requests=MappingProxyType({promise.type: promise for promise in promises}),
    )


def _clause_entry(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "label": clause.label.as_dict(),
        "heading": clause.heading.as_dict(),
        "headings": [heading.as_dict() for heading in clause.headings],
        "text": clause.text.as_dict(),
        "paragraphs": [paragraph.as_dict() for paragraph in clause.paragraphs],
        "parent_id": clause.parent_id,
        "child_ids": clause.child_ids,
        "line": dict(clause.line),
        "closing_paragraphs": clause.closing_paragraphs,
    }


def _clause(entry: Mapping[str, Any]) -> Clause:
    return Clause(
        id=entry["id"],
        label=Bilingual(**entry["label"]),
        heading=Bilingual(**entry["heading"]),
        headings=tuple(Bilingual(**heading) for heading in entry["headings"]),
        text=Bilingual(**entry["text"]),
        paragraphs=tuple(Bilingual(**paragraph) for paragraph in entry["paragraphs"]),
        parent_id=entry["parent_id"],
        child_ids=tuple(entry["child_ids"]),
        line=MappingProxyType(entry["line"]),
        closing_paragraphs=entry.get("closing_paragraphs", 0),  # texts of an earlier release do not say
    )


def _promise(entry: Mapping[str, Any]) -> RequestPromise:
    return RequestPromise(**{**entry, "ground_ids": tuple(entry["ground_ids"])})


def _note(entry: Mapping[str, Any]) -> Note:
    return Note(entry["clause_id"], entry["kind"], Bilingual(**entry["text"]))
