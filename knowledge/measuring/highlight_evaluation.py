"""Measures the marks on labelled questions (``highlights.yml``): is the sentence that answers the one marked?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.bank.questions import QuestionBank
from knowledge.bank.sentence_labels import LabelledQuestion, load_labelled
from knowledge.encoders.encoder import Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.encoders.progress import Report
from knowledge.index.highlights import Highlighter, Span
from knowledge.index.sentences import spans
from knowledge.language import condensed, normalise
from knowledge.learning.highlight_training import make_highlighter
from knowledge.text.policy import Policy
from knowledge.types import LANGUAGES, Clause, Language

FILE = "highlights.yml"
HALVES = ("tuning", "held out")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One question in one language of its clause. ``right``: the first mark covers a part that was quoted."""

    question: LabelledQuestion
    lang: Language
    right: bool
    marked_share: float  # of the clause's characters


def highlight_figures(
    folder: Path,
    policy: Policy,
    bank: QuestionBank,
    encoders: JoinedEncoder,
    report: Report = lambda line: None,
) -> dict[str, dict[str, float]]:
    """Figures of the highlighter as ``build`` makes it, and of one that learned nothing (another policy's first
    day). Empty for a policy without labelled questions.
    """
    labelled = load_labelled(folder / FILE, policy.clauses)
    if not labelled:
        return {}
    asked = _encoded([question.text for question in labelled], encoders)
    taught = [question for question in bank.answerable if question.marks]
    found: dict[str, dict[str, float]] = {}
    for name, lessons in (("", taught), ("learned nothing, ", [])):
        vectors = _encoded([question.text for question in lessons], encoders)
        highlighter = make_highlighter(policy, lessons, vectors, encoders, report)
        judged = judge(highlighter, labelled, asked, policy.clauses)
        found |= {name + part: figures for part, figures in summary(judged).items()}
    return found


def judge(
    highlighter: Highlighter,
    labelled: Sequence[LabelledQuestion],
    asked: Vectors,
    clauses: Mapping[str, Clause],
) -> list[Judgement]:
    """A judgement a question and language in which the clause has more than one sentence to choose from."""
    found = []
    for question, vector in zip(labelled, asked, strict=True):
        marked = highlighter.spans(question.clause_id, vector)
        for lang in LANGUAGES:
            text = clauses[question.clause_id].text.only(lang) or ""
            if len(spans(text)) < 2:
                continue
            wanted, marks = question.answers[lang], marked[lang]
            right = any(covers(marks[0], answer) for answer in wanted) if marks else not wanted
            share = sum(end - start for start, end in marks) / len(text)
            found.append(Judgement(question, lang, right, share))
    return found


def covers(mark: Span, quoted: Span) -> bool:
    return mark[0] <= quoted[0] and quoted[1] <= mark[1]


def summary(judged: Iterable[Judgement]) -> dict[str, dict[str, float]]:
    """For each half, by language of the text and of question and text: the share right, and how many there were.

    ``left alone`` counts apart, over both halves, the texts in which nothing should be marked.
    """
    found: dict[str, dict[str, float]] = {}
    listed = list(judged)
    some = [item for item in listed if item.question.answers[item.lang]]
    for half in (*HALVES, "all"):
        within = [item for item in some if half in ("all", half_of(item.question.clause_id))]
        figures = {"judged": float(len(within))}
        for lang in LANGUAGES:
            in_text = [item for item in within if item.lang == lang]
            figures[f"first mark right, {lang} text"] = _share(item.right for item in in_text)
            for asked_in in LANGUAGES:
                figures[f"{asked_in} question, {lang} text"] = _share(
                    item.right for item in in_text if item.question.lang == asked_in
                )
        for kind in sorted({item.question.kind for item in within}):
            figures[f"{kind} question"] = _share(item.right for item in within if item.question.kind == kind)
        figures["share of the text marked"] = _mean(item.marked_share for item in within)
        found[f"highlights, {half}"] = figures
    none = [item for item in listed if not item.question.answers[item.lang]]
    found["highlights, left alone"] = {
        "judged": float(len(none)),
        "share": _share(item.right for item in none),
    }
    return found


def half_of(clause_id: str) -> str:
    """Halves by clause, so that no sentence is in both; the preamble and its parts say the same."""
    family = "0" if clause_id.startswith("0") else clause_id
    return HALVES[(int(hashlib.sha256(family.encode()).hexdigest(), 16) + 1) % 2]


def _encoded(texts: Sequence[str], encoders: JoinedEncoder) -> Vectors:
    return encoders.encode([condensed(normalise(text)) for text in texts], "query")


def _share(values: Iterable[bool]) -> float:
    return _mean(float(value) for value in values)


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else 0.0
