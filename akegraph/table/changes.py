"""What a second import changed, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from akegraph.table.model import Column, Row, Table


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two imports of a plan.

    :param kind: whether a row is new, is gone, or a cell of it reads otherwise
    :param row_id: the row's stable id, by which the imports are compared
    :param column: the column's notation; empty where the whole row is meant
    """

    kind: Literal["new", "gone", "changed"]
    row_id: str
    number: int
    column: str = ""
    before: str = ""
    after: str = ""


def find_changes(earlier: Table, later: Table) -> tuple[Change, ...]:
    """Compare two imports of one plan: changed cells and new rows in the later order, then the rows that are gone."""
    old = {row.id: row for row in earlier.rows}
    new = {row.id for row in later.rows}
    changes: list[Change] = []
    for row in later.rows:
        before = old.get(row.id)
        if before is None:
            changes.append(Change("new", row.id, row.number, after=row.text(Column.ACTIVITY)))
        else:
            changes += _changed_cells(before, row)
    gone = [row for row in earlier.rows if row.id not in new]
    changes += [Change("gone", row.id, row.number, before=row.text(Column.ACTIVITY)) for row in gone]
    return tuple(changes)


def _changed_cells(before: Row, after: Row) -> list[Change]:
    return [
        Change("changed", after.id, after.number, column.value, before.text(column), after.text(column))
        for column in Column
        if before.text(column) != after.text(column)
    ]
