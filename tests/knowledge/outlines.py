"""Small policies for tests: a text in, its clauses out."""

from __future__ import annotations

from knowledge.text.manifest import parse_manifest
from knowledge.text.policy import parse_policy
from knowledge.types import Clause


def clauses(text: str | bytes, *languages: str, **entries: object) -> dict[str, Clause]:
    """The clauses of a text in these languages, English if none is given."""
    manifest = {
        "id": "sample",
        "version": "1",
        "effective_date": "2024-01-01",
        "languages": list(languages or ("en",)),
        "title": {"zh": "示例政策", "en": "Sample Policy"},
    }
    data = text if isinstance(text, bytes) else text.encode()
    return dict(parse_policy(data, parse_manifest(manifest | entries)).clauses)


def texts(text: str | bytes, language: str = "en", **entries: object) -> dict[str, str]:
    return {id_: clause.text.get("en") for id_, clause in clauses(text, language, **entries).items()}


def labels(text: str, language: str = "en") -> list[str]:
    return [clause.label.get("en") for clause in clauses(text, language).values()]
