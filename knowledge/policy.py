"""A policy version with its clauses, read from policy.md and policy.yml, and the store of versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from knowledge.clauses import build_clauses
from knowledge.decoding import decode
from knowledge.errors import PolicyError, UnknownClause, UnknownVersion
from knowledge.manifest import Manifest, RequestPromise, read_manifest
from knowledge.outline import parse_outline
from knowledge.parts import split_languages
from knowledge.source import read_lines
from knowledge.types import Bilingual, Clause, Language

__all__ = ["Policy", "PolicyStore", "RequestPromise", "load_policy", "load_store", "parse_policy"]


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy: clauses by id in document order, `sha256` the hex digest of its source."""

    id: str
    version: str
    effective_date: date
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
        ordered = sorted(policies, key=lambda policy: (policy.effective_date, policy.version))
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


def load_policy(folder: Path) -> Policy:
    """Reads `folder`/policy.yml and the text it names. Raises PolicyError naming file, line and reason."""
    manifest = read_manifest(folder / "policy.yml")
    source = folder / manifest.text
    try:
        data = source.read_bytes()
    except OSError as error:
        raise PolicyError(f"the text cannot be read: {error.strerror}", source=source.name) from error
    try:
        return parse_policy(data, manifest)
    except PolicyError as error:
        raise PolicyError(error.reason, error.line, error.source or source.name) from error


def load_store(folder: Path) -> PolicyStore:
    """The policy in `folder` with its other versions, one to a folder under versions/. Raises PolicyError."""
    others = sorted(manifest.parent for manifest in folder.glob("versions/*/policy.yml"))
    return PolicyStore(load_policy(version) for version in (*others, folder))


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
