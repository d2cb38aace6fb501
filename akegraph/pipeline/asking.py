"""SPARQL as people write it: akegraph's prefixes are known without being declared."""

from __future__ import annotations

import re
from collections.abc import Sequence

from akegraph.errors import QueryRefusedError, QuerySyntaxError
from akegraph.graph.iris import PREFIXES
from akegraph.store.base import Answer, Store


def ask_sparql(store: Store, text: str, accept: Sequence[str] | None = None) -> Answer:
    """Evaluate a query that may use akegraph's prefixes; its own declarations win.

    :param accept: media types, best first; see :meth:`Store.query`
    :raises QueryRefusedError: if there is no query
    :raises QuerySyntaxError: if it is no SPARQL; lines are counted as the writer counts them
    """
    if not text.strip():
        raise QueryRefusedError("there is no query in it")
    # A prefix declared twice is allowed, and the later one wins.
    head = " ".join(f"PREFIX {prefix}: <{space}>" for prefix, space in PREFIXES.items())
    try:
        return store.query(f"{head}\n{text}", accept=accept)
    except QuerySyntaxError as error:
        # The parser counts the line of our prefixes; the writer's text begins on the next.
        places = re.sub(r"\bline (\d+)", lambda found: f"line {int(found[1]) - 1}", str(error))
        raise QuerySyntaxError(places) from error
