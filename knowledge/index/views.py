"""Each clause as several short texts: what a question may resemble when there is no bank to compare it with.

A vector of a whole paragraph drowns the sentence that answers, and an item alone has lost what its list is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowledge.index.sentences import spans
from knowledge.types import LANGUAGES, Clause, Language

_CHILD_CHARACTERS = 200
_COLONS = (":", "：")


@dataclass(frozen=True, slots=True)
class View:
    """``position`` is the clause's place in the policy; ``text`` is for finding only."""

    position: int
    lang: Language
    text: str


def views(clauses: Mapping[str, Clause]) -> Iterator[View]:
    """The views of every clause in document order: at least one for each language that the clause has."""
    for position, clause in enumerate(clauses.values()):
        for lang in LANGUAGES:
            found = (text.strip() for text in _texts(clause, clauses, lang))
            for text in dict.fromkeys(filter(None, found)):
                yield View(position, lang, text)


def _texts(clause: Clause, clauses: Mapping[str, Clause], lang: Language) -> Iterator[str]:
    text = clause.text.only(lang)
    if not text:
        return
    titles = [title for heading in clause.headings if (title := heading.only(lang))]
    nearest = titles[-1] if titles else ""
    for paragraph in clause.paragraphs:
        yield f"{nearest}\n{paragraph.only(lang) or ''}"
    for start, end in spans(text):
        yield text[start:end]
    yield " ".join(titles)
    if clause.parent_id is not None and clause.parent_id in clauses:
        yield f"{_lead_in(clauses[clause.parent_id].text.only(lang) or '')} {text}"
    if clause.child_ids:
        below = (clauses[child_id].text.only(lang) or "" for child_id in clause.child_ids)
        yield "\n".join((" ".join(titles), text, *(words[:_CHILD_CHARACTERS] for words in below)))


def _lead_in(text: str) -> str:
    """The sentence that announces a list: the last one if it ends in a colon, else the first."""
    found = spans(text)
    if not found:
        return ""
    start, end = found[-1] if text.rstrip().endswith(_COLONS) else found[0]
    return text[start:end]
