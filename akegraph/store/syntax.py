"""Where a Turtle text stops being Turtle: the line, which rdflib's parser often tells wrong."""

from __future__ import annotations

from pyoxigraph import RdfFormat, parse


def find_turtle_error(data: bytes, base: str) -> tuple[int, str] | None:
    """Find the first syntax error.

    :returns: the line counted from 1 and what is wrong there; None if the text is Turtle
    """
    try:
        for _ in parse(data, format=RdfFormat.TURTLE, base_iri=base):
            pass
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    return None
