"""A look at a query before any engine sees it: size, depth, SERVICE, updates.

An engine's parser is recursive and may die on what is nested deep, and its SERVICE opens connections. This lexer is
neither recursive nor slower than linear. It reads tokens as SPARQL 1.1 section 19.8 has them, and where Oxigraph's
parser is laxer (it needs no space between a keyword and what follows, so ``SERVICEex:x{}`` is a SERVICE to it), it
refuses what either would take for one. Where ``<`` could begin an IRI or mean *less than* and the two readings differ
in what they hide, it asks for a space. It is the first fence; the worker's limits are the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from akegraph.errors import QueryRefusedError, QuerySyntaxError

_TOKEN = re.compile(
    r"""
      (?P<skip>[ \t\r\n]+|\#[^\r\n]*)
    | (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3}
        | "(?!"")(?:[^"\\\r\n]|\\.)*" | '(?!'')(?:[^'\\\r\n]|\\.)*')
    | (?P<unclosed>["'])
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+[A-Za-z0-9-]*)
    | (?P<word>[^\W\d_][\w.\-]*(?!:)(?<![:])|(?!))
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
