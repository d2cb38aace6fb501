"""What the service says of itself and of what it holds: SPARQL 1.1 Service Description, VoID, the page about both."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import BadRequest

from akegraph.graph.iris import BASE, graph_name
from akegraph.store.base import FORMATS, Term, iri, literal
from akegraph.web.answering import answer, rank_graph
from akegraph.web.lookups import bind_terms
from akegraph.web.rendering import get_site, render

blueprint = Blueprint("description", __name__)

_HTML = "text/html"
_INFERRED = str(graph_name("inferred")) + "/"
_FOUND = 302


def describe_service(wishes: tuple[str, ...]) -> Response:
    """Describe the endpoint that was asked, by the address it was asked at."""
    return answer(bind_terms("service", endpoint=[_address(request.base_url)], inferred=[literal(_INFERRED)]), wishes)


@blueprint.get("/void")
def void() -> Response:
    """Describe what is held, as VoID or as a page."""
    wishes = rank_graph(_HTML)
    if wishes[0] == _HTML:
        return _show()
    text = bind_terms(
        "void",
        document=[_address(request.base_url)],
        endpoint=[_address(url_for("protocol.sparql", _external=True))],
        dump=[_address(url_for("machine.dump", _external=True))],
        dataset=[iri(f"{BASE}graph/")],
        catalogue=[iri(str(graph_name("catalogue")))],
        space=[literal(BASE)],
    )
    return answer(text, wishes)


@blueprint.get("/.well-known/void")
def well_known() -> Response:
    """Send to the description, as VoID section 7.2 has it."""
    return redirect(url_for("description.void"), code=_FOUND)  # type: ignore[return-value]  # werkzeug's is Flask's here


def _show() -> Response:
    graphs = get_site().store.select(bind_terms("graphs")).rows
    return render(
        "void.html",
        graphs=[
            (row["graph"].value, int(row["triples"].value), row["graph"].value.startswith(_INFERRED)) for row in graphs
        ],
        results=[(known.name, known.media_type) for known in FORMATS if "graph" not in known.kinds],
        formats=[(known.name, known.media_type) for known in FORMATS if "graph" in known.kinds],
    )


def _address(address: str) -> Term:
    """Make a term of an address of this service.

    :raises BadRequest: if the client's Host makes it none
    """
    try:
        if not urlsplit(address).hostname:
            raise BadRequest("the header Host is no host")
        return iri(address)
    except ValueError as error:
        raise BadRequest("the header Host is no host") from error
