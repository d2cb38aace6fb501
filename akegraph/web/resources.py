"""Every IRI under the base, answered: the one place that says how.

``/id/…``, ``/vocab/…``, ``/graph/…`` and ``/ontology`` name things, so they answer 303 to a document about the
thing, chosen by ``Accept``: ``/doc/<path>`` is the page, ``/data/<path>.<ttl|jsonld|nt|rdf>`` the same as RDF. The
RDF of a thing is its asserted triples and those that point at it; that of a graph or the ontology is the whole graph.
A graph is a document itself: ``/graph/<name>`` sends it to whoever wishes for RDF (``graph_store``).
A term's IRI is the ontology's with a hash, so it answers as the ontology does; ``/doc/ontology/<Term>`` has more, and
``/data/ontology/<Term>.<ttl|…>`` what the ontology states of it alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from flask import Blueprint, Response, make_response, redirect, request

from akegraph.errors import NotAcceptableError, UnknownResourceError
from akegraph.graph.iris import BASE
from akegraph.store.base import Answer, Term, iri
from akegraph.web.lookups import bind_terms, find_column, find_statements
from akegraph.web.negotiation import negotiate
from akegraph.web.problems import close_matches
from akegraph.web.protocol import send
from akegraph.web.rendering import get_site, make_link, make_local, render
from akegraph.web.resource_page import make_resource_page
from akegraph.web.vocabulary_pages import ONTOLOGY_NAME, RDF_FORMATS, check_version, make_data, make_page

blueprint = Blueprint("resources", __name__)

DATA_FORMATS = RDF_FORMATS
_HTML = "text/html"
_EXTENSIONS = {media_type: extension for extension, media_type in DATA_FORMATS.items()}


@blueprint.get("/ontology", defaults={"path": ONTOLOGY_NAME})
@blueprint.get("/id/<path:path>", defaults={"family": "id"})
@blueprint.get("/vocab/<path:path>", defaults={"family": "vocab"})
@blueprint.get("/graph/", defaults={"family": "graph", "path": ""})
def thing(path: str, family: str = "") -> Response:
    """Send a reader or a program from a thing to a document about it."""
    name = f"{family}/{path}" if family else path
    chosen = negotiate(request.headers.get("Accept"), (_HTML, *_EXTENSIONS))
    _check_known(name)
    if chosen is None:
        raise NotAcceptableError(f"a description is offered as {', '.join((_HTML, *_EXTENSIONS))}")
    where = f"/doc/{_quoted(name)}" if chosen == _HTML else f"/data/{_quoted(name)}.{_EXTENSIONS[chosen]}"
    response = make_response(redirect(make_link(where), code=303))
    response.vary.add("Accept")
    return response


@blueprint.get("/ontology/<version>")
def version(version: str) -> Response:
    """Send from the version IRI to the ontology; from an earlier one that it names, to what it says of that."""
    name = f"{ONTOLOGY_NAME}/{version}"
    if _is_known(BASE + name) and version != get_site().reference.vocabulary.version:
        return thing(name)
    check_version(version)
    return thing(ONTOLOGY_NAME)


@blueprint.get("/doc/<path:name>")
def document(name: str) -> Response:
    """Show the page about a thing."""
    links = {extension: make_local(f"/data/{_quoted(name)}.{extension}") for extension in DATA_FORMATS}
    response = make_page(name, links)
    if response is None:
        statements = find_statements(get_site().store, BASE + name) if _is_iri(BASE + name) else ()
        if not statements:
            _check_known(name)
        page = make_resource_page(BASE + name, statements)
        response = render("resource.html", page=page, data=links)
    for extension, media_type in DATA_FORMATS.items():
        response.headers.add("Link", f'<{links[extension]}>; rel="alternate"; type="{media_type}"')
    return response


@blueprint.get("/data/<path:file>")
def data(file: str) -> Response:
    """Send the RDF about a thing: its name, which may have points in it, and an extension."""
    name, _, extension = file.rpartition(".")
    media_type = DATA_FORMATS.get(extension)
    if media_type is None:
        raise UnknownResourceError(f"/data/{file}", [f"/data/{name or file}.{other}" for other in DATA_FORMATS])
    about = BASE + name
    if (made := make_data(name, extension)) is not None:
        answer, about = Answer(made[0], media_type, "graph"), made[1]
    else:
        _check_known(name)
        answer = _describe(name, media_type)
    response = send(answer)
    response.headers.add("Link", f'<{make_local(f"/doc/{_quoted(name)}")}>; rel="alternate"; type="{_HTML}"')
    response.headers.add("Link", f'<{about}>; rel="describes"')
    return response


def _describe(name: str, media_type: str) -> Answer:
    if name.startswith("graph/") and name != "graph/":
        return _ask("graph", media_type, graph=[iri(BASE + name)])
    return _ask("description", media_type, resource=[iri(BASE + name)])


def _ask(query: str, media_type: str, **terms: Iterable[Term]) -> Answer:
    return get_site().store.query(bind_terms(query, **terms), accept=[media_type])


def _check_known(name: str) -> None:
    """Raise unless something is said of a thing.

    :raises UnknownResourceError: with the addresses that come close
    """
    if not _is_known(BASE + name):
        raise _unknown(name)


def _is_known(thing: str) -> bool:
    return _is_iri(thing) and get_site().store.ask(bind_terms("known", resource=[iri(thing)]))


def _unknown(name: str) -> UnknownResourceError:
    known = (thing.removeprefix(BASE) for thing in find_column(get_site().store, "resources", "resource"))
    return UnknownResourceError(f"/{name}", [f"/{match}" for match in close_matches(name, known)])


def _is_iri(text: str) -> bool:
    try:
        iri(text)
    except ValueError:
        return False
    return True


def _quoted(name: str) -> str:
    return quote(name, safe="/:@!$&'()*+,;=-._~%")
