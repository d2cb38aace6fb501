"""The workbook of a plan: which sheets it has, what its columns mean, and how its own sheets are read back.

The plan's sheet has the eight columns as printed, so any reader of plans reads it. To its left stand three columns to
choose from; formulas in the workbook put the choices into the printed columns, and :func:`complete_plan_sheet` does
the same for a workbook that no spreadsheet has calculated. Words typed into a printed column win over a choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from akegraph.errors import SourceError
from akegraph.table.columns import Lexicon, find, normalise
from akegraph.table.grids import EMPTY, Grid, GridCell, GridRow, Sheaf, lines_of
from akegraph.table.model import Column
from akegraph.table.numberformats import SHOWN
from akegraph.table.sidetables import INDICATOR_FIELDS, VALUE_FIELDS, Field, SideTable, find_field, read_side_rows

PLAN_SHEET, HELP_SHEET, DETAILS_SHEET = "Suunnitelma", "Ohje", "Tiedot"
INDICATORS_SHEET, VALUES_SHEET, LISTS_SHEET = "Mittarit", "Arvot", "Luettelot"
MARK = "akegraph"
"""What stands in the first cell of the sheet of details, by which it is known."""

CHOOSERS = {
    "task": ("Valitse 1: laki", "tehtävä, jota toimenpide toteuttaa"),
    "path": ("Valitse 2: polku", "OKM-polku"),
    "timing": ("Valitse 3: milloin", "arvioinnin ajankohta"),
}
"""The columns to choose from: heading, and what is chosen."""

_PAGE = "page"
"""The heading of the hidden column that says on which page of the plan's document a row stands."""

ENDINGS = ("impact", "goal", "set")
"""The lists that say, in the order of the list ``path``, what stands at the end of each path."""

Endings = Mapping[str, tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of the sheet of details: a key of ``plan.toml`` and what it is, in three languages."""

    key: str
    names: tuple[str, str, str]
    help: str


DETAILS = (
    Detail("organisation", ("Organisaatio", "Organisation", "Organisation"), "Valitse luettelosta."),
    Detail("year", ("Vuosi", "År", "Year"), "Neljä numeroa; tai alku- ja loppupäivä alla."),
    Detail("areas", ("Alueet", "Områden", "Areas"), "Puolipisteellä erotettuina. Tyhjä: organisaation omat alueet."),
    Detail("framework", ("Kehikko", "Ramverk", "Framework"), "Valitse luettelosta."),
    Detail("title", ("Otsikko", "Rubrik", "Title"), "Suunnitelman nimi kokonaisuudessaan."),
    Detail("label", ("Lyhyt nimi", "Kort namn", "Short name"), "Esimerkiksi AKE Oulu 2027."),
    Detail("id", ("Tunnus", "Kod", "Id"), "Tyhjä: tehdään organisaatiosta ja vuodesta."),
    Detail("previous", ("Edellinen suunnitelma", "Föregående plan", "Previous plan"), "Sen tunnus, jos sellainen on."),
    Detail("start", ("Alkaa", "Börjar", "Starts"), "Vain, jos kausi ei ole kalenterivuosi: 2027-08-01."),
    Detail("end", ("Päättyy", "Slutar", "Ends"), "Vain, jos kausi ei ole kalenterivuosi: 2028-07-31."),
    Detail("language", ("Kieli", "Språk", "Language"), "Suunnitelman kieli."),
    Detail("document", ("Lähdeasiakirja", "Källdokument", "Source document"), "Tyhjä: tämä työkirja."),
    Detail("synthetic", ("Synteettinen", "Syntetisk", "Synthetic"), "true, jos suunnitelma on keksitty."),
)


@dataclass(frozen=True, slots=True)
class SideSheets:
    """What a workbook holds beside the plan's table.

    :ivar details: the texts by key, with the address of each; None where there is no such sheet
    :ivar indicators: the sheet of definitions, None where there is none or it is empty
    :ivar values: the sheet of values, likewise
    :ivar left_out: what stands in the sheet of details beside what it asks, with the address of each
    """

    details: Mapping[str, tuple[str, str]] | None = None
    indicators: SideTable | None = None
    values: SideTable | None = None
    left_out: tuple[tuple[str, str], ...] = ()


def read_side_sheets(sheaf: Sheaf, file: str) -> SideSheets:
    """Read details, indicators and values from the sheets of a workbook, wherever they stand and whatever their names.

    :raises SourceError: if a sheet of indicators or values has unknown columns, or a cell not read for sure
    """
    details: dict[str, tuple[str, str]] | None = None
    tables: dict[str, SideTable] = {}
    left_out: tuple[tuple[str, str], ...] = ()
    for grid in sheaf.grids:
        if details is None and _is_details(grid):
            details, left_out = _read_details(grid), tuple(_find_left_out(grid))
        for name, fields in (("indicators", INDICATOR_FIELDS), ("values", VALUE_FIELDS)):
            if name not in tables and _is_side(grid, fields) and len(grid.rows) > 1:
                where = f"{file}, {grid.name}"
                tables[name] = read_side_rows([_texts(row, where) for row in grid.rows], fields, where)
    return SideSheets(details, tables.get("indicators"), tables.get("values"), left_out)


def complete_plan_sheet(sheaf: Sheaf, lexicon: Lexicon) -> Sheaf:
    """Put what was chosen into the printed columns that are empty, and leave out the rows nobody has filled.

    A row that somebody added is on the page of the row above it. What belongs to a path is read from the workbook's
    own lists. The sheets beside the plan's are left out, too: :func:`read_side_sheets` reads them. What is no
    workbook of akegraph's stays as it is.
    """
    if not any(_is_details(grid) for grid in sheaf.grids):
        return sheaf
    endings = next((found for grid in sheaf.grids if (found := _read_endings(grid))), {})
    grids = [
        _fill_pages(_complete(grid, lexicon, endings) if _choosers(grid) else grid)
        for grid in sheaf.grids
        if not _is_own(grid)
    ]
    calculated = tuple(f"{grid.name} has " for grid in sheaf.grids if _choosers(grid))
    notes = tuple(note for note in sheaf.notes if not calculated or not note.startswith(calculated))
    return replace(sheaf, grids=tuple(grids), notes=notes)


def compose_cells(task: str, path: str, timing: str, endings: Endings) -> dict[str, str]:
    """Put choices together to what the printed columns say; a column that cannot be told yet is left out.

    :param endings: impact, goal and indicators of each path, by its normalised wording
    """
    impact, goal, indicators = endings.get(normalise(path), ("", "", ""))
    named = [text for text in (timing, indicators) if text] if impact else []
    cells = {
        Column.TASK: f"+ {task} + {path}" if task and path else "",
        Column.IMPACT: impact,
        Column.EFFECTIVENESS: goal,
        Column.EVALUATION: " ".join(f"+ {text}" for text in named),
    }
    return {column.value: text for column, text in cells.items() if text}


def _is_details(grid: Grid) -> bool:
    return bool(grid.rows) and _at(grid.rows[0], 0).text == MARK


def _is_own(grid: Grid) -> bool:
    """Tell whether a grid is a sheet that akegraph puts beside the plan's."""
    names = (HELP_SHEET, LISTS_SHEET)
    sides = any(_is_side(grid, fields) for fields in (INDICATOR_FIELDS, VALUE_FIELDS) if grid.rows)
    return sides or _is_details(grid) or grid.name.removesuffix(", hidden") in [f"sheet {name!r}" for name in names]


def _choosers(grid: Grid) -> dict[str, int]:
    """Find the columns to choose from; none where one is missing."""
    headings = [cell.text for cell in grid.rows[0].cells] if grid.rows else []
    places = {key: headings.index(title) for key, (title, _) in CHOOSERS.items() if title in headings}
    return places if len(places) == len(CHOOSERS) else {}


def _read_endings(grid: Grid) -> Endings:
    """Read what stands at the end of each path from the sheet of lists; nothing where the grid is another."""
    names = [cell.text for cell in grid.rows[0].cells] if grid.rows else []
    if not {"path", *ENDINGS} <= set(names):
        return {}
    found: dict[str, tuple[str, str, str]] = {}
    for row in grid.rows[1:]:
        path, impact, goal, indicators = (_at(row, names.index(name)).text for name in ("path", *ENDINGS))
        if path:
            found[normalise(path)] = impact, goal, indicators
    return found


def _complete(grid: Grid, lexicon: Lexicon, endings: Endings) -> Grid:
    headings = [cell.text for cell in grid.rows[0].cells]
    choosers = _choosers(grid)
    found = [find(heading, lexicon.columns) for heading in headings]
    places = {wording.notation: at for at, wording in enumerate(found) if wording}
    rows = [_without(grid.rows[0], choosers)]
    for row in grid.rows[1:]:
        chosen = {key: _at(row, at).text for key, at in choosers.items()}
        if not any(chosen.values()) and not any(_at(row, at).text for at in places.values()):
            continue
        cells = [*row.cells, *(EMPTY for _ in range(len(headings) - len(row.cells)))]
        composed = compose_cells(chosen["task"], chosen["path"], chosen["timing"], endings)
        for column, at in places.items():
            if not cells[at].text:
                cells[at] = _composed(cells[at], composed.get(column, ""))
        rows.append(_without(replace(row, cells=tuple(cells)), choosers))
    return replace(grid, rows=tuple(rows))


def _fill_pages(grid: Grid) -> Grid:
    """Put the page of the row above into the rows that have none."""
    headings = [cell.text for cell in grid.rows[0].cells] if grid.rows else []
    if _PAGE not in headings:
        return grid
    at, page = headings.index(_PAGE), EMPTY
    rows = [grid.rows[0]]
    for row in grid.rows[1:]:
        if not _at(row, at).text and at < len(row.cells):
            row = replace(row, cells=(*row.cells[:at], replace(row.cells[at], lines=page.lines), *row.cells[at + 1 :]))
        page = _at(row, at)
        rows.append(row)
    return replace(grid, rows=tuple(rows))


def _without(row: GridRow, choosers: Mapping[str, int]) -> GridRow:
    """Empty the columns to choose from: what was chosen stands in the printed ones now."""
    cells = tuple(EMPTY if at in choosers.values() else cell for at, cell in enumerate(row.cells))
    return replace(row, cells=cells)


def _composed(cell: GridCell, text: str) -> GridCell:
    """Fill an empty cell; a formula that nobody calculated is no doubt once the workbook's own choices answer it."""
    doubts = tuple(doubt for doubt in cell.doubts if doubt[0] != "formula")
    return replace(cell, lines=lines_of(text), doubts=doubts)


def _read_details(grid: Grid) -> dict[str, tuple[str, str]]:
    known = {detail.key for detail in DETAILS}
    found: dict[str, tuple[str, str]] = {}
    for row in grid.rows[1:]:
        key, value = _at(row, 0).text, _at(row, 2)
        if key in known and value.text:
            found.setdefault(key, (value.text, value.sheet_cell))
    return found


def _find_left_out(grid: Grid) -> Iterator[tuple[str, str]]:
    """Find what somebody wrote beside the details, or under a key that is none; the second column is ours."""
    known = {detail.key for detail in DETAILS}
    for row in grid.rows[1:]:
        is_known = _at(row, 0).text in known
        for at, cell in enumerate(row.cells):
            if cell.text and (at > 3 if is_known else at != 1):
                yield cell.text, cell.sheet_cell


def _is_side(grid: Grid, fields: Sequence[Field]) -> bool:
    """Tell whether a grid's first row has the required columns of a side table and one that only it has."""
    keys = {field.key for cell in grid.rows[0].cells if cell.text and (field := find_field(cell.text, fields))}
    telling = {"measures", "direction", "method"} if fields is INDICATOR_FIELDS else {"kind", "period", "area"}
    return {field.key for field in fields if field.required} <= keys and bool(keys & telling)


def _texts(row: GridRow, file: str) -> tuple[int, list[str], list[str]]:
    """Return a row as a side table is read from.

    :raises SourceError: at a cell that was not read for sure, as no review asks about it
    """
    number = int(row.place.rpartition(" ")[2])
    for cell in row.cells:
        if doubt := next((why for code, why in cell.doubts if code != SHOWN), None):
            raise SourceError(f"{doubt} (cell {cell.sheet_cell})", file=file, row=number)
    return number, [cell.text for cell in row.cells], [cell.sheet_cell for cell in row.cells]


def _at(row: GridRow, at: int) -> GridCell:
    return row.cells[at] if at < len(row.cells) else EMPTY
