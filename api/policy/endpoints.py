"""``/policy``: search, outline, clauses, differences."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from api.limits import Limited
from api.policy import presenter
from api.policy.current import CurrentPolicy
from api.policy.schemas import (
    ClauseResponse,
    ClausesResponse,
    DiffResponse,
    PolicyDescription,
    PolicyResponse,
    SearchRequest,
    SearchResponse,
    VersionEntry,
)
from api.policy.service import PolicyService

router = APIRouter(prefix="/policy", tags=["policy"])


def policy_service(request: Request) -> PolicyService:
    """The edition that serves now; a request stays with it to its end."""
    policy: CurrentPolicy = request.app.state.policy
    return policy.now


PolicyDep = Annotated[PolicyService, Depends(policy_service)]
Version = Annotated[str | None, Query(max_length=64)]


@router.post("/search", dependencies=[Depends(Limited("search"))])
async def search(body: SearchRequest, service: PolicyDep) -> SearchResponse:
    """Find the clauses that answer a question, best first, or learn that the policy does not answer it."""
    finding = await service.search(body.query, body.lang, body.top_k, body.policy_version)
    return presenter.search_body(service, finding, body.policy_version)


@router.get("")
async def describe(service: PolicyDep, version: Version = None) -> PolicyResponse:
    """The policy's identity, its versions and its outline."""
    policy = service.policy(version)
    return PolicyResponse(
        policy=PolicyDescription(
            id=policy.id,
            version=policy.version,
            effective_date=policy.effective_date,
            languages=list(policy.languages),
            title=presenter.text(policy.title),
        ),
        versions=[
            VersionEntry(version=entry.version, effective_date=entry.effective_date)
            for entry in service.store.versions
        ],
        outline=presenter.outline(policy),
    )


@router.get("/clauses")
async def clauses(service: PolicyDep, version: Version = None) -> ClausesResponse:
    """Every clause in document order."""
    found = service.policy(version).clauses.values()
    return ClausesResponse(clauses=[presenter.clause_body(service, clause, version) for clause in found])


@router.get("/clauses/{clause_id}")
async def clause(clause_id: str, service: PolicyDep, version: Version = None) -> ClauseResponse:
    """One clause, word for word in both languages, with its notes."""
    return presenter.clause_body(service, service.clause(clause_id, version), version)


@router.get("/diff")
async def difference(
    service: PolicyDep,
    before: Annotated[str, Query(alias="from", max_length=64)],
    after: Annotated[str, Query(alias="to", max_length=64)],
) -> DiffResponse:
    """What changed between two versions, clause by clause."""
    # Comparing words takes a while for a long policy: in a thread, so that other requests go on.
    return await run_in_threadpool(presenter.difference, service, before, after)
