"""What somebody asks for, checked against the policy's promises before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.dsr.chain import canonical
from api.dsr.contacts import CONTACT_KINDS, Contact, normalise_contact
from api.dsr.promises import Promise
from api.errors import FieldProblem, InvalidRequest
from api.text import refuse_broken, without_controls

LANGUAGES = ("zh", "en")
SCOPE_CHARACTERS = 2000
# A conversation's words are limited when they arrive; addresses put in for placeholders may be 28 times as long.
CHAT_SCOPE_CHARACTERS = 28 * SCOPE_CHARACTERS


@dataclass(frozen=True, slots=True)
class Filing:
    """A request as it arrives; nothing is trusted yet."""

    type: str
    lang: str
    contact_kind: str
    contact_value: str
    scope: str | None = None
    ground: str | None = None
    guardian_for_child: bool = False
    confirm: bool = False
    session_id: str | None = None
    origin: str = "web"


@dataclass(frozen=True, slots=True)
class CheckedFiling:
    """A request that can be filed."""

    promise: Promise
    lang: str
    contact: Contact
    scope: str | None
    ground: str | None
    guardian_for_child: bool
    session_id: str | None
    origin: str
    policy_version: str = ""  # whose promise it is

    def asks_the_same(self, ground: str | None, scope: str | None, guardian_for_child: bool) -> bool:
        """Whether an open request of this type and contact says the same, but for white space and case."""
        return (self.ground, _folded(self.scope), self.guardian_for_child) == (
            ground,
            _folded(scope),
            guardian_for_child,
        )

    def body(self) -> str:
        """Equal for filings that ask for the same; it holds personal data, so only a keyed hash is kept."""
        return canonical(
            {
                "type": self.promise.type,
                "lang": self.lang,
                "contact": [self.contact.kind, self.contact.value],
                "scope": self.scope,
                "ground": self.ground,
                "guardian_for_child": self.guardian_for_child,
            }
        )


def check_filing(filing: Filing, promises: Mapping[str, Promise]) -> CheckedFiling:
    """Raises InvalidRequest that names every field at fault and repeats no value."""
    problems: list[FieldProblem] = []
    promise = promises.get(filing.type)
    if promise is None:
        problems.append(FieldProblem("type", f"must be one of: {', '.join(promises)}"))
    elif promise.needs_confirmation and not filing.confirm:
        problems.append(FieldProblem("confirm", "must be true: this cannot be undone"))
    if promise is not None and filing.ground is not None and filing.ground not in promise.ground_ids:
        problems.append(FieldProblem("ground", f"must be one of: {', '.join(promise.ground_ids) or 'none'}"))
    if filing.lang not in LANGUAGES:
        problems.append(FieldProblem("lang", "must be zh or en"))
    scope = _scope(filing, problems)
    contact = _contact(filing, problems)
    if problems or promise is None or contact is None:
        raise InvalidRequest("Some fields are missing or not valid.", fields=problems)
    return CheckedFiling(
        promise=promise,
        lang=filing.lang,
        contact=contact,
        scope=scope,
        ground=filing.ground,
        guardian_for_child=filing.guardian_for_child,
        session_id=filing.session_id,
        origin=filing.origin,
    )


def _contact(filing: Filing, problems: list[FieldProblem]) -> Contact | None:
    try:
        return normalise_contact(filing.contact_kind, filing.contact_value)
    except ValueError as problem:
        part = "value" if filing.contact_kind in CONTACT_KINDS else "kind"
        problems.append(FieldProblem(f"contact.{part}", str(problem)))
        return None


def _scope(filing: Filing, problems: list[FieldProblem]) -> str | None:
    most = SCOPE_CHARACTERS if filing.session_id is None else CHAT_SCOPE_CHARACTERS
    try:
        text = without_controls(refuse_broken(filing.scope or "")).strip()
    except ValueError as problem:
        problems.append(FieldProblem("scope", str(problem)))
        return None
    if len(text) > most:
        problems.append(FieldProblem("scope", f"must have at most {most} characters"))
    return text or None


def _folded(scope: str | None) -> str:
    return " ".join((scope or "").split()).casefold()
