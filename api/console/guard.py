"""What stands before the agents' routes: the login cookie, and headers that other sites cannot send.

A page of another site can make a browser send our cookie only if SameSite=Strict fails, and then still cannot
add a header of its own without asking us first, which we never allow. ``Origin`` and ``Sec-Fetch-Site`` are
checked as well where the browser sends them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request, Response

from api.console.service import Agent, DeskService
from api.errors import NotPermitted
from api.settings import Settings

COOKIE = "clausedesk_agent"
HEADER = "X-ClauseDesk-Request"
_SAFE = ("GET", "HEAD", "OPTIONS")


def desk_service(request: Request) -> DeskService:
    found: DeskService = request.app.state.desk
    return found


DeskDep = Annotated[DeskService, Depends(desk_service)]


def same_site(request: Request) -> None:
    """Refuse calls that change something and may come from another site's page."""
    if request.method in _SAFE:
        return
    if request.headers.get(HEADER) != "1":
        raise NotPermitted(f"The header {HEADER}: 1 is needed.", code="csrf_header_missing")
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site not in (None, "same-origin") or (origin is not None and not _is_ours(origin, request)):
        raise NotPermitted("This call comes from another site.", code="cross_site")


async def current_agent(request: Request, desk: DeskDep) -> Agent:
    """The agent who is logged in; raises NotAuthenticated."""
    return await desk.authenticate(request.cookies.get(COOKIE))


CurrentAgent = Annotated[Agent, Depends(current_agent)]


def teacher(agent: CurrentAgent) -> Agent:
    """An agent who may change what is answered; an auditor only looks."""
    if agent.role == "auditor":
        raise NotPermitted("Auditors cannot change what is answered.", code="role_not_permitted")
    return agent


Teacher = Annotated[Agent, Depends(teacher)]


def set_cookie(response: Response, request: Request, token: str, lifetime: timedelta) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=_over_https(request),
        httponly=True,
        samesite="strict",
    )


def clear_cookie(response: Response, request: Request) -> None:
    response.delete_cookie(COOKIE, path="/", secure=_over_https(request), httponly=True, samesite="strict")


def _is_ours(origin: str, request: Request) -> bool:
    settings: Settings = request.app.state.settings
    # A browser sets Host itself, so an origin of that name is the page we served; the scheme may have
    # been changed by the proxy before us.
    return origin == settings.base_url or origin.partition("://")[2] == request.headers.get("Host")


def _over_https(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    return settings.base_url.startswith("https://")
