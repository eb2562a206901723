"""Questions of the bank as examples of the intent ``ask_policy``, so that a question is not taken for a wish.

Written when the dialogue model is trained; the bank stays the only place where questions are kept.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import yaml

from knowledge.bank.questions import Question
from knowledge.bank.review import load_holdings

INTENT = "ask_policy"
PER_CLAUSE = 4
UNANSWERABLE = 150
# Rasa reads these as its own markup.
_MARKUP = re.compile(r"[\[\]{}\n]|^/")


def write_questions(policy_folder: Path, target: Path) -> None:
    """A Rasa NLU file with an even sample of the policy's bank; without a bank, an empty one."""
    bank = load_holdings(policy_folder).questions()
    texts = [question.text for question in sample(bank.answerable, bank.unanswerable)]
    content = {"version": "3.1", "nlu": [{"intent": INTENT, "examples": [{"text": text} for text in texts]}]}
    target.parent.mkdir(parents=True, exist_ok=True)
    if not texts:
        content["nlu"] = []
    target.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def sample(answerable: Iterable[Question], unanswerable: Iterable[Question]) -> list[Question]:
    """At most PER_CLAUSE questions a clause and language, and UNANSWERABLE messages a language; always the same."""
    groups: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in answerable:
        groups[(question.lang, question.clause_ids[0])].append(question)
    for question in unanswerable:
        groups[(question.lang, "")].append(question)
    chosen = []
    for (_, clause_id), questions in sorted(groups.items()):
        usable = [question for question in questions if not _MARKUP.search(question.text)]
        usable.sort(key=lambda question: hashlib.sha256(question.text.encode()).digest())
        chosen += usable[: PER_CLAUSE if clause_id else UNANSWERABLE]
    return chosen
