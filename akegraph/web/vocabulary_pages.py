"""The pages about the vocabulary: the ontology whole, each term, each scheme and concept, what they must answer."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request

from akegraph.errors import NotAcceptableError, UnknownResourceError, UnknownVersionError
from akegraph.graph.context import MEDIA_TYPE, serialise_context
from akegraph.graph.iris import BASE
from akegraph.store.base import Answer
from akegraph.web.lookups import find_statements
from akegraph.web.negotiation import negotiate
from akegraph.web.problems import close_matches
from akegraph.web.protocol import send
from akegraph.web.reference import serialise_alignment, serialise_ontology, serialise_term
from akegraph.web.rendering import get_names, get_site, get_texts, render
from akegraph.web.term_pages import make_concept_page, make_ontology_page, make_scheme_page, make_term_page
from akegraph.web.texts import choose_text

blueprint = Blueprint("vocabulary", __name__)

ONTOLOGY_NAME = "ontology"
RDF_FORMATS = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}
_TERM = "ontology/"
_SCHEME = "vocab/"


@blueprint.get("/context.jsonld")
@blueprint.get("/ontology/context.jsonld")
def context() -> Response:
    """Send the JSON-LD context."""
    response = make_response(serialise_context(get_site().reference.vocabulary))
    response.content_type = MEDIA_TYPE
    return response


@blueprint.get("/ontology/questions")
def questions() -> Response:
    """Show the competency questions: what the ontology must be able to answer, and which query does."""
    site, language = get_site(), get_texts().language
    if not site.reference.questions:
        raise UnknownResourceError("/ontology/questions", ["/queries/"])
    terms = site.reference.vocabulary.terms
    known = {name: terms[name].iri for question in site.reference.questions for name in question.terms if name in terms}
    return render(
        "term_questions.html",
        questions=[(question, choose_text(question.texts, language)) for question in site.reference.questions],
        iris=known,
        names=get_names(set(known.values())),
        catalogue=site.catalogue,
    )


@blueprint.get("/ontology/alignment/<name>")
@blueprint.get("/ontology/<version>/alignment/<name>")
def alignment(name: str, version: str = "") -> Response:
    """Send the links to another model, from their own IRI."""
    known = get_site().reference.alignments
    if version:
        check_version(version)
    if name not in known:
        matches = close_matches(name, known) or sorted(known)
        raise UnknownResourceError(f"/ontology/alignment/{name}", [f"/ontology/alignment/{one}" for one in matches])
    media_type = negotiate(request.headers.get("Accept"), tuple(RDF_FORMATS.values()))
    if media_type is None:
        raise NotAcceptableError(f"an alignment is offered as {', '.join(RDF_FORMATS.values())}")
    extension = next(extension for extension, offered in RDF_FORMATS.items() if offered == media_type)
    return send(Answer(serialise_alignment(name, extension), media_type, "graph"))


def check_version(version: str) -> None:
    """Raise unless a version of the ontology is the one held.

    :raises UnknownVersionError: with the one that is
    :raises UnknownResourceError: if a term was written with a slash for its hash
    """
    vocabulary = get_site().reference.vocabulary
    if version == vocabulary.version:
        return
    if version[:1].isdigit():
        raise UnknownVersionError(version, vocabulary.version)
    raise UnknownResourceError(
        f"/ontology/{version}", [f"/doc/{_TERM}{name}" for name in close_matches(version, vocabulary.terms)]
    )


def make_data(name: str, extension: str) -> tuple[bytes, str] | None:
    """Write the ontology, or what it states of a term, with the IRI it is about; None if the name is of neither.

    :param name: as for :func:`make_page`
    """
    if name == ONTOLOGY_NAME:
        return serialise_ontology(extension), BASE + name
    if not _is_term(name):
        return None
    term = get_site().reference.vocabulary.terms[name.removeprefix(_TERM)]
    return serialise_term(term.iri, extension), term.iri


def make_page(name: str, data: dict[str, str]) -> Response | None:
    """Make the page about the ontology, a term, a scheme or a concept; None if the name is of none of these.

    :param name: the path of its IRI below the base; a term's with a slash for its hash
    :param data: addresses of the same as RDF, by extension
    """
    vocabulary = get_site().reference.vocabulary
    if name == ONTOLOGY_NAME:
        return render("vocabulary.html", page=make_ontology_page(), data=data)
    if _is_term(name):
        return render("term.html", page=make_term_page(vocabulary.terms[name.removeprefix(_TERM)]), data=data)
    if not name.startswith(_SCHEME):
        return None
    scheme = vocabulary.schemes.get(name.removeprefix(_SCHEME).partition("/")[0])
    if scheme is None:
        return None
    if scheme.head.iri == BASE + name:
        return render("term_scheme.html", page=make_scheme_page(scheme), data=data)
    concept = next((concept for concept in scheme.concepts if concept.iri == BASE + name), None)
    if concept is None:
        return None
    page = make_concept_page(scheme, concept, find_statements(get_site().store, concept.iri))
    return render("term_concept.html", page=page, data=data)


def _is_term(name: str) -> bool:
    return name.startswith(_TERM) and name.removeprefix(_TERM) in get_site().reference.vocabulary.terms
