"""SPARQL 1.1 Protocol, the query operation; the update operation is refused.

The endpoint only reads: it takes one query, by GET, by POST of a form, or by POST of the query itself
(https://www.w3.org/TR/sparql11-protocol/, sections 2.1.1 to 2.1.3). Which of the client's media types fits the
kind of query, the store decides: only it knows the kind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, Forbidden

from akegraph.errors import NotAcceptableError
from akegraph.graph.iris import PREFIXES
from akegraph.store.base import FORMATS, Answer, decode_solutions
from akegraph.web.answering import GRAPH_OFFERS, answer
from akegraph.web.answering import send as send
from akegraph.web.description import describe_service
from akegraph.web.negotiation import rank
from akegraph.web.parameters import (
    ACCEPT_POST,
    FORM,
    QUERY,
    UPDATE,
    Parameters,
    RefusedBodyError,
    find_all,
    parse_address,
    read_form,
    read_text,
)
from akegraph.web.rendering import get_site, render
from akegraph.web.results import Table, make_table

blueprint = Blueprint("protocol", __name__)

OFFERS = tuple(
    dict.fromkeys([known.media_type for known in FORMATS] + [alias for known in FORMATS for alias in known.aliases])
)
"""What can be asked for; a client without a wish gets the formats' own names, never an alias."""
_HTML = "text/html"
_ALL_OFFERS = (*OFFERS, _HTML)
_NAMES = {known.name: (known.media_type,) for known in FORMATS}
_MEDIA_TYPES = {
    **_NAMES,
    **{media_type: (media_type,) for media_type in OFFERS},
    # as the libraries for Python and JavaScript write them, whatever the kind of query
    "json": (*_NAMES["json"], *_NAMES["jsonld"]),
    "xml": (*_NAMES["xml"], *_NAMES["rdfxml"]),
    "json-ld": _NAMES["jsonld"],
    "n3": _NAMES["turtle"],
    "rdf": _NAMES["rdfxml"],
    "rdf+xml": _NAMES["rdfxml"],
}
"""What ``format`` can be, and the media types it stands for."""
_LARGEST_SHOWN = 1 << 19
"""Bytes of an answer that a page shows; a larger one would take long to make and to show."""
_REMEMBERED = 4096
"""Characters of an address that is short enough to be remembered."""
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
    """A query as a client sent it; ``text`` is None where none was sent by GET.

    :param formats: the media types asked for by address, for links and browsers; empty where none were
    """

    text: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    formats: tuple[str, ...]


@blueprint.route("/sparql", methods=["GET", "POST"], strict_slashes=False)
def sparql() -> Response:
    """Answer one query, or show the form or the service description where there is none."""
    asked = _read_request()
    accept = request.environ.get("HTTP_ACCEPT")
    wishes = asked.formats or rank(accept, _ALL_OFFERS)
    if wishes and wishes[0] == _HTML:
        return _show_page(asked)
    if asked.text is None:
        if not (wishes := asked.formats or rank(accept, GRAPH_OFFERS)):
            raise BadRequest("the parameter 'query' is missing")
        return describe_service(wishes)
    if not wishes:
        raise NotAcceptableError(f"{accept}: offered are {', '.join(known.media_type for known in FORMATS)}")
    return answer(asked.text, wishes, asked.default_graphs, asked.named_graphs)


def _read_request() -> ProtocolRequest:
    """Read the operation's parameters from where the protocol puts them.

    :raises BadRequest: unless there is exactly one query (or none, by GET)
    :raises Forbidden: if it is an update
    :raises RefusedBodyError: if a body is neither a form nor a query, or neither plain nor UTF-8
    """
    raw = request.environ.get("QUERY_STRING", "")
    if request.method != "POST":
        return _read_short(raw) if len(raw) <= _REMEMBERED else _read_address(raw)
    parameters = [*parse_address(raw)]
    if request.mimetype == FORM:
        # the graphs of a request hold wherever they are named: to answer over others would be wrong and unseen
        return _make_request([*parameters, *read_form()], is_post=True)
    if request.mimetype == UPDATE:
        read_text()
        raise _read_only()
    if request.mimetype != QUERY:
        raise RefusedBodyError(f"a POST to this address has the type {FORM} or {QUERY}", Accept_Post=ACCEPT_POST)
    return _make_request([*parameters, ("query", read_text())], is_post=True)


def _read_address(raw: str) -> ProtocolRequest:
    return _make_request(parse_address(raw), is_post=False)


_read_short = lru_cache(maxsize=512)(_read_address)
"""The requests that come again and again are read once."""


def _make_request(parameters: Parameters, *, is_post: bool) -> ProtocolRequest:
    """Check the parameters of a query; those that nobody knows are nobody's concern."""
    queries = find_all(parameters, "query")
    if updates := find_all(parameters, "update"):
        if queries or len(updates) > 1 or not is_post:
            raise BadRequest("an update is one parameter 'update', sent alone and by POST; this endpoint only reads")
        raise _read_only()
    if len(queries) > 1 or (is_post and not queries):
        raise BadRequest(
            f"exactly one query is needed, as the parameter 'query' or as the body; {len(queries)} were sent"
        )
    formats = next(filter(None, find_all(parameters, "format")), None)
    if formats is not None and formats not in _MEDIA_TYPES:
        raise BadRequest(f"format {formats!r} is none of {', '.join(_NAMES)}")
    return ProtocolRequest(
        queries[0] if queries else None,
        find_all(parameters, "default-graph-uri"),
        find_all(parameters, "named-graph-uri"),
        _MEDIA_TYPES[formats] if formats is not None else (),
    )


def _read_only() -> Forbidden:
    return Forbidden("this endpoint only reads; what it holds is changed in the files it is built from")


def _show_page(asked: ProtocolRequest) -> Response:
    """Show the form, and the answer below it where there is a query."""
    if asked.text is None:
        return _show_form(_example())
    found = get_site().store.query(
        asked.text,
        accept=(*_NAMES["json"], *_NAMES["turtle"]),
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
    )
    return _show_form(asked.text, found)


def _example() -> str:
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in _EXAMPLE_PREFIXES) + _EXAMPLE


def _show_form(text: str, found: Answer | None = None) -> Response:
    table: Table | None = None
    truth: bool | None = None
    megabytes = len(found.body) / 1e6 if found is not None and len(found.body) > _LARGEST_SHOWN else None
    if megabytes is not None:
        pass
    elif found is not None and found.kind == "select":
        table = make_table(decode_solutions(found.body))
    elif found is not None and found.kind == "ask":
        truth = bool(json.loads(found.body)["boolean"])
    graph = found.body.decode() if found is not None and found.kind == "graph" and megabytes is None else None
    formats = [known.name for known in FORMATS if found is not None and found.kind in known.kinds]
    return render(
        "sparql.html",
        text=text,
        table=table,
        truth=truth,
        graph=graph,
        megabytes=megabytes,
        formats=formats,
        prefixes=sorted(PREFIXES),
    )
