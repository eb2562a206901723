"""An edition: a policy's texts, notes and one index a version, which were published together and serve together."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

from knowledge.editions.edition_files import (
    INDEXES,
    Contents,
    Hold,
    check_index,
    read_contents,
    texts_path,
)
from knowledge.encoders.joined_encoder import JoinedEncoder
from knowledge.errors import EncoderMismatch, KnowledgeError
from knowledge.index_files import IndexUnreadable, read_whole
from knowledge.search.retriever import Retriever, load_parts
from knowledge.text.notes import Notes
from knowledge.text.policy import Policy, PolicyStore
from knowledge.text.policy_json import load_policies


class Edition:
    """Immutable; whoever answers takes it once and answers from it to the end. Safe in several threads."""

    def __init__(
        self, id: str, store: PolicyStore, notes: Notes, open_retriever: Callable[[Policy], Retriever]
    ) -> None:
        self.id = id
        self.store = store
        self.notes = notes
        self._open_retriever = open_retriever
        self._retrievers: dict[str, Retriever] = {}
        self._opening = threading.Lock()

    def retriever(self, version: str | None = None) -> Retriever:
        """That version's, the current one's for None; read when it is first asked for and then kept.

        Raises UnknownVersion, IndexMissing or IndexUnreadable.
        """
        policy = self.store.get(version)
        with self._opening:
            found = self._retrievers.get(policy.version)
            if found is None:
                found = self._retrievers[policy.version] = self._open_retriever(policy)
        return found


def open_edition(root: Path, encoders: JoinedEncoder) -> Edition:
    """What serves under ``root`` now, every file of it checked and the current version's index read.

    Raises IndexMissing, IndexUnreadable, or EncoderMismatch when other encoders made it.
    """
    while True:
        contents = read_contents(root)
        try:
            return _open(root, contents, encoders)
        except KnowledgeError:
            # Replaced and swept away between two reads: then there is a newer one to open.
            if read_contents(root) == contents:
                raise
        except OSError as problem:
            raise IndexUnreadable(f"{root} cannot be read: {problem.strerror or problem}") from problem


def _open(root: Path, contents: Contents, encoders: JoinedEncoder) -> Edition:
    if contents.encoder != encoders.fingerprint:
        raise EncoderMismatch(f"the index in {root} was made by another encoder; build it again")
    store, notes = _texts(root, contents)
    folders = {version: root / INDEXES / place.folder for version, place in contents.indexes.items()}
    holds = {version: Hold(folder) for version, folder in folders.items()}
    for version, place in contents.indexes.items():
        check_index(folders[version], place.manifest)
    if set(folders) != {policy.version for policy in store.versions}:
        raise IndexUnreadable(f"the edition in {root} has not the versions of its texts; build it again")

    def open_retriever(policy: Policy) -> Retriever:
        parts = load_parts(folders[policy.version], encoders)
        if parts.clause_ids != tuple(policy.clauses):
            raise IndexUnreadable(f"{folders[policy.version]} is the index of other clauses")
        retriever = Retriever(encoders, parts)
        holds.pop(policy.version).release()  # it is in memory now
        return retriever

    edition = Edition(contents.id, store, notes, open_retriever)
    edition.retriever()
    return edition


def _texts(root: Path, contents: Contents) -> tuple[PolicyStore, Notes]:
    path = texts_path(root, contents.texts)
    data = read_whole(path)
    if hashlib.sha256(data).hexdigest()[: len(contents.texts)] != contents.texts:
        raise IndexUnreadable(f"{path} is damaged; build it again")
    try:
        return load_policies(data)
    except (ValueError, KeyError, TypeError) as problem:
        raise IndexUnreadable(f"{path} does not hold policies: {problem}") from problem
