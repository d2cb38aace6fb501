"""The machines' side: SPARQL 1.1 Protocol (query), the dump, the shapes, health.

The endpoint only reads: it takes one query, by GET, by POST of a form, or by POST of the query itself
(https://www.w3.org/TR/sparql11-protocol/, sections 2.1.1 to 2.1.3). Which of the client's media types fits the
kind of query, the store decides: only it knows the kind.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from akegraph.errors import NotAcceptableError
from akegraph.graph.iris import PREFIXES
from akegraph.store.base import FORMATS, Answer, decode_solutions, iri
from akegraph.web.lookups import bind_terms
from akegraph.web.negotiation import negotiate, rank
from akegraph.web.rendering import get_site, render
from akegraph.web.results import Table, make_table

blueprint = Blueprint("protocol", __name__)

OFFERS = tuple(
    dict.fromkeys([known.media_type for known in FORMATS] + [alias for known in FORMATS for alias in known.aliases])
)
"""What can be asked for; a client without a wish gets the formats' own names, never an alias."""
_GRAPH_OFFERS = tuple(known.media_type for known in FORMATS if "graph" in known.kinds)
_NAMES = {known.name: known.media_type for known in FORMATS}
_HTML = "text/html"
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_EXAMPLE_PREFIXES = ("ake", "skos")
_EXAMPLE = """
SELECT DISTINCT ?row ?activity ?level
WHERE {
  ?a a ake:Activity ;
     skos:prefLabel ?activity ;
     ake:hasParticipationLevel ?l ;
     ake:statedIn [ ake:rowNumber ?row ] .
  ?l skos:prefLabel ?level .
  FILTER(LANG(?level) = "fi")
}
ORDER BY ?row
"""


@dataclass(frozen=True, slots=True)
class ProtocolRequest:
    """A query as a client sent it; ``text`` is None where none was sent by GET."""

    text: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer one query, or show the form or the service description where there is none."""
    asked = _read_request()
    accept = request.headers.get("Accept")
    wants_page = negotiate(accept, (*OFFERS, _HTML)) == _HTML and asked.format is None
    if asked.text is None:
        return _show_form(_example()) if wants_page else _describe_service(accept)
    if wants_page:
        answer = _query(asked, (_NAMES["json"], _NAMES["turtle"]))
        return _show_form(asked.text, answer)
    wishes = (_NAMES[asked.format],) if asked.format else rank(accept, OFFERS)
    if not wishes:
        raise NotAcceptableError(f"{accept}: offered are {', '.join(known.media_type for known in FORMATS)}")
    return send(_query(asked, wishes))


def send(answer: Answer) -> Response:
    """Make a response of a serialised answer; text is UTF-8."""
    response = make_response(answer.body)
    is_text = answer.media_type.startswith("text/")
    response.content_type = f"{answer.media_type}; charset=utf-8" if is_text else answer.media_type
    response.vary.add("Accept")
    return response


def _read_request() -> ProtocolRequest:
    """Read the operation's parameters from where the protocol puts them.

    :raises BadRequest: unless there is exactly one query (or none, by GET)
    :raises UnsupportedMediaType: if a body is neither a form nor a query
    """
    if request.method != "POST":
        return _from_parameters(request.args, needs_query=False)
    if request.mimetype == _FORM:
        return _from_parameters(request.form, needs_query=True)
    if request.mimetype != _QUERY:
        raise UnsupportedMediaType(f"a POST to this address has the type {_FORM} or {_QUERY}")
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "us-ascii"}:
        raise UnsupportedMediaType("a query is sent as UTF-8")
    if "query" in request.args:
        raise BadRequest("a query is sent in the body or as the parameter 'query', not both")
    try:
        text = request.get_data(cache=False).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("the query is not UTF-8") from error
    parameters = request.args
    return ProtocolRequest(
        text,
        tuple(parameters.getlist("default-graph-uri")),
        tuple(parameters.getlist("named-graph-uri")),
        _format(parameters),
    )


def _from_parameters(parameters: MultiDict[str, str], *, needs_query: bool) -> ProtocolRequest:
    queries = parameters.getlist("query")
    if "update" in parameters:
        raise BadRequest("this endpoint only reads; there is no update")
    if len(queries) > 1 or (needs_query and not queries):
        raise BadRequest(f"exactly one parameter 'query' is needed, {len(queries)} were sent")
    if any("\ufffd" in text for text in queries):
        raise BadRequest("the query is not UTF-8")
    return ProtocolRequest(
        queries[0] if queries else None,
        tuple(parameters.getlist("default-graph-uri")),
        tuple(parameters.getlist("named-graph-uri")),
        _format(parameters),
    )


def _format(parameters: MultiDict[str, str]) -> str | None:
    """Return the short name of a format asked for by address, for links and browsers."""
    name = parameters.get("format") or None
    if name is not None and name not in _NAMES:
        raise BadRequest(f"format {name!r} is none of {', '.join(_NAMES)}")
    return name


def _query(asked: ProtocolRequest, accept: Sequence[str]) -> Answer:
    return get_site().store.query(
        asked.text or "", accept=accept, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs
    )


def _example() -> str:
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in _EXAMPLE_PREFIXES) + _EXAMPLE


def _show_form(text: str, answer: Answer | None = None) -> Response:
    """Show the form, and the answer below it where there is one."""
    table: Table | None = None
    truth: bool | None = None
    if answer is not None and answer.kind == "select":
        table = make_table(decode_solutions(answer.body))
    elif answer is not None and answer.kind == "ask":
        truth = bool(json.loads(answer.body)["boolean"])
    graph = answer.body.decode() if answer is not None and answer.kind == "graph" else None
    formats = [known.name for known in FORMATS if answer is not None and answer.kind in known.kinds]
    return render(
        "sparql.html", text=text, table=table, truth=truth, graph=graph, formats=formats, prefixes=sorted(PREFIXES)
    )


def _describe_service(accept: str | None) -> Response:
    wishes = rank(accept, _GRAPH_OFFERS)
    if not wishes:
        raise BadRequest("the parameter 'query' is missing")
    text = bind_terms("service", endpoint=[iri(request.base_url)])
    return send(get_site().store.query(text, accept=wishes))


@blueprint.get("/dump.trig")
def dump() -> Response:
    """Send the whole dataset with its named graphs."""
    response = make_response(get_site().trig)
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
    """Tell whether the store answers."""
    alive = get_site().store.ask("ASK { ?s ?p ?o }")
    response = make_response(json.dumps({"status": "ok" if alive else "empty", "plans": list(get_site().plans)}))
    response.content_type = "application/json"
    response.status_code = 200 if alive else 503
    response.headers["Cache-Control"] = "no-store"
    return response
