"""Terms in the places that a query keeps for them: the lines ``VALUES ?name { UNDEF }``.

Bound so, a value is the same to every engine. Substitution by an engine is not: Oxigraph's own has no effect on a
variable that is not projected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from akegraph.store.base import Term

_PLACE = re.compile(r"^([ \t]*VALUES \?(\w+) \{ )UNDEF( \})[ \t]*$", re.MULTILINE)
_ESCAPE = re.compile(r"\\\\([uU])|\\.")


def find_places(text: str) -> list[str]:
    """Find the variables that a query keeps a place for, in order and as often as it does."""
    return [line[2] for line in _PLACE.finditer(text)]


def bind_terms(text: str, terms: Mapping[str, Sequence[Term]]) -> str:
    """Put terms in the places of a query; a place for which none are given stays unbound."""

    def fill(line: re.Match[str]) -> str:
        found = terms.get(line[2])
        return line[0] if found is None else f"{line[1]}{' '.join(map(write_term, found))}{line[3]}"

    return _PLACE.sub(fill, text)


def write_term(term: Term) -> str:
    """Write a term so that it is that term under every reading of SPARQL.

    SPARQL 1.1 section 19.2 has code point escapes replaced before the grammar is applied, and rdflib 7.6 does
    so even behind an escaped backslash; so a letter u there becomes an escape itself, of eight digits, as
    rdflib takes eight where it finds them.
    """
    return _ESCAPE.sub(lambda found: f"\\\\\\U{ord(found[1]):08X}" if found[1] else found[0], term.to_ntriples())
