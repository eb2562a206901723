"""The correction form."""

from __future__ import annotations

from actions.request_forms import CORRECTION
from actions.requests import ValidateRequestForm


class ValidateCorrectionForm(ValidateRequestForm):
    """Reads the answers to the form's questions."""

    form = CORRECTION
