"""What stands below a clause that is cited: the items of a list word for word, or the names of sections.

A citation of "in the following situations:" is of no use without the situations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from knowledge.text.policy import Policy
from knowledge.types import LANGUAGES, Bilingual, Clause, Language

MOST_CHARACTERS = 4000
"""A list longer than this, in the language that needs more, is shown by the names of its items."""
MOST_NAMED = 50
_NAME_CHARACTERS = 100
_NOTHING = Bilingual(None, None)


@dataclass(frozen=True, slots=True)
class Item:
    """A clause below another one; one that is only named has neither its words nor items.

    ``title`` stands above the words: empty where there is none or the words begin with it. Of a clause that is
    only named it is the title or, where that has none of its own, the beginning of its words.
    """

    clause: Clause
    title: Bilingual
    whole: bool
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Below:
    """The items of a clause in order, and how many more there are."""

    items: tuple[Item, ...] = ()
    left_out: int = 0


def below(policy: Policy, clause: Clause) -> Below:
    """What to show with ``clause``; nothing for one without children, or whose own text has theirs already.

    Items come whole, with what stands below them. They are only named where they are too long together, and where
    an article is divided into sections: whoever is led to an article needs its contents, not all of its text.
    """
    if not clause.child_ids or _repeats(policy, clause):
        return Below()
    children = [policy.clause(child_id) for child_id in islice(clause.child_ids, MOST_NAMED)]
    has_sections = clause.parent_id is None and any(child.child_ids for child in children)
    if len(children) == len(clause.child_ids) and not has_sections and _is_short(policy, clause):
        return Below(tuple(_whole(policy, child) for child in children))
    named = tuple(Item(child, _name(policy, child), whole=False) for child in children)
    return Below(named, len(clause.child_ids) - len(named))


def _whole(policy: Policy, clause: Clause) -> Item:
    items = tuple(_whole(policy, policy.clause(child_id)) for child_id in clause.child_ids)
    title = _own_title(policy, clause)
    return Item(clause, Bilingual(_above(title, clause, "zh"), _above(title, clause, "en")), True, items)


def _above(title: Bilingual, clause: Clause, lang: Language) -> str | None:
    words, text = title.only(lang), clause.text.only(lang)
    return None if not words or (text or "").startswith(words) else words


def _name(policy: Policy, clause: Clause) -> Bilingual:
    title = _own_title(policy, clause)
    return Bilingual(*(title.only(lang) or _beginning(clause.text.only(lang)) for lang in LANGUAGES))


def _beginning(text: str | None) -> str | None:
    first = (text or "").split("\n", 1)[0]
    return (first if len(first) <= _NAME_CHARACTERS else first[: _NAME_CHARACTERS - 1] + "…") or None


def _own_title(policy: Policy, clause: Clause) -> Bilingual:
    """Its heading, unless that is an ancestor's."""
    above = policy.clause(clause.parent_id).headings if clause.parent_id else ()
    return clause.heading if len(clause.headings) > len(above) else _NOTHING


def _repeats(policy: Policy, clause: Clause) -> bool:
    """The preamble is cited whole, and its paragraphs are clauses too."""
    return all(policy.clause(child_id).text in clause.paragraphs for child_id in clause.child_ids)


def _is_short(policy: Policy, clause: Clause) -> bool:
    lengths = dict.fromkeys(LANGUAGES, 0)
    for item in _descendants(policy, clause):
        for lang in LANGUAGES:
            lengths[lang] += len(item.text.only(lang) or "")
            if lengths[lang] > MOST_CHARACTERS:
                return False
    return True


def _descendants(policy: Policy, clause: Clause) -> Iterator[Clause]:
    for child_id in clause.child_ids:
        child = policy.clause(child_id)
        yield child
        yield from _descendants(policy, child)
