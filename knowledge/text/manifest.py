"""policy.yml: what differs from policy to policy, and which clause promises what to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import cast

import yaml

from knowledge.errors import PolicyError
from knowledge.types import LANGUAGES, Bilingual, Language

NO_TEXT = Bilingual(None, None)


@dataclass(frozen=True, slots=True)
class RequestPromise:
    """What the policy promises for one type of request. At most one of `days` and `working_days` is set.

    `clock_clause_id` is the clause that sets the clock (the request's own unless it has none),
    `ground_ids` the clauses of which a request of this type must name one, `self_service_id` the clause
    that says how to do it oneself.
    """

    type: str
    clause_id: str
    days: int | None
    working_days: int | None
    clock_clause_id: str
    ground_ids: tuple[str, ...] = ()
    self_service_id: str | None = None

    def mentioned_ids(self) -> Iterator[str]:
        yield from (self.clause_id, self.clock_clause_id, *self.ground_ids)
        if self.self_service_id is not None:
            yield self.self_service_id


@dataclass(frozen=True, slots=True)
class Manifest:
    """`text` is the file name of the Markdown text, `effective_date` None where it is unknown.

    `second_language_starts_with` and `articles_start_with` are the beginnings of lines, that where the second
    language starts and, per language, that of the first article, for texts in which they cannot be found.
    """

    id: str
    version: str
    effective_date: date | None
    languages: tuple[Language, ...]
    title: Bilingual
    text: str = "policy.md"
    second_language_starts_with: str | None = None
    articles_start_with: Bilingual = NO_TEXT
    requests: Mapping[str, RequestPromise] = field(default_factory=dict)


def read_manifest(path: Path) -> Manifest:
    """Raises PolicyError naming the file and the entry that is missing or wrong."""
    try:
        return parse_manifest(read_yaml(path))
    except PolicyError as error:
        raise PolicyError(error.reason, error.line, path.name) from error


def read_yaml(path: Path) -> object:
    """What a YAML file holds; PolicyError if it cannot be read."""
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise PolicyError(f"cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise PolicyError("is not valid YAML in UTF-8", mark.line + 1 if mark else None) from error


def parse_manifest(loaded: object) -> Manifest:
    """The manifest in a loaded YAML document."""
    entries = Entries(loaded, "")
    entries.allow(
        "id",
        "version",
        "effective_date",
        "languages",
        "title",
        "text",
        "second_language_starts_with",
        "articles_start_with",
        "requests",
    )
    languages = tuple(entries.strings("languages"))
    if not languages or len(set(languages)) < len(languages) or not set(languages) <= set(LANGUAGES):
        raise PolicyError(f"languages must list one or two of {', '.join(LANGUAGES)}")
    title = Entries(entries.get("title"), "title")
    starts = Entries(entries.get("articles_start_with", {}), "articles_start_with")
    requests = Entries(entries.get("requests", {}), "requests")
    return Manifest(
        id=entries.string("id"),
        version=entries.string("version"),
        effective_date=_date(entries),
        languages=cast("tuple[Language, ...]", languages),
        title=Bilingual(*(title.string(lang) if lang in languages else None for lang in LANGUAGES)),
        text=entries.string("text", "policy.md"),
        second_language_starts_with=entries.string("second_language_starts_with", "") or None,
        articles_start_with=Bilingual(*(starts.string(lang, "") or None for lang in LANGUAGES)),
        requests={
            kind: _promise(kind, Entries(requests.get(kind), f"requests.{kind}")) for kind in requests.names()
        },
    )


class Entries:
    """A YAML mapping read entry by entry, with errors that name the entry's path."""

    def __init__(self, loaded: object, path: str) -> None:
        if not isinstance(loaded, dict) or not all(isinstance(key, str) for key in loaded):
            raise PolicyError(f"{path or 'the file'} must be a mapping")
        self._entries: dict[str, object] = loaded
        self._path = path

    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def allow(self, *names: str) -> None:
        for name in self._entries:
            if name not in names:
                raise PolicyError(f"{self.at(name)} is not known; known are {', '.join(names)}")

    def at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def get(self, name: str, default: object = None) -> object:
        value = self._entries.get(name, default)
        if value is None:
            raise PolicyError(f"{self.at(name)} is missing")
        return value

    def string(self, name: str, default: str | None = None) -> str:
        value = self.get(name, default)
        if not isinstance(value, str) or not (value or default == ""):
            raise PolicyError(f"{self.at(name)} must be a text in quotes, not {value!r}")
        return value

    def strings(self, name: str, default: list[str] | None = None) -> list[str]:
        value = self.get(name, default)
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise PolicyError(f"{self.at(name)} must be a list of texts in quotes")
        return value

    def count(self, name: str) -> int | None:
        value = self._entries.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise PolicyError(f"{self.at(name)} must be a whole number of at least 1")
        return value


def _date(entries: Entries) -> date | None:
    value = entries.get("effective_date")
    if value == "unknown":
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    elif type(value) is date:
        return value
    raise PolicyError(f"effective_date must be a date like 2022-02-17 or unknown, not {value!r}")


def _promise(kind: str, entries: Entries) -> RequestPromise:
    entries.allow("clause", "clock", "grounds", "self_service")
    clause_id = entries.string("clause")
    clock = Entries(entries.get("clock"), entries.at("clock"))
    clock.allow("days", "working_days", "clause")
    days, working_days = clock.count("days"), clock.count("working_days")
    if (days is None) == (working_days is None):
        raise PolicyError(f"{entries.at('clock')} must have either days or working_days")
    return RequestPromise(
        type=kind,
        clause_id=clause_id,
        days=days,
        working_days=working_days,
        clock_clause_id=clock.string("clause", clause_id),
        ground_ids=tuple(entries.strings("grounds", [])),
        self_service_id=entries.string("self_service", "") or None,
    )
