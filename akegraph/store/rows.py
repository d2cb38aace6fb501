"""How many rows an answer has, told from its bytes: the serialiser that made them in one go does not say."""

from __future__ import annotations

import re

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


def count_rows(body: bytes, form: str, enough: int) -> int:
    """Count the rows of a table of solutions.

    An answer of fewer bytes than ``enough`` is not looked into.

    :param form: short name of its format: json, xml, csv or tsv
    :param enough: where fewer rows than this are all the same; then no more than they are is returned
    """
    if len(body) <= enough:
        return 0
    if form == "xml":
        return body.count(b"<result>")
    if form == "tsv":
        return body.count(b"\n") - 1
    if form == "csv":
        # every other part between quotation marks is outside of a value; a doubled one only adds an empty part
        return body.count(b"\n") - 1 if b'"' not in body else b"".join(body.split(b'"')[::2]).count(b"\n") - 1
    if body.endswith(b'"bindings":[]}}'):
        return 0
    if (most := body.count(b"},{") + 1) <= enough:
        return most
    return _STRING.sub(b"", body).count(b"},{") + 1
