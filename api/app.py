"""The composition root: opens everything once, hands it to the features, closes it again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from api import error_handlers, health, pages
from api.chat.endpoints import router as chat_router
from api.chat.placeholders import anonymous
from api.chat.rasa_client import RasaClient
from api.chat.service import ChatService
from api.clock import Clock, now
from api.console.endpoints import router as console_router
from api.console.lessons import router as lessons_router
from api.console.service import DeskService
from api.crypto import SERVICE_TOKEN, Vault, ensure_secret
from api.db import Database
from api.dsr.endpoints import router as dsr_router
from api.dsr.promises import Ground, Promise, Words
from api.dsr.service import RequestService
from api.internal.embeddings import router as embeddings_router
from api.internal.lessons import router as internal_lessons_router
from api.internal.requests import router as internal_requests_router
from api.internal.search import router as internal_search_router
from api.lessons.service import LessonService
from api.limits import Limiter
from api.middleware import BodyLimit, RequestContext
from api.policy.current import CurrentPolicy, EditionWatch
from api.policy.endpoints import router as policy_router
from api.policy.service import PolicyService
from api.settings import Settings
from knowledge.editions.edition import open_edition
from knowledge.search.retriever import open_encoders
from knowledge.types import Bilingual

API = "/api/v1"


def create_app(settings: Settings, clock: Clock = now) -> FastAPI:
    """The whole product as one ASGI application. The database must have been migrated."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(trust_env=False) as http:
            await _open(app, settings, clock, http)
            following = asyncio.create_task(app.state.watch.follow(settings.index_poll_seconds))
            learning = asyncio.create_task(app.state.lessons.follow())
            try:
                yield
            finally:
                following.cancel()
                learning.cancel()
                await app.state.limiter.close()
                await app.state.database.close()

    app = FastAPI(
        title="ClauseDesk",
        version="1",
        summary="Answers questions about a privacy policy with exact clauses, and opens data subject requests.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=error_handlers.RESPONSES,
        lifespan=lifespan,
    )
    for router in (policy_router, chat_router, dsr_router, console_router, lessons_router):
        app.include_router(router, prefix=API)
    internal = (embeddings_router, internal_search_router, internal_requests_router, internal_lessons_router)
    for router in internal:
        app.include_router(router, prefix="/internal", include_in_schema=False)
    app.include_router(health.router)
    app.include_router(pages.router)
    app.mount("/static", pages.static_files())
    error_handlers.install(app)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(RequestContext)
    return app


async def _open(app: FastAPI, settings: Settings, clock: Clock, http: httpx.AsyncClient) -> None:
    state = app.state
    state.settings = settings
    state.clock = clock
    state.database = Database(settings.sqlalchemy_url)
    state.vault = Vault.open(settings.secrets_dir)
    state.service_token = ensure_secret(settings.secrets_dir, SERVICE_TOKEN)
    state.limiter = Limiter(settings)
    state.readers = health.Readers(state.database, http, settings.rasa_url, settings.actions_url)
    encoders = open_encoders(settings.encoder_dir, settings.encoder_threads)
    state.policy = CurrentPolicy(PolicyService(open_edition(settings.index_dir, encoders)))
    state.encoder = encoders.encoders[0]
    policy = state.policy.now
    state.requests = RequestService(state.database, state.vault, promises(policy), clock, policy.version)
    await state.requests.rebuild(only_provisional=True)
    state.lessons = LessonService(state.database, state.vault, state.policy, anonymous, clock)
    await state.lessons.refresh()
    rasa = RasaClient(http, settings, clock)
    state.chat = ChatService(state.database, state.vault, state.policy, state.requests, rasa, settings, clock)
    state.watch = EditionWatch(
        state.policy,
        settings.index_dir,
        encoders,
        prepare=state.lessons.prepare,
        adopted=lambda service: state.requests.adopt(promises(service), service.version),
    )
    state.desk = DeskService.open(settings, state.database, clock, state.limiter)


def promises(policy: PolicyService) -> dict[str, Promise]:
    """The policy's promises in the words of the request desk, which does not know ``knowledge``."""
    found = {}
    for kind, promise in policy.policy().requests.items():
        found[kind] = Promise(
            type=kind,
            clause_id=promise.clause_id,
            label=_words(policy.clause(promise.clause_id).label),
            days=promise.days,
            working_days=promise.working_days,
            clock_clause_id=promise.clock_clause_id,
            grounds=tuple(_ground(policy, clause_id) for clause_id in promise.ground_ids),
        )
    return found


def _ground(policy: PolicyService, clause_id: str) -> Ground:
    clause = policy.clause(clause_id)
    return Ground(clause_id, _words(clause.label), _words(clause.text))


def _words(text: Bilingual) -> Words:
    return Words(text.zh, text.en)
