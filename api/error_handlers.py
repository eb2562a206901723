"""One shape for every error answer: ``{"error": {"code", "message", "fields"}}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import Scope

from api.errors import ClauseDeskError, FieldProblem


class ErrorField(BaseModel):
    path: str
    message: str


class ErrorDetail(BaseModel):
    code: str
    message: str
    fields: list[ErrorField]


class ErrorBody(BaseModel):
    """The body of every answer from 400 on."""

    error: ErrorDetail


# What any route may answer; the codes are told apart by `error.code`.
RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorBody, "description": "Refused; `error.code` says why."},
    422: {"model": ErrorBody, "description": "The body or a parameter is not valid."},
    "5XX": {"model": ErrorBody, "description": "Something failed on our side."},
}

CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
    429: "too_many_requests",
}

log = structlog.get_logger(__name__)


def error_response(
    status: int,
    code: str,
    message: str,
    fields: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer of every failing route."""
    details = [{"path": field.path, "message": field.message} for field in fields]
    body = {"error": {"code": code, "message": message, "fields": details}}
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Handle the product's own errors, the framework's, and what nobody foresaw."""
    app.add_exception_handler(ClauseDeskError, _clausedesk_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unforeseen)


async def _clausedesk_error(_request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, ClauseDeskError)
    if problem.status >= 500:
        log.error("request failed", code=problem.code)
    return error_response(problem.status, problem.code, problem.message, problem.fields, problem.headers)


async def _validation_error(_request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, RequestValidationError)
    # The offending value is left out on purpose: it may be somebody's phone number.
    fields = [
        FieldProblem(
            ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0]), _message(error)
        )
        for error in problem.errors()
    ]
    if any(error["type"] == "json_invalid" for error in problem.errors()):
        return error_response(422, "invalid_json", "The body is not valid JSON.")
    return error_response(422, "invalid_request", "Some fields are missing or not valid.", fields)


def _message(error: Mapping[str, Any]) -> str:
    # Of an annotated string the length is checked outside, where the library takes it for a list of something.
    if error["type"] == "too_long" and isinstance(error.get("input"), str):
        return f"must have at most {error['ctx']['max_length']} characters"
    if error["type"] == "too_short" and isinstance(error.get("input"), str):
        return f"must have at least {error['ctx']['min_length']} characters"
    return str(error["msg"])


async def _http_error(_request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, HTTPException)
    code = CODES.get(problem.status_code, "error")
    return error_response(problem.status_code, code, str(problem.detail), headers=problem.headers)


async def _unforeseen(request: Request, problem: Exception) -> JSONResponse:
    return unforeseen(request.scope, problem)


def unforeseen(scope: Scope, problem: Exception) -> JSONResponse:
    """Log what nobody foresaw and answer 500; an exception's words may quote what a person typed, so none are used."""
    route = getattr(scope.get("route"), "path", None)
    log.error("unforeseen error", error=type(problem).__name__, place=place_of(problem), route=route)
    return error_response(500, "internal_error", "Something went wrong on our side.")


def place_of(problem: BaseException) -> str:
    """File and line where it was raised."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
