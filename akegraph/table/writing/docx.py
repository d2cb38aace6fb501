"""The table as a Word document: landscape, its heading row repeated on every page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from akegraph.table.model import Column
from akegraph.table.writing.archive import freeze_archive
from akegraph.table.writing.printout import Printout, fit_xml

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_MILLIMETRES = {
    Column.TASK: 36, Column.ACTIVITY: 42, Column.OUTPUT: 33, Column.OUTCOME: 35,
    Column.IMPACT: 34, Column.EFFECTIVENESS: 43, Column.EVALUATION: 31, Column.PARTICIPATION: 23,
}  # fmt: skip
"""Wide enough for each column's longest words, so that no word processor breaks one without a hyphen."""
_PAGE = (297, 210)
_MARGIN = 10
_HEAD_GROUND = "DDE7E9"


def write_docx(printout: Printout) -> bytes:
    """Write title, source and table; every cell is plain text in its column's language."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    document = docx.Document()
    _tell_properties(document, printout)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(_PAGE[0]), Mm(_PAGE[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(7.5)
    normal.paragraph_format.space_after = Pt(2)

    if printout.notice:
        document.add_paragraph().add_run(printout.notice).bold = True
        section.header.paragraphs[0].add_run(printout.notice).bold = True
    title = document.add_paragraph().add_run(fit_xml(printout.plan.title))
    title.bold, title.font.size = True, Pt(14)
    for note in printout.notes:
        document.add_paragraph(fit_xml(note))

    grid = document.add_table(rows=1, cols=len(Column))
    grid.style, grid.autofit = "Table Grid", False
    for column, place in zip(Column, grid.columns, strict=True):
        place.width = Mm(_MILLIMETRES[column])
    for cell, column in zip(grid.rows[0].cells, Column, strict=True):
        _fill(cell, printout.table.headings[column], printout.language, Mm(_MILLIMETRES[column]), bold=True)
        _shade(cell)
    _mark_row(grid.rows[0], "w:tblHeader")
    for row in printout.table.rows:
        added = grid.add_row()
        _mark_row(added, "w:cantSplit")
        for cell, column in zip(added.cells, Column, strict=True):
            bold = column is Column.ACTIVITY
            _fill(cell, row.text(column), printout.language_of(column), Mm(_MILLIMETRES[column]), bold=bold)
    stream = io.BytesIO()
    document.save(stream)
    return freeze_archive(stream.getvalue(), f"{printout.document.issued.isoformat()}T00:00:00Z")


def _tell_properties(document: WordDocument, printout: Printout) -> None:
    properties = document.core_properties
    properties.title, properties.author = fit_xml(printout.plan.title), fit_xml(printout.document.publisher)
    properties.language, properties.comments = printout.plan.language, printout.notice or ""
    properties.last_modified_by, properties.identifier = "", printout.plan.id


def _fill(cell: Any, text: str, language: str, width: Any, *, bold: bool) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    cell.width = width
    run = cell.paragraphs[0].add_run(fit_xml(text))
    run.bold = bold
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}.get(language, language))
    run._r.get_or_add_rPr().append(spoken)


def _shade(cell: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), _HEAD_GROUND)
    cell._tc.get_or_add_tcPr().append(shade)


def _mark_row(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))
