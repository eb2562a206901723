"""Builds everything a policy is searched with, from its text and its question bank.

The folder is made beside its place and moved there whole; it is left alone while its inputs are the same.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge.bank.questions import Question, QuestionBank
from knowledge.bank.relevance import acceptable
from knowledge.editions.edition_files import check_index
from knowledge.encoders.encoded import EncodedTexts
from knowledge.encoders.encoder import Encoding, Vectors
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.encoders.progress import Progress, Report, encode_all
from knowledge.encoders.vector_cache import remembering
from knowledge.errors import IndexMissing
from knowledge.index.lexical_index import Bm25Index
from knowledge.index.passages import passages
from knowledge.index.vector_index import new_index
from knowledge.index_files import MANIFEST, IndexUnreadable, alone, file_digest, read_whole, write_whole
from knowledge.language import normalise
from knowledge.learning import held_out, training
from knowledge.learning.highlight_training import make_highlighter
from knowledge.models import answerability
from knowledge.models.adapter import shipped_digest
from knowledge.models.neighbours import Neighbours
from knowledge.search.cold import build_cold
from knowledge.text.policy import Policy

RECIPE = 5  # raise it when the code below makes something else from the same inputs


def build(
    folder: Path,
    policy: Policy,
    bank: QuestionBank,
    encoders: JoinedEncoder,
    report: Report = lambda line: None,
    cache: Path | None = None,
) -> bool:
    """Make ``folder`` hold the index of ``policy``; False when it did already. A build that dies leaves the old one.

    With a folder for its vectors, ``cache``, the next build goes on from there and encodes only what is new.
    """
    inputs = fingerprint(policy, bank, encoders)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.with_name(f".{folder.name}.lock")):
        if _is_current(folder, inputs):
            return False
        draft = folder.with_name(f".{folder.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        with remembering(encoders, cache) as patient:
            _fill(draft, inputs, policy, bank, patient, report)
        _swap(draft, folder)
    report(f"Index: {len(policy.clauses)} clauses and {len(bank)} questions are ready")
    return True


def _fill(
    draft: Path, inputs: str, policy: Policy, bank: QuestionBank, encoders: JoinedEncoder, report: Report
) -> None:
    questions = (*bank.answerable, *bank.unanswerable)
    texts = encode_questions(questions, encoders, report)
    _build_similarity(draft, policy, bank, encoders, texts.vectors, report)
    has_ranker = bool(bank.answerable)
    if has_ranker:
        _build_ranker(draft, policy, questions, encoders, texts, report)
    else:
        build_cold(draft, policy.clauses, encoders, report)
    manifest = {
        "inputs": inputs,
        "encoder": encoders.fingerprint,
        "policy": policy.id,
        "version": policy.version,
        "clause_ids": list(policy.clauses),
        "has_ranker": has_ranker,
        "questions": len(bank),
        "files": {path.name: file_digest(path) for path in sorted(draft.iterdir())},
    }
    write_whole(draft / MANIFEST, json.dumps(manifest, indent=1).encode())


def fingerprint(policy: Policy, bank: QuestionBank, encoders: JoinedEncoder) -> str:
    """The SHA-256 of all that decides what ``build`` makes."""
    # The clauses, not the file alone: policy.yml says how the file is read.
    indexed = [(passage.key, passage.text) for passage in passages(policy.clauses)]
    parts = (
        str(RECIPE),
        policy.id,
        policy.version,
        policy.sha256,
        json.dumps([list(policy.clauses), indexed]),
        bank.sha256,
        encoders.fingerprint,
        repr(training.Recipe()),
        *(() if bank.answerable else (shipped_digest(),)),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _is_current(folder: Path, inputs: str) -> bool:
    try:
        check_index(folder)  # "build it again" is what a reader of a damaged folder is told
        return bool(json.loads(read_whole(folder / MANIFEST))["inputs"] == inputs)
    except (IndexMissing, IndexUnreadable, OSError, KeyError):
        return False


def _build_similarity(
    folder: Path,
    policy: Policy,
    bank: QuestionBank,
    encoders: JoinedEncoder,
    vectors: Vectors,
    report: Report,
) -> None:
    found = list(passages(policy.clauses))
    first = encoders.encoders[0]
    dense = new_index(first.dimension, len(found) + len(bank.answerable))
    dense.add(
        [passage.key for passage in found],
        encode_all(first, [passage.text for passage in found], "passage", report, "Index: encoding passages"),
    )
    lexical = Bm25Index()
    lexical.add([passage.key for passage in found], [normalise(passage.text) for passage in found])
    if bank.answerable:
        keys = [f"{question.clause_ids[0]}|q|{number}" for number, question in enumerate(bank.answerable)]
        dense.add(keys, encoders.split(vectors)[0][: len(keys)])
        lexical.add(keys, [normalise(question.text) for question in bank.answerable])
    dense.save(folder / "dense.index")
    lexical.save(folder / "lexical.index")
    answered = vectors[: len(bank.answerable)]
    make_highlighter(policy, bank.answerable, answered, encoders, report).save(folder / "sentences")


def _build_ranker(
    folder: Path,
    policy: Policy,
    questions: Sequence[Question],
    encoders: JoinedEncoder,
    texts: EncodedTexts,
    report: Report,
) -> None:
    clause_ids = list(policy.clauses)
    model = fit_answerability(
        questions, held_out.by_wording(questions, texts, clause_ids, encoders, report), clause_ids
    )
    ranker = training.train_ranker(
        questions, texts, clause_ids, encoders.blocks, encoders.fingerprint, report=report
    )
    ranker.save(folder / "ranker.npz")
    Neighbours.of(texts.vectors, [bool(question.clause_ids) for question in questions], encoders.blocks).save(
        folder / "neighbours.npz"
    )
    model.save(folder / "answerability.json")


def encode_questions(questions: Sequence[Question], encoders: JoinedEncoder, report: Report) -> EncodedTexts:
    """The questions as the ranker learns from them, with progress shown."""
    progress = Progress(report, "Index: encoding questions", len(questions))

    def encodings() -> Iterator[Encoding]:
        for done, question in enumerate(questions, 1):
            yield encoders.read(normalise(question.text), "query")
            progress.reached(done)

    return EncodedTexts.gather(encodings(), encoders.dimension, encoders.first.width)


def fit_answerability(
    questions: Sequence[Question], found: held_out.HeldOut, clause_ids: Sequence[str]
) -> answerability.Answerability:
    first = [clause_ids[int(position)] for position in found.probabilities[:, :-1].argmax(axis=1)]
    is_right = [acceptable(clause_id, question) for clause_id, question in zip(first, questions, strict=True)]
    is_answerable = [bool(question.clause_ids) for question in questions]
    return answerability.fit(found.features, is_answerable, is_right)


def _swap(draft: Path, folder: Path) -> None:
    aside = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        folder.rename(aside)
    draft.rename(folder)
    shutil.rmtree(aside, ignore_errors=True)
