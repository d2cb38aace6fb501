"""Bad input gets a clear error with place and remedy, exit code 3, and nothing is written."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from plan_documents import Layout, draw_layout, make_pdf, table_of
from test_import_documents import make_docx, make_xlsx, read

from akegraph.cli import main
from akegraph.errors import SourceError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def zip_of(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


def repack(data: bytes, name: str, change: object) -> bytes:
    """Replace one part of an Office file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = old.read(info.filename)
            new.writestr(info.filename, change(part) if info.filename == name and callable(change) else part)
    return stream.getvalue()


def picture_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.rect(10, 10, 400, 400, fill=1)
    canvas.save()
    return stream.getvalue()


def locked_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(10, 10, "Toimintasuunnitelma")
    canvas.save()
    return stream.getvalue()


TABLE = table_of(Layout(1, rows=[0, 1, 2]))
WORD, SHEET = make_docx(TABLE), make_xlsx(TABLE)
DOUBTFUL = make_xlsx([TABLE[0], *([*row[:7], "4"] for row in TABLE[1:])])
BOMB = b"<a>" + b" " * 300_000_000 + b"</a>"
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><w:document '
    b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>&c;</w:body></w:document>'
)


EXTERNAL = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'


def with_parts(data: bytes, parts: dict[str, bytes]) -> bytes:
    """Add parts to an Office file."""
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def within(name: bytes, depth: int) -> Callable[[bytes], bytes]:
    """Put elements within one another before a document's first paragraph."""
    nested = b"<%b>" % name * depth + b"</%b>" % name * depth
    return lambda part: part.replace(b"<w:body>", b"<w:body>" + nested)


def lie(data: bytes) -> bytes:
    """Make a zip file whose parts declare to be smaller than they are."""
    made = bytearray(data)
    at = 0
    while (at := made.find(b"PK\x01\x02", at)) >= 0:
        made[at + 24 : at + 28] = (100).to_bytes(4, "little")
        at += 4
    return bytes(made)


BAD = {
    "scanned PDF": (picture_pdf, "no text"),
    "locked PDF": (locked_pdf, "password"),
    "broken PDF": (lambda: b"%PDF-1.7\n1 0 obj\n<<\n%%EOF", "damaged"),
    "cut PDF": (lambda: make_pdf(Layout(1, rows=[0, 1]))[:-20], "cut off"),
    "PDF without a plan": (lambda: make_pdf_of_text(), "no table has the headings of a plan"),
    "broken zip": (lambda: WORD[: len(WORD) // 2], "damaged"),
    "spoilt zip": (lambda: spoil(SHEET, "xl/worksheets/sheet2.xml"), "damaged"),
    "a zip": (lambda: zip_of(a=b"b"), "neither DOCX nor XLSX"),
    "ODT": (lambda: zip_of(**{"content.xml": b"<a/>"}), "OpenDocument"),
    "XLSB": (lambda: zip_of(**{"xl__workbook.bin": b"x"}), "XLSB"),
    "zip bomb": (lambda: repack(SHEET, "xl/worksheets/sheet2.xml", lambda _: BOMB), "unpacks to more than 50 MB"),
    "zip bomb that lies": (
        lambda: lie(repack(SHEET, "xl/worksheets/sheet2.xml", lambda _: BOMB)),
        "unpacks to more|damaged",
    ),
    "zip bomb in DOCX": (lambda: repack(WORD, "word/document.xml", lambda _: BOMB), "unpacks to more than 50 MB"),
    "many tiny files in XLSX": (lambda: with_parts(SHEET, {f"x/{at}": b"" for at in range(10_001)}), "unpacks to more"),
    "deep XML in XLSX": (
        lambda: repack(SHEET, "xl/worksheets/sheet2.xml", lambda _: b"<a>" * 10**6 + b"</a>" * 10**6),
        "nested too deeply",
    ),
    "deep XML in DOCX": (lambda: repack(WORD, "word/document.xml", within(b"w:sdt", 600)), "nested too deeply"),
    "external entity": (lambda: repack(WORD, "word/document.xml", lambda part: EXTERNAL + part), "document type"),
    "external subset": (
        lambda: repack(SHEET, "xl/worksheets/sheet2.xml", lambda part: b'<!DOCTYPE a SYSTEM "http://[::1]/x">' + part),
        "document type",
    ),
    "two rows with one id": (
        lambda: make_xlsx([[name, *row] for name, row in zip(["id", "k1", "k2", "k1"], TABLE, strict=True)]),
        "row 3, column 'id'.*the id 'k1' is that of row 1 already",
    ),
    "entity bomb": (lambda: repack(WORD, "word/document.xml", lambda _: ENTITIES), "document type"),
    "no XML": (lambda: repack(WORD, "word/document.xml", lambda part: part[:500]), "no XML"),
    "DOCX without a table": (lambda: docx_of_text(), "no table"),
    "empty workbook": (lambda: make_xlsx([], lambda book, _: book.worksheets[0].delete_rows(1)), "no cell"),
    "workbook without a plan": (lambda: make_xlsx([["a", "b"], [1, 2]]), "found 1: sheet 'Ohjeet'"),
    "old Office": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old kind"),
    "locked Office": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
        "password",
    ),
    "RTF": (lambda: b"{\\rtf1 x}", "RTF"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n", "picture"),
    "web page": (lambda: b"<!DOCTYPE html><html></html>", "web page"),
    "mixed encodings": (lambda: ";".join(TABLE[0]).encode() + b"\n\xe4\xf6 \xc3\xa4;\xe4", "mixes encodings"),
    "unclosed quote": (lambda: (";".join(TABLE[0]) + '\n"a;b;c').encode(), "quotation marks"),
    "headings alone": (lambda: ";".join(TABLE[0]).encode(), "no row"),
}


def spoil(data: bytes, name: str) -> bytes:
    """Overwrite a stretch of one packed part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.getinfo(name).header_offset + 100
    return data[:start] + b"\x00" * 60 + data[start + 60 :]


def make_pdf_of_text() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.drawString(50, 500, "Kokouksen muistio. Paikalla olivat kaikki.")
    canvas.save()
    return stream.getvalue()


def docx_of_text() -> bytes:
    import docx

    document = docx.Document()
    document.add_paragraph("Kokouksen muistio")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_and_nothing_is_written(case: str, tmp_path: Path) -> None:
    make, says = BAD[case]
    document, rows, review = tmp_path / "plan.bin", tmp_path / "rows.csv", tmp_path / "review.toml"
    document.write_bytes(make())
    result = run("import", str(document), "--rows", str(rows), "--review", str(review), "--force")
    assert result.exit_code == 3, result.output
    assert result.stderr.startswith(f"Error: {document}")
    assert len(result.stderr.splitlines()) == 1
    assert re.search(says, result.stderr), result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.bin"]


@pytest.mark.parametrize("case", BAD)
def test_bad_input_leaves_what_was_answered_as_it_is(case: str, tmp_path: Path) -> None:
    document, rows, review = tmp_path / "plan.bin", tmp_path / "rows.csv", tmp_path / "review.toml"
    document.write_bytes(DOUBTFUL)
    targets = ("--rows", str(rows), "--review", str(review))
    assert run("import", str(document), *targets).exit_code == 0
    review.write_bytes(review.read_bytes() + b"# mine\n")
    before = rows.read_bytes(), review.read_bytes()
    document.write_bytes(BAD[case][0]())
    assert run("import", str(document), *targets, "--force").exit_code == 3
    assert (rows.read_bytes(), review.read_bytes()) == before


SHEET_NS = b'<a xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
CELLS_OF_ONE_TEXT = b"<row>" + b'<c t="s"><v>0</v></c>' * 100 + b"</row>"
SWOLLEN = {
    "elements of a sheet": lambda: repack(SHEET, "xl/worksheets/sheet2.xml", lambda _: many(b"<a/>")),
    "rows": lambda: repack(SHEET, "xl/worksheets/sheet2.xml", lambda _: many(b"<row/>")),
    "elements of a cell": lambda: repack(SHEET, "xl/worksheets/sheet2.xml", lambda _: b"<c>" + many(b"<v/>") + b"</c>"),
    "paragraphs": lambda: repack(WORD, "word/document.xml", lambda _: many(b"<p/>")),
    "strings": lambda: with_parts(SHEET, {"xl/sharedStrings.xml": many(b"<si/>")}),
    "cells with one long text": lambda: with_parts(
        repack(
            SHEET, "xl/worksheets/sheet2.xml", lambda p: p.replace(b"<sheetData>", b"<sheetData>" + CELLS_OF_ONE_TEXT)
        ),
        {"xl/sharedStrings.xml": SHEET_NS + b"<si><t>" + b"a " * 30_000 + b"</t></si></a>"},
    ),
}


def many(element: bytes) -> bytes:
    return SHEET_NS + element * 45_000 + b"</a>"


@pytest.mark.parametrize("case", SWOLLEN)
def test_what_is_small_in_the_file_and_large_when_read_is_refused(case: str) -> None:
    with pytest.raises(SourceError, match="unpacks to more than 1 MB"):
        read(SWOLLEN[case](), size=1)


def test_a_line_of_far_too_many_fields_is_refused() -> None:
    with pytest.raises(SourceError, match="line 2 has over 1000 fields"):
        read((";".join(TABLE[0]) + "\n" + ";" * 2000).encode())


def test_merged_ranges_without_number_are_refused() -> None:
    def spread(part: bytes) -> bytes:
        return part.replace(b"</sheetData>", b"</sheetData>" + b'<mergeCell ref="A1:B1"/>' * 100_001)

    with pytest.raises(SourceError, match="merged ranges; unmerge them"):
        read(repack(SHEET, "xl/worksheets/sheet2.xml", spread))


def test_macros_are_not_run() -> None:
    reading = read(with_parts(SHEET, {"xl/vbaProject.bin": b"x"}))
    assert (len(reading.table.rows), reading.notes[0]) == (3, "the workbook has macros; they were not run")
    assert "the document has macros; they were not run" in read(with_parts(WORD, {"word/vbaProject.bin": b"x"})).notes


def test_a_file_above_the_limit_is_not_even_read(tmp_path: Path) -> None:
    document = tmp_path / "plan.pdf"
    with document.open("wb") as stream:
        stream.write(b"%PDF-1.7")
        stream.truncate(300 * 1024 * 1024)
    result = run("import", str(document), "--rows", "-")
    assert result.exit_code == 3
    assert "300 MB large, and 50 MB are the limit; --max-size raises it" in result.stderr
    assert run("import", str(document), "--rows", "-", "--max-size", "0").exit_code == 2
    allowed = run("import", str(document), "--rows", "-", "--max-size", "301")
    assert (allowed.exit_code, "is cut off" in allowed.stderr or "damaged" in allowed.stderr) == (3, True)


def test_a_far_merged_range_costs_nothing() -> None:
    def spread(part: bytes) -> bytes:
        return part.replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>')

    reading = read(repack(SHEET, "xl/worksheets/sheet2.xml", spread))
    assert len(reading.table.rows) == 3


@pytest.mark.parametrize(
    ("column", "text"),
    [(0, "+ Uusi tehtävä + Polku 1: henkilöstön osaamisen kehittäminen"), (7, "6: Uusi taso – Olen mukana")],
)
def test_an_unknown_task_or_level_is_kept_and_sent_to_review(column: int, text: str, tmp_path: Path) -> None:
    table = table_of(Layout(2, rows=list(range(6))))
    table[2][column] = text
    document, rows, review = tmp_path / "plan.xlsx", tmp_path / "rows.csv", tmp_path / "review.toml"
    document.write_bytes(make_xlsx(table))
    result = run("import", str(document), "--rows", str(rows), "--review", str(review))
    assert result.exit_code == 3
    assert text in review.read_text(encoding="utf-8")
    assert text in rows.read_text(encoding="utf-8")
    assert "row 2" in result.stderr
    assert "known" in result.stderr
    table = list(csv.reader(io.StringIO(rows.read_text(encoding="utf-8"))))
    at = table[2].index(text)
    assert table[2][table[0].index(f"state: {table[0][at]}")] == "review"


def test_control_characters_are_in_doubt() -> None:
    table = table_of(Layout(3, rows=list(range(6))))
    table[1][1] = "Kirjasto\x07keskustelut"
    data = "\n".join(";".join(row) for row in table).encode()
    (doubt,) = read(data).doubts
    assert (doubt.row, doubt.reason, doubt.proposed) == (1, "unreadable-character", "Kirjastokeskustelut")


@pytest.mark.parametrize("seed", range(40))
def test_spoilt_bytes_never_crash(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray([WORD, SHEET, SMALL_PDF, "\n".join(";".join(row) for row in TABLE).encode()][seed % 4])
    for _ in range(rng.choice([1, 5, 50])):
        data[rng.randrange(len(data))] = rng.randrange(256)
    if seed % 5 == 0:
        del data[rng.randrange(len(data)) :]
    try:
        read(bytes(data))
    except SourceError as error:
        assert error.file == "plan"  # noqa: PT017


SMALL_PDF = make_pdf(replace(draw_layout(4), rows=[0], rules="grid", split=False))


def test_text_with_far_too_many_lines_is_refused_before_it_is_read() -> None:
    with pytest.raises(SourceError, match="lines, far more than a plan"):
        read(b"Polku 1: a\n" * 50_001, "long.txt")
