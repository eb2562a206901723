"""A policy version with its clauses, read from policy.md and policy.yml, and the store of versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from knowledge.errors import PolicyError, UnknownClause, UnknownVersion
from knowledge.text.clauses import build_clauses
from knowledge.text.decoding import decode
from knowledge.text.guess import guess_manifest
from knowledge.text.manifest import Manifest, RequestPromise, read_manifest
from knowledge.text.outline import parse_outline
from knowledge.text.parts import split_languages
from knowledge.text.source import read_lines
from knowledge.types import Bilingual, Clause, Language

__all__ = ["Policy", "PolicyStore", "RequestPromise", "load_policy", "load_store", "parse_policy"]

MANIFEST = "policy.yml"


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy: clauses by id in document order, `sha256` the hex digest of its source.

    `effective_date` is None where nobody has said it.
    """

    id: str
    version: str
    effective_date: date | None
    sha256: str
    languages: tuple[Language, ...]
    title: Bilingual
    clauses: Mapping[str, Clause]
    requests: Mapping[str, RequestPromise]

    def clause(self, clause_id: str) -> Clause:
        """Raises UnknownClause."""
        try:
            return self.clauses[clause_id]
        except KeyError:
            raise UnknownClause(clause_id, self.version) from None

    def articles(self) -> tuple[Clause, ...]:
        """The clauses of the outermost level, the preamble first."""
        return tuple(clause for clause in self.clauses.values() if clause.parent_id is None)


class PolicyStore:
    """Versions of one policy; the current one is the one in force last."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        ordered = sorted(policies, key=lambda policy: (policy.effective_date or date.min, policy.version))
        if not ordered:
            raise PolicyError("a policy store needs at least one version")
        self._by_version = {policy.version: policy for policy in ordered}
        if len(self._by_version) < len(ordered) or len({policy.id for policy in ordered}) > 1:
            raise PolicyError("the versions of a policy store must differ in version and agree in id")

    @property
    def current(self) -> Policy:
        return next(reversed(self._by_version.values()))

    @property
    def versions(self) -> tuple[Policy, ...]:
        """All versions, oldest first."""
        return tuple(self._by_version.values())

    def get(self, version: str | None = None) -> Policy:
        """That version, or the current one for None; raises UnknownVersion."""
        if version is None:
            return self.current
        try:
            return self._by_version[version]
        except KeyError:
            raise UnknownVersion(version) from None


def load_policy(path: Path) -> Policy:
    """Reads the policy folder `path`, or a text that no policy.yml stands beside, guessing what that would say.

    Raises PolicyError naming file, line and reason.
    """
    if (bare := bare_text(path)) is not None:
        return _load_bare(bare)
    folder = policy_folder(path)
    manifest = read_manifest(folder / MANIFEST)
    source = folder / manifest.text
    with naming(source.name):
        return parse_policy(read_text(source), manifest)


def load_store(path: Path) -> PolicyStore:
    """The policy of `path` with its other versions, one to a folder under versions/. Raises PolicyError."""
    if bare_text(path) is not None:
        return PolicyStore([load_policy(path)])
    folder = policy_folder(path)
    others = sorted(manifest.parent for manifest in folder.glob(f"versions/*/{MANIFEST}"))
    return PolicyStore(load_policy(version) for version in (*others, folder))


def bare_text(path: Path) -> Path | None:
    """`path` itself if it is a text that no policy.yml beside it claims."""
    return path if path.is_file() and policy_folder(path) == path else None


def policy_folder(path: Path) -> Path:
    """The folder of a text that the policy.yml beside it claims; any other path as it is.

    PolicyError for a file that is not there, or a policy.yml that cannot be read.
    """
    if path.suffix and not path.exists():
        raise PolicyError("there is no such file", source=str(path))
    if not path.is_file() or not path.with_name(MANIFEST).is_file():
        return path
    return path.parent if read_manifest(path.with_name(MANIFEST)).text == path.name else path


def read_text(source: Path) -> bytes:
    """The bytes of a policy's text; PolicyError if they cannot be read."""
    try:
        return source.read_bytes()
    except OSError as error:
        raise PolicyError(f"the text cannot be read: {error.strerror}", source=source.name) from error


def _load_bare(source: Path) -> Policy:
    with naming(source.name):
        data = read_text(source)
        manifest = guess_manifest(data, source.name).manifest
        try:
            return parse_policy(data, manifest)
        except PolicyError as error:
            if len(manifest.languages) == 1:
                raise
            said = " and ".join(manifest.languages)
            reason = (
                f"{error.reason}; it was taken to be in {said}, as no {MANIFEST} beside it says otherwise"
            )
            raise PolicyError(reason, error.line, error.source) from error


@contextmanager
def naming(source: str) -> Iterator[None]:
    """Lets a PolicyError that names no file name this one."""
    try:
        yield
    except PolicyError as error:
        raise PolicyError(error.reason, error.line, error.source or source) from error


def parse_policy(data: bytes, manifest: Manifest) -> Policy:
    """The policy in `data`, the bytes of its Markdown text."""
    parts = split_languages(
        read_lines(decode(data)), manifest.languages, manifest.second_language_starts_with
    )
    outlines = {
        lang: parse_outline(lines, manifest.title.only(lang), manifest.articles_start_with.only(lang))
        for lang, lines in parts.items()
    }
    clauses = build_clauses(outlines)
    _check_requests(manifest, clauses)
    return Policy(
        id=manifest.id,
        version=manifest.version,
        effective_date=manifest.effective_date,
        sha256=hashlib.sha256(data).hexdigest(),
        languages=manifest.languages,
        title=manifest.title,
        clauses=MappingProxyType(clauses),
        requests=MappingProxyType(dict(manifest.requests)),
    )


def _check_requests(manifest: Manifest, clauses: Mapping[str, Clause]) -> None:
    for promise in manifest.requests.values():
        for clause_id in promise.mentioned_ids():
            if clause_id not in clauses:
                reason = f"requests.{promise.type} names clause {clause_id!r}, which the text does not have"
                raise PolicyError(reason, source="policy.yml")
