"""A small bilingual policy with a question bank: what the retriever's tests build and ask."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from knowledge.encoders.encoded import EncodedTexts
from knowledge.encoders.encoder import Encoding, HashEncoder, Kind, Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.learning.training import Recipe

TINY = Recipe(looks=2, part=4, hidden=16, epochs=3, seeds=(0,))

MANIFEST = """id: lantern
version: "1"
effective_date: 2024-01-01
languages: [zh, en]
title: {zh: 灯笼书店隐私政策, en: Lantern Books Privacy Policy}
"""

TEXT = """# 灯笼书店隐私政策

一、收集的信息

我们为以下目的收集信息：

（一）注册账号时，我们收集您的手机号码。没有手机号码，就不能注册账号。

（二）配送图书时，我们收集您的收货地址。地址只用于配送。

（三）支付订单时，我们收集您的银行卡号。

二、共享

我们只与快递公司共享收货地址，从不出售个人信息。

三、您的权利

（一）您可以索取个人信息的副本。我们在十五天内发给您。

（二）您可以注销账号。注销后我们删除您的信息。

（三）您可以更正错误的信息。

四、保存期限

订单记录保存三年，之后删除。

五、联系我们

请写信到 privacy@example.cn。我们会尽快回复。

# Lantern Books Privacy Policy

Article 1: Information we collect

We collect information for these purposes:

(A) To register an account we collect your phone number. Without a phone number you cannot register.

(B) To deliver books we collect your postal address. The address serves delivery only.

(C) To take payment for an order we collect your bank card number.

Article 2: Sharing

We share the postal address with couriers only and never sell personal information.

Article 3: Your rights

(A) You may ask for a copy of your personal information. We send it within fifteen days.

(B) You may close your account. After that we delete your information.

(C) You may correct wrong information.

Article 4: Retention

We keep order records for three years and delete them then.

Article 5: Contact

Write to privacy@example.com. We answer as soon as we can.
"""

CLAUSE_IDS = ("1", "1.1", "1.2", "1.3", "2", "3", "3.1", "3.2", "3.3", "4", "5")

ASKED: Mapping[str, Sequence[str]] = {
    "1": ("which information do you collect", "what data do you gather and why", "你们收集哪些信息"),
    "1.1": ("why is my phone number needed", "register without a phone number", "注册为什么要手机号码"),
    "1.2": ("why ask for my postal address", "what is my address used for", "收货地址拿来做什么"),
    "1.3": ("is my bank card number stored", "card details for payment", "银行卡号会被收集吗"),
    "2": ("do you sell my personal information", "who gets to see my data", "会把信息卖给别人吗"),
    "3": ("what rights do I have", "which rights does a reader have here", "我有哪些权利"),
    "3.1": ("send me a copy of my information", "how do I get my data as a copy", "怎么索取信息副本"),
    "3.2": ("how do I close my account", "I want my account closed and gone", "怎么注销账号"),
    "3.3": ("my name is wrong, correct it please", "fix wrong information", "信息写错了怎么更正"),
    "4": ("how long are order records kept", "for how many years do you keep orders", "订单记录保存多久"),
    "5": ("where can I write to you", "your e-mail address for questions", "怎么联系你们"),
}
NOT_ANSWERED: Mapping[str, Sequence[str]] = {
    "en": ("what is the weather tomorrow", "tell me a joke about cats", "who won the football match"),
    "zh": ("明天天气怎么样", "讲个猫的笑话", "昨晚球赛谁赢了"),
}


def small_encoders() -> JoinedEncoder:
    return JoinedEncoder(HashEncoder(96), HashEncoder(64))


class FailingEncoder:
    """A hash encoder that dies at its n-th call, as a process does that is killed."""

    def __init__(self, dimension: int, calls: int) -> None:
        self._encoder = HashEncoder(dimension)
        self.dimension = self.width = dimension
        self.fingerprint = self._encoder.fingerprint
        self.calls_left = calls

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        self._count()
        return self._encoder.encode(texts, kind)

    def read(self, text: str, kind: Kind) -> Encoding:
        self._count()
        return self._encoder.read(text, kind)

    def _count(self) -> None:
        self.calls_left -= 1
        if self.calls_left < 0:
            raise MemoryError("no more calls")


def write_policy(folder: Path, *, text: str = TEXT, manifest: str = MANIFEST) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.md").write_text(text, "utf-8")
    (folder / "policy.yml").write_text(manifest, "utf-8")
    return folder


def write_bank(folder: Path) -> Path:
    """33 questions and 6 messages the policy does not answer, by two authors."""
    questions: dict[str, list[dict[str, object]]] = {"zh": [], "en": []}
    for clause_id, texts in ASKED.items():
        for text in texts:
            entries = questions["en" if text.isascii() else "zh"]
            entries.append({"clauses": [clause_id], "author": "ab"[len(entries) % 2], "text": text})
    for lang, entries in questions.items():
        write_entries(folder / f"questions.{lang}.yml", entries)
        refused: list[dict[str, object]] = [{"kind": "offtopic", "text": text} for text in NOT_ANSWERED[lang]]
        write_entries(folder / f"unanswerable.{lang}.yml", refused)
    return folder


def write_entries(path: Path, entries: Iterable[Mapping[str, object]]) -> None:
    """One question a line, as the real files hold them."""
    lines = (f"- {json.dumps(entry, ensure_ascii=False)}\n" for entry in entries)
    path.write_text("".join(lines), "utf-8")


def encoded(texts: Sequence[str], encoders: JoinedEncoder) -> EncodedTexts:
    """The texts as the ranker learns from them."""
    return EncodedTexts.gather(
        [encoders.read(text, "query") for text in texts], encoders.dimension, encoders.first.width
    )
