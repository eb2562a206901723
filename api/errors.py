"""The product's errors; each carries its HTTP status and a stable code.

ClauseDeskError
├── InvalidRequest          422
├── NotAuthenticated        401
├── NotPermitted            403
├── NotFound                404
├── Conflict                409
├── PayloadTooLarge         413
├── TooManyRequests         429
└── Unavailable             503
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field; ``path`` is dotted, e.g. ``contact.value``."""

    path: str
    message: str


class ClauseDeskError(Exception):
    """An answer the caller should get instead of a result."""

    status = 500
    code = "internal_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields = tuple(fields)
        self.headers = dict(headers or {})


class InvalidRequest(ClauseDeskError):
    status = 422
    code = "invalid_request"


class NotAuthenticated(ClauseDeskError):
    status = 401
    code = "not_authenticated"


class NotPermitted(ClauseDeskError):
    status = 403
    code = "not_permitted"


class NotFound(ClauseDeskError):
    status = 404
    code = "not_found"


class Conflict(ClauseDeskError):
    status = 409
    code = "conflict"


class PayloadTooLarge(ClauseDeskError):
    status = 413
    code = "payload_too_large"


class TooManyRequests(ClauseDeskError):
    status = 429
    code = "too_many_requests"


class Unavailable(ClauseDeskError):
    status = 503
    code = "unavailable"
