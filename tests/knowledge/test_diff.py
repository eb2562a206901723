"""What changed between two versions of a policy."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.diff import Moved, diff
from knowledge.manifest import parse_manifest
from knowledge.policy import parse_policy
from knowledge.types import Clause

OLD = """1. Access

a. You may see your data.
b. You may correct your data.
c. You may delete your data.

2. Sharing

We share with couriers.
"""


def _clauses(text: str) -> dict[str, Clause]:
    entries = {
        "id": "s",
        "version": "1",
        "effective_date": "2024-01-01",
        "languages": ["en"],
        "title": {"en": "S"},
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
    changed = {change.old.id for change in found.changed}
    kept = {id_ for id_ in old.keys() & new.keys() if old[id_].text == new[id_].text}
    left = [move.old_id for move in found.moved]
    came = [move.new_id for move in found.moved]
    assert sorted([*found.removed, *left, *changed, *kept]) == sorted(old)
    assert sorted([*found.added, *came, *changed, *kept]) == sorted(new)
    assert all(old[move.old_id].text == new[move.new_id].text for move in found.moved)
