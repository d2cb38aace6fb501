"""What an application notes of a request in its environment, for the log and the figures of the service around it."""

from __future__ import annotations

import hashlib

from flask import request

ROUTE = "akegraph.route"
DIGEST = "akegraph.query"

_SHOWN = 16


def note_route() -> None:
    """Note the template of the address; of one that leads nowhere there is none."""
    if (rule := request.url_rule) is not None:
        request.environ[ROUTE] = rule.rule


def note_query(text: str) -> None:
    """Note which query was asked, by a hash: its text is its client's."""
    name = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    request.environ[DIGEST] = name[:_SHOWN]
