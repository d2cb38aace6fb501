"""How long queries of a shape took: who is to go first where several wait is told from what such did before.

Two queries have one shape if they differ in nothing but values: literals, numbers, IRIs in brackets, comments and
spaces. Clients ask the same few shapes again and again.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from enum import IntEnum

QUICK_SECONDS = 0.25
"""A query that took no longer is quick."""
_REMEMBERED = 2_000
_LONGEST = 8_000
"""Characters up to which a text is looked into; a longer one is its own shape."""
_VALUE = re.compile(
    r"""(?:<[^<>"{}|^`\\\s]*>|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'|\#[^\r\n]*|\s|(?<![\w?$])\d[\d.eE]*)+""",
    re.DOTALL,
)


class Rank(IntEnum):
    """Who goes before whom: what is known to be quick, what is not known, what is known to be slow."""

    QUICK = 0
    NEW = 1
    SLOW = 2


class History:
    """Remembers the shapes asked last. Not for several threads at once."""

    def __init__(self) -> None:
        self._ranks: OrderedDict[int, Rank] = OrderedDict()

    def get_rank(self, shape: int, unknown: Rank = Rank.NEW) -> Rank:
        """Return where a query of this shape stands."""
        return self._ranks.get(shape, unknown)

    def note(self, shape: int, seconds: float) -> None:
        """Remember how long one took; infinite, if it was stopped."""
        rank = Rank.QUICK if seconds <= QUICK_SECONDS else Rank.SLOW
        if self._ranks.get(shape) is not rank:
            self._ranks[shape] = rank
        self._ranks.move_to_end(shape)
        if len(self._ranks) > _REMEMBERED:
            self._ranks.popitem(last=False)


def find_shape(text: str) -> int:
    """Name the shape of a query."""
    return hash(_VALUE.sub(" ", text) if len(text) <= _LONGEST else text)
