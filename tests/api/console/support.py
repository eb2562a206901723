"""Names and words the desk's tests share."""

from __future__ import annotations

SETUP_TOKEN = "the-one-time-token"
USERNAME = "mei"
PASSWORD = "correct horse battery"
SAFE = {"X-ClauseDesk-Request": "1"}
