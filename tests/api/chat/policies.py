"""A policy of four clauses, and a search that finds a clause when its word is in the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.errors import NotFound, Unavailable
from knowledge.types import Bilingual, Clause, Language


def _clause(clause_id: str, label: Bilingual, heading: Bilingual, text: Bilingual) -> Clause:
    return Clause(clause_id, label, heading, (heading,), text, (text,), None, (), {"zh": 1, "en": 2})


CLAUSES = {
    "5.3": _clause(
        "5.3",
        Bilingual("第五条（三）", "Article 5(c)"),
        Bilingual("删除", "Deletion"),
        Bilingual("您可以要求删除。", "You may ask us to delete."),
    ),
    "5.5": _clause(
        "5.5",
        Bilingual("第五条（五）", "Article 5(e)"),
        Bilingual("注销", "Closing"),
        Bilingual("注销需十五个工作日。", "Closing takes 15 working days."),
    ),
    "5.6": _clause(
        "5.6",
        Bilingual("第五条（六）", "Article 5(f)"),
        Bilingual("副本", "Copies"),
        Bilingual("十五天内提供副本。", "A copy within 15 days."),
    ),
    "2": _clause(
        "2",
        Bilingual("第二条", "Article 2"),
        Bilingual("Cookie", "Cookies"),
        Bilingual("我们使用 Cookie。", "We use cookies."),
    ),
}
WORDS = {"cookie": "2", "副本": "5.6", "注销": "5.5", "close": "5.5"}


@dataclass(frozen=True)
class Decision:
    outcome: str
    cited: tuple[str, ...]


class FourClauses:
    """Satisfies ``Policies``; ``down`` makes its search fail as an unreadable index would."""

    edition = "four clauses"

    def __init__(self) -> None:
        self.down = False
        self.asked: list[str] = []

    @property
    def now(self) -> FourClauses:
        return self

    def of(self, edition: str | None) -> FourClauses:
        assert edition in (None, self.edition)
        return self

    async def search(self, query: str, lang: Language | None = None) -> Decision:
        self.asked.append(query)
        if self.down:
            raise Unavailable("no index")
        if "which" in query or "哪" in query:
            return Decision("ask_back", ("5.3", "5.6"))
        found = tuple(dict.fromkeys(clause_id for word, clause_id in WORDS.items() if word in query.lower()))
        return Decision("answer" if found else "not_in_policy", found)

    def has_clause(self, clause_id: str) -> bool:
        return clause_id in CLAUSES

    def clause(self, clause_id: str) -> Clause:
        if clause_id not in CLAUSES:
            raise NotFound("There is no such clause.", code="clause_not_found")
        return CLAUSES[clause_id]

    def citation(self, clause_id: str, lang: Language) -> dict[str, Any]:
        clause = self.clause(clause_id)
        return {
            "clause_id": clause.id,
            "label": clause.label.as_dict(),
            "quote": clause.text.get(lang),
            "lang": lang,
            "policy_version": "2022-02-17",
            "url": f"/policy#clause-{clause.id}",
        }
