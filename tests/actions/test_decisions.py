"""What a message means inside a form, as a table."""

from typing import Any, Dict, Optional

import pytest

from actions.decisions import NO_GROUND, Choose, Fill, Reopen, Simple, Switch, decide, looks_like_question
from actions.request_forms import ACCOUNT_CLOSURE, COMPLAINT, COPY, CORRECTION, DELETION, RequestForm
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


E1, E2 = {"contact": "[EMAIL_1]"}, {"contact": "[EMAIL_2]"}
ONE_ONLY = Reopen("contact", because="utter_contact_one")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (turn("confirmed", "that's the wrong e-mail", "request_correction"), Reopen("contact")),
        (turn("confirmed", "邮箱写错了", "request_correction"), Reopen("contact")),
        (turn("confirmed", "change my contact", "cancel_request"), Reopen("contact")),
        (turn("confirmed", "我要换个手机号", "deny"), Reopen("contact")),
        (turn("confirmed", "/change", "change", 1.0, {"step": "contact"}), Reopen("contact")),
        (turn("confirmed", "[EMAIL_1] is wrong", "deny", 0.9, E1), Reopen("contact")),
        (
            turn("confirmed", "no wait, it's [EMAIL_2]", "cancel_request", 0.99, E2),
            Fill("contact", "[EMAIL_2]"),
        ),
        (turn("ground", "no wait, it's [EMAIL_2]", "cancel_request", 0.99, E2), Fill("contact", "[EMAIL_2]")),
        (turn("scope", "no wait, it's [EMAIL_2]", "deny", 0.9, E2), Fill("contact", "[EMAIL_2]")),
        (turn("contact", "[EMAIL_1], not [EMAIL_2]", "deny", 0.9, E2), Fill("contact", "[EMAIL_1]")),
        (turn("contact", "不是[EMAIL_1]，是[EMAIL_2]", "deny", 0.9, E2), Fill("contact", "[EMAIL_2]")),
        (turn("contact", "[EMAIL_2]，不是[EMAIL_1]", "deny", 0.9, E1), Fill("contact", "[EMAIL_2]")),
        (
            turn("contact", "use [EMAIL_2] instead of [EMAIL_1]", "deny", 0.9, E1),
            Fill("contact", "[EMAIL_2]"),
        ),
        (turn("contact", "[EMAIL_1] or [PHONE_1]", "deny", 0.9, E1), ONE_ONLY),
        (turn("confirmed", "[EMAIL_1]和[EMAIL_2]", "deny", 0.9, E2), ONE_ONLY),
        (turn("contact", "[EMAIL_1], yes [EMAIL_1]", "affirm", 0.9, E1), Fill("contact", "[EMAIL_1]")),
        (turn("scope", "correct it to [EMAIL_2]", "deny", 0.5, E2), Fill("scope", "correct it to [EMAIL_2]")),
    ],
)
def test_contacts_are_corrected(at: Turn, expected: Any) -> None:
    assert decide(at, CORRECTION, WORDS) == expected


@pytest.mark.parametrize(
    "text", ["carry on", "Continue", "继续", "接着办", "好的，继续", "OK, carry on please"]
)
@pytest.mark.parametrize("intent", ["affirm", "deny", "cancel_request"])
def test_carry_on_carries_on(text: str, intent: str) -> None:
    assert decide(turn("scope", text, intent, stop_asked=True), COPY, WORDS) == Simple("carry_on")


@pytest.mark.parametrize("text", ["stop", "停下", "算了", "是的", "yes please", "never mind"])
def test_stop_words_stop(text: str) -> None:
    assert decide(turn("scope", text, "affirm", 0.4, stop_asked=True), COPY, WORDS) == Simple("stop")


def test_what_could_mean_either_is_asked_again() -> None:
    assert decide(turn("scope", "sounds good", "affirm", stop_asked=True), COPY, WORDS) == Simple("ask_stop")


@pytest.mark.parametrize(
    "text", ["skip this", "Skip it.", "跳过", "跳过，不选", "不选", "不用了，谢谢", "ok skip"]
)
def test_a_typed_skip_skips(text: str) -> None:
    assert decide(turn("ground", text, "cancel_request", 0.9), DELETION, WORDS) == Fill("ground", NO_GROUND)


@pytest.mark.parametrize("text", ["知道了", "我知道了", "OK got it", "继续"])
def test_what_follows_is_understood(text: str) -> None:
    at = turn("acknowledged", text, "thanks", 0.9)
    assert decide(at, ACCOUNT_CLOSURE, WORDS) == Fill("acknowledged", True)


@pytest.mark.parametrize("text", ["Change it", "修改", "修改内容", "我想改一下"])
def test_a_typed_change_reopens_what_can_be_changed(text: str) -> None:
    at = turn("confirmed", text, "request_correction", 0.95)
    assert decide(at, COPY, WORDS) == Reopen("scope")
    assert decide(at, ACCOUNT_CLOSURE, WORDS) == Reopen("contact")


@pytest.mark.parametrize("text", ["不用了，谢谢", "no thanks", "No, thank you.", "算了"])
def test_a_refusal_is_no_content(text: str) -> None:
    for step, kind in (("scope", "ask_stop"), ("contact", "ask_stop"), ("confirmed", "stop")):
        assert decide(turn(step, text, "thanks", 0.7), COMPLAINT, WORDS) == Simple(kind)


@pytest.mark.parametrize("text", ["fuck you", "you stupid bot!", "你们这群废物", "傻逼", "滚蛋吧"])
def test_abuse_alone_is_no_content(text: str) -> None:
    for step in ("scope", "contact", "confirmed"):
        assert decide(turn(step, text, "complain", 0.99), COPY, WORDS) == Simple("abuse")


@pytest.mark.parametrize("text", ["your stupid courier lost my parcel", "你们的垃圾短信发到我手机上"])
def test_a_complaint_in_anger_is_content(text: str) -> None:
    assert decide(turn("scope", text, "complain", 0.9), COMPLAINT, WORDS) == Fill("scope", text)


@pytest.mark.parametrize("text", ["are you a bot?", "你是机器人吗"])
def test_who_is_talking_is_answered_in_a_form(text: str) -> None:
    assert decide(turn("scope", text, "ask_identity", 0.6), COPY, WORDS) == Simple("identity")
    assert decide(turn("contact", text, "ask_identity", 0.9), COPY, WORDS) == Simple("identity")


def test_it_is_not_for_a_child_after_all() -> None:
    for text, intent in (("不是代孩子办", "deny"), ("not for a child", "deny")):
        at = turn("confirmed", text, intent, guardian_for_child=True)
        assert decide(at, COPY, WORDS) == Fill("guardian_for_child", False)
    at = turn("confirmed", "/change", "change", 1.0, {"step": "guardian_for_child"}, guardian_for_child=True)
    assert decide(at, COPY, WORDS) == Fill("guardian_for_child", False)


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
