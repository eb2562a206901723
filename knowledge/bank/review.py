"""reviewed.yml: for which text of each clause the bank was last reviewed, and the review of what is flagged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge.bank.questions import QuestionBank, load_bank
from knowledge.bank.standing import Record, Standing, Standings, known_names, text_fingerprint
from knowledge.errors import PolicyError
from knowledge.index_files import write_whole
from knowledge.text.manifest import read_yaml
from knowledge.text.policy import PolicyStore, load_store, policy_folder
from knowledge.types import LANGUAGES

FILE = "reviewed.yml"
_AT = "@"
_HEAD = """\
# The text of each clause for which its questions were last reviewed (twelve digits of its SHA-256), and before it
# those of older versions for which they hold as well. Written by `python -m knowledge review`;
# a question belongs to its texts, whatever number they have now.
"""
_FINGERPRINTS = re.compile(r"[0-9a-f]{12}( [0-9a-f]{12})*")


@dataclass(frozen=True)
class Holdings:
    """A policy folder's versions and its bank, and where the one stands in the other."""

    store: PolicyStore
    bank: QuestionBank
    record: Record
    standings: Standings

    def questions(self, version: str | None = None) -> QuestionBank:
        """The bank as it serves that version (the current one for None)."""
        return self.standings.bank(self.bank, self.store.get(version).version)

    def flagged(self) -> dict[str, tuple[Standing, int]]:
        return self.standings.flagged(self.bank)


def load_holdings(path: Path, store: PolicyStore | None = None) -> Holdings:
    """Read a policy folder, or a text alone, which has no bank.

    A clause that no version has is refused with file and line. Raises PolicyError.
    """
    store, folder = store or load_store(path), policy_folder(path)
    record = load_record(folder / FILE)
    bank = load_bank(folder, known_names(store, record))
    return Holdings(store, bank, record, Standings(store, record))


def load_record(path: Path) -> Record:
    """Name in the bank → fingerprints of its texts; empty without a file: nobody has recorded a review yet."""
    if not path.exists():
        return {}
    loaded = read_yaml(path)
    if not isinstance(loaded, dict):
        raise PolicyError("must map clause ids to fingerprints", source=path.name)
    for name, digits in loaded.items():
        if not isinstance(name, str) or not isinstance(digits, str) or not _FINGERPRINTS.fullmatch(digits):
            raise PolicyError(
                f"{name!r} must be a clause id in quotes with groups of twelve hex digits", source=path.name
            )
    return {name: tuple(digits.split()) for name, digits in loaded.items()}


def review(folder: Path, names: Iterable[str] | None) -> tuple[str, ...]:
    """Mark the questions of these clauses (None: of all) as reviewed for the current text; returns what was marked.

    Every id in the bank is brought up to the current numbering first: a clause that moved gets its new id, one that
    is gone its old id with the version that has it. Raises PolicyError for a clause with nothing to review.
    """
    held = load_holdings(folder)
    flagged = held.flagged()
    wanted = set(flagged) if names is None else _found(names, held)
    renamed = _renamed(held)
    for lang in LANGUAGES:
        _rename(folder / f"questions.{lang}.yml", renamed)
    record = _record(held, wanted, renamed)
    lines = [f'"{name}": "{" ".join(texts)}"\n' for name, texts in record.items()]
    write_whole(folder / FILE, (_HEAD + "".join(lines)).encode())
    return tuple(name for name in flagged if name in wanted)


def _found(names: Iterable[str], held: Holdings) -> set[str]:
    """The bank's names for clauses given by these or by their current ids."""
    flagged = held.flagged()
    by_id = {standing.clause_id: name for name, (standing, _) in flagged.items()}
    found = set()
    for name in names:
        wanted = name if name in flagged else by_id.get(name)
        if wanted is None:
            raise PolicyError(f"clause {name} has no questions that wait for a review", source=FILE)
        found.add(wanted)
    return found


def _renamed(held: Holdings) -> dict[str, str]:
    """Name → the name it is to have."""
    current = held.store.current.version
    found = {}
    for name in sorted({*_names(held.bank), *(name for name in held.record if _AT not in name)}):
        standing = held.standings.of(name, current)
        if standing.clause_id is not None:
            found[name] = standing.clause_id
        elif standing.home is not None:
            version, clause_id = standing.home
            found[name] = f"{clause_id}{_AT}{version}"
        elif name in _names(held.bank):
            reason = (
                f"clause {name} is gone and no kept version has its text: take its questions out of the bank"
            )
            raise PolicyError(reason, source=FILE)
    return {name: new for name, new in found.items() if name != new}


def _record(held: Holdings, wanted: set[str], renamed: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """For each clause in document order the texts its questions are good for, then those of older versions' clauses."""
    waiting = {name for name in held.flagged() if name not in wanted}
    names = {renamed.get(name, name): name for name in (*held.record, *_names(held.bank))}
    texts = {id_: text_fingerprint(clause) for id_, clause in held.store.current.clauses.items()}
    for name in names:
        if _AT in name:
            clause_id, _, version = name.partition(_AT)
            texts[name] = text_fingerprint(held.store.get(version).clause(clause_id))
    kept = {text_fingerprint(clause) for policy in held.store.versions for clause in policy.clauses.values()}
    record: dict[str, tuple[str, ...]] = {}
    for new_name, digits in texts.items():
        name = names.get(new_name, new_name)
        before = held.record.get(name, ())
        if name in waiting:
            if before and _AT not in new_name:
                record[new_name] = before
        elif _AT not in new_name or name in wanted or new_name in held.record:
            record[new_name] = (digits, *(text for text in before if text != digits and text in kept))
    return record


def _names(bank: QuestionBank) -> set[str]:
    return {name for question in bank.answerable for name in (*question.clause_ids, *question.also)}


def _rename(path: Path, renamed: Mapping[str, str]) -> None:
    """Put the new ids in the place of the old ones and leave every other character alone."""
    if not renamed or not path.exists():
        return
    text = path.read_text("utf-8")
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None  # it names a clause
    scalars = [
        scalar
        for entry in root.value
        for key, value in entry.value
        if key.value in ("clauses", "also")
        for scalar in value.value
        if scalar.value in renamed
    ]
    for scalar in reversed(scalars):
        start, end = scalar.start_mark.index, scalar.end_mark.index
        text = f'{text[:start]}"{renamed[scalar.value]}"{text[end:]}'
    write_whole(path, text.encode())
