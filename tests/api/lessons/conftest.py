"""Lessons on a real database and a small policy that is searched for real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from api.chat.placeholders import anonymous
from api.crypto import Vault
from api.db import Database
from api.lessons.service import LessonService
from api.policy.current import CurrentPolicy
from api.policy.service import PolicyService
from knowledge.bank.questions import load_bank
from knowledge.editions.build import build
from knowledge.editions.edition import Edition
from knowledge.search.retriever import Retriever, load_parts
from knowledge.text.notes import load_notes
from knowledge.text.policy import Policy, PolicyStore, load_policy
from tests.api.dsr.conftest import (  # noqa: F401 - fixtures
    clock,
    database,
    database_url,
    make_service,
    postgres,
    service,
    vault,
)
from tests.api.dsr.support import SetClock
from tests.knowledge.lantern import TEXT, small_encoders, write_bank, write_policy

OpenPolicy = Callable[..., PolicyService]
Process = Callable[..., LessonService]


@pytest.fixture(scope="session")
def policy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bank(write_policy(tmp_path_factory.mktemp("policies") / "lantern"))


@pytest.fixture(scope="session")
def open_policy(policy_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> OpenPolicy:
    """Opens the policy as one process does; ``changed`` is its next version, in which copies take twenty days."""
    later = policy_folder.with_name("later")
    write_policy(later, text=TEXT.replace("十五天内", "二十天内").replace("fifteen", "twenty"))
    policies = {False: load_policy(policy_folder), True: replace(load_policy(later), version="2")}
    indexes = tmp_path_factory.mktemp("indexes")
    for changed, policy in policies.items():
        bank = load_bank(policy_folder, policy.clauses)
        build(indexes / str(changed), policy, bank, small_encoders())

    def opened(changed: bool = False) -> PolicyService:
        store = PolicyStore([policies[changed]])
        encoders = small_encoders()

        def retriever(_: Policy) -> Retriever:
            return Retriever(encoders, load_parts(indexes / str(changed), encoders))

        return PolicyService(
            Edition(f"edition-{changed}", store, load_notes(policy_folder / "notes.yml", store), retriever)
        )

    return opened


@pytest.fixture
def process(
    database: Database,  # noqa: F811 - the fixture
    vault: Vault,  # noqa: F811
    clock: SetClock,  # noqa: F811
    open_policy: OpenPolicy,
) -> Process:
    """Starts the lessons of one process; a second call is another process, or the first one started again."""

    def start(changed: bool = False, keys: Vault = vault) -> LessonService:
        return LessonService(database, keys, CurrentPolicy(open_policy(changed)), anonymous, clock)

    return start


@pytest.fixture
def lessons(process: Process) -> LessonService:
    return process()
