"""The cold figures: how a policy without a bank is searched, beside each plain method on the same questions.

Measured twice: on policies of other companies with questions written for measuring alone, and on the articles of a
policy with a bank that the adapter has not seen (see ``adapter_training.halves``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.bank.questions import Question, QuestionBank
from knowledge.bank.relevance import acceptable, strict
from knowledge.bank.yaml_entries import entries
from knowledge.encoders.encoder import Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.encoders.progress import Report
from knowledge.errors import PolicyError
from knowledge.index.fusion import best_per_clause, fuse
from knowledge.index.lexical_index import Bm25Index
from knowledge.index.passages import passages
from knowledge.language import normalise
from knowledge.learning import adapter_training
from knowledge.models.adapter import Adapter, fitting_adapter
from knowledge.search.cold import ColdIndex, ColdSearch, build_cold_index
from knowledge.text.policy import Policy, load_policy
from knowledge.types import LANGUAGES, Clause

OTHERS = Path("tests/knowledge/policies")
SAMPLE = 1200


@dataclass(frozen=True)
class Asked:
    """A policy and the questions it is measured with, unanswerable ones among them."""

    clauses: Mapping[str, Clause]
    questions: tuple[Question, ...]


def evaluate_cold(
    policy: Policy,
    bank: QuestionBank,
    encoders: JoinedEncoder,
    report: Report,
    adapter: Adapter | None = None,
    others: Path = OTHERS,
) -> dict[str, Any]:
    """Figures by "<what>, <language>", each of them by method; none where no adapter knows the encoders.

    Other policies are left out where there are none.
    """
    found: dict[str, Any] = {}
    adapter = adapter or fitting_adapter(encoders)
    if adapter is None:
        report("Evaluation: no adapter for these encoders, hence no cold figures")
        return found
    for name, parts in (
        ("cold, unseen articles", _unseen(policy, bank, encoders, adapter, report)),
        ("cold, other policies", _others(others, encoders, adapter, report)),
    ):
        readings = [reading for part in parts for reading in part]
        for lang in LANGUAGES:
            own = [reading for reading in readings if reading.question.lang == lang]
            if own:
                found[f"{name}, {lang}"] = figures(own)
    return found


@dataclass(frozen=True)
class Reading:
    """A question with each method's first three clauses, and what the cold search decides where it is measured."""

    question: Question
    best: Mapping[str, tuple[str, ...]]
    answered: float | None = None
    outcome: str = ""


def figures(readings: Sequence[Reading]) -> dict[str, Any]:
    asked = [reading for reading in readings if reading.question.clause_ids]
    found: dict[str, Any] = {"questions": len(asked), "unanswerable": len(readings) - len(asked)}
    for method in readings[0].best:
        tops = [(reading.best[method], reading.question) for reading in asked]
        found[method] = {
            "accept@1": _share(acceptable(top[0], question) for top, question in tops),
            "strict@1": _share(strict(top[0], question) for top, question in tops),
            "strict@3": _share(any(strict(item, question) for item in top) for top, question in tops),
        }
    decided = [reading for reading in readings if reading.answered is not None]
    silent = [reading for reading in decided if not reading.question.clause_ids]
    if not decided or not silent or len(silent) == len(decided):
        return found
    from sklearn.metrics import roc_auc_score

    labels = [bool(reading.question.clause_ids) for reading in decided]
    found["auroc"] = round(float(roc_auc_score(labels, [reading.answered for reading in decided])), 4)
    for name, part in (("answerable", [r for r in decided if r.question.clause_ids]), ("silent", silent)):
        for outcome in ("answer", "ask_back", "not_in_policy"):
            found[f"{name}: {outcome}"] = _share(reading.outcome == outcome for reading in part)
    sure = [reading for reading in decided if reading.outcome == "answer"]
    found["answers that are right"] = _share(acceptable(r.best["cold"][0], r.question) for r in sure)
    return found


def read_questions(path: Path, clauses: Mapping[str, Clause]) -> tuple[Question, ...]:
    """Questions that quote words of the clauses that answer them. PolicyError for words that stand nowhere."""
    found = []
    for line, entry in entries(path):
        quotes, text, lang = entry.get("answers", []), entry.get("text"), entry.get("lang")
        if lang not in LANGUAGES or not isinstance(text, str) or not isinstance(quotes, list):
            raise PolicyError(
                "needs `lang`, `text` and, where it is answered, a list `answers`", line, path.name
            )
        try:
            answers = tuple(dict.fromkeys(_smallest(str(quote), clauses) for quote in quotes))
        except LookupError as problem:
            raise PolicyError(f"no clause has the words {problem}", line, path.name) from problem
        found.append(Question(text, lang, answers, (), str(entry.get("kind", "plain")), "cold"))
    return tuple(found)


def _smallest(quote: str, clauses: Mapping[str, Clause]) -> str:
    holding = [
        clause
        for clause in clauses.values()
        if any(quote in (clause.text.only(lang) or "") for lang in LANGUAGES)
    ]
    if not holding:
        raise LookupError(quote)
    return min(holding, key=lambda clause: len(clause.text.zh or clause.text.en or "")).id


def _others(
    folder: Path, encoders: JoinedEncoder, adapter: Adapter, report: Report
) -> Iterable[list[Reading]]:
    for path in sorted(folder.glob("questions/*.yml")):
        text = next(iter(sorted(folder.glob(f"{path.stem}.*"))), None)
        if text is None:
            raise PolicyError(f"there is no policy {path.stem} in {folder}", source=path.name)
        clauses = load_policy(text).clauses
        asked = Asked(clauses, read_questions(path, clauses))
        index = build_cold_index(clauses, encoders, adapter, report)
        raw = encoders.encode([normalise(question.text) for question in asked.questions], "query")
        yield _read(asked, raw, encoders, ColdSearch(index, adapter), decides=True)


def _unseen(
    policy: Policy, bank: QuestionBank, encoders: JoinedEncoder, adapter: Adapter, report: Report
) -> Iterable[list[Reading]]:
    """Each half of the articles as a policy of its own, read by a network that knows the other half."""
    clause_ids = list(policy.clauses)
    raw = adapter_training.encode_questions(bank.answerable, encoders, report)
    vectors = adapter.questions(raw, [question.lang for question in bank.answerable])
    wanted = adapter_training.wanted_clauses(bank.answerable, clause_ids)
    whole = build_cold_index(policy.clauses, encoders, adapter, report)
    parts = adapter_training.halves(clause_ids, wanted)
    for taught, tested in (parts, parts[::-1]):
        if not taught[0].any() or not tested[0].any():
            continue
        weights = adapter_training.train_network(
            vectors[taught[0]],
            wanted[taught[0]][:, taught[1]],
            adapter_training.middles(whole, encoders.blocks)[taught[1]],
            encoders.blocks,
            adapter_training.AdapterRecipe(),
        )
        kept = {
            clause_ids[column]: policy.clauses[clause_ids[column]] for column in np.flatnonzero(tested[1])
        }
        rows = np.flatnonzero(tested[0])
        rows = rows[:: max(1, len(rows) // SAMPLE)]
        asked = Asked(kept, tuple(bank.answerable[row] for row in rows))
        index = _part(whole, np.flatnonzero(tested[1]))
        search = ColdSearch(index, adapter_training.taught(adapter, weights))
        yield _read(asked, raw[rows], encoders, search, decides=False)


def _part(index: ColdIndex, columns: NDArray[np.int64]) -> ColdIndex:
    pieces = [index.vectors[index.starts[column] : index.starts[column + 1]] for column in columns]
    starts = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])])
    return replace(index, vectors=np.concatenate(pieces), starts=starts.astype(np.int64))


def _read(
    asked: Asked, raw: Vectors, encoders: JoinedEncoder, search: ColdSearch, decides: bool
) -> list[Reading]:
    ids = list(asked.clauses)
    plain = _plain(asked, raw, encoders)
    found = []
    for row, question in enumerate(asked.questions):
        reading = search.read(raw[row], question.lang)
        scores = {**{method: values[row] for method, values in plain.items()}, "cold": reading.shares}
        best = {
            method: tuple(ids[int(place)] for place in np.argsort(-values, kind="stable")[:3])
            for method, values in scores.items()
        }
        outcome = search.decide(reading.answered, reading.right)
        found.append(Reading(question, best, reading.answered if decides else None, outcome))
    return found


def _plain(asked: Asked, raw: Vectors, encoders: JoinedEncoder) -> dict[str, Vectors]:
    """(questions, clauses) by method: each plain one over the passages, and all of them added."""
    found = list(passages(asked.clauses))
    order = {clause_id: place for place, clause_id in enumerate(asked.clauses)}
    lexical = Bm25Index()
    lexical.add([passage.key for passage in found], [normalise(passage.text) for passage in found])
    scores: dict[str, list[Vectors]] = {}
    for question in asked.questions:
        hits = lexical.search(normalise(question.text), len(found))
        by_clause = ((hit.key.partition("|")[0], hit.score) for hit in hits)
        scores.setdefault("bm25", []).append(best_per_clause(by_clause, order))
    texts = [passage.text for passage in found]
    for name, encoder, asked_by in zip(("e5", "use"), encoders.encoders, encoders.split(raw), strict=True):
        likeness = asked_by @ encoder.encode(texts, "passage").T
        for row in likeness:
            pairs = zip((passage.clause_id for passage in found), map(float, row), strict=True)
            scores.setdefault(name, []).append(best_per_clause(pairs, order))
    whole = {name: np.stack(rows) for name, rows in scores.items()}
    whole["fused"] = np.stack(
        [fuse(row, (1.0, 0.5, 0.7)) for row in zip(whole["e5"], whole["use"], whole["bm25"], strict=True)]
    )
    return whole


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else 0.0
