"""What can go wrong in the library.

KnowledgeError
├── PolicyError        a policy folder cannot be read: names the file or line, and the reason
├── UnknownClause      no such clause in that version (also a LookupError)
├── UnknownVersion     no such version of the policy (also a LookupError)
├── EncoderMismatch    an index was made by another encoder than the one that asks
├── EncoderMissing     the encoder's files are not there
├── IndexMissing       the index has not been built
└── IndexNotWritten    there is no room or no right to write the index
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Root of every error this package raises on purpose."""


class PolicyError(KnowledgeError):
    """A policy cannot be read. `line` is the source line from 1, or None where no one line is to blame."""

    def __init__(self, reason: str, line: int | None = None, source: str | None = None) -> None:
        self.reason = reason
        self.line = line
        self.source = source
        where = ":".join(str(part) for part in (source, line) if part is not None)
        super().__init__(f"{where}: {reason}" if where else reason)


class UnknownClause(KnowledgeError, LookupError):
    def __init__(self, clause_id: str, version: str) -> None:
        self.clause_id = clause_id
        self.version = version
        super().__init__(f"no clause {clause_id!r} in version {version}")


class UnknownVersion(KnowledgeError, LookupError):
    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(f"no version {version!r} of this policy")


class EncoderMismatch(KnowledgeError):
    """The index's fingerprint and the encoder's differ; the index must be built again."""


class EncoderMissing(KnowledgeError):
    """The encoder's files are not where they were looked for."""


class IndexMissing(KnowledgeError):
    """The index has not been built yet."""


class IndexNotWritten(KnowledgeError):
    """A build could not write; what served before still does."""
