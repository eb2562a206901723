"""The only door from actions to the product: its internal routes, over one kept connection."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple

import aiohttp

# Seconds for one try; with the one retry an action stays under the ten seconds that the gateway gives a turn.
DEFAULT_TIMEOUT = 4.0


class ApiUnavailable(Exception):
    """No usable answer in two tries; whether the call had an effect is unknown."""


class ApiRefused(Exception):
    """The product understood and said no: its error code, e.g. contact_unknown, and the paths of fields at fault."""

    def __init__(self, code: str, fields: Tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    @property
    def is_about_contact(self) -> bool:
        """Whether another contact would help."""
        return self.code.startswith("contact") or any(path.startswith("contact") for path in self.fields)


@dataclass(frozen=True)
class Found:
    """The knowledge decision: `outcome` is answer, ask_back or not_in_policy."""

    outcome: str
    clause_ids: Tuple[str, ...]
    confidence: float
    edition: Optional[str] = None  # of the policy, which may be replaced before the gateway quotes


@dataclass(frozen=True)
class RequestType:
    """The clause a request type rests on, and the clauses that are grounds for it."""

    clause_id: str
    ground_ids: Tuple[str, ...]


@dataclass(frozen=True)
class NewRequest:
    """What is filed. The same (session_id, turn_id) is filed once, however often it is sent."""

    session_id: str
    turn_id: str
    type: str
    lang: str
    scope: Optional[str]
    ground: Optional[str]
    contact: str
    guardian_for_child: bool = False


@dataclass(frozen=True)
class Filed:
    """A request that stands; `created` is False if an equal one had been filed before and no second was made."""

    reference: str
    created: bool


class ApiClient:
    """Client of the internal routes. Every call raises ApiUnavailable or ApiRefused."""

    def __init__(self, base_url: str, token: str, timeout: float = DEFAULT_TIMEOUT) -> None:
        """`timeout` is seconds for each of the two tries."""
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: Optional[aiohttp.ClientSession] = None

    @classmethod
    def from_environment(cls) -> "ApiClient":
        """Address and token from CLAUSEDESK_API_URL and CLAUSEDESK_SERVICE_TOKEN."""
        url = os.environ.get("CLAUSEDESK_API_URL", "http://127.0.0.1:8000")
        return cls(url, os.environ.get("CLAUSEDESK_SERVICE_TOKEN", ""))

    async def search(self, query: str, lang: Optional[str], about: Optional[str] = None) -> Found:
        """What the policy says to a question, as clause ids; `about` is the request type it was asked in."""
        question = {"query": query, "lang": lang, "about": about}
        body = await self._call("POST", "/internal/policy/search", json=question)
        return Found(
            body["outcome"], tuple(body["clause_ids"]), float(body["confidence"]), body.get("edition")
        )

    async def request_types(self) -> Dict[str, RequestType]:
        """Request types by name, as the current policy defines them."""
        body = await self._call("GET", "/internal/dsr/types")
        return {
            name: RequestType(entry["clause_id"], tuple(entry.get("ground_ids") or ()))
            for name, entry in body["types"].items()
        }

    async def file(self, request: NewRequest) -> Filed:
        """File a request, or find the equal one that is open."""
        body, tries = await self._tried("POST", "/internal/dsr/requests", json=dict(vars(request)))
        # What the second try finds is most likely what the first one filed before its answer got lost.
        return Filed(str(body["reference"]), tries > 1 or bool(body.get("created", True)))

    async def session_requests(self, session_id: str) -> Tuple[Mapping[str, Any], ...]:
        """The requests filed in this conversation, each with reference, type, status, due_at."""
        body = await self._call("GET", "/internal/dsr/requests", params={"session_id": session_id})
        return tuple(body["requests"])

    async def close(self) -> None:
        """Close the kept connection."""
        if self._session is not None:
            await self._session.close()

    async def _call(self, method: str, path: str, **kwargs: Any) -> Any:
        return (await self._tried(method, path, **kwargs))[0]

    async def _tried(self, method: str, path: str, **kwargs: Any) -> Tuple[Any, int]:
        """The answer's body, and how many tries it took."""
        # Searching and listing change nothing and filing is idempotent, so one retry is always safe.
        problem = ""
        for tries in (1, 2):
            try:
                async with self._opened().request(method, self._base_url + path, **kwargs) as response:
                    if response.status < 300:
                        return await response.json(), tries
                    if response.status in (400, 404, 409, 422, 429):
                        raise await _refusal(response)
                    problem = f"status {response.status}"
            except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
                problem = type(error).__name__
        raise ApiUnavailable(f"{method} {path}: {problem}")

    def _opened(self) -> aiohttp.ClientSession:
        # A session belongs to the running event loop, which does not exist yet when actions are registered.
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout)
        return self._session


async def _refusal(response: aiohttp.ClientResponse) -> ApiRefused:
    try:
        error = (await response.json())["error"]
        fields = tuple(str(field["path"]) for field in error.get("fields") or ())
        return ApiRefused(str(error["code"]), fields)
    except (aiohttp.ClientError, ValueError, KeyError, TypeError, AttributeError):
        return ApiRefused("refused")
