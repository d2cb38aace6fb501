"""Errors as answers: our own as problem details (RFC 9457) or a page, a bug as 500 without its insides."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import quote

from flask import Flask, Response, current_app, make_response, request
from werkzeug.exceptions import HTTPException

from akegraph.errors import (
    AkegraphError,
    BadParameterError,
    StoreBusyError,
    UnknownQueryError,
    UnknownResourceError,
)
from akegraph.web.negotiation import negotiate
from akegraph.web.rendering import get_site, make_link, render

PROBLEM = "application/problem+json"
_SUGGESTIONS = 4


def register_problems(app: Flask) -> None:
    """Answer every error in one place."""
    app.register_error_handler(AkegraphError, _answer_ours)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_bug)


def close_matches(wanted: str, known: Iterable[str]) -> list[str]:
    """Return the known names that come close to one that is not known."""
    return difflib.get_close_matches(wanted, list(known), n=_SUGGESTIONS, cutoff=0.5)


def _answer_ours(error: AkegraphError) -> Response:
    status = error.http_status
    is_ordinary = isinstance(error, StoreBusyError) or status == HTTPStatus.GATEWAY_TIMEOUT
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not is_ordinary:
        current_app.logger.error("%s %s: %s", request.method, request.path, error)
    matches: list[tuple[str, str]] = []
    if isinstance(error, UnknownQueryError):
        matches = [(name, make_link(f"/queries/{quote(name)}")) for name in error.matches]
    elif isinstance(error, UnknownResourceError):
        matches = [(name, make_link(quote(name if name.startswith("/") else f"/{name}"))) for name in error.matches]
    elif isinstance(error, BadParameterError):
        matches = [(name, _address_with(error.name, name)) for name in error.matches]
    # what failed here without a name of its own may tell of files and processes: the log has it, the answer has not
    response = _answer(status, "" if status == HTTPStatus.INTERNAL_SERVER_ERROR else str(error), matches)
    if isinstance(error, StoreBusyError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _address_with(parameter: str, value: str) -> str:
    """Return the address asked for with another value of one parameter."""
    return make_link(quote(request.path), **{**request.args.to_dict(), parameter: value})


def _answer_http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        return make_response(error.get_response())
    matches = []
    if status == HTTPStatus.NOT_FOUND:
        known = {"/", "/queries/", "/sparql", "/ontology", "/shapes", "/dump.trig", "/void", "/graph-store", "/healthz"}
        known |= {f"/plan/{plan}" for plan in get_site().plans}
        matches = [(path, make_link(path)) for path in close_matches(request.path, known)]
    response = _answer(status, error.description or "", matches)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _answer_bug(error: Exception) -> Response:
    current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "", [])


def _answer(status: int, detail: str, matches: list[tuple[str, str]]) -> Response:
    title = HTTPStatus(status).phrase
    if negotiate(request.headers.get("Accept"), (PROBLEM, "text/html")) == "text/html":
        response = render("problem.html", status=status, detail=detail, matches=matches)
    else:
        body = {"type": "about:blank", "title": title, "status": status}
        if detail:
            body["detail"] = detail
        if matches:
            body["matches"] = [address for _, address in matches]
        response = make_response(json.dumps(body, ensure_ascii=False))
        response.content_type = PROBLEM
        response.vary.add("Accept")
    response.status_code = status
    return response
