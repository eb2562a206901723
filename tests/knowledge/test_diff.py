"""What changed between two versions of a policy."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text.diff import Moved, diff
from knowledge.text.manifest import parse_manifest
from knowledge.text.policy import parse_policy
from knowledge.types import Bilingual, Clause

OLD = """1. Access

a. You may see your data.
b. You may correct your data.
c. You may delete your data.

2. Sharing

We share with couriers.
"""


def _clauses(text: str, lang: str = "en") -> dict[str, Clause]:
    entries = {
        "id": "s",
        "version": "1",
        "effective_date": "2024-01-01",
        "languages": [lang],
        "title": {lang: "S"},
    }
    return dict(parse_policy(text.encode(), parse_manifest(entries)).clauses)


def test_the_same_text_is_no_difference() -> None:
    assert not diff(_clauses(OLD), _clauses(OLD))


def test_another_wording_is_a_change() -> None:
    found = diff(_clauses(OLD), _clauses(OLD.replace("couriers", "couriers and banks")))
    assert [(change.old.id, change.new.text.en) for change in found.changed] == [
        ("2", "We share with couriers and banks.")
    ]
    assert not found.added
    assert not found.removed
    assert not found.moved


def test_an_inserted_item_moves_those_behind_it() -> None:
    new = OLD.replace("b. You", "b. You may copy your data.\nc. You").replace(
        "c. You may delete", "d. You may delete"
    )
    found = diff(_clauses(OLD), _clauses(new))
    assert found.moved == (Moved("1.2", "1.3"), Moved("1.3", "1.4"))
    assert found.added == ("1.2",)
    assert not found.removed
    assert not found.changed


def test_a_dropped_item_is_removed() -> None:
    new = OLD.replace("b. You may correct your data.\nc.", "b.")
    found = diff(_clauses(OLD), _clauses(new))
    assert found.moved == (Moved("1.3", "1.2"),)
    assert found.removed == ("1.2",)
    assert not found.added


def test_another_title_changes_the_clause_but_not_those_below_it() -> None:
    found = diff(_clauses(OLD), _clauses(OLD.replace("1. Access", "1. Your rights")))
    assert [change.old.id for change in found.changed] == ["1"]
    found = diff(_clauses(OLD), _clauses(OLD.replace("2. Sharing", "2. Recipients")))
    assert [(change.old.id, change.new.headings[-1].en) for change in found.changed] == [("2", "Recipients")]


_ARTICLES = st.lists(st.sampled_from(["Alpha", "Beta", "Gamma", "Delta", "Epsilon"]), min_size=1, max_size=6)


def _policy_of(articles: list[str]) -> dict[str, Clause]:
    return _clauses("\n\n".join(f"{i}. {word}\n\nText of {word}." for i, word in enumerate(articles, 1)))


@given(_ARTICLES, _ARTICLES)
def test_both_versions_are_accounted_for(old_words: list[str], new_words: list[str]) -> None:
    old, new = _policy_of(old_words), _policy_of(new_words)
    found = diff(old, new)
    changed = [(change.old.id, change.new.id) for change in found.changed]
    moved = [(move.old_id, move.new_id) for move in found.moved]
    left, came = ({pair[side] for pair in (*changed, *moved)} for side in (0, 1))
    kept = {id_ for id_ in old.keys() & new.keys() if old[id_] == new[id_]} - left
    assert sorted([*found.removed, *left, *kept]) == sorted(old)
    assert sorted([*found.added, *came, *kept]) == sorted(new)
    assert all(old[move.old_id].text == new[move.new_id].text for move in found.moved)
    assert all(id_ not in old or id_ in left for id_ in found.added)


RULES = """1. Keeping

a. Order records are kept for three years after the order was delivered.
b. Chat messages are kept for six months after the last message.
c. Telephone calls are recorded only when you agree, and are kept for thirty days.

2. Answering

a. Order records are deleted when you ask us to.
b. See the rules above.

3. Paying

a. See the rules above.
"""
SAVED = """一、保存

（一）订单记录自送达之日起保存三年。
（二）聊天记录自最后一条消息起保存六个月。
（三）仅在您同意时录音，录音保存三十天。

二、答复

（一）您提出要求时，我们删除订单记录。
"""


def _numbered(text: str, renumbered: dict[str, str]) -> str:
    """The text with the beginnings of lines put in place of others, all at once."""
    lines = text.splitlines()
    return "\n".join(
        next((new + line.removeprefix(old) for old, new in renumbered.items() if line.startswith(old)), line)
        for line in lines
    )


# added, removed, changed (old id, new id), moved (old id, new id)
_TABLE = {
    "added at the end": (RULES + "b. We never store card numbers.\n", ["3.2"], [], [], []),
    "removed from the end": (
        RULES.replace("3. Paying\n\na. See the rules above.\n", ""),
        [],
        ["3", "3.1"],
        [],
        [],
    ),
    "a word changed": (RULES.replace("six", "nine"), [], [], [("1.2", "1.2")], []),
    "rewritten under its number": (
        RULES.replace(
            "Chat messages are kept for six months after the last message.", "Nobody reads your letters."
        ),
        *([], [], [("1.2", "1.2")], []),
    ),
    "an item put in before others": (
        RULES.replace("a. Order records are kept", "a. Nothing is kept for ever.\na. Order records are kept")
        .replace("\nb. Chat", "\nc. Chat")
        .replace("\nc. Tele", "\nd. Tele")
        .replace("\na. Order records are kept", "\nb. Order records are kept"),
        *(["1.1"], [], [], [("1.1", "1.2"), ("1.2", "1.3"), ("1.3", "1.4")]),
    ),
    "put in before others, one of which changed too": (
        RULES.replace(
            "a. Order records are kept for three",
            "a. Nothing is kept for ever.\nb. Order records are kept for four",
        )
        .replace("\nb. Chat", "\nc. Chat")
        .replace("\nc. Tele", "\nd. Tele"),
        *(["1.1"], [], [("1.1", "1.2")], [("1.2", "1.3"), ("1.3", "1.4")]),
    ),
    "a whole article put in front": (
        "1. Who we are\n\nA shop for lanterns.\n\n" + _numbered(RULES, {"1.": "2.", "2.": "3.", "3.": "4."}),
        *(["1"], [], []),
        [
            ("1", "2"),
            ("1.1", "2.1"),
            ("1.2", "2.2"),
            ("1.3", "2.3"),
            ("2", "3"),
            ("2.1", "3.1"),
            ("2.2", "3.2"),
            ("3", "4"),
            ("3.1", "4.1"),
        ],
    ),
    "one of two equal items removed": (
        RULES.replace("b. See the rules above.\n", ""),
        *([], ["2.2"], [], []),
    ),
    "two items change places": (
        _numbered(RULES, {"a. Order records are kept": "b. Order records are kept", "b. Chat": "a. Chat"}),
        *([], [], [], [("1.1", "1.2"), ("1.2", "1.1")]),
    ),
    "moved to another article and changed": (
        RULES.replace(
            "c. Telephone calls are recorded only when you agree, and are kept for thirty days.\n", ""
        )
        + "b. Telephone calls are recorded only when you agree, and are kept for twenty days.\n",
        *([], [], [("1.3", "3.2")], []),
    ),
    "another title": (RULES.replace("2. Answering", "2. Your wishes"), [], [], [("2", "2")], []),
}


@pytest.mark.parametrize("name", _TABLE)
def test_what_happened_to_each_clause(name: str) -> None:
    text, added, removed, changed, moved = _TABLE[name]
    if name == "two items change places":
        first, second = (
            line for line in text.splitlines() if "Order records are kept" in line or "Chat" in line
        )
        text = text.replace(f"{first}\n{second}", f"{second}\n{first}")
    found = diff(_clauses(RULES), _clauses(text))
    assert list(found.added) == added
    assert list(found.removed) == removed
    assert [(change.old.id, change.new.id) for change in found.changed] == changed
    assert [(move.old_id, move.new_id) for move in found.moved] == moved


def test_chinese_clauses_that_moved_and_changed_are_known_again() -> None:
    new = SAVED.replace("（一）订单", "（一）我们只保存必要的信息。\n（二）订单").replace(
        "（二）聊天", "（三）聊天"
    )
    new = new.replace("（三）仅在您同意时录音，录音保存三十天", "（四）仅在您事先同意时录音，录音保存二十天")
    found = diff(_clauses(SAVED, "zh"), _clauses(new, "zh"))
    assert found.added == ("1.1",)
    assert found.moved == (Moved("1.1", "1.2"), Moved("1.2", "1.3"))
    assert [(change.old.id, change.new.id, change.has_moved) for change in found.changed] == [
        ("1.3", "1.4", True)
    ]
    assert found.removed == ()


def test_likeness_tells_an_edit_from_a_new_text() -> None:
    edited, rewritten = RULES.replace("six", "nine"), _TABLE["rewritten under its number"][0]
    (edit,), (rewriting,) = (diff(_clauses(RULES), _clauses(text)).changed for text in (edited, rewritten))
    assert edit.likeness > 0.7
    assert rewriting.likeness < 0.2


def _one(number: int, text: str) -> Clause:
    only = Bilingual(None, text)
    return Clause(str(number), only, only, (), only, (only,), None, (), {"en": number})


def test_five_thousand_clauses_that_were_all_renumbered_and_edited() -> None:
    texts = [
        f"Rule {n * 7919} says that {n * 104729} and what belongs to it is kept apart." for n in range(5000)
    ]
    edited = ["A rule that was not there.", *(text.replace("kept", "held") for text in texts)]
    old, new = ({str(n): _one(n, text) for n, text in enumerate(side)} for side in (texts, edited))
    started = time.monotonic()
    found = diff(old, new)
    assert (found.added, found.removed, found.moved) == (("0",), (), ())
    assert [(int(change.old.id), int(change.new.id)) for change in found.changed] == [
        (n, n + 1) for n in range(5000)
    ]
    assert time.monotonic() - started < 20
