"""Known defects of a policy's text, shown with the clauses they touch: notes.yml beside the policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from knowledge.errors import PolicyError
from knowledge.text.manifest import Entries, read_yaml
from knowledge.text.policy import PolicyStore, load_store
from knowledge.types import LANGUAGES, Bilingual

NoteKind = Literal["wrong_reference", "translation", "inconsistency", "layout"]


@dataclass(frozen=True, slots=True)
class Note:
    """One defect as told to the reader of one clause."""

    clause_id: str
    kind: NoteKind
    text: Bilingual


class Notes:
    """The notes of all versions of a policy."""

    def __init__(self, notes: Iterable[tuple[str, Note]]) -> None:
        """`notes` are pairs of version and note, in the order they are shown in."""
        self._by_clause: dict[tuple[str, str], list[Note]] = defaultdict(list)
        for version, note in notes:
            self._by_clause[version, note.clause_id].append(note)

    def for_clause(self, clause_id: str, version: str) -> tuple[Note, ...]:
        """The notes of a clause in that version, () if there are none."""
        return tuple(self._by_clause.get((version, clause_id), ()))

    def pairs(self) -> Iterator[tuple[str, Note]]:
        """Version and note, in the order they are shown in."""
        for (version, _), notes in self._by_clause.items():
            yield from ((version, note) for note in notes)

    def __len__(self) -> int:
        return sum(len(notes) for notes in self._by_clause.values())


def load_notes(path: Path, policies: PolicyStore | None = None) -> Notes:
    """Reads a notes.yml; a missing file means no notes. `policies` defaults to those of the file's folder.

    Raises PolicyError naming the entry if it is malformed, or names a version or clause that does not exist.
    """
    if not path.exists():
        return Notes(())
    store = load_store(path.parent) if policies is None else policies
    try:
        return parse_notes(read_yaml(path), store)
    except PolicyError as error:
        raise PolicyError(error.reason, error.line, path.name) from error


def parse_notes(loaded: object, policies: PolicyStore) -> Notes:
    """The notes in a loaded YAML document."""
    root = Entries(loaded, "")
    root.allow("notes")
    entries = root.get("notes")
    if not isinstance(entries, list):
        raise PolicyError("notes must be a list")
    return Notes(
        pair for i, entry in enumerate(entries, 1) for pair in _read(Entries(entry, f"note {i}"), policies)
    )


def _read(entry: Entries, policies: PolicyStore) -> Iterable[tuple[str, Note]]:
    entry.allow("clauses", "versions", "kind", "text")
    kind = entry.string("kind")
    if kind not in get_args(NoteKind):
        raise PolicyError(f"{entry.at('kind')} must be one of {', '.join(get_args(NoteKind))}, not {kind!r}")
    words = Entries(entry.get("text"), entry.at("text"))
    words.allow(*LANGUAGES)
    text = Bilingual(words.string("zh"), words.string("en"))
    known = {policy.version: policy for policy in policies.versions}
    for version in entry.strings("versions"):
        if version not in known:
            raise PolicyError(f"{entry.at('versions')} names version {version!r}, which does not exist")
        for clause_id in entry.strings("clauses"):
            if clause_id not in known[version].clauses:
                raise PolicyError(
                    f"{entry.at('clauses')} names clause {clause_id!r}, which version {version} does not have"
                )
            yield version, Note(clause_id, cast("NoteKind", kind), text)
