"""What of a policy is indexed: each clause's paragraphs with their headings, in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowledge.index.sentences import spans
from knowledge.types import LANGUAGES, Clause, Language


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a clause; ``text`` is for finding only, quotes are made from the clause."""

    key: str  # "<clause id>|<language>|<paragraph>"
    clause_id: str
    lang: Language
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of a clause's text, [start, end) in characters."""

    clause_id: str
    lang: Language
    start: int
    end: int
    text: str


def passages(clauses: Mapping[str, Clause]) -> Iterator[Passage]:
    """One passage a paragraph and language, led by the headings above it."""
    for clause in clauses.values():
        for lang in LANGUAGES:
            headings = " ".join(filter(None, (heading.as_dict()[lang] for heading in clause.headings)))
            for number, paragraph in enumerate(clause.paragraphs):
                text = paragraph.as_dict()[lang]
                if text:
                    yield Passage(
                        f"{clause.id}|{lang}|{number}", clause.id, lang, f"{headings}\n{text}".strip()
                    )


def sentences(clauses: Mapping[str, Clause]) -> Iterator[Sentence]:
    """Every sentence of every clause, in both languages."""
    for clause in clauses.values():
        for lang in LANGUAGES:
            text = clause.text.as_dict()[lang] or ""
            for start, end in spans(text):
                yield Sentence(clause.id, lang, start, end, text[start:end])
