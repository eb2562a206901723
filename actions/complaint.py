"""The complaint form."""

from __future__ import annotations

from actions.request_forms import COMPLAINT
from actions.requests import ValidateRequestForm


class ValidateComplaintForm(ValidateRequestForm):
    """Reads the answers to the form's questions."""

    form = COMPLAINT
