"""SERVICE, for endpoints that were named beforehand: asked from here, under limits of their own, never by a worker.

A worker has no socket, and keeps having none. What a SERVICE clause asks is asked by this process, and its solutions
take the clause's place as ``VALUES``: a join with what the endpoint found is what SPARQL 1.1 Federated Query says the
clause means. So a query reaches a worker without SERVICE in it, and the guard refuses what would still have one: an
endpoint that was not named, a variable in its place, a clause within a clause, anything written with escapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from akegraph.errors import EngineError, QueryRefusedError
from akegraph.settings import Settings
from akegraph.store.base import Answer, Solutions, Store
from akegraph.store.guard import Limits, check_query, read_tokens
from akegraph.store.remote import RemoteStore

_MOST = 8
"""Clauses of one query: each is a request."""
_MEGABYTE = 1 << 20
_NOTHING = "VALUES () { () }"
"""What joins with everything and adds nothing: the answer of a silent clause that failed."""
_VARIABLE = re.compile(r"\w+")


Token = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Clause:
    """A SERVICE clause of a text: where it begins and ends, what it asks whom, and whether failure is no matter."""

    start: int
    end: int
    endpoint: str
    pattern: str
    silent: bool


class FederatedStore(Store):
    """A store whose queries may ask named endpoints too.

    An endpoint's text is the query's own prologue and the pattern of the clause; who asks is not told it.

    :param inner: answers everything else; it is closed with this one
    :param settings: ``services`` (the endpoints), ``service_timeout`` and ``service_size``
    """

    def __init__(self, inner: Store, settings: Settings) -> None:
        self.inner, self.version = inner, inner.version
        self._settings = settings
        self._limits = Limits(size=settings.query_size)
        own = replace(settings, timeout=settings.service_timeout, result_size=settings.service_size)
        self._endpoints = {name: RemoteStore(name, own, known=False) for name in settings.services}

    def query(
        self,
        text: str,
        *,
        accept: Sequence[str] | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Answer:
        """Evaluate one query; see :class:`Store`.

        :raises QueryRefusedError: if it asks an endpoint that was not named
        :raises EngineError: if an endpoint gives no answer
        """
        return self.inner.query(
            self.fill_in(text), accept=accept, default_graphs=default_graphs, named_graphs=named_graphs
        )

    def fill_in(self, text: str) -> str:
        """Put what the endpoints find in the place of the clauses that ask them."""
        if len(text) > self._limits.size:  # as the guard says it, who is given longer texts here
            raise QueryRefusedError(f"the query has {len(text)} characters; at most {self._limits.size} are read")
        clauses = _find_clauses(text)
        if not clauses:
            return text
        if len(clauses) > _MOST:
            raise QueryRefusedError(f"the query asks other endpoints {len(clauses)} times; at most {_MOST} are asked")
        for clause in clauses:
            if clause.endpoint not in self._endpoints:
                raise QueryRefusedError(
                    f"SERVICE <{clause.endpoint}> is not among the endpoints that may be asked here"
                )
        check_query(_exchange(text, clauses, [_NOTHING] * len(clauses)), self._limits)
        prologue = _prologue(text)
        asked = [f"{prologue}\nSELECT * WHERE {clause.pattern}" for clause in clauses]
        for query in asked:
            check_query(query, self._limits)
        found = [self._ask(clause, query) for clause, query in zip(clauses, asked, strict=True)]
        return _exchange(text, clauses, found)

    def close(self) -> None:
        """Close the connections, and the store within."""
        for endpoint in self._endpoints.values():
            endpoint.close()
        self.inner.close()

    def _ask(self, clause: Clause, query: str) -> str:
        try:
            return _write_values(self._endpoints[clause.endpoint].select_over_its_own(query))
        except EngineError:
            if clause.silent:
                return _NOTHING
            raise


def federate(make: Callable[[Settings], Store], settings: Settings) -> Store:
    """Make a store whose queries may ask the endpoints that the settings name; as it is made, if they name none.

    :param make: makes it with settings that let through the longer text a query becomes
    """
    if not settings.services:
        return make(settings)
    longer = replace(settings, query_size=settings.query_size + settings.service_size * _MEGABYTE)
    return FederatedStore(make(longer), settings)


def _find_clauses(text: str) -> list[Clause]:
    """Find the clauses that are written out in full; others are left for the guard to refuse."""
    if "\\u" in text or "\\U" in text:
        return []
    tokens, found, place = list(read_tokens(text)), [], 0
    while place < len(tokens):
        clause, after = _read_clause(text, tokens, place)
        if clause is not None:
            found.append(clause)
        place = after
    return found


def _read_clause(text: str, tokens: Sequence[Token], place: int) -> tuple[Clause | None, int]:
    """Read the clause that begins at a token, if one does; and say where to go on."""
    kind, word, start, _ = tokens[place]
    if kind != "name" or word.upper() != "SERVICE":
        return None, place + 1
    at = place + 1
    silent = at < len(tokens) and tokens[at][1].upper() == "SILENT"
    at += silent
    if at + 1 >= len(tokens) or tokens[at][0] != "iri" or tokens[at + 1][1] != "{":
        return None, place + 1
    depth = 0
    for end in range(at + 1, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[end][1], 0) if tokens[end][0] == "mark" else 0
        if depth == 0:
            pattern = text[tokens[at + 1][2] : tokens[end][3]]
            return Clause(start, tokens[end][3], tokens[at][1][1:-1], pattern, silent), end + 1
    return None, place + 1


def _write_values(found: Solutions) -> str:
    """Write solutions so that they join as those of a pattern would."""
    if not all(_VARIABLE.fullmatch(name) for name in found.variables):
        raise EngineError("an endpoint answers with what is no name of a variable")
    rows = []
    for row in found.rows:
        terms = [row.get(name) for name in found.variables]
        if any(term is not None and term.kind == "blank" for term in terms):
            raise EngineError("an endpoint answers with blank nodes, which have no name here; ask for what they hold")
        try:
            rows.append(f"({' '.join('UNDEF' if term is None else term.to_ntriples() for term in terms)})")
        except ValueError as error:
            raise EngineError(f"an endpoint answers with what is no term: {error}") from error
    return f"VALUES ({' '.join(f'?{name}' for name in found.variables)}) {{ {' '.join(rows)} }}"


def _exchange(text: str, clauses: Sequence[Clause], texts: Sequence[str]) -> str:
    """Put texts in the place of clauses."""
    parts, done = [], 0
    for clause, new in zip(clauses, texts, strict=True):
        parts += [text[done : clause.start], " ", new, " "]
        done = clause.end
    return "".join([*parts, text[done:]])


_DECLARATION = re.compile(r"(?:\s+|\#[^\r\n]*|BASE\s*<[^<>\s]*>|PREFIX\s+[^\s:<>\"'{}]*:\s*<[^<>\s]*>)*", re.IGNORECASE)


def _prologue(text: str) -> str:
    """Return the declarations a text begins with."""
    found = _DECLARATION.match(text)
    return found[0] if found else ""
