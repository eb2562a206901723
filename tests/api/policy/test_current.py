"""What was found in an edition is quoted from it, even when another one serves by then."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
import structlog

from api.chat.reduced import Interruption, ReducedMode
from api.chat.replies import Form, ReplyBuilder
from api.chat.wording import Wording
from api.dsr.service import RequestService
from api.policy.current import KEPT_TEXTS, CurrentPolicy, EditionWatch
from api.policy.service import PolicyService
from knowledge.editions.edition import Edition
from knowledge.editions.edition_files import POINTER
from knowledge.editions.publishing import publish
from knowledge.search.retriever import Finding, Retriever
from knowledge.text.notes import Notes
from knowledge.text.policy import load_store
from tests.api.policy.editions import SUBJECTS, write_edition
from tests.knowledge.lantern import small_encoders

NO_REQUESTS = cast("RequestService", None)


class Replaced(PolicyService):
    """Finds one clause, and is replaced while it looks."""

    def __init__(self, folder: Path, number: int) -> None:
        write_edition(folder / str(number), number)
        super().__init__(Edition(f"e{number}", load_store(folder / str(number)), Notes(()), _no_index))
        self.meanwhile: Any = None

    async def search(self, query: str, *_: Any, **__: Any) -> Finding:
        if self.meanwhile is not None:
            self.meanwhile()
        return Finding("en", "answer", True, 0.9, (), ("1",))


def _no_index(_: Any) -> Retriever:
    raise AssertionError("nothing is searched here")


@pytest.fixture
def first(tmp_path: Path) -> Replaced:
    return Replaced(tmp_path, 1)


@pytest.fixture
def current(first: Replaced) -> CurrentPolicy:
    return CurrentPolicy(first)


async def test_an_answer_found_before_the_swap_quotes_what_was_found(
    current: CurrentPolicy, first: Replaced, tmp_path: Path
) -> None:
    first.meanwhile = lambda: current.replace(Replaced(tmp_path, 2))
    wording = Wording.load()
    mode = ReducedMode(current, ReplyBuilder(current, NO_REQUESTS, wording), wording)
    turn = Interruption("what about it", "en", Form(), told=True, heard=False)
    (reply,) = await mode.replies(turn)
    (citation,) = reply.citations
    assert current.now.edition == "e2"
    assert (citation["policy_version"], citation["quote"]) == (
        "v1",
        f"Edition 1 says all about {SUBJECTS[1]} here.",
    )


@pytest.mark.parametrize("kind", ["answer", "choices"])
@pytest.mark.parametrize(("edition", "version"), [("e1", 1), ("e2", 2), (None, 2), ("long gone", 2), (7, 2)])
async def test_what_rasa_says_is_quoted_from_the_edition_it_names(
    current: CurrentPolicy, tmp_path: Path, kind: str, edition: Any, version: int
) -> None:
    current.replace(Replaced(tmp_path, 2))
    builder = ReplyBuilder(current, NO_REQUESTS, Wording.load())
    element = {"custom": {"reply": kind, "clause_ids": ["1"], "edition": edition}}
    (reply,) = (await builder.from_rasa([element], "session", "en")).replies
    said = reply.citations[0]["quote"] if kind == "answer" else reply.buttons[0].title
    assert SUBJECTS[version] in said


def test_only_the_last_texts_are_kept(current: CurrentPolicy, tmp_path: Path) -> None:
    for number in range(2, KEPT_TEXTS + 3):
        current.replace(Replaced(tmp_path, number))
    assert current.of("e2").version == "v2"
    assert current.of("e1") is current.now


class TestTheWatch:
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        self._publish(tmp_path, 5)
        return tmp_path / "index"

    def _publish(self, folder: Path, number: int) -> None:
        write_edition(folder / "policy", number)
        publish(folder / "index", folder / "policy", small_encoders())

    async def test_it_makes_ready_replaces_and_tells_once(
        self, current: CurrentPolicy, root: Path, tmp_path: Path
    ) -> None:
        told: list[str] = []

        async def prepare(service: PolicyService) -> None:
            told.append(f"{service.version} while {current.now.version}")

        watch = EditionWatch(
            current,
            root,
            small_encoders(),
            prepare=prepare,
            adopted=lambda service: told.append(f"{service.version} is {current.now.version}"),
        )
        assert await watch.look() is True
        assert await watch.look() is False
        assert told == ["v5 while v1", "v5 is v5"]
        self._publish(tmp_path, 6)
        assert await watch.look() is True
        finding = await current.now.search(f"about {SUBJECTS[0]}")
        assert current.now.clause(finding.ranked[0].clause_id).heading.en == f"About {SUBJECTS[0]}"

    async def test_a_refusal_is_told_once_and_the_old_one_serves(
        self, current: CurrentPolicy, root: Path
    ) -> None:
        (root / POINTER).write_text("{")
        watch = EditionWatch(current, root, small_encoders())
        with structlog.testing.capture_logs() as lines:
            assert [await watch.look(), await watch.look()] == [False, False]
        (line,) = lines
        assert (line["event"], line["log_level"], line["serving"]) == ("policy refused", "error", "e1")
        assert current.now.edition == "e1"

    async def test_what_fails_to_be_made_ready_does_not_serve(
        self, current: CurrentPolicy, root: Path
    ) -> None:
        async def prepare(_: PolicyService) -> None:
            raise OSError("no database")

        watch = EditionWatch(current, root, small_encoders(), prepare=prepare)
        with structlog.testing.capture_logs() as lines:
            assert await watch.look() is False
        assert lines[0]["reason"] == "no database"

    async def test_it_goes_on_looking_after_what_nobody_foresaw(
        self, current: CurrentPolicy, root: Path
    ) -> None:
        tries: list[int] = []

        async def prepare(_: PolicyService) -> None:
            tries.append(1)
            if len(tries) == 1:
                raise RuntimeError("a bug")

        watch = EditionWatch(current, root, small_encoders(), prepare=prepare)
        following = asyncio.create_task(watch.follow(0.01))
        for _ in range(500):
            await asyncio.sleep(0.02)
            if current.now.version == "v5":
                break
        following.cancel()
        assert current.now.version == "v5"
        assert len(tries) == 2
