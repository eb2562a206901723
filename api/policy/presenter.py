"""Turns what ``knowledge`` found into the bodies of the contract."""

from __future__ import annotations

from api.policy.lists import Item
from api.policy.quotes import Quotes
from api.policy.schemas import (
    BilingualText,
    BilingualWords,
    ChangedClause,
    ClauseResponse,
    DiffResponse,
    Highlights,
    ListItem,
    MovedClause,
    NoteBody,
    OutlineEntry,
    PolicyIdentity,
    SearchResponse,
    SearchResult,
    WordChange,
)
from knowledge.search.retriever import Finding
from knowledge.text.diff import Changed
from knowledge.text.policy import Policy
from knowledge.text.word_changes import word_changes
from knowledge.types import LANGUAGES, Bilingual, Clause


def text(value: Bilingual) -> BilingualText:
    return BilingualText(zh=value.zh, en=value.en)


def notes(service: Quotes, clause_id: str, version: str | None) -> list[NoteBody]:
    return [NoteBody(kind=note.kind, text=text(note.text)) for note in service.notes(clause_id, version)]


def search_body(service: Quotes, finding: Finding, version: str | None = None) -> SearchResponse:
    """The contract's answer to a search; every text comes from the policy store."""
    policy = service.policy(version)
    results = []
    for ranked in finding.ranked:
        clause = service.clause(ranked.clause_id, version)
        below = service.below(clause.id, version)
        results.append(
            SearchResult(
                clause_id=clause.id,
                label=text(clause.label),
                heading=text(clause.heading),
                text=text(clause.text),
                highlights=Highlights(zh=list(ranked.highlights["zh"]), en=list(ranked.highlights["en"])),
                score=ranked.score,
                closing_paragraphs=clause.closing_paragraphs,
                notes=notes(service, clause.id, version),
                url=service.url(clause.id),
                items=[_item(service, item, version) for item in below.items],
                items_left_out=below.left_out,
            )
        )
    return SearchResponse(
        query_lang=finding.query_lang,
        answerable=finding.answerable,
        outcome=finding.outcome,
        confidence=finding.confidence,
        policy=identity(policy),
        results=results,
    )


def _item(service: Quotes, item: Item, version: str | None) -> ListItem:
    clause = item.clause
    return ListItem(
        clause_id=clause.id,
        label=text(clause.label),
        title=text(item.title),
        text=text(clause.text) if item.whole else None,
        closing_paragraphs=clause.closing_paragraphs if item.whole else 0,
        notes=notes(service, clause.id, version),
        url=service.url(clause.id),
        items=[_item(service, below, version) for below in item.items],
    )


def identity(policy: Policy) -> PolicyIdentity:
    return PolicyIdentity(id=policy.id, version=policy.version, effective_date=policy.effective_date)


def clause_body(service: Quotes, clause: Clause, version: str | None) -> ClauseResponse:
    return ClauseResponse(
        clause_id=clause.id,
        label=text(clause.label),
        heading=text(clause.heading),
        text=text(clause.text),
        paragraphs=[text(paragraph) for paragraph in clause.paragraphs],
        notes=notes(service, clause.id, version),
        parent_id=clause.parent_id,
        child_ids=list(clause.child_ids),
        version=service.policy(version).version,
        url=service.url(clause.id),
    )


def difference(service: Quotes, before: str, after: str) -> DiffResponse:
    """What changed between two versions, with the words; raises NotFound for a version that is not kept."""
    found = service.difference(before, after)
    return DiffResponse(
        from_version=before,
        to_version=after,
        added=list(found.added),
        removed=list(found.removed),
        changed=[_changed(item) for item in found.changed],
        moved=[MovedClause(before_id=item.old_id, after_id=item.new_id) for item in found.moved],
    )


def _changed(item: Changed) -> ChangedClause:
    old, new = item.old, item.new
    words = {
        lang: [
            WordChange(op=stretch.op, text=stretch.text)
            for stretch in word_changes(old.text.only(lang), new.text.only(lang))
        ]
        for lang in LANGUAGES
        if old.text.only(lang) != new.text.only(lang)
    }
    return ChangedClause(
        clause_id=new.id,
        before_id=old.id,
        before_label=text(old.label),
        after_label=text(new.label),
        before_heading=text(old.heading),
        after_heading=text(new.heading),
        before=text(old.text),
        after=text(new.text),
        words=BilingualWords(zh=words.get("zh", []), en=words.get("en", [])),
    )


def outline(policy: Policy) -> list[OutlineEntry]:
    """The clauses as a tree, in document order."""

    def entry(clause: Clause) -> OutlineEntry:
        children = [entry(policy.clause(child)) for child in clause.child_ids]
        label, heading = text(clause.label), text(clause.heading)
        return OutlineEntry(clause_id=clause.id, label=label, heading=heading, children=children)

    return [entry(clause) for clause in policy.clauses.values() if clause.parent_id is None]
