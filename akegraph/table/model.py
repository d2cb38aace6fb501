"""What a plan is before it is a graph: a table whose every cell knows its place and how sure its text is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

ROW_ID = re.compile(r"[a-z][a-z0-9]{0,31}")
"""What the stable id of a row looks like."""
COUNTED = re.compile(r"[1-9]\d{0,5}")
"""What the number of a row or of a page looks like."""


class Column(StrEnum):
    """The eight columns of a plan, named by the notations of the column scheme."""

    TASK = "task"
    ACTIVITY = "activity"
    OUTPUT = "output"
    OUTCOME = "outcome"
    IMPACT = "impact"
    EFFECTIVENESS = "effectiveness"
    EVALUATION = "evaluation"
    PARTICIPATION = "participation"


class CellState(StrEnum):
    """How far the text of a cell can be relied on."""

    SURE = "sure"
    REVIEW = "review"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text on one line, and how sure the text is.

    :param sheet_cell: its address where the plan came in a spreadsheet, ``Plan!B7``
    """

    text: str
    state: CellState = CellState.SURE
    sheet_cell: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the plan.

    :param id: the stable id, the same through every correction
    :param page: the page on which the row begins
    :param number: the row counted from 1
    :param cells: the cells by column notation, all eight
    :param continues: the stable id of the row of an earlier plan that this one continues
    """

    id: str
    page: int
    number: int
    cells: Mapping[str, Cell]
    continues: str | None = None

    def __post_init__(self) -> None:
        """Guard the cells against change."""
        object.__setattr__(self, "cells", MappingProxyType(dict(self.cells)))

    def text(self, column: str) -> str:
        """Return the text of a cell."""
        return self.cells[column].text


@dataclass(frozen=True, slots=True)
class Table:
    """A whole plan.

    :param file: the file's name as the user gave it
    :param headings: the heading of each column as printed, by notation
    """

    file: str
    headings: Mapping[str, str]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        """Guard the headings against change."""
        object.__setattr__(self, "headings", MappingProxyType(dict(self.headings)))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell that a person has to look at.

    :param column: the column's notation
    :param read: the text as it stands in the document, line breaks as spaces
    :param proposed: what is proposed for the cell; empty where nothing can be
    :param reason: the reason as a short code, ``run-together``
    :param why: the reason as a sentence
    :param place: where to look in the document, ``page 17, lines 479-480``
    """

    row: int
    row_id: str
    column: str
    read: str
    proposed: str
    reason: str
    why: str
    place: str


@dataclass(frozen=True, slots=True)
class DroppedLine:
    """A line of the document that is no part of any cell: headings, page headers and footers, notes beside the table.

    :param number: of the line, where the document has numbered lines; else 0
    :param place: where it stands, where that is no line: ``sheet cell Plan!L7``
    """

    number: int
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a document: the table, the doubts, and all that it left out or changed."""

    table: Table
    doubts: tuple[Doubt, ...] = ()
    dropped: tuple[DroppedLine, ...] = ()
    notes: tuple[str, ...] = ()
