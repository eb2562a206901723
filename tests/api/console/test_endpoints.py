"""The agents' routes: cookie, headers against other sites, the queue and assisted search."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api import error_handlers
from api.console.endpoints import router
from api.console.service import DeskService
from api.dsr.service import RequestService
from api.limits import Limiter
from api.policy.quotes import Quotes
from api.settings import Settings
from knowledge.text.notes import load_notes
from knowledge.text.policy import load_store
from tests.api.conftest import TANCLOUD
from tests.api.console.support import PASSWORD, SAFE, SETUP_TOKEN, USERNAME
from tests.api.dsr.support import SetClock, copy_request

LOGIN = {"username": USERNAME, "password": PASSWORD}
SETUP = {**LOGIN, "setup_token": SETUP_TOKEN}
PROTECTED = [
    ("GET", "/agent/me"),
    ("GET", "/agent/requests"),
    ("GET", "/agent/requests/DSR-0000-0000"),
    ("POST", "/agent/assist/search"),
]


class FindsCopies(Quotes):
    """The real texts, and a search that always finds the clause on copies."""

    def __init__(self) -> None:
        store = load_store(TANCLOUD)
        super().__init__("e", store, load_notes(TANCLOUD / "notes.yml", store))

    async def search(self, query: str, lang: str | None, top_k: int) -> SimpleNamespace:
        ranked = SimpleNamespace(clause_id="5.6", score=0.9, highlights={"zh": (), "en": ()})
        return SimpleNamespace(
            query_lang="zh",
            outcome="answer",
            answerable=True,
            confidence=0.9,
            cited=("5.6",),
            ranked=(ranked,),
            recalled=None,
        )


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture
def app(
    desk: DeskService, service: RequestService, clock: SetClock, settings: Settings, limiter: Limiter
) -> FastAPI:
    app = FastAPI()
    app.include_router(router)
    error_handlers.install(app)
    state = app.state
    state.desk, state.requests, state.clock, state.settings = desk, service, clock, settings
    state.limiter, state.policy = limiter, SimpleNamespace(now=FindsCopies())
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.example.com") as client:
        yield client


@pytest.fixture
async def agent(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with the cookie of an agent."""
    assert (await client.post("/agent/setup", json=SETUP, headers=SAFE)).status_code == 201
    return client


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_setup_login_me_logout(client: httpx.AsyncClient) -> None:
    expected = {"agent": {"username": USERNAME, "role": "admin"}}
    created = await client.post("/agent/setup", json=SETUP, headers=SAFE)
    assert (created.status_code, created.json()) == (201, expected)
    client.cookies.clear()
    assert (await client.post("/agent/login", json=LOGIN, headers=SAFE)).json() == expected
    me = await client.get("/agent/me")
    assert (me.json(), me.headers["Cache-Control"]) == (expected, "no-store")
    cookie = {"Cookie": f"clausedesk_agent={client.cookies['clausedesk_agent']}"}
    out = await client.post("/agent/logout", headers=SAFE)
    assert (out.status_code, dict(client.cookies)) == (200, {})
    assert error(await client.get("/agent/me", headers=cookie)) == (401, "not_authenticated")
    assert (await client.post("/agent/logout", headers=SAFE)).status_code == 200


async def test_the_setup_is_refused(client: httpx.AsyncClient) -> None:
    wrong = await client.post("/agent/setup", json={**SETUP, "setup_token": "wrong"}, headers=SAFE)
    assert error(wrong) == (403, "setup_token_invalid")
    weak = await client.post("/agent/setup", json={**SETUP, "password": "short"}, headers=SAFE)
    assert error(weak) == (422, "invalid_request")
    await client.post("/agent/setup", json=SETUP, headers=SAFE)
    assert error(await client.post("/agent/setup", json=SETUP, headers=SAFE)) == (409, "setup_closed")


async def test_a_failed_login_sets_no_cookie(agent: httpx.AsyncClient) -> None:
    agent.cookies.clear()
    for wrong in ({**LOGIN, "password": "wrong"}, {**LOGIN, "username": "li"}):
        answer = await agent.post("/agent/login", json=wrong, headers=SAFE)
        assert error(answer) == (401, "login_failed")
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("url", "secure"), [("http://127.0.0.1:8000", False), ("https://desk.example.com", True)]
)
async def test_the_cookie_is_kept_from_scripts_and_other_sites(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings, url: str, secure: bool
) -> None:
    app.state.settings = settings.model_copy(update={"public_url": url})
    cookie = (await client.post("/agent/setup", json=SETUP, headers=SAFE)).headers["Set-Cookie"]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert cookie.startswith("clausedesk_agent=")
    assert {"httponly", "samesite=strict", "path=/", f"max-age={12 * 3600}"} <= parts
    assert ("secure" in parts) == secure
    assert not any(part.startswith("domain") for part in parts)


@pytest.mark.parametrize(("method", "path"), PROTECTED)
@pytest.mark.parametrize("cookie", [None, "", "wrong", "x" * 5000])
async def test_without_a_login_nothing_is_open(
    client: httpx.AsyncClient, method: str, path: str, cookie: str | None
) -> None:
    cookies = {"Cookie": f"clausedesk_agent={cookie}"} if cookie is not None else {}
    answer = await client.request(method, path, headers={**SAFE, **cookies}, json={"query": "注销"})
    assert error(answer) == (401, "not_authenticated")


@pytest.mark.parametrize("path", ["/agent/login", "/agent/setup", "/agent/logout", "/agent/assist/search"])
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "csrf_header_missing"),
        ({"X-ClauseDesk-Request": "0"}, "csrf_header_missing"),
        ({**SAFE, "Origin": "https://evil.example"}, "cross_site"),
        ({**SAFE, "Origin": "null"}, "cross_site"),
        ({**SAFE, "Origin": "http://desk.example.com.evil.example"}, "cross_site"),
        ({**SAFE, "Origin": "http://["}, "cross_site"),
        ({**SAFE, "Sec-Fetch-Site": "cross-site"}, "cross_site"),
        ({**SAFE, "Sec-Fetch-Site": "same-site"}, "cross_site"),
        ({**SAFE, "Sec-Fetch-Site": "none"}, "cross_site"),
    ],
)
async def test_another_sites_call_is_refused(
    agent: httpx.AsyncClient, path: str, headers: dict[str, str], code: str
) -> None:
    answer = await agent.post(path, json={**SETUP, "query": "注销"}, headers=headers)
    assert error(answer) == (403, code)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://desk.example.com"},
        {"Origin": "https://desk.example.com", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost:8000", "Host": "localhost:8000"},
    ],
)
async def test_our_own_pages_call_is_let_through(agent: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await agent.post("/agent/login", json=LOGIN, headers={**SAFE, **headers})).status_code == 200


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"username": ""}, "username"),
        ({"username": "x" * 65}, "username"),
        ({"password": ""}, "password"),
        ({"password": "x" * 201}, "password"),
        ({"password": None}, "password"),
        ({"password": ["x"]}, "password"),
    ],
)
async def test_a_broken_login_is_refused(
    client: httpx.AsyncClient, change: dict[str, Any], path: str
) -> None:
    answer = await client.post("/agent/login", json={**LOGIN, **change}, headers=SAFE)
    assert error(answer) == (422, "invalid_request")
    assert [field["path"] for field in answer.json()["error"]["fields"]] == [path]


async def test_a_password_that_is_no_text_is_refused(client: httpx.AsyncClient) -> None:
    content = '{"username": "mei", "password": "\\ud800"}'
    headers = {**SAFE, "Content-Type": "application/json"}
    assert (await client.post("/agent/login", content=content, headers=headers)).status_code == 422


async def test_an_address_is_limited(app: FastAPI, client: httpx.AsyncClient, tmp_path: Path) -> None:
    app.state.limiter = Limiter(Settings(data_dir=tmp_path, rate_limit_login="2/minute", _env_file=None))
    codes = []
    for n in range(3):
        wrong = {**LOGIN, "username": f"name-{n}"}
        codes.append((await client.post("/agent/login", json=wrong, headers=SAFE)).status_code)
    assert codes == [401, 401, 429]


async def test_assisted_search_adds_a_reply_that_quotes(agent: httpx.AsyncClient) -> None:
    answer = await agent.post("/agent/assist/search", json={"query": "多久能拿到副本"}, headers=SAFE)
    found = answer.json()
    assert found["results"][0]["clause_id"] == "5.6"
    assert (found["answerable"], found["outcome"]) == (True, "answer")
    assert "十五天内" in found["suggested_reply"]["zh"]
    assert "第五条（六）" in found["suggested_reply"]["zh"]
    assert found["results"][0]["text"]["en"] in found["suggested_reply"]["en"]


@pytest.mark.parametrize(
    "change", [{"query": ""}, {"query": "x" * 2001}, {"top_k": 0}, {"top_k": 21}, {"lang": "fr"}]
)
async def test_a_broken_search_is_refused(agent: httpx.AsyncClient, change: dict[str, Any]) -> None:
    answer = await agent.post("/agent/assist/search", json={"query": "注销", **change}, headers=SAFE)
    assert error(answer) == (422, "invalid_request")


async def test_the_queue_masks_the_contact_and_counts_the_days(
    agent: httpx.AsyncClient, service: RequestService, clock: SetClock
) -> None:
    phone = copy_request(contact_kind="phone", contact_value="13800138000", scope="我的号码")
    filed = await service.file(phone, "key-1")
    await forward(agent, clock, 3)
    answer = await agent.get("/agent/requests")
    [entry] = answer.json()["requests"]
    assert entry["reference"] == filed.ticket.reference
    assert (entry["contact_masked"], entry["days_left"], entry["overdue"]) == ("138****8000", 12, False)
    assert (entry["lang"], entry["scope"], answer.json()["next_cursor"]) == ("zh", None, None)
    assert "13800138000" not in answer.text
    await forward(agent, clock, 13)
    [late] = (await agent.get("/agent/requests")).json()["requests"]
    assert (late["days_left"], late["overdue"]) == (-1, True)
    await service.cancel(filed.ticket.reference, filed.token)
    [closed] = (await agent.get("/agent/requests")).json()["requests"]
    assert (closed["days_left"], closed["overdue"]) == (None, False)


async def forward(agent: httpx.AsyncClient, clock: SetClock, days: int) -> None:
    """Let days pass, and log in anew, because no login lasts that long."""
    clock.forward(days=days)
    assert (await agent.post("/agent/login", json=LOGIN, headers=SAFE)).status_code == 200


async def test_the_queue_is_paged_and_filtered(agent: httpx.AsyncClient, service: RequestService) -> None:
    for number in range(5):
        await service.file(copy_request(), f"key-{number}")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": "2", "cursor": cursor, "status": "open", "type": "copy"}
        page = (await agent.get("/agent/requests", params=params)).json()
        seen += [entry["reference"] for entry in page["requests"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 5
    assert (await agent.get("/agent/requests", params={"type": "deletion"})).json()["requests"] == []


# [false, "0001-01-01T00:00:00+23:59", "x"], which is before the first year in UTC
FIRST_MOMENT = "W2ZhbHNlLCIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwieCJd"


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"status": "done"}, "status"),
        ({"type": "export"}, "type"),
        ({"cursor": "zzz"}, "cursor"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "x" * 301}, "cursor"),
        ({"cursor": FIRST_MOMENT}, "cursor"),
    ],
)
async def test_a_broken_filter_is_refused(
    agent: httpx.AsyncClient, params: dict[str, str], path: str
) -> None:
    answer = await agent.get("/agent/requests", params=params)
    assert error(answer) == (422, "invalid_request")
    assert [field["path"] for field in answer.json()["error"]["fields"]] == [path]


async def test_one_request_with_its_contact_and_the_record_of_its_reading(
    agent: httpx.AsyncClient, service: RequestService
) -> None:
    filed = await service.file(copy_request(scope="my orders"), "key-1")
    answer = await agent.get(f"/agent/requests/{filed.ticket.reference}")
    request = answer.json()["request"]
    assert request["contact"] == {"kind": "email", "value": "wang@example.com"}
    assert (request["contact_masked"], request["scope"], request["days_left"]) == (
        "w***@example.com",
        "my orders",
        15,
    )
    assert [(event["kind"], event["actor"]) for event in request["events"]] == [
        ("received", None),
        ("read", USERNAME),
    ]
    assert len((await service.read(filed.ticket.reference, filed.token)).events) == 2
    assert error(await agent.get("/agent/requests/DSR-0000-0000")) == (404, "request_not_found")
