"""A query and the forms wished for → a response: the one that is kept, 304, or a new one."""

from __future__ import annotations

from flask import Response, make_response, request
from werkzeug.exceptions import BadRequest

from akegraph.errors import NotAcceptableError
from akegraph.store.base import FORMATS, Answer
from akegraph.web.caching import Request, client_has, content_type, get_answers, not_modified
from akegraph.web.finishing import KEPT
from akegraph.web.negotiation import rank
from akegraph.web.parameters import find_all, read_address
from akegraph.web.rendering import get_site

GRAPH_OFFERS = tuple(known.media_type for known in FORMATS if "graph" in known.kinds)
"""The forms of a graph."""

_GRAPH_NAMES = {known.name: known.media_type for known in FORMATS if "graph" in known.kinds}


def rank_graph(*others: str) -> tuple[str, ...]:
    """Sort the forms of a graph, and others, by what the request at hand wishes: ``format``, else ``Accept``.

    :raises BadRequest: if ``format`` is none
    :raises NotAcceptableError: if none fits
    """
    if name := next(filter(None, find_all(read_address(), "format")), None):
        if name not in _GRAPH_NAMES:
            raise BadRequest(f"format {name!r} is none of {', '.join(_GRAPH_NAMES)}")
        return (_GRAPH_NAMES[name],)
    accept = request.environ.get("HTTP_ACCEPT")
    if wishes := rank(accept, (*GRAPH_OFFERS, *others)):
        return wishes
    raise NotAcceptableError(f"{accept}: offered are {', '.join((*GRAPH_OFFERS, *others))}")


def answer(
    text: str,
    wishes: tuple[str, ...],
    default_graphs: tuple[str, ...] = (),
    named_graphs: tuple[str, ...] = (),
) -> Response:
    """Answer a query.

    :param wishes: media types, best first
    """
    store, answers = get_site().store, get_answers()
    asked = None
    if store.version is not None:
        asked = Request(store.version, text, default_graphs, named_graphs, wishes)
        if (held := answers.find(asked)) is not None:
            return held.respond(request.environ)
        if not asked.is_repeatable:
            asked = None
        elif "HTTP_IF_NONE_MATCH" in request.environ and client_has(asked.tag):
            return not_modified([*KEPT.items(), ("ETag", f'W/"{asked.tag}"')])
    found = store.query(text, accept=wishes, default_graphs=default_graphs, named_graphs=named_graphs)
    return send(found) if asked is None else answers.keep(asked, found, KEPT).respond(request.environ)


def send(answer: Answer) -> Response:
    """Make a response of a serialised answer; text is UTF-8."""
    response = make_response(answer.body)
    response.content_type = content_type(answer.media_type)
    response.vary.add("Accept")
    return response
