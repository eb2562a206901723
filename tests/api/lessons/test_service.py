"""A lesson counts at once, in every process, after a restart, until it is withdrawn."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from api.crypto import Vault
from api.db import Database
from api.errors import InvalidRequest, NotFound
from api.lessons.service import LessonService, Teaching
from api.models.chat_message import ChatMessageRow
from api.models.chat_session import ChatSessionRow
from api.models.lesson import LessonRow
from api.models.lesson_book import LessonBookRow
from knowledge.search.retriever import Finding
from tests.api.dsr.support import SetClock, count
from tests.api.lessons.conftest import OpenPolicy, Process

QUESTION = "will my letters be answered on a Sunday"
OTHERS = ("how do I close my account", "订单记录保存多久", "what is the weather tomorrow")


def teaching(*clause_ids: str, question: str = QUESTION, **more: Any) -> Teaching:
    return Teaching(question, clause_ids, **more)


async def asked(process: LessonService, question: str = QUESTION) -> Finding:
    return await process._policy.now.search(question)


async def test_it_counts_at_once_and_is_taken_back_without_a_trace(lessons: LessonService) -> None:
    before = {question: await asked(lessons, question) for question in (QUESTION, *OTHERS)}
    kept, created = await lessons.teach(teaching("5"), "mei")
    assert (created, kept.state, kept.confirmed_by, kept.lesson.lang) == (True, "active", "mei", "en")
    found = await asked(lessons)
    assert (found.outcome, found.cited) == ("answer", ("5",))
    assert [await asked(lessons, question) for question in OTHERS] == [
        before[question] for question in OTHERS
    ]
    gone = await lessons.withdraw(kept.lesson.id, "lin")
    assert (gone.state, gone.withdrawn_by) == ("withdrawn", "lin")
    assert {question: await asked(lessons, question) for question in before} == before


async def test_a_no_counts_too(lessons: LessonService) -> None:
    await lessons.teach(teaching(question=OTHERS[0]), "mei")
    assert (await asked(lessons, OTHERS[0])).outcome == "not_in_policy"


async def test_it_survives_a_restart(lessons: LessonService, process: Process) -> None:
    await lessons.teach(teaching("5"), "mei")
    again = process()
    before = await asked(again)
    await again.refresh()
    assert (await asked(again)).cited == ("5",)
    assert (await asked(again)) != before
    page = await again.page(None, None, 10)
    assert [kept.lesson.text for kept in page.lessons] == [QUESTION]


async def test_other_processes_learn_of_it_by_looking(lessons: LessonService, process: Process) -> None:
    other = process()
    await other.refresh()
    before = await asked(other)
    following = asyncio.create_task(other.follow(seconds=0.02))
    try:
        kept, _ = await lessons.teach(teaching("5"), "mei")
        await until(lambda: asked(other), lambda found: found.cited == ("5",))
        await lessons.withdraw(kept.lesson.id, "mei")
        await until(lambda: asked(other), lambda found: found == before)
    finally:
        following.cancel()


async def test_looking_goes_on_after_the_database_was_away(
    lessons: LessonService, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = process()
    read, calls = other._book.read_changes, 0

    async def fails_twice() -> bool:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise OSError("away")
        return await read()

    monkeypatch.setattr(other._book, "read_changes", fails_twice)
    await lessons.teach(teaching("5"), "mei")
    following = asyncio.create_task(other.follow(seconds=0.01))
    try:
        await until(lambda: asked(other), lambda found: found.cited == ("5",))
    finally:
        following.cancel()


async def until(ask: Any, is_so: Any) -> None:
    for _ in range(500):
        if is_so(await ask()):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never became so")


async def test_twice_at_once_is_one_lesson(process: Process, database: Database) -> None:
    processes = [process(), process()]
    confirmed = [
        one.teach(teaching("5", question=words), "mei")
        for words in (QUESTION, QUESTION + "?")
        for one in processes
    ]
    answers = await asyncio.gather(*confirmed)
    assert sorted(created for _, created in answers) == [False, False, False, True]
    assert len({kept.lesson.id for kept, _ in answers}) == 1
    assert await count(database, LessonRow) == 1
    for one in processes:
        assert (await asked(one)).cited == ("5",)


async def test_many_at_once_lose_none(process: Process, database: Database) -> None:
    processes = [process(), process()]
    questions = [f"question number {number} about letters" for number in range(12)]
    await asyncio.gather(
        *(
            processes[number % 2].teach(teaching("5", question=text), "mei")
            for number, text in enumerate(questions)
        )
    )
    async with database.reading() as session:
        numbers = list(await session.scalars(select(LessonRow.number).order_by(LessonRow.number)))
        book = (await session.execute(select(LessonBookRow))).scalar_one()
    assert numbers == list(range(1, 13))
    assert (book.revision, book.last_number) == (12, 12)
    for one in processes:
        await one.refresh()
        assert len(one._policy.now.retriever.lessons) == 12


async def test_withdrawing_twice_at_once_keeps_the_first(lessons: LessonService, process: Process) -> None:
    kept, _ = await lessons.teach(teaching("5"), "mei")
    gone = await asyncio.gather(
        lessons.withdraw(kept.lesson.id, "a"), process().withdraw(kept.lesson.id, "b")
    )
    assert len({item.withdrawn_by for item in gone}) == 1


async def test_the_latest_holds_and_withdrawing_it_gives_the_former_back(lessons: LessonService) -> None:
    first, _ = await lessons.teach(teaching("5"), "mei")
    second, created = await lessons.teach(teaching("2", "1", question=QUESTION.title()), "lin")
    assert created
    assert (await asked(lessons)).cited == ("2", "1")
    page = await lessons.page(None, None, 10)
    assert [(kept.lesson.id, kept.state) for kept in page.lessons] == [
        (second.lesson.id, "active"),
        (first.lesson.id, "overruled"),
    ]
    await lessons.withdraw(second.lesson.id, "lin")
    assert (await asked(lessons)).cited == ("5",)


async def test_a_clause_named_twice_counts_once(lessons: LessonService) -> None:
    kept, _ = await lessons.teach(teaching("5", "2", "5"), "mei")
    assert kept.lesson.clause_ids == ("5", "2")


async def test_a_changed_text_puts_a_lesson_up_for_review(lessons: LessonService, process: Process) -> None:
    copies, _ = await lessons.teach(teaching("3.1", question="may I have all you know of me"), "mei")
    letters, _ = await lessons.teach(teaching("5"), "mei")
    silent, _ = await lessons.teach(teaching(question="do you sell lanterns"), "mei")
    later = process(changed=True)
    fresh = await asked(later, copies.lesson.text)
    await later.refresh()
    assert await asked(later, copies.lesson.text) == fresh
    assert (await asked(later)).cited == ("5",)
    waiting = await later.page("needs_review", None, 10)
    assert [kept.lesson.id for kept in waiting.lessons] == [silent.lesson.id, copies.lesson.id]
    assert [kept.lesson.id for kept in (await later.page("active", None, 10)).lessons] == [letters.lesson.id]
    # Confirming it again for the new text is the review.
    again, created = await later.teach(teaching("3.1", question=copies.lesson.text), "lin")
    assert (created, again.state, again.policy_version) == (True, "active", "2")
    assert (await asked(later, copies.lesson.text)).cited == ("3.1",)
    assert [kept.lesson.id for kept in (await later.page("overruled", None, 10)).lessons] == [
        copies.lesson.id
    ]


async def test_a_lesson_that_needs_a_review_does_not_bring_back_what_it_overruled(
    lessons: LessonService, process: Process
) -> None:
    await lessons.teach(teaching("5"), "mei")
    await lessons.teach(teaching("3.1"), "mei")
    later = process(changed=True)
    before = await asked(later)
    await later.refresh()
    assert await asked(later) == before


async def test_a_new_edition_knows_the_lessons_before_it_serves(
    lessons: LessonService, open_policy: OpenPolicy
) -> None:
    await lessons.teach(teaching("5"), "mei")
    edition = open_policy(True)
    await lessons.prepare(edition)
    assert (await edition.search(QUESTION)).cited == ("5",)
    lessons._policy.replace(edition)
    kept, _ = await lessons.teach(teaching("2"), "mei")
    assert (await asked(lessons)).cited == ("2",)
    assert kept.policy_version == "2"


async def test_what_is_written_while_an_edition_is_prepared_is_not_lost(
    lessons: LessonService, process: Process, open_policy: OpenPolicy
) -> None:
    await process().teach(teaching("5"), "mei")
    await lessons.prepare(open_policy(True))
    await lessons.refresh()
    assert (await asked(lessons)).cited == ("5",)


async def test_nothing_personal_is_kept_and_nothing_in_clear(
    lessons: LessonService, database: Database, vault: Vault
) -> None:
    question = "write to wang@example.com or 13800138000 on a Sunday? [EMAIL_1] said so"
    kept, _ = await lessons.teach(teaching("5", question=question), "mei")
    assert "wang" not in kept.lesson.text
    assert "138001" not in kept.lesson.text
    assert "[EMAIL_1] said so" in kept.lesson.text
    assert "[PHONE_1]" in kept.lesson.text
    async with database.reading() as session:
        row = (await session.execute(select(LessonRow))).scalar_one()
    assert "Sunday" not in " ".join(str(value) for value in vars(row).values())
    assert vault.decrypt(row.question_sealed) == kept.lesson.text


async def test_a_lesson_whose_key_is_lost_is_left_out_and_the_others_count(
    lessons: LessonService, process: Process
) -> None:
    await lessons.teach(teaching("5"), "mei")
    other_keys = process(keys=Vault(Fernet.generate_key().decode(), "a signing key for tests"))
    await other_keys.teach(teaching("2", question=OTHERS[0]), "mei")
    assert (await asked(other_keys, OTHERS[0])).cited == ("2",)
    assert [kept.lesson.text for kept in (await other_keys.page(None, None, 10)).lessons] == [OTHERS[0]]


async def test_the_message_it_was_asked_in(
    lessons: LessonService, database: Database, clock: SetClock
) -> None:
    message_id = str(uuid.uuid4())
    with pytest.raises(InvalidRequest) as refused:
        await lessons.teach(teaching("5", message_id=message_id), "mei")
    assert [field.path for field in refused.value.fields] == ["message_id"]
    session_id = str(uuid.uuid4())
    async with database.transaction() as session:
        session.add(
            ChatSessionRow(
                id=session_id,
                token_hash="0" * 64,
                lang="en",
                lang_fixed=False,
                last_position=1,
                form=None,
                step=None,
                told_reduced=False,
                unsure_turn_id=None,
                created_at=clock(),
                active_at=clock(),
            )
        )
        await session.flush()
        session.add(
            ChatMessageRow(
                id=message_id,
                session_id=session_id,
                position=1,
                turn_id=None,
                role="user",
                type="text",
                text=QUESTION,
                citations=[],
                buttons=[],
                card=None,
                created_at=clock(),
            )
        )
    kept, _ = await lessons.teach(teaching("5", message_id=message_id), "mei")
    assert kept.message_id == message_id


async def test_every_field_at_fault_is_named(lessons: LessonService, database: Database) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await lessons.teach(teaching("5", "9.9", "", question=" ?! "), "mei")
    assert [field.path for field in refused.value.fields] == ["question", "clause_ids.1", "clause_ids.2"]
    assert await count(database, LessonRow) == 0


@pytest.mark.parametrize("lesson_id", ["", "1", "\0", "x" * 40, str(uuid.uuid4()), "urn:uuid:" + "0" * 32])
async def test_an_unknown_lesson_cannot_be_withdrawn(lessons: LessonService, lesson_id: str) -> None:
    with pytest.raises(NotFound) as refused:
        await lessons.withdraw(lesson_id, "mei")
    assert refused.value.code == "lesson_not_found"


@pytest.mark.parametrize("state", [None, "active"])
async def test_pages_neither_repeat_nor_leave_out(lessons: LessonService, state: Any) -> None:
    questions = [f"question number {number}" for number in range(5)]
    for question in questions:
        await lessons.teach(teaching("5", question=question), "mei")
    seen: list[str] = []
    before: int | None = None
    sizes = []
    while True:
        page = await lessons.page(state, before, 2)
        seen += [kept.lesson.text for kept in page.lessons]
        sizes.append(len(page.lessons))
        await lessons.teach(teaching("5", question=f"meanwhile {before}"), "mei")
        before = page.next_number
        if before is None:
            break
    assert seen == questions[::-1]
    assert sizes == [2, 2, 1]
