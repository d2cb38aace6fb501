"""What Virtuoso 7 says in other words than SPARQL 1.1, and the words for it.

- An ASK query is answered by a table with one column, ``__ASK_RETVAL``: a row for yes, none for no.
- Booleans are written ``0`` and ``1``, which is allowed, where every other store here writes ``false`` and ``true``.
- Beside ``VALUES ?name { UNDEF }``, which binds nothing, solutions are lost.
"""

from __future__ import annotations

import json
import re

_NAME = "virtuoso"
_TRUTH = "__ASK_RETVAL"
_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"
_WORDS = {"0": "false", "1": "true"}
_UNBOUND = re.compile(r"^[ \t]*VALUES \?\w+ \{ UNDEF \}[ \t]*$", re.MULTILINE)
_DOUBTFUL = re.compile(r"SELECT\s*(?:DISTINCT\s*|REDUCED\s*)?\*|\"{3}|'{3}", re.IGNORECASE)
_LITERAL = re.compile(rf'"([01])"\^\^<{re.escape(_BOOLEAN)}>'.encode())


def is_virtuoso(server: str) -> bool:
    """Tell by the ``Server`` header whether it is Virtuoso who answers."""
    return server.lower().startswith(_NAME)


def leave_out_unbound(text: str) -> str:
    """Leave out lines that bind nothing, where they are surely no part of a string and no ``SELECT *`` shows them."""
    return text if _DOUBTFUL.search(text) else _UNBOUND.sub("", text)


def read_results(body: bytes) -> bytes:
    """Put SPARQL Query Results JSON into the words of the others.

    :raises ValueError: if it is no JSON
    """
    said = json.loads(body)
    try:
        rows = said["results"]["bindings"]
        if said["head"]["vars"] == [_TRUTH]:
            return json.dumps({"head": {}, "boolean": bool(rows)}).encode()
        for term in (term for row in rows for term in row.values() if term.get("datatype") == _BOOLEAN):
            term["value"] = _WORDS.get(term["value"], term["value"])
    except (KeyError, TypeError, AttributeError):
        return body  # as it is: whoever reads it says what is wrong with it
    return json.dumps(said).encode()


def read_triples(body: bytes) -> bytes:
    """Put N-Triples into the words of the others; a quotation mark within a string is escaped, so it is none here."""
    return _LITERAL.sub(lambda found: f'"{_WORDS[found[1].decode()]}"^^<{_BOOLEAN}>'.encode(), body)
