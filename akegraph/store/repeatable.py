"""Whether a query answers the same as long as the data are the same, told from its text alone."""

from __future__ import annotations

import re

_VARYING = re.compile(r"(?:RAND|NOW|UUID|BNODE)\s*[(#]|(?<![:/#-])SERVICE", re.IGNORECASE)
"""Calls of RAND, NOW, UUID, STRUUID and BNODE, also with a comment before the bracket; other endpoints, whose data may
change, but not ``sd:Service`` or words within an IRI."""


def is_repeatable(text: str) -> bool:
    """Tell whether an answer may be given again for as long as the data are the same.

    It errs on the side of no: for text in comments and strings, and for whatever is written with codepoint escapes.
    The order of solutions without ORDER BY and the names of blank nodes may differ from one evaluation to the next;
    each of them is a right answer.
    """
    return "\\u" not in text and "\\U" not in text and _VARYING.search(text) is None
