"""What the sentence that opens a form already says."""

from typing import Any, Optional

import pytest

from actions.decisions import looks_like_question
from actions.openings import is_for_child, opening_scope
from actions.request_forms import COMPLAINT, CONSENT_WITHDRAWAL, COPY, CORRECTION, DELETION, RequestForm
from actions.turn import Turn
from actions.words import load_words

WORDS = load_words()


def taken(form: RequestForm, text: str, intent: Optional[str] = None) -> Optional[str]:
    turn = Turn("session-1", "turn-1", text, intent or form.intent, 0.95, {}, None, {})
    return opening_scope(turn, form, looks_like_question(text), WORDS)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (DELETION, "delete my search history"),
        (DELETION, "帮我把聊天记录都删了"),
        (DELETION, "can you delete my photos?"),
        (DELETION, "能不能帮我删掉照片？"),
        (COPY, "send me a copy of my orders"),
        (COPY, "我要一份订单记录"),
        (COMPLAINT, "I want to complain, your courier read my letters aloud"),
        (COMPLAINT, "我要投诉，你们的员工把我的住址告诉了我前夫"),
        (CORRECTION, "please correct my birthday to 3 May 1990"),
        (CORRECTION, "我的生日写错了，应该是1990年5月3日"),
    ],
)
def test_an_opening_that_names_its_object_is_kept_word_for_word(form: RequestForm, text: str) -> None:
    assert taken(form, text) == text


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (DELETION, "delete my data"),
        (DELETION, "删除我的信息"),
        (DELETION, "how do I delete my photos?"),
        (DELETION, "怎么删除照片"),
        (DELETION, "/request_deletion"),
        (COPY, "I want a copy of my data"),
        (COMPLAINT, "I would like to make a complaint please"),
        (COMPLAINT, "你好，我要正式投诉你们公司，谢谢"),
        (COMPLAINT, "你们这群傻逼垃圾公司真是一群废物东西"),
        (COMPLAINT, "they leaked it"),
        (CORRECTION, "I want to correct my personal information"),
        (CORRECTION, "我想申请更正一下我的个人信息"),
        (CONSENT_WITHDRAWAL, "I withdraw consent for my location history"),
    ],
)
def test_a_bare_wish_or_a_question_is_not(form: RequestForm, text: str) -> None:
    assert taken(form, text) is None


def test_another_forms_sentence_is_not_taken() -> None:
    assert taken(DELETION, "delete my photos", "affirm") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("delete my daughter's photos", True),
        ("我要删我儿子的照片", True),
        ("delete my photos", False),
        ("delete photos of my kiddo", False),
        ("不是给孩子办的", False),
        ("it is not for my child", False),
    ],
)
def test_children(text: str, expected: Any) -> None:
    assert is_for_child(text, WORDS) is expected
