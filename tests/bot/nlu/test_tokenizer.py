"""Tokens keep their offsets and cover everything but whitespace."""

import itertools
import random

import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.tokenizer import BilingualTokenizer


@pytest.fixture(scope="module")
def tokenizer() -> BilingualTokenizer:
    return BilingualTokenizer(BilingualTokenizer.get_default_config())


def words(tokenizer: BilingualTokenizer, text: str) -> list:
    return [token.text for token in tokenizer.tokenize(Message({TEXT: text}), TEXT)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("帮我注销账号", ["帮", "我", "注销", "账号"]),
        ("帮我 delete 一下 my data!", ["帮", "我", "delete", "一下", "my", "data", "!"]),
        ("我的邮箱是[EMAIL_1]，谢谢", ["我", "的", "邮箱", "是", "[EMAIL_1]", "，", "谢谢"]),
        ("don't e-mail me", ["don't", "e-mail", "me"]),
        ("check DSR-7K3M-Q9XA", ["check", "DSR-7K3M-Q9XA"]),
        ("第5.6条", ["第", "5.6", "条"]),
        ("app崩了", ["app", "崩", "了"]),
        ("café naïve", ["café", "naïve"]),
        ("  ", []),
        ("👍👍", ["👍", "👍"]),
    ],
)
def test_words(tokenizer: BilingualTokenizer, text: str, expected: list) -> None:
    assert words(tokenizer, text) == expected


def test_offsets_of_any_text(tokenizer: BilingualTokenizer) -> None:
    alphabet = "删除数据 账号注销my data[EMAIL_1]5.6,'’-_!？。\n\t👍é𠀀"
    chance = random.Random(5)
    for _ in range(500):
        text = "".join(chance.choice(alphabet) for _ in range(chance.randint(0, 40)))
        tokens = tokenizer.tokenize(Message({TEXT: text}), TEXT)
        assert all(text[token.start : token.end] == token.text for token in tokens)
        assert all(a.end <= b.start for a, b in itertools.pairwise(tokens))
        assert "".join(token.text for token in tokens) == "".join(text.split())
