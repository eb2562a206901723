"""What a policy's text tells about itself where no policy.yml does: name, version, date, languages, title."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.errors import PolicyError
from knowledge.language import han_count, latin_word_count, normalise
from knowledge.text.dates import find_dates
from knowledge.text.decoding import decode
from knowledge.text.manifest import Manifest
from knowledge.text.parts import line_language, split_languages
from knowledge.text.source import Line, read_lines
from knowledge.types import LANGUAGES, Bilingual, Language

# A language is the policy's own from this share of its words on; below it, it is quoted.
_OWN_LANGUAGE = 0.25
# Where the date of a version stands: near the top, or at the very end.
_TOP, _END = 40, 20
_LONGEST_DATE_LINE, _LONGEST_TITLE = 200, 120
_IN_FORCE = re.compile(r"生效|施行|实施|effective|in force|applicable|applies|takes effect", re.IGNORECASE)
_CHANGED = re.compile(
    r"更新|发布|修订|修改|版本|updated|revis|modified|published|version|changed|dated", re.IGNORECASE
)
_SENTENCE_END = tuple("。；;.!！？，,、:：")
_SCRIPTS = re.compile("[\u0370-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Guess:
    """A manifest made from the text, and for each of its entries where it was taken from."""

    manifest: Manifest
    reasons: dict[str, str]

    def as_yaml(self) -> str:
        """The same as a policy.yml, the reasons as its comments."""
        manifest = self.manifest
        title = {lang: text for lang, text in manifest.title.as_dict().items() if text is not None}
        values = {
            "id": _quoted(manifest.id),
            "version": _quoted(manifest.version),
            "effective_date": str(manifest.effective_date or "unknown"),
            "languages": f"[{', '.join(manifest.languages)}]",
            "title": "{" + ", ".join(f"{lang}: {_quoted(text)}" for lang, text in title.items()) + "}",
            "text": _quoted(manifest.text),
        }
        return "".join(f"{name}: {value}{self._comment(name)}\n" for name, value in values.items())

    def _comment(self, name: str) -> str:
        return f"  # {self.reasons[name]}" if name in self.reasons else ""


def guess_manifest(data: bytes, name: str) -> Guess:
    """The manifest of the text in `data`, whose file is called `name`.

    Raises PolicyError for what is no text, and for a text in neither of the languages served.
    """
    lines = read_lines(decode(data))
    languages = _languages(lines)
    dates = _dates(lines)
    reasons = {"id": "the file's name", "languages": "the scripts of its lines"}
    stem = re.sub(r"[^\w-]+", "-", Path(name).stem.casefold()).strip("-_") or "policy"
    changed = dates.get("changed") or dates.get("plain") or dates.get("in force")
    in_force = dates.get("in force") or dates.get("plain") or dates.get("changed")
    version = str(changed[1]) if changed else f"sha-{hashlib.sha256(data).hexdigest()[:8]}"
    reasons["version"] = _quote(changed[0]) if changed else "the text's SHA-256, as no line of it has a date"
    reasons["effective_date"] = _quote(in_force[0]) if in_force else "no line of the text has a date"
    titles: dict[Language, str] = {}
    for lang, part in split_languages(lines, languages).items():
        found = _title(part)
        titles[lang] = found.text if found else stem
        told = _quote(found) if found else "the file's name, as the text begins with no title"
        reasons["title"] = f"{reasons['title']}; {told}" if "title" in reasons else told
    manifest = Manifest(
        id=stem,
        version=version,
        effective_date=in_force[1] if in_force else None,
        languages=languages,
        title=Bilingual(titles.get("zh"), titles.get("en")),
        text=name,
    )
    return Guess(manifest, reasons)


def _languages(lines: Sequence[Line]) -> tuple[Language, ...]:
    """The languages that hold a good part of the text each, in the order in which they begin."""
    weights: Counter[Language] = Counter()
    foreign = 0
    for line in lines:
        foreign += len(_SCRIPTS.findall(line.text))
        if (lang := line_language(line)) is not None:
            # A word says about as much as two characters.
            weights[lang] += han_count(line.text) if lang == "zh" else 2 * latin_word_count(line.text)
    if foreign > sum(weights.values()):
        raise PolicyError(
            "the text is in neither Chinese nor English, the languages that can be searched", lines[0].number
        )
    own = [lang for lang in LANGUAGES if weights[lang] >= _OWN_LANGUAGE * sum(weights.values()) > 0]
    own.sort(key=lambda lang: next(i for i, line in enumerate(lines) if line_language(line) == lang))
    return tuple(own) or ("zh",)


def _dates(lines: Sequence[Line]) -> dict[str, tuple[Line, date]]:
    """The first date each that says when the text comes into force, when it changed, and that says neither."""
    found: dict[str, tuple[Line, date]] = {}
    nearby = [*lines[:_TOP], *lines[max(_TOP, len(lines) - _END) :]]
    for line in nearby:
        if len(line.text) > _LONGEST_DATE_LINE:
            continue
        text, dates = normalise(line.text), find_dates(line.text)
        for kind, word in (("in force", _IN_FORCE), ("changed", _CHANGED)):
            if dates and kind not in found and (said := word.search(text)):
                after = [day for at, day in dates if at > said.start()]
                found[kind] = (line, after[0] if after else dates[0][1])
        is_bare = (
            not text.endswith(_SENTENCE_END) and not _IN_FORCE.search(text) and not _CHANGED.search(text)
        )
        if dates and "plain" not in found and is_bare:
            found["plain"] = (line, dates[0][1])
    return found


def _title(lines: Sequence[Line]) -> Line | None:
    """The first line if it is a heading, or short and no sentence, number or date."""
    first = lines[0]
    text = first.text
    if first.depth and not first.markers():
        return first
    is_short = len(text) <= _LONGEST_TITLE and "\n" not in text and not text.endswith(_SENTENCE_END)
    return first if is_short and not first.kind and not first.markers() and not find_dates(text) else None


def _quote(line: Line) -> str:
    shown = line.text if len(line.text) <= 60 else f"{line.text[:60]}…"
    return f"line {line.number}: {' '.join(shown.split())}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
