"""What a message means inside a form, as a table."""

from typing import Any, Dict, Optional

import pytest

from actions.decisions import NO_GROUND, Choose, Fill, Reopen, Simple, Switch, decide, looks_like_question
from actions.request_forms import ACCOUNT_CLOSURE, COPY, DELETION, RequestForm
from actions.turn import Turn
from actions.words import load_words

WORDS = load_words()


def turn(
    step: str,
    text: str,
    intent: str,
    confidence: float = 0.95,
    values: Optional[Dict[str, str]] = None,
    **slots: Any,
) -> Turn:
    return Turn("session-1", "turn-1", text, intent, confidence, values or {}, step, slots)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # free text: an answer unless it is clearly something else
        (turn("scope", "聊天记录和照片", "ask_policy", 0.4), Fill("scope", "聊天记录和照片")),
        (turn("scope", "everything", "affirm", 0.7), Fill("scope", "everything")),
        (turn("scope", "delete my photos", "request_deletion"), Fill("scope", "delete my photos")),
        (turn("scope", "the ads you sent me", "withdraw_consent", 0.8), Fill("scope", "the ads you sent me")),
        (turn("scope", "order 10[EMAIL_1]", "ask_policy", 0.4), Fill("scope", "order 10 [EMAIL_1]")),
        (turn("scope", "x" * 5000, "ask_policy", 0.4), Fill("scope", "x" * 2000)),
        (turn("scope", "删除要多久？", "ask_policy"), Simple("question")),
        (turn("scope", "how long does that take", "ask_policy", 0.6), Simple("question")),
        (turn("scope", "算了", "cancel_request", 0.99), Simple("stop")),
        (turn("scope", "close my whole account", "request_account_closure"), Switch(ACCOUNT_CLOSURE)),
        (turn("scope", "get me a person", "talk_to_human"), Simple("people")),
        (turn("scope", "no", "deny"), Simple("ask_stop")),
        (turn("scope", "yes", "affirm"), Simple("unclear")),
        (turn("scope", "???", "ask_policy", 0.0), Simple("unclear")),
        (turn("scope", "[EMAIL_1]", "ask_policy", 0.3, {"contact": "[EMAIL_1]"}), Simple("carry_on")),
        (turn("scope", "/answer_scope", "answer_scope", 1.0, {"scope": "photos"}), Fill("scope", "photos")),
        # ground
        (turn("ground", "/ask_clause", "ask_clause", 1.0, {"clause_id": "5.3.1"}), Choose("5.3.1")),
        (turn("ground", "/skip", "skip", 1.0), Fill("ground", NO_GROUND)),
        (turn("ground", "none of them", "deny"), Fill("ground", NO_GROUND)),
        (turn("ground", "because", "greet", 0.4), Simple("unclear")),
        (turn("ground", "because", "greet", 0.4, failures=1), Fill("ground", NO_GROUND)),
        # contact
        (turn("contact", "[PHONE_1]", "deny", 0.9, {"contact": "[PHONE_1]"}), Fill("contact", "[PHONE_1]")),
        (turn("contact", "wang", "ask_policy", 0.4), Simple("unclear")),
        (turn("contact", "why do you need it", "ask_policy"), Simple("question")),
        (turn("contact", "retention period", "ask_policy", 0.7), Simple("question")),
        (turn("contact", "thanks", "thanks"), Simple("thanks")),
        (turn("contact", "where is my request", "check_request_status"), Simple("status")),
        # confirmation: only a clear yes files
        (turn("confirmed", "yes", "affirm"), Fill("confirmed", True)),
        (turn("confirmed", "hm", "affirm", 0.7), Simple("unclear")),
        (turn("confirmed", "no", "deny"), Simple("stop")),
        (
            turn("confirmed", "use [EMAIL_2]", "request_correction", 0.9, {"contact": "[EMAIL_2]"}),
            Fill("contact", "[EMAIL_2]"),
        ),
        (turn("confirmed", "/change", "change", 1.0, {"step": "scope"}), Reopen("scope")),
        (turn("confirmed", "/change", "change", 1.0, {"step": "contact_or_else"}), Simple("unclear")),
        (turn("confirmed", "send me a copy", "request_copy"), Switch(COPY)),
        (turn("confirmed", "/request_copy", "request_copy", 1.0), Switch(COPY)),
        # "stop?" was asked
        (turn("scope", "yes", "affirm", stop_asked=True), Simple("stop")),
        (turn("scope", "no", "deny", stop_asked=True), Simple("carry_on")),
    ],
)
def test_in_the_deletion_form(at: Turn, expected: Any) -> None:
    assert decide(at, DELETION, WORDS) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (turn("acknowledged", "知道了，继续", "affirm"), Fill("acknowledged", True)),
        (turn("acknowledged", "不注销了", "deny"), Simple("stop")),
        (turn("acknowledged", "/request_deletion", "request_deletion", 1.0), Switch(DELETION)),
        (turn("acknowledged", "/answer_scope", "answer_scope", 1.0, {"scope": "all"}), Simple("unclear")),
    ],
)
def test_in_the_closure_form(at: Turn, expected: Any) -> None:
    assert decide(at, ACCOUNT_CLOSURE, WORDS) == expected


@pytest.mark.parametrize("form", [DELETION, COPY])
def test_its_own_intent_never_leaves_a_form(form: RequestForm) -> None:
    assert not isinstance(decide(turn("contact", "do it", form.intent), form, WORDS), Switch)


@pytest.mark.parametrize(
    "text", ["注销要多久", "可以吗", "哪些信息", "why", "Is it free", "really?", "会不会恢复"]
)
def test_questions(text: str) -> None:
    assert looks_like_question(text)


@pytest.mark.parametrize("text", ["聊天记录", "my photos", "全部", "everything you have", "不要了"])
def test_no_questions(text: str) -> None:
    assert not looks_like_question(text)
