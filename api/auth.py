"""Who is calling: the Rasa side's service token, and bearer tokens in general."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Header, Request

from api.errors import NotAuthenticated


def bearer_token(authorization: Annotated[str | None, Header(include_in_schema=False)] = None) -> str:
    """The token of an ``Authorization: Bearer`` header; raises NotAuthenticated without one."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("A bearer token is needed.", headers={"WWW-Authenticate": "Bearer"})
    return token.strip()


BearerToken = Annotated[str, Depends(bearer_token)]


def require_service(request: Request, token: BearerToken) -> None:
    """Let only our own Rasa side in; it holds the service token of the secrets folder."""
    expected: str = request.app.state.service_token
    if not hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace")):
        raise NotAuthenticated("The service token is not valid.")
