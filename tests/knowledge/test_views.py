"""What of a clause a question is compared with."""

from __future__ import annotations

from knowledge.index.views import views
from knowledge.text.policy import Policy


def _of(policy: Policy, clause_id: str, lang: str) -> list[str]:
    position = list(policy.clauses).index(clause_id)
    return [view.text for view in views(policy.clauses) if (view.position, view.lang) == (position, lang)]


def test_an_item_is_seen_alone_under_its_title_and_behind_its_lead_in(lantern: Policy) -> None:
    first = "To register an account we collect your phone number."
    second = "Without a phone number you cannot register."
    assert _of(lantern, "1.1", "en") == [
        f"Information we collect\n{first} {second}",
        first,
        second,
        "Information we collect",
        f"We collect information for these purposes: {first} {second}",
    ]


def test_a_list_is_seen_with_its_items(lantern: Policy) -> None:
    whole = _of(lantern, "1", "zh")[-1]
    assert whole.startswith("收集的信息\n我们为以下目的收集信息：\n")
    assert [word in whole for word in ("手机号码", "收货地址", "银行卡号")] == [True] * 3


def test_every_clause_has_views_in_every_language_in_order_and_each_once(lantern: Policy) -> None:
    found = list(views(lantern.clauses))
    assert {(view.position, view.lang) for view in found} == {
        (position, lang) for position in range(len(lantern.clauses)) for lang in ("zh", "en")
    }
    assert [view.position for view in found] == sorted(view.position for view in found)
    assert len(set(found)) == len(found)
    assert all(view.text.strip() for view in found)
