"""The copy form."""

from __future__ import annotations

from actions.request_forms import COPY
from actions.requests import ValidateRequestForm


class ValidateCopyForm(ValidateRequestForm):
    """Reads the answers to the form's questions."""

    form = COPY
