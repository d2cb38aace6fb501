"""Stable ids of rows: made once from what a row says, then kept."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from akegraph.table.model import Column, Row, Table

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LENGTH = 8


def stable_ids(plan_id: str, rows: Sequence[Mapping[str, str]], earlier: Table | None = None) -> list[str]:
    """Give every row its id.

    A row keeps the id of the earlier row with the same text in all cells; else of the one with the same
    activity, where only one row has it then and now. A new id depends on nothing but the plan, the cells, and
    how many equal rows come before.

    :param rows: the cells' texts by column notation
    """
    ids: list[str | None] = [None] * len(rows)
    known = list(earlier.rows) if earlier else []
    same_text: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for old in reversed(known):
        same_text[_texts(old)].append(old.id)
    for at, row in enumerate(rows):
        if same_text[_cells(row)]:
            ids[at] = same_text[_cells(row)].pop()

    kept = {row_id for row_id in ids if row_id}
    then = Counter(old.text(Column.ACTIVITY) for old in known if old.id not in kept)
    by_activity = {old.text(Column.ACTIVITY): old.id for old in known if old.id not in kept}
    now = Counter(row[Column.ACTIVITY] for row, row_id in zip(rows, ids, strict=True) if row_id is None)
    for at, row in enumerate(rows):
        activity = row[Column.ACTIVITY]
        if ids[at] is None and activity and now[activity] == then[activity] == 1:
            ids[at] = by_activity[activity]

    used = {row_id for row_id in ids if row_id}
    equal = Counter[tuple[str, ...]]()
    for at, row in enumerate(rows):
        cells = _cells(row)
        # an earlier row may have the very id that is new here: it is this row before its doubts were settled
        while ids[at] is None:
            new = _new_id(plan_id, cells, equal[cells])
            ids[at] = None if new in used else new
            equal[cells] += 1
        used.add(str(ids[at]))
    return [str(row_id) for row_id in ids]


def _new_id(plan_id: str, cells: Sequence[str], equal_before: int) -> str:
    """Make eight lower-case base32 characters, the first a letter."""
    seed = "\x1f".join([plan_id, *cells, str(equal_before)])
    digest = hashlib.blake2b(seed.encode(), digest_size=8).digest()
    return _LETTERS[digest[-1] % len(_LETTERS)] + base64.b32encode(digest).decode().lower()[: _LENGTH - 1]


def _cells(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row[column] for column in Column)


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(row.text(column) for column in Column)
