"""The whole application as the composition root makes it, with the real policy and an encoder that needs no files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.limits import Limiter
from api.policy.current import CurrentPolicy
from api.policy.service import PolicyService
from api.settings import Settings
from knowledge.bank.questions import QuestionBank
from knowledge.editions.build import build
from knowledge.editions.edition import Edition
from knowledge.encoders.encoder import HashEncoder
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.search.retriever import Retriever, load_parts
from knowledge.text.notes import load_notes
from knowledge.text.policy import load_store

TANCLOUD = Path(__file__).parents[2] / "knowledge" / "policies" / "tancloud"
BODY_LIMIT = 16384
SERVICE_TOKEN = "the-service-token-of-these-tests"


@pytest.fixture(scope="session")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Searches the policy as on its first day: without a question bank, which takes a second to build."""
    encoders = JoinedEncoder(HashEncoder(256), HashEncoder(64))
    folder = tmp_path_factory.mktemp("index") / "tancloud"
    build(folder, load_store(TANCLOUD).current, QuestionBank((), (), "none"), encoders)
    return Retriever(encoders, load_parts(folder, encoders))


@pytest.fixture(scope="session")
def policy_service(retriever: Retriever) -> PolicyService:
    store = load_store(TANCLOUD)
    notes = load_notes(TANCLOUD / "notes.yml", store)
    return PolicyService(Edition("the-edition", store, notes, lambda _: retriever))


@pytest.fixture
def app_settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, max_body_bytes=BODY_LIMIT, rate_limits="off", _env_file=None)


@pytest.fixture
def whole_app(app_settings: Settings, policy_service: PolicyService) -> FastAPI:
    """``create_app`` without its lifespan; the policy, the encoder, the limits and the service token are there."""
    app = create_app(app_settings)
    app.state.settings = app_settings
    app.state.policy = CurrentPolicy(policy_service)
    app.state.encoder = policy_service.retriever.encoder
    app.state.limiter = Limiter(app_settings)
    app.state.service_token = SERVICE_TOKEN
    app.state.requests = None  # bodies are checked before anything is filed
    return app


@pytest.fixture
async def web(whole_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Nothing is raised into the test: what a browser would get is what it sees."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(whole_app), base_url="http://desk.example.com", timeout=30
    ) as client:
        yield client
