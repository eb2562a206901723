"""What a search in the current version found, in the words of another version. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from knowledge.diff import diff
from knowledge.retriever import Finding, Ranked
from knowledge.types import LANGUAGES, Clause, Language


def in_version(finding: Finding, current: Mapping[str, Clause], wanted: Mapping[str, Clause]) -> Finding:
    """The finding with the other version's clause ids; what that version does not have is left out.

    A clause that only moved is found under its other id. Where the text differs, its spans mean nothing and go.
    """
    found = diff(current, wanted)
    gone = set(found.removed)
    moved = {move.old_id: move.new_id for move in found.moved}
    names = {clause_id: moved.get(clause_id, clause_id) for clause_id in current if clause_id not in gone}
    ranked = tuple(
        _renamed(item, names[item.clause_id], current, wanted)
        for item in finding.ranked
        if item.clause_id in names
    )
    cited = tuple(names[clause_id] for clause_id in finding.cited if clause_id in names)
    if cited or finding.outcome == "not_in_policy":
        return replace(finding, ranked=ranked, cited=cited)
    return replace(
        finding, ranked=ranked, cited=(), outcome="not_in_policy", answerable=False, confidence=0.0
    )


def _renamed(
    item: Ranked, clause_id: str, current: Mapping[str, Clause], wanted: Mapping[str, Clause]
) -> Ranked:
    def same(lang: Language) -> bool:
        return current[item.clause_id].text.only(lang) == wanted[clause_id].text.only(lang)

    highlights = {lang: item.highlights[lang] if same(lang) else () for lang in LANGUAGES}
    return replace(item, clause_id=clause_id, highlights=highlights)
