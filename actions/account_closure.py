"""The account closure form."""

from __future__ import annotations

from actions.request_forms import ACCOUNT_CLOSURE
from actions.requests import ValidateRequestForm


class ValidateAccountClosureForm(ValidateRequestForm):
    """Reads the answers to the form's questions."""

    form = ACCOUNT_CLOSURE
