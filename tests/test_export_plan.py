"""A plan as a document again: the same words in every format, the same bytes on every run, nothing written over."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from plan_tables import DOCUMENT, HEADINGS, KNOWLEDGE, PLAN, real_table, tables, texts_of

from akegraph.cli import main
from akegraph.errors import OutputError
from akegraph.pipeline.exporting import Export, export_plan
from akegraph.pipeline.importing import read_spelling
from akegraph.pipeline.knowledge import find_plans
from akegraph.table.documents import read_document
from akegraph.table.model import Cell, CellState, Column, Row, Table
from akegraph.table.rows import read_rows, write_rows
from akegraph.table.writing import FORMATS, SUFFIXES, write_table
from akegraph.table.writing.csv import find_risky_cells
from akegraph.table.writing.printout import Printout
from akegraph.table.writing.words import load_words

NAME = "ake-tampere-2026"
LEXICON = KNOWLEDGE.schemes.lexicon
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OFFICE = shutil.which("soffice")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["export", *arguments])


def export(kind: str, **how: object) -> Export:
    [folder] = find_plans([NAME])
    return export_plan(folder, kind, knowledge=KNOWLEDGE, **how)  # type: ignore[arg-type]


def printout(table: Table, *, synthetic: bool = False) -> Printout:
    plan = replace(PLAN, synthetic=synthetic)
    document = replace(DOCUMENT, synthetic=True, file=None, sha256=None) if synthetic else DOCUMENT
    return Printout(plan, document, table)


def table_of(*activities: str) -> Table:
    real = real_table().rows[0]
    rows = [
        Row(f"row{at:05}", 1, at, {**real.cells, "activity": Cell(text)}) for at, text in enumerate(activities, start=1)
    ]
    return Table("plan", HEADINGS, tuple(rows))


class Cells(HTMLParser):
    """Collects the cells of the body of a table, row by row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")
        self._inside = tag == "td" or (self._inside and tag in ("span", "wbr"))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data


def read_cells(kind: str, content: bytes) -> list[tuple[str, ...]]:
    """Read the eight columns back with a library that knows nothing of akegraph."""
    if kind == "csv":
        lines = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
        return [tuple(line[HEADINGS[column]] for column in Column) for line in lines]
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Suunnitelma"]
        head, *body = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
        places = [head.index(HEADINGS[column]) for column in Column]
        return [tuple(str(row[at]) for at in places) for row in body]
    if kind == "docx":
        [grid] = docx.Document(io.BytesIO(content)).tables
        return [tuple(cell.text for cell in row.cells) for row in grid.rows[1:]]
    if kind == "html":
        rows = [row for row in Cells(content.decode("utf-8")).rows if row]
        return [tuple("" if cell == load_words("table")["fi"]["missing"] else cell for cell in row) for row in rows]
    lines = [line for line in content.decode("utf-8").splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if "| --- |" not in line]
    return [tuple(re.sub(r"\\(.)", r"\1", cell) for cell in row) for row in cells]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_has_the_real_plan_word_for_word(kind: str) -> None:
    assert read_cells(kind, export(kind).content) == texts_of(real_table())


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_plan_gives_the_same_bytes(kind: str) -> None:
    assert export(kind).content == export(kind).content


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_no_archive_carries_the_clock(kind: str) -> None:
    with zipfile.ZipFile(io.BytesIO(export(kind).content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        times = re.findall(rb"<dcterms:(?:created|modified)[^>]*>([^<]*)<", archive.read("docProps/core.xml"))
    assert times
    assert set(times) == {b"2025-11-06T00:00:00Z"}


@given(table=tables(most=2))
@FEW
def test_any_words_come_back_from_every_table_format(table: Table) -> None:
    for kind in ("csv", "xlsx", "docx", "html"):
        assert read_cells(kind, write_table(printout(table), kind)) == [
            tuple(text.replace("_x0041_", "_x005F_x0041_") if kind == "xlsx" else text for text in row)
            for row in texts_of(table)
        ], kind


@given(table=tables(most=3))
@FEW
def test_own_reader_takes_the_workbook_and_the_csv_back(table: Table) -> None:
    for kind in ("xlsx", "csv"):
        content = write_table(printout(table), kind)
        reading = read_document(content, LEXICON, read_spelling(KNOWLEDGE), file=f"plan.{kind}", plan_id=PLAN.id)
        for read, row in zip(reading.table.rows, table.rows, strict=True):
            for column in Column:
                cell = read.cells[column]
                assert cell.text == row.text(column) or cell.state is CellState.REVIEW, (kind, column)
        assert [(r.id, r.page) for r in reading.table.rows] == [(r.id, r.page) for r in table.rows], kind


@pytest.mark.parametrize("start", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "'=1", "\u2212x"])
def test_no_cell_becomes_a_formula_or_another_text(start: str) -> None:
    content = write_table(printout(table_of(start)), "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Suunnitelma"]
    [cell] = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value == start]
    assert cell.data_type == "s"
    assert cell.number_format == "@"
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert f'"{start.replace(chr(34), chr(34) * 2)}"'.encode() in write_table(printout(table_of(start)), "csv")


def test_cells_that_could_be_commands_are_told_of() -> None:
    table = table_of("=1+1", "@SUM(A1)", "-1", "+1+1", " =x", "Tavallinen", "+ Luettelon kohta", "+Kohta")
    assert [row for row, column in find_risky_cells(table) if column == "activity"] == [1, 2, 3, 5]
    assert not find_risky_cells(real_table())


@pytest.mark.parametrize("kind", FORMATS)
def test_a_synthetic_plan_says_so_everywhere(kind: str) -> None:
    content = write_table(printout(table_of("Toimenpide"), synthetic=True), kind)
    real = write_table(printout(table_of("Toimenpide")), kind)
    assert synthetic_marks(kind, content)
    assert not synthetic_marks(kind, real)


def synthetic_marks(kind: str, content: bytes) -> bool:
    if kind == "csv":
        lines = list(csv.DictReader(io.StringIO(content.decode())))
        return all(line.get("synthetic") == "true" for line in lines)
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Suunnitelma"]
        head, *body = [[cell.value for cell in row] for row in sheet.iter_rows()]
        return head[-1] == "synthetic" and all(row[-1] == "true" for row in body)
    if kind == "docx":
        texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
        return load_words("table")["fi"]["synthetic"] in texts
    return "SYNTEETTINEN" in content.decode()


def test_word_repeats_its_headings_on_wide_paper() -> None:
    document = docx.Document(io.BytesIO(export("docx").content))
    section = document.sections[0]
    assert section.page_width > section.page_height
    [grid] = document.tables
    assert grid.rows[0]._tr.trPr.xpath("w:tblHeader")
    widths = [column.width for column in grid.columns]
    assert sum(widths) <= section.page_width - section.left_margin - section.right_margin
    assert [cell.text for cell in grid.rows[0].cells] == list(HEADINGS.values())


def test_the_page_needs_nothing_else() -> None:
    page = export("html").content.decode()
    assert not re.findall(r"<(?:script|link|img|iframe)\b|url\(|@import", page)
    assert '<html lang="fi">' in page
    assert '<tr id="gqrirt6y" data-page="16" data-row="1">' in page


def test_the_page_tells_the_language_of_each_cell() -> None:
    page = export("html", normalised=True, language="en").content.decode()
    assert '<html lang="en">' in page
    assert '<td class="activity" data-heading="Input and process" lang="fi">' in page
    assert '<td class="participation" data-heading="Participation level">' in page


def test_markup_in_a_cell_stays_text() -> None:
    table = table_of("<script>alert(1)</script> & *tähti* | putki")
    page = write_table(printout(table), "html").decode()
    assert "<script>" not in page
    line = write_table(printout(table), "markdown").decode().splitlines()[-1]
    assert r"\<script\>alert(1)\</script\> \& \*tähti\* \| putki" in line


def test_csv_is_described_beside_it() -> None:
    done = export("csv", file="suunnitelma.csv")
    assert done.companion is not None
    described = json.loads(done.companion)
    header = next(csv.reader(io.StringIO(done.content.decode())))
    columns = described["tableSchema"]["columns"]
    assert described["@context"][0] == "http://www.w3.org/ns/csvw"
    assert described["url"] == "suunnitelma.csv"
    assert described["tableSchema"]["primaryKey"] == "id"
    assert len(columns) == len(header) == 11
    for column, heading in zip(columns, header, strict=True):
        titles = column["titles"]
        assert heading in ([titles] if isinstance(titles, str) else titles["fi"])
    assert set(columns[3]["titles"]) == {"fi", "sv", "en"}


def test_csv_quotes_every_field_and_is_read_back_as_rows() -> None:
    content = export("csv").content
    assert all(re.fullmatch(rb'"[^"]*(?:""[^"]*)*"(?:,"[^"]*(?:""[^"]*)*")*', line) for line in content.splitlines())
    assert texts_of(read_rows(content, LEXICON)) == texts_of(real_table())


def test_a_text_longer_than_a_cell_is_refused() -> None:
    with pytest.raises(OutputError, match="32767"):
        write_table(printout(table_of("a" * 32768)), "xlsx")


# --- the command ---


@pytest.mark.parametrize("kind", FORMATS)
def test_command_writes_a_file_once(kind: str, tmp_path: Path) -> None:
    target = tmp_path / f"plan{SUFFIXES[kind]}"
    first = run(NAME, "--format", kind, "-o", str(target))
    assert first.exit_code == 0, first.output
    assert first.stdout == ""
    assert target.read_bytes() == export(kind, file=target.name).content
    assert Path(f"{target}-metadata.json").exists() == (kind == "csv")
    assert "unchanged" in run(NAME, "--format", kind, "-o", str(target)).stderr
    target.write_bytes(b"mine")
    refused = run(NAME, "--format", kind, "-o", str(target))
    assert (refused.exit_code, target.read_bytes()) == (2, b"mine")
    assert "--force" in refused.stderr
    assert run(NAME, "--format", kind, "-o", str(target), "--force").exit_code == 0
    assert target.read_bytes() != b"mine"


def test_neither_file_is_written_where_one_may_not(tmp_path: Path) -> None:
    described = tmp_path / "plan.csv-metadata.json"
    described.write_text("mine")
    assert run(NAME, "--format", "csv", "-o", str(tmp_path / "plan.csv")).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == [described.name]


def test_standard_output_gets_the_document_alone() -> None:
    done = run(NAME, "--format", "xlsx", "-o", "-")
    assert done.stdout_bytes == export("xlsx").content


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ake-tampere-2062", "--format", "csv"], 3, "did you mean 'ake-tampere-2026'"),
        ([NAME, "--format", "pdf"], 2, "is not one of"),
        ([NAME], 2, "--format"),
        (["--format", "csv"], 2, "PLAN"),
        ([NAME, "--template", "xlsx"], 2, "--template"),
        ([NAME, "--format", "csv", "--year", "2027"], 2, "--template"),
        (["--template", "docx"], 2, "is not"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    arguments: list[str], code: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert not list(tmp_path.iterdir())
    assert done.exit_code == code, done.output
    assert words in done.stderr


def test_a_cell_in_doubt_is_not_exported(tmp_path: Path) -> None:
    [folder] = find_plans([NAME])
    for name in ("plan.toml", "rows.csv"):
        shutil.copy(folder.path / name, tmp_path / name)
    rows = (tmp_path / "rows.csv").read_text(encoding="utf-8")
    (tmp_path / "rows.csv").write_text(rows.replace(",sure\n", ",review\n", 1), encoding="utf-8")
    done = run(str(tmp_path), "--format", "csv", "-o", str(tmp_path / "out.csv"))
    assert (done.exit_code, (tmp_path / "out.csv").exists()) == (3, False)
    assert "in doubt" in done.stderr


def test_help_imports_no_office_library() -> None:
    code = "import sys, akegraph.cli; print(sorted({'openpyxl', 'docx', 'rdflib', 'lxml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- with LibreOffice, where it is installed ---


def convert(path: Path, kind: str, folder: Path) -> bytes:
    """Open a file in LibreOffice and save it again."""
    home = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    read_as = ["--infilter=CSV:44,34,76,1"] if path.suffix == ".csv" else []
    command = [
        str(OFFICE),
        home,
        "--headless",
        *read_as,
        "--convert-to",
        kind,
        "--outdir",
        str(folder / "saved"),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "saved" / f"{path.stem}.{kind.partition(':')[0]}").read_bytes()


def test_rows_saved_by_a_spreadsheet_keep_every_cell() -> None:
    """What LibreOffice and Excel do to a CSV they save, without either: mark, semicolons, quotes where needed, CRLF."""
    table = table_of("=1+1", "+ Luettelo; kohta", 'Lainaus "tässä"', "-5", "1,5", "00123", "2026-01-01", "TRUE")
    rows = list(csv.reader(io.StringIO(write_rows(table, LEXICON).decode())))
    for delimiter in ",;\t":
        saved = io.StringIO()
        csv.writer(saved, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
        for encoding in ("utf-8-sig", "cp1252"):
            assert texts_of(read_rows(saved.getvalue().encode(encoding), LEXICON)) == texts_of(table)


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["csv", "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false"])
def test_rows_saved_by_libreoffice_keep_every_cell(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(write_rows(real_table(), LEXICON))
    saved = convert(path, kind, tmp_path)
    assert texts_of(read_rows(saved, LEXICON)) == texts_of(real_table())


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_a_workbook_saved_by_libreoffice_keeps_every_cell(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    table = table_of("=1+1", "+ Luettelo", "-5", "@SUM(A1)", "1,5", "00123", "2026-01-01", "TRUE", "_x0041_")
    path.write_bytes(write_table(printout(table), "xlsx"))
    saved = convert(path, "xlsx", tmp_path)
    reading = read_document(saved, LEXICON, read_spelling(KNOWLEDGE), file="plan.xlsx", plan_id=PLAN.id)
    assert texts_of(reading.table) == texts_of(table)
