"""Where a text stops being RDF: the line, which rdflib's parsers often tell wrong or not at all."""

from __future__ import annotations

from pyoxigraph import RdfFormat, parse

_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "xml": RdfFormat.RDF_XML,
    "json-ld": RdfFormat.JSON_LD,
}


def find_turtle_error(data: bytes, base: str) -> tuple[int, str] | None:
    """Find the first syntax error of a Turtle text; see :func:`find_syntax_error`."""
    return find_syntax_error(data, base, "turtle")


def find_syntax_error(data: bytes, base: str, format_: str) -> tuple[int, str] | None:
    """Find the first syntax error.

    :param format_: the form of RDF as rdflib calls it
    :returns: the line counted from 1 and what is wrong there; None if the text is what it should be
    """
    try:
        for _ in parse(data, format=_FORMATS[format_], base_iri=base):
            pass
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    return None
