"""Builds what an edition of a policy still lacks, and lets it serve in one step.

    read texts, notes, bank ─▶ one index a version, those that are there already left alone ─▶ each opened as proof
    ─▶ edition.json replaced ─▶ what nobody needs removed

Until edition.json is replaced the old edition serves, whatever happens; from then on the new one does.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from knowledge.bank.own_words import with_own_words
from knowledge.bank.review import Holdings, load_holdings
from knowledge.bank.review_report import review_lines
from knowledge.bank.standing import Standing
from knowledge.editions.build import build, fingerprint
from knowledge.editions.edition_files import (
    INDEXES,
    POINTER,
    Contents,
    IndexPlace,
    check_index,
    read_contents,
    sweep,
    sweep_drafts,
    texts_path,
)
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.encoders.progress import Report
from knowledge.errors import IndexMissing, IndexNotWritten
from knowledge.index_files import IndexUnreadable, alone, file_digest, write_whole
from knowledge.search.retriever import load_parts
from knowledge.text.notes import load_notes
from knowledge.text.policy import Policy, load_store, policy_folder
from knowledge.text.policy_json import dump_policies


def publish(
    root: Path,
    path: Path,
    encoders: JoinedEncoder,
    report: Report = lambda line: None,
    cache: Path | None = None,
) -> bool:
    """Let the policy of ``path`` with all its versions serve under ``root``; False when it did already.

    ``path`` is a policy folder, or a text alone. ``cache`` is a folder for vectors, see ``build``.
    Raises PolicyError for a policy or bank that cannot be read, and IndexNotWritten when there is no room or no right
    to write; then the old edition goes on serving.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with alone(root.with_name(f".{root.name}.lock")):
            try:
                sweep_drafts(root)
                return _publish(root, path, encoders, report, cache)
            except OSError:
                sweep_drafts(root)  # a full disk has use for the room
                raise
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise IndexNotWritten(
            f"the index in {root} could not be written: {reason}; an older one still serves"
        ) from problem


def _publish(root: Path, path: Path, encoders: JoinedEncoder, report: Report, cache: Path | None) -> bool:
    store, folder = load_store(path), policy_folder(path)
    texts = dump_policies(store, load_notes(folder / "notes.yml", store))
    held = load_holdings(folder, store)
    places = {
        policy.version: _index(root / INDEXES, policy, held, encoders, report, cache)
        for policy in reversed(store.versions)  # the current one first: it is what most wait for
    }
    digest = hashlib.sha256(texts).hexdigest()[:16]
    contents = Contents(
        policy=store.current.id,
        encoder=encoders.fingerprint,
        texts=digest,
        indexes={policy.version: places[policy.version] for policy in store.versions},
        flagged={name: _entry(*found) for name, found in held.flagged().items()},
    )
    is_new = not _serves(root, contents, texts)
    if is_new:
        write_whole(texts_path(root, digest), texts)
        write_whole(root / POINTER, contents.as_json())
        versions = ", ".join(contents.indexes)
        report(f"Index: {contents.policy} {versions} now serves as edition {contents.id}")
        for line in review_lines(held):
            report(line)
    sweep(root, contents)
    return is_new


def _index(
    indexes: Path, policy: Policy, held: Holdings, encoders: JoinedEncoder, report: Report, cache: Path | None
) -> IndexPlace:
    bank = with_own_words(held.questions(policy.version), policy)
    name = fingerprint(policy, bank, encoders)[:16]
    if build(indexes / name, policy, bank, encoders, report, cache):
        load_parts(indexes / name, encoders)  # what cannot be opened must not serve
    return IndexPlace(name, check_index(indexes / name))


def _serves(root: Path, contents: Contents, texts: bytes) -> bool:
    try:
        path = texts_path(root, contents.texts)
        return read_contents(root) == contents and file_digest(path) == hashlib.sha256(texts).hexdigest()
    except (IndexMissing, IndexUnreadable, FileNotFoundError):
        return False


def _entry(standing: Standing, questions: int) -> dict[str, object]:
    return {"fate": standing.fate, "now": standing.clause_id, "questions": questions}
