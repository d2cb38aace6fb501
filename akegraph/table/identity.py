"""Stable ids of rows: made once from what a row says, then kept."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from akegraph.table.model import Column, Row, Table

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LENGTH = 8
_MOST_PAIRS = 2_500
_LEAST_ALIKE, _LEAST_APART = 0.8, 0.1


def stable_ids(
    plan_id: str,
    rows: Sequence[Mapping[str, str]],
    earlier: Table | None = None,
    given: Sequence[str | None] | None = None,
) -> list[str]:
    """Give every row its id.

    A row has the id that its table gives it; else it keeps the id of the earlier row with the same text in all cells;
    else of the one with the same activity, where only one row has it then and now; else of the one that is most like
    it, where that is mutual and leaves no other choice. A new id depends on nothing but the plan, the cells, and how
    many equal rows come before.

    :param rows: the cells' texts by column notation
    :param given: the ids that the document's own table has, None where it has none
    """
    ids: list[str | None] = list(given) if given else [None] * len(rows)
    taken = {row_id for row_id in ids if row_id}
    known = [old for old in earlier.rows if old.id not in taken] if earlier else []
    same_text: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for old in reversed(known):
        same_text[_texts(old)].append(old.id)
    for at, row in enumerate(rows):
        if ids[at] is None and same_text[_cells(row)]:
            ids[at] = same_text[_cells(row)].pop()

    kept = {row_id for row_id in ids if row_id}
    then = Counter(old.text(Column.ACTIVITY) for old in known if old.id not in kept)
    by_activity = {old.text(Column.ACTIVITY): old.id for old in known if old.id not in kept}
    now = Counter(row[Column.ACTIVITY] for row, row_id in zip(rows, ids, strict=True) if row_id is None)
    for at, row in enumerate(rows):
        activity = row[Column.ACTIVITY]
        if ids[at] is None and activity and now[activity] == then[activity] == 1:
            ids[at] = by_activity[activity]
    _keep_alike(ids, rows, known)

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


def _keep_alike(ids: list[str | None], rows: Sequence[Mapping[str, str]], known: Sequence[Row]) -> None:
    """Let a corrected row keep its id: most of its own cells are as they were, or nearly so."""
    kept = {row_id for row_id in ids if row_id}
    old = [row for row in known if row.id not in kept]
    new = [at for at, row_id in enumerate(ids) if row_id is None]
    if not old or len(old) * len(new) > _MOST_PAIRS:
        return
    scores = {(at, row.id): _likeness(rows[at], row) for at in new for row in old}
    for (at, row_id), score in scores.items():
        rivals = [s for (a, r), s in scores.items() if (a == at) != (r == row_id)]
        if score >= _LEAST_ALIKE and all(score - rival >= _LEAST_APART for rival in rivals):
            ids[at] = row_id


def _likeness(row: Mapping[str, str], old: Row) -> float:
    """Measure from 0 to 1 how alike the cells are that a row has of its own."""
    own = (Column.ACTIVITY, Column.ACTIVITY, Column.OUTPUT, Column.OUTCOME)
    return sum(SequenceMatcher(None, row[c], old.text(c), autojunk=False).ratio() for c in own) / len(own)


def _new_id(plan_id: str, cells: Sequence[str], equal_before: int) -> str:
    """Make eight lower-case base32 characters, the first a letter."""
    seed = "\x1f".join([plan_id, *cells, str(equal_before)])
    digest = hashlib.blake2b(seed.encode(), digest_size=8).digest()
    return _LETTERS[digest[-1] % len(_LETTERS)] + base64.b32encode(digest).decode().lower()[: _LENGTH - 1]


def _cells(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row[column] for column in Column)


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(row.text(column) for column in Column)
