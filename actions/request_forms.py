"""The request forms there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class RequestForm:
    """A form that ends in a filed request: its request type, the intent that starts it, and its own first steps.

    Every form goes on with `contact` and `confirmed`.
    """

    type: str
    intent: str
    first_steps: Tuple[str, ...] = ("scope",)

    @property
    def name(self) -> str:
        """Name in the domain."""
        return f"{self.type}_form"


DELETION = RequestForm("deletion", "request_deletion", ("scope", "ground"))
COPY = RequestForm("copy", "request_copy")
ACCOUNT_CLOSURE = RequestForm("account_closure", "request_account_closure", ("acknowledged",))
CORRECTION = RequestForm("correction", "request_correction")
CONSENT_WITHDRAWAL = RequestForm("consent_withdrawal", "withdraw_consent")
COMPLAINT = RequestForm("complaint", "complain")

FORMS = (DELETION, COPY, ACCOUNT_CLOSURE, CORRECTION, CONSENT_WITHDRAWAL, COMPLAINT)


def form_of_intent(intent: str) -> Optional[RequestForm]:
    """The form an intent starts, if any."""
    return next((form for form in FORMS if form.intent == intent), None)


def form_named(name: Optional[str]) -> Optional[RequestForm]:
    """The form of that name in the domain, if any."""
    return next((form for form in FORMS if form.name == name), None)
