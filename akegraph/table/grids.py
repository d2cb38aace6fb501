"""What every reader of a document makes of it: grids of cells, each cell its lines and its place.

A reader knows its format and nothing of plans; what a grid says of a plan is found by
:mod:`akegraph.table.headings`, :mod:`akegraph.table.assembly` and :mod:`akegraph.table.tabular`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from akegraph.table.model import DroppedLine

Doubted = tuple[str, str]
"""The reason to doubt a cell: a code and a sentence."""

Progress = Callable[[str, int, int], None]
"""What is told of long work: what is done now, how much of it is done, out of how much."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell.

    :param full: whether the line reaches its column's edge, so that a word may have been broken there without a hyphen
    :param fits: whether the word that would come of joining the line's last to the next line's first fits the column
    """

    text: str
    full: bool = False
    fits: bool = True


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell as it stands in the document.

    :param place: where it stands, in words that continue the row's place
    :param sheet_cell: its address in a spreadsheet, ``Plan!B7``
    :param spanned: the direction from which the content of a merged cell reaches here
    :param doubts: what the reader itself could not tell for sure
    """

    lines: tuple[Line, ...] = ()
    place: str = ""
    sheet_cell: str = ""
    spanned: Literal["", "down", "right"] = ""
    doubts: tuple[Doubted, ...] = ()

    @property
    def text(self) -> str:
        """The lines with a space between them, nothing joined."""
        return " ".join(line.text for line in self.lines if line.text)


EMPTY = GridCell()
PAGE = "page "
"""How the name of a grid begins that a page of the document has."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a grid.

    :param sheet: the page counted from 0 on which it stands; 0 where the format has no pages
    :param place: where it stands, in words
    :param loose: whether white space alone, and no rule, tells where its cells end
    """

    cells: tuple[GridCell, ...]
    sheet: int = 0
    place: str = ""
    doubts: tuple[Doubted, ...] = ()
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a document.

    :param name: how it is told from others, ``sheet 'Plan'``
    :param joins: whether it may continue the grid before, as on the next page
    """

    name: str
    rows: tuple[GridRow, ...]
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Sheaf:
    """All grids of a document.

    :param dropped: text that stands in no grid
    :param notes: what else there is to tell
    :param page_numbers: the printed number of each page counted from 0, where one was found
    :param paged: whether the format has pages of its own
    """

    grids: tuple[Grid, ...]
    dropped: tuple[DroppedLine, ...] = ()
    notes: tuple[str, ...] = ()
    page_numbers: tuple[tuple[int, int], ...] = ()
    paged: bool = False


def lines_of(text: str) -> tuple[Line, ...]:
    """Make lines of a text whose line breaks a person set."""
    return tuple(Line(" ".join(line.split())) for line in text.splitlines() if line.strip())
