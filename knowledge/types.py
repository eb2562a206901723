"""The values everything else speaks in: a text in two languages, and a clause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in both languages; None where a one-language policy has none."""

    zh: str | None
    en: str | None

    def get(self, lang: Language) -> str:
        """The text in `lang`, else in the other language, else the empty string."""
        first, second = (self.zh, self.en) if lang == "zh" else (self.en, self.zh)
        return first or second or ""

    def only(self, lang: Language) -> str | None:
        """The text in `lang` and in no other."""
        return self.zh if lang == "zh" else self.en

    def as_dict(self) -> dict[str, str | None]:
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Clause:
    """One citable unit of a policy version. `text` and `paragraphs` are verbatim, without the number marker.

    `heading` is the clause's own title if it has one, else the nearest ancestor's; `headings` are the
    titles from the article down to the clause, its own last. `line` gives the line (from 1) of the source
    where it starts, per language. The last `closing_paragraphs` of its paragraphs stand after its items.
    """

    id: str
    label: Bilingual
    heading: Bilingual
    headings: tuple[Bilingual, ...]
    text: Bilingual
    paragraphs: tuple[Bilingual, ...]
    parent_id: str | None
    child_ids: tuple[str, ...]
    line: Mapping[Language, int] = field(compare=False, hash=False)
    closing_paragraphs: int = 0
