"""What programs fetch whole: the dump, the shapes, the health and the figures of the service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, make_response, request

from akegraph.errors import EngineError
from akegraph.web.rendering import get_site
from akegraph.web.state import get_state

blueprint = Blueprint("machine", __name__)


@blueprint.get("/dump.trig")
def dump() -> Response:
    """Send the whole dataset with its named graphs."""
    response = make_response(get_site().dump())
    response.content_type = "application/trig"
    response.headers["Content-Disposition"] = "attachment; filename=akegraph.trig"
    return response


@blueprint.get("/shapes")
def shapes() -> Response:
    """Send the shapes as Turtle."""
    response = make_response(get_site().shapes)
    response.content_type = "text/turtle; charset=utf-8"
    return response


@blueprint.get("/healthz")
def health() -> Response:
    """Tell that the process lives and answers, whatever the store does."""
    return _say({"status": "ok", "plans": list(get_site().plans)}, is_well=True)


@blueprint.get("/readyz")
def readiness() -> Response:
    """Tell whether requests are to be sent here: the store answers, and nobody is ending it.

    A reload that failed is told, but what was loaded before goes on being served.
    """
    state, said = get_state(), {"status": "ok"}
    if state.is_ending or state.is_loading:
        said["status"] = "ending" if state.is_ending else "loading"
    else:
        try:
            if not get_site().store.ask("ASK { ?s ?p ?o }"):
                said["status"] = "empty"
        except EngineError as error:
            said = {"status": "failing", "detail": str(error)}
    if state.reload_problem:
        said["reload"] = state.reload_problem
    return _say(said, is_well=said["status"] == "ok")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Send the figures, for Prometheus."""
    body, content_type = get_state().metrics.write(request.headers.get("Accept", ""))
    response = make_response(body)
    response.content_type = content_type
    response.headers["Cache-Control"] = "no-store"
    return response


def _say(words: Mapping[str, object], *, is_well: bool) -> Response:
    response = make_response(json.dumps(words))
    response.content_type = "application/json"
    response.status_code = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
    response.headers["Cache-Control"] = "no-store"
    return response
