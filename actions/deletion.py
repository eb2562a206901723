"""The deletion form."""

from __future__ import annotations

from actions.request_forms import DELETION
from actions.requests import ValidateRequestForm


class ValidateDeletionForm(ValidateRequestForm):
    """Reads the answers to the form's questions."""

    form = DELETION
