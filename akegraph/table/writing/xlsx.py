"""The table as a workbook: the plan, its details, its indicators, and lists to choose from.

Every text is typed as text, so a cell that begins with ``=``, ``+``, ``-`` or ``@`` is neither a formula nor changed.
The only formulas stand in the rows of an empty workbook, where they put choices into the printed columns.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from akegraph.errors import OutputError
from akegraph.table.choices import Choices
from akegraph.table.model import Column, Row
from akegraph.table.sidetables import INDICATOR_FIELDS, VALUE_FIELDS, Field, SideTable
from akegraph.table.workbook import (
    CHOOSERS,
    DETAILS,
    DETAILS_SHEET,
    HELP_SHEET,
    INDICATORS_SHEET,
    LISTS_SHEET,
    MARK,
    PLAN_SHEET,
    VALUES_SHEET,
)  # fmt: skip
from akegraph.table.writing.archive import freeze_archive
from akegraph.table.writing.csv import PLACES, SYNTHETIC
from akegraph.table.writing.printout import Printout, fit_xml

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_LONGEST = 32767
_WIDTHS = {
    "id": 11, "page": 6, "row": 6, "continues": 11, SYNTHETIC: 10, Column.TASK: 25, Column.ACTIVITY: 29,
    Column.OUTPUT: 23, Column.OUTCOME: 26, Column.IMPACT: 25, Column.EFFECTIVENESS: 31, Column.EVALUATION: 26,
    Column.PARTICIPATION: 17,
}  # fmt: skip
"""As narrow as the longest words allow: the whole table is seen at once, and is legible printed on one page's width."""
_CHOOSER_WIDTH = 22
_BLANK_HEIGHT = 84
"""Room for what the choices say: no program fits a row to what a formula gives."""
_INK, _HEAD, _CHOOSE, _OWN, _GREY = "1B2126", "DDE7E9", "FFF6CF", "FFFFFF", "8A949B"
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Extras:
    """What a workbook holds beside the printed table.

    :ivar details: the texts of the sheet of details, by key
    :ivar blank: ids of rows to be filled in, with columns to choose from; none in the workbook of a plan that is
    :ivar blank_indicators: ids of indicators to be filled in
    :ivar help: what the sheet of instructions says, by language
    """

    choices: Choices
    details: Mapping[str, str]
    indicators: SideTable | None = None
    values: SideTable | None = None
    blank: Sequence[str] = ()
    blank_indicators: Sequence[str] = ()
    help: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheets:
    """The whole content of a workbook, for :func:`write_workbook`."""

    title: str
    author: str
    moment: str
    headings: Mapping[str, str]
    rows: Sequence[Row] = ()
    notice: str | None = None
    extras: Extras | None = None


def write_xlsx(printout: Printout, extras: Extras | None = None) -> bytes:
    """Write a plan as a workbook.

    :raises OutputError: if a cell is longer than a workbook's may be
    """
    document = printout.document
    moment = f"{document.issued.isoformat()}T00:00:00Z"
    table = printout.table
    sheets = Sheets(
        printout.plan.title, document.publisher, moment, table.headings, table.rows, printout.notice, extras
    )
    return write_workbook(sheets)


def write_workbook(sheets: Sheets) -> bytes:
    """Write a workbook; the sheets that have nothing to say are left out.

    :raises OutputError: if a cell is longer than a workbook's may be
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.title, book.properties.creator = fit_xml(sheets.title), fit_xml(sheets.author)
    book.properties.description = sheets.notice
    extras = sheets.extras
    plan: Any = book.active
    plan.title = PLAN_SHEET
    lists = _Lists(extras.choices) if extras else None
    _paint_plan(plan, sheets, lists)
    if extras and lists:
        if extras.help:
            _paint_help(book.create_sheet(HELP_SHEET, 0), extras.help)
        _paint_details(book.create_sheet(DETAILS_SHEET), extras, sheets.notice, lists)
        ids, choices = extras.blank_indicators, extras.choices
        own = [line.cells["text"] for line in extras.indicators.lines] if extras.indicators else []
        _paint_side(book.create_sheet(INDICATORS_SHEET), INDICATOR_FIELDS, extras.indicators, ids, lists)
        known = [*own, *(choice.label for choice in choices.known_indicators)]
        lists.columns["indicator"] = known
        blank = [""] * (2 * len(ids))
        _paint_side(book.create_sheet(VALUES_SHEET), VALUE_FIELDS, extras.values, blank, lists)
        lists.paint(book)
    stream = io.BytesIO()
    book.save(stream)
    return freeze_archive(stream.getvalue(), sheets.moment)


class _Lists:
    """The hidden sheet of what can be chosen, one list in each column, and the ranges that name them."""

    def __init__(self, choices: Choices) -> None:
        def labels(listed: Iterable[Any]) -> list[str]:
            return [choice.label for choice in listed]

        self.columns: dict[str, list[str]] = {
            "task": labels(choices.tasks),
            "path": [path.path for path in choices.paths],
            "impact": [path.impact for path in choices.paths],
            "goal": [next(iter(path.goals), "") for path in choices.paths],
            "set": [path.indicators for path in choices.paths],
            "timing": list(choices.timing_cells),
            "participation": [f"{level.id}: {level.label}" for level in choices.levels],
            "effectiveness": [goal for path in choices.paths for goal in path.goals],
            "organisation": labels(choices.organisations),
            "areas": labels(choices.areas),
            "framework": labels(choices.frameworks),
            "measures": labels(choices.measured),
            "unit": labels(choices.units),
            "direction": labels(choices.directions),
            "kind": labels(choices.kinds),
            "area": labels(choices.areas),
            "completeness": labels(choices.completeness),
            "indicator": [],
            "synthetic": ["true"],
            "language": ["fi"],
        }

    def range(self, name: str) -> str:
        """Return where a list stands, as a formula names it."""
        from openpyxl.utils import get_column_letter

        letter = get_column_letter(list(self.columns).index(name) + 1)
        return f"{LISTS_SHEET}!${letter}$2:${letter}${max(2, len(self.columns[name]) + 1)}"

    def offer(self, sheet: Worksheet, name: str, cells: str, *, strict: bool = True) -> None:
        """Offer a list in cells; without ``strict``, other words are taken after a warning."""
        from openpyxl.worksheet.datavalidation import DataValidation

        offered = DataValidation(type="list", formula1=self.range(name), allow_blank=True, showErrorMessage=True)
        offered.errorStyle = "stop" if strict else "warning"
        offered.errorTitle = "Luettelosta / Ur listan / From the list"
        offered.error = "Valitse luettelosta. Välj ur listan. Choose from the list."
        sheet.add_data_validation(offered)
        offered.add(cells)

    def paint(self, book: Workbook) -> None:
        """Write the sheet; hidden, since the cells offer what is in it."""
        sheet = book.create_sheet(LISTS_SHEET)
        for at, (name, texts) in enumerate(self.columns.items(), start=1):
            for row, text in enumerate((name, *texts), start=1):
                _write(sheet, row, at, text)
        sheet.sheet_state = "hidden"


def _paint_plan(sheet: Worksheet, sheets: Sheets, lists: _Lists | None) -> None:
    """Paint the plan: filled rows, then the rows to be filled, which have columns to choose from."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    blank = sheets.extras.blank if sheets.extras else ()
    follows = any(row.continues is not None for row in sheets.rows)
    own = [*PLACES, *(["continues"] if follows else [])]
    choosers = list(CHOOSERS) if blank else []
    columns = [*own, *choosers, *Column, *([SYNTHETIC] if sheets.notice else [])]
    places = {str(name): at for at, name in enumerate([*own, *(f"choose {c}" for c in choosers), *Column], start=1)}
    for at, name in enumerate(columns, start=1):
        is_chooser = name in choosers and at <= len(own) + len(choosers)
        text = CHOOSERS[name][0] if is_chooser else sheets.headings.get(name, name)
        _write(sheet, 1, at, text, ground=_CHOOSE if is_chooser else _HEAD, bold=True)
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = _CHOOSER_WIDTH if is_chooser else _WIDTHS[name]
        sheet.column_dimensions[letter].hidden = name in ("page", "row")
    _fit_height(sheet, 1, [(_WIDTHS[name] - 3, sheets.headings.get(name, name)) for name in Column])
    for number, row in enumerate(sheets.rows, start=2):
        cells: dict[str, str | int] = {column.value: row.text(column) for column in Column}
        cells |= {
            "id": row.id,
            "page": row.page,
            "row": row.number,
            "continues": row.continues or "",
            SYNTHETIC: "true",
        }
        for at, name in enumerate(columns, start=1):
            _write(sheet, number, at, cells[name], colour=_GREY if name in (*own, SYNTHETIC) else _INK)
        _fit_height(sheet, number, [(_WIDTHS[name], str(cells[name])) for name in Column])
    first, last = len(sheets.rows) + 2, len(sheets.rows) + len(blank) + 1
    for number, row_id in enumerate(blank, start=first):
        own_values: tuple[str | int, ...] = (row_id, 1, number - 1)
        for name, own_value in zip(PLACES, own_values, strict=True):
            _write(sheet, number, places[name], own_value, colour=_GREY)
        sheet.row_dimensions[number].height = _BLANK_HEIGHT
        for chooser in choosers:
            _write(sheet, number, places[f"choose {chooser}"], "", ground=_CHOOSE)
        for column in Column:
            _write(sheet, number, places[column], "")
        if lists:
            for column, formula in _formulas(number, places, lists).items():
                formed: Any = sheet.cell(number, places[column], formula)
                formed.number_format, formed.font = "General", Font(name="Calibri", size=10, color=_GREY)
    if lists:
        end = max(last, 2)
        for name in choosers:
            letter = get_column_letter(places[f"choose {name}"])
            lists.offer(sheet, name, f"{letter}{first}:{letter}{end}")
        for column in (Column.EFFECTIVENESS, Column.PARTICIPATION):
            letter = get_column_letter(places[column])
            lists.offer(sheet, column.value, f"{letter}2:{letter}{end}", strict=False)
    sheet.freeze_panes = f"{get_column_letter(len(own) + 1)}2"
    _fit_paper(sheet, sheets.notice, sheets.title)


def _formulas(row: int, places: Mapping[str, int], lists: _Lists) -> dict[Column, str]:
    """Write the formulas that put a row's choices into its printed columns."""
    from openpyxl.utils import get_column_letter

    task, path, timing = (f"${get_column_letter(places[f'choose {name}'])}{row}" for name in CHOOSERS)

    def look_up(name: str) -> str:
        return f"INDEX({lists.range(name)},MATCH({path},{lists.range('path')},0))"

    return {
        Column.TASK: f'=IF(OR({task}="",{path}=""),"","+ "&{task}&" + "&{path})',
        Column.IMPACT: f'=IF({path}="","",{look_up("impact")})',
        Column.EFFECTIVENESS: f'=IF({path}="","",{look_up("goal")})',
        Column.EVALUATION: f'=IF({path}="","",IF({timing}="","","+ "&{timing}&" ")&"+ "&{look_up("set")})',
    }


def _paint_details(sheet: Worksheet, extras: Extras, notice: str | None, lists: _Lists) -> None:
    for at, text in enumerate((MARK, "Tieto / Uppgift / Detail", "Arvo / Värde / Value", "Ohje"), start=1):
        _write(sheet, 1, at, text, ground=_HEAD, bold=True)
    for row, detail in enumerate(DETAILS, start=2):
        _write(sheet, row, 1, detail.key, colour=_GREY)
        _write(sheet, row, 2, " / ".join(dict.fromkeys(detail.names)), bold=True)
        _write(sheet, row, 3, extras.details.get(detail.key, ""), ground=_CHOOSE)
        _write(sheet, row, 4, detail.help, colour=_GREY)
        _fit_height(sheet, row, [(52, " / ".join(detail.names)), (62, extras.details.get(detail.key, ""))])
        if detail.key in lists.columns:
            lists.offer(sheet, detail.key, f"C{row}", strict=detail.key != "areas")
    if notice:
        _write(sheet, len(DETAILS) + 3, 2, notice, bold=True)
    for letter, width in zip("ABCD", (13, 52, 62, 62), strict=True):
        sheet.column_dimensions[letter].width = width
    _fit_paper(sheet, notice)


def _paint_side(
    sheet: Worksheet, fields: Sequence[Field], table: SideTable | None, blank: Sequence[str], lists: _Lists
) -> None:
    from openpyxl.utils import get_column_letter

    lines = [line.cells for line in table.lines] if table else []
    end = max(2, len(lines) + len(blank) + 1)
    for at, column in enumerate(fields, start=1):
        letter = get_column_letter(at)
        _write(sheet, 1, at, column.headings[0], ground=_HEAD, bold=True)
        sheet.column_dimensions[letter].width = column.width
        for row, cells in enumerate(lines, start=2):
            _write(sheet, row, at, cells[column.key])
        for row, own_id in enumerate(blank, start=len(lines) + 2):
            _write(sheet, row, at, own_id if column.key == "id" else "", colour=_GREY if column.key == "id" else _INK)
        if column.key in lists.columns:
            strict = column.key not in ("measures", "indicator", "area")
            lists.offer(sheet, column.key, f"{letter}2:{letter}{end}", strict=strict)
    sheet.freeze_panes = "B2"
    _fit_paper(sheet, None)


def _paint_help(sheet: Worksheet, texts: Mapping[str, Sequence[str]]) -> None:
    row = 1
    for lines in texts.values():
        for at, line in enumerate(lines):
            _write(sheet, row, 1, line, bold=at == 0, ground=_HEAD if at == 0 else _OWN)
            _fit_height(sheet, row, [(110, line)])
            row += 1
        _write(sheet, row, 1, "")
        row += 1
    sheet.column_dimensions["A"].width = 110
    _fit_paper(sheet, None, headed=False)


def _fit_height(sheet: Worksheet, row: int, texts: Sequence[tuple[int, str]]) -> None:
    """Make a row as high as its texts need in columns of these widths: not every program does so by itself."""
    lines = max(sum(1 for _ in wrap(text, max(8, width))) for width, text in texts)
    sheet.row_dimensions[row].height = 13.5 * max(1, lines) + 3


def _fit_paper(sheet: Worksheet, notice: str | None, title: str = "", *, headed: bool = True) -> None:
    """Print landscape, as wide as the paper, on every page the headings, the title and the page's number."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    properties: Any = sheet.sheet_properties
    properties.pageSetUpPr.fitToPage = True
    margins: Any = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.header = 0.75, 0.35
    margins.bottom, margins.footer = 0.6, 0.3
    footer: Any = sheet.oddFooter
    footer.right.text = "&P / &N"
    if headed:
        sheet.print_title_rows = "1:1"
    header: Any = sheet.oddHeader
    header.left.text = fit_xml(title).replace("&", "&&") or None
    header.center.text = notice


def _write(
    sheet: Worksheet,
    row: int,
    column: int,
    value: str | int,
    *,
    bold: bool = False,
    ground: str = "",
    colour: str = _INK,
) -> None:
    """Write one cell, a text as text whatever it begins with."""
    cell: Any = sheet.cell(row, column)
    if isinstance(value, str):
        text = _ESCAPED.sub("_x005F_", fit_xml(value))
        if len(text) > _LONGEST:
            raise OutputError(f"row {row}: a cell of {len(text)} characters; a workbook's holds {_LONGEST} at most")
        if text:
            cell.value = text
            cell.data_type = "s"
        cell.number_format = "@"
    else:
        cell.value = value
    cell.font, cell.alignment, cell.border, fill = _style(bold, ground, colour)
    if fill:
        cell.fill = fill


@cache
def _style(bold: bool, ground: str, colour: str) -> tuple[Any, Any, Any, Any]:
    """Make the parts of a cell's style, each look once."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side(style="thin", color="C9CFD2")
    return (
        Font(name="Calibri", size=10, bold=bold, color=colour),
        Alignment(wrap_text=True, vertical="top"),
        Border(left=line, right=line, top=line, bottom=line),
        PatternFill("solid", fgColor=ground) if ground else None,
    )
