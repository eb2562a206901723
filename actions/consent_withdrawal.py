"""The consent withdrawal form."""

from __future__ import annotations

from actions.request_forms import CONSENT_WITHDRAWAL
from actions.requests import ValidateRequestForm


class ValidateConsentWithdrawalForm(ValidateRequestForm):
    """Reads the answers to the form's questions."""

    form = CONSENT_WITHDRAWAL
