"""The policy part of the HTTP contract."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.text import CleanText

Lang = Literal["zh", "en"]


class BilingualText(BaseModel):
    zh: str | None
    en: str | None


class NoteBody(BaseModel):
    kind: str
    text: BilingualText


class SearchRequest(BaseModel):
    query: Annotated[CleanText, Field(min_length=1, max_length=2000)]
    lang: Lang | None = Field(None, description="Language of the reader; told from the query when absent.")
    top_k: int = Field(5, ge=1, le=20)
    policy_version: str | None = Field(None, max_length=64)


class PolicyIdentity(BaseModel):
    id: str
    version: str
    effective_date: date | None


Span = tuple[int, int]


class Highlights(BaseModel):
    zh: list[Span]
    en: list[Span]


class ListItem(BaseModel):
    """A clause below a result, in the order of the text; one without ``text`` is only named."""

    clause_id: str
    label: BilingualText
    title: BilingualText = Field(description="To stand above `text`, or the item's name if it is only named.")
    text: BilingualText | None
    closing_paragraphs: int
    notes: list[NoteBody]
    url: str
    items: list[ListItem]


class SearchResult(BaseModel):
    clause_id: str
    label: BilingualText
    heading: BilingualText
    text: BilingualText
    highlights: Highlights = Field(description="Character offsets into `text`, end exclusive.")
    score: float
    closing_paragraphs: int = Field(
        description="So many of the last paragraphs of `text` stand after `items`."
    )
    notes: list[NoteBody]
    url: str
    items: list[ListItem] = Field(
        description="What stands below a clause, as deep as it goes, up to 4,000 characters; else, and for an "
        "article that is divided into sections, only the names of the clauses directly below it."
    )
    items_left_out: int = Field(description="How many more items there are than are named; 50 are.")


class SearchResponse(BaseModel):
    query_lang: Lang
    answerable: bool = Field(description="Whether the system holds that the policy answers the query.")
    outcome: Literal["answer", "ask_back", "not_in_policy"]
    confidence: float = Field(ge=0, le=1, description="Calibrated probability that the first result answers.")
    policy: PolicyIdentity
    results: list[SearchResult]


class OutlineEntry(BaseModel):
    clause_id: str
    label: BilingualText
    heading: BilingualText
    children: list[OutlineEntry]


class PolicyDescription(PolicyIdentity):
    languages: list[Lang]
    title: BilingualText


class VersionEntry(BaseModel):
    version: str
    effective_date: date | None


class PolicyResponse(BaseModel):
    policy: PolicyDescription
    versions: list[VersionEntry]
    outline: list[OutlineEntry]


class ClauseResponse(BaseModel):
    clause_id: str
    label: BilingualText
    heading: BilingualText
    text: BilingualText
    paragraphs: list[BilingualText]
    notes: list[NoteBody]
    parent_id: str | None
    child_ids: list[str]
    version: str
    url: str


class ClausesResponse(BaseModel):
    clauses: list[ClauseResponse]


class WordChange(BaseModel):
    op: Literal["same", "removed", "added"]
    text: str


class BilingualWords(BaseModel):
    """In reading order; a language whose text is the same has none."""

    zh: list[WordChange]
    en: list[WordChange]


class ChangedClause(BaseModel):
    clause_id: str = Field(description="In the newer version.")
    before_id: str = Field(description="In the older version; another one when the clause moved too.")
    before_label: BilingualText
    after_label: BilingualText
    before_heading: BilingualText
    after_heading: BilingualText
    before: BilingualText
    after: BilingualText
    words: BilingualWords


class MovedClause(BaseModel):
    before_id: str
    after_id: str


class DiffResponse(BaseModel):
    from_version: str = Field(serialization_alias="from")
    to_version: str = Field(serialization_alias="to")
    added: list[str]
    removed: list[str]
    changed: list[ChangedClause]
    moved: list[MovedClause]
