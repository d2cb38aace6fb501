"""Any document in, one reading out: the reader is chosen by what the file holds, never by its name."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from akegraph.errors import SourceError
from akegraph.table.columns import Lexicon
from akegraph.table.grids import Progress, Sheaf
from akegraph.table.model import Reading, Table
from akegraph.table.packages import MEGABYTE
from akegraph.table.spelling import Spelling
from akegraph.table.tabular import read_sheaf
from akegraph.table.text import read_text
from akegraph.table.workbook import complete_plan_sheet

MOST_MEGABYTES = 50
_PDF_WITHIN = 1024
_MOST_LINES = 50_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = {
    b"{\\rtf": "an RTF document; save it as DOCX",
    b"\x89PNG": "a picture; recognise its text (OCR) and save that as PDF or DOCX",
    b"\xff\xd8\xff": "a picture; recognise its text (OCR) and save that as PDF or DOCX",
    b"GIF8": "a picture; recognise its text (OCR) and save that as PDF or DOCX",
    b"II*\x00": "a picture; recognise its text (OCR) and save that as PDF or DOCX",
    b"\x1f\x8b": "a packed file; unpack it first",
    b"7z\xbc\xaf": "a packed file; unpack it first",
    b"Rar!": "a packed file; unpack it first",
}
_MARKUP = ("<!doctype html", "<html", "<?xml")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person may say about how a document is to be read.

    :param first_page: the page of the first row, where the document does not tell or tells wrong
    :param table: the number of the table that is the plan, counted from 1
    :param size: the megabytes that the document, packed or unpacked, may have
    """

    first_page: int | None = None
    table: int | None = None
    size: int = MOST_MEGABYTES


def read_document(
    data: bytes,
    lexicon: Lexicon,
    spelling: Spelling,
    *,
    file: str,
    plan_id: str,
    wanted: Wanted | None = None,
    earlier: Table | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read a plan from a PDF, DOCX, XLSX or CSV file, or from flattened text.

    :param file: the file's name as the user gave it
    :param plan_id: the plan's id, which new row ids are made from
    :param earlier: the rows of an earlier import, whose ids are kept
    :raises SourceError: if it is none of these, damaged, protected, too large, no plan, or mostly in doubt
    """
    wanted = wanted or Wanted()
    refuse_large(len(data), file, wanted.size)
    sheaf = _read_sheaf(data, lexicon, file, wanted.size * MEGABYTE, progress)
    if sheaf is None:
        if wanted.table not in (None, 1):
            raise SourceError("is text with one table; --table chooses among several", file=file)
        return read_text(
            data,
            lexicon,
            file=file,
            plan_id=plan_id,
            spelling=spelling,
            first_page=wanted.first_page,
            earlier=earlier,
        )
    return read_sheaf(
        complete_plan_sheet(sheaf, lexicon),
        lexicon,
        file=file,
        plan_id=plan_id,
        spelling=spelling,
        first_page=wanted.first_page,
        earlier=earlier,
        table=wanted.table,
        progress=progress,
    )


def refuse_large(size: int, file: str, most: int) -> None:
    """Refuse a file larger than a plan can be.

    :param size: its bytes
    :param most: the megabytes it may have
    """
    if size > most * MEGABYTE:
        what = f"is {size / MEGABYTE:.0f} MB large, and {most} MB are the limit; --max-size raises it"
        raise SourceError(what, file=file)


def _read_sheaf(data: bytes, lexicon: Lexicon, file: str, limit: int, progress: Progress | None) -> Sheaf | None:
    """Read a document as grids; None where it is plain text without a table's marks."""
    # each reader is imported when its format is met: a PDF's takes a third of a second
    if b"%PDF-" in data[:_PDF_WITHIN]:
        from akegraph.table.pdf import read_pdf

        return read_pdf(data, file, lexicon, progress)
    if data.startswith(b"PK"):
        return _read_office(data, file, limit, progress)
    _refuse_others(data, file)
    from akegraph.table.separated import read_separated

    if data.count(b"\n") > _MOST_LINES:
        raise SourceError(f"has more than {_MOST_LINES} lines, far more than a plan; give the plan alone", file=file)
    return read_separated(data, file, lexicon)


def _read_office(data: bytes, file: str, limit: int, progress: Progress | None) -> Sheaf:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise SourceError(f"the file is damaged: {error}; save it again from its program", file=file) from error
    if "xl/workbook.xml" in names:
        from akegraph.table.xlsx import read_workbook

        return read_workbook(data, file, limit, progress)
    if "word/document.xml" in names:
        from akegraph.table.docx import read_word

        return read_word(data, file, limit)
    if "xl/workbook.bin" in names:
        raise SourceError("is a binary Excel workbook (XLSB); save it as XLSX", file=file)
    if "content.xml" in names:
        raise SourceError("is an OpenDocument file; save it as DOCX or XLSX", file=file)
    raise SourceError("is a zip file, but neither DOCX nor XLSX; unpack it first", file=file)


def _refuse_others(data: bytes, file: str) -> None:
    """Refuse formats that are known and not read, with the way out."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise SourceError("is an Office document protected by a password; save it without one", file=file)
        raise SourceError("is a Word or Excel document of the old kind (DOC, XLS); save it as DOCX or XLSX", file=file)
    for signature, what in _OTHERS.items():
        if data.startswith(signature):
            raise SourceError(f"is {what}", file=file)
    start = data[:200].decode("utf-8-sig", "ignore").lstrip().casefold()
    if start.startswith(_MARKUP):
        raise SourceError("is a web page or XML; save the plan as DOCX, XLSX, CSV or PDF", file=file)
