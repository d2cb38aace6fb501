"""Chains as JSON, the keys those of :class:`akegraph.chains.Chain`."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from akegraph.chains.model import Chain

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of characters that command a terminal, turn the direction of text, or have no UTF-8."""


def chain_json(chain: Chain) -> str:
    """Write one chain as a JSON object."""
    return _dump(_chain(chain))


def chains_json(chains: Sequence[Chain]) -> str:
    """Write chains as a JSON list."""
    return _dump([_chain(chain) for chain in chains])


def _chain(chain: Chain) -> Mapping[str, Any]:
    document = asdict(replace(chain, statements=None))
    del document["statements"]
    return document


def _dump(document: object) -> str:
    """Write JSON in which characters that cannot be seen are escaped; what is read is the same."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return "".join(_escape(character) for character in text) + "\n"


def _escape(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in _UNSEEN:
        return character
    return json.dumps(character)[1:-1]
