"""The knowledge decision for the action server: ids and an outcome, never clause text."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api.auth import require_service
from api.internal.duration import asks_how_long
from api.policy.endpoints import PolicyDep
from api.text import CleanText

router = APIRouter(dependencies=[Depends(require_service)])


class Question(BaseModel):
    query: Annotated[CleanText, Field(min_length=1, max_length=4000)]
    lang: Literal["zh", "en"] | None = None
    about: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="The request type being filled in, which a short question may leave unsaid."
    )


class Decision(BaseModel):
    outcome: Literal["answer", "ask_back", "not_in_policy"]
    clause_ids: list[str]
    confidence: float
    edition: str = Field(description="What the clause ids are of; to be handed on with them.")


@router.post("/policy/search")
async def decide(body: Question, service: PolicyDep) -> Decision:
    """Answer with these clauses, ask back with these, or say that it is not in the policy."""
    promise = service.policy().requests.get(body.about or "")
    if promise is not None and asks_how_long(body.query):
        # "How long does that take?" says its subject only together with the form it was asked in.
        return Decision(
            outcome="answer", clause_ids=[promise.clock_clause_id], confidence=1.0, edition=service.edition
        )
    finding = await service.search(body.query, body.lang)
    return Decision(
        outcome=finding.outcome,
        clause_ids=list(finding.cited),
        confidence=finding.confidence,
        edition=service.edition,
    )
