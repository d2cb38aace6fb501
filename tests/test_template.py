"""The empty workbook: what it offers, and that a filled one comes back without loss."""

from __future__ import annotations

import io
import shutil
import subprocess
import tomllib
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils import range_boundaries
from plan_tables import CHOICES, HEADINGS, KNOWLEDGE, texts_of
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic

from akegraph.cli import main
from akegraph.errors import BadParameterError, SourceError
from akegraph.pipeline.authoring import read_authored
from akegraph.pipeline.exporting import export_plan, export_template
from akegraph.pipeline.importing import import_document
from akegraph.pipeline.knowledge import PlanFolder
from akegraph.pipeline.mapping import map_folder
from akegraph.table.columns import normalise
from akegraph.table.model import Column
from akegraph.table.sidetables import INDICATOR_FIELDS, VALUE_FIELDS
from akegraph.table.workbook import CHOOSERS, DETAILS, compose_cells
from akegraph.terms import AKE

OFFICE = shutil.which("soffice")
TEMPLATE = export_template(organisation="oulu", year=2027, rows=5, knowledge=KNOWLEDGE)
OWN = ("activity", "output", "outcome")
TASK, PATH, TIMING = (title for title, _ in CHOOSERS.values())


def book_of(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def fill_all(content: bytes, lines: list[tuple[str, int, dict[str, object]]]) -> bytes:
    """Fill cells of rows under the given headings, as a person does."""
    book = book_of(content)
    for name, row, texts in lines:
        sheet = book[name]
        headings = [cell.value for cell in sheet[1]]
        for heading, value in texts.items():
            cell = sheet.cell(row, headings.index(heading) + 1)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def detail(content: bytes, key: str, value: str) -> bytes:
    row = [known.key for known in DETAILS].index(key) + 2
    return fill_all(content, [("Tiedot", row, {"Arvo / Värde / Value": value})])


def activity(number: int = 0, **more: object) -> dict[str, object]:
    path = CHOICES.paths[number % 4]
    return {
        TASK: CHOICES.tasks[number % 4].label,
        PATH: path.path,
        TIMING: CHOICES.timing_cells[number % 7],
        HEADINGS["activity"]: f"Verkkokurssi {number}",
        HEADINGS["output"]: "Kurssin toteutus",
        HEADINGS["outcome"]: "Henkilöstön osallistuminen",
        HEADINGS["participation"]: f"{CHOICES.levels[number % 5].id}: {CHOICES.levels[number % 5].label}",
        **more,
    }


def save(content: bytes, folder: Path, name: str = "plan.xlsx") -> PlanFolder:
    """Import a workbook as ``akegraph import`` does, into a new folder."""
    done = import_document(content, name, knowledge=KNOWLEDGE)
    assert not done.reading.doubts
    assert not done.problems
    pages = [row.page for row in done.reading.table.rows]
    folder.mkdir(parents=True)
    authored = read_authored(content, name, (min(pages), max(pages)), knowledge=KNOWLEDGE)
    for file, data in {**authored.files, "rows.csv": done.rows, name: content}.items():
        (folder / file).write_bytes(data)
    return PlanFolder(folder)


def graph_of(folder: PlanFolder) -> Graph:
    """Map a folder, without the description of its documents: a workbook saved again is another document."""
    graph = Graph() + map_folder(folder, KNOWLEDGE)[1]
    for document in list(graph.subjects(None, AKE.SourceDocument)):
        graph.remove((document, None, None))
        graph.remove((URIRef(f"{document}#checksum"), None, None))
    return graph


# --- what is in it ---


def test_the_bytes_are_the_same_on_every_run() -> None:
    assert export_template(organisation="oulu", year=2027, rows=5) == TEMPLATE


def test_the_sheets_and_the_headings() -> None:
    book = book_of(TEMPLATE)
    assert book.sheetnames == ["Ohje", "Suunnitelma", "Tiedot", "Mittarit", "Arvot", "Luettelot"]
    assert [sheet.title for sheet in book if sheet.sheet_state == "hidden"] == ["Luettelot"]
    plan = book["Suunnitelma"]
    assert [cell.value for cell in plan[1]] == ["id", "page", "row", TASK, PATH, TIMING, *HEADINGS.values()]
    assert plan.column_dimensions["B"].hidden
    assert [cell.value for cell in book["Mittarit"][1]] == [field.headings[0] for field in INDICATOR_FIELDS]
    assert [cell.value for cell in book["Arvot"][1]] == [field.headings[0] for field in VALUE_FIELDS]


def test_instructions_in_three_languages() -> None:
    texts = [row[0].value for row in book_of(TEMPLATE)["Ohje"].iter_rows()]
    for opening in ("Näin täytät suunnitelman", "Så fyller du i planen", "How to fill in the plan"):
        assert opening in texts
    assert sum(text is not None and text.startswith("7. ") for text in texts) == 3


def test_ids_are_filled_and_differ_between_organisations_and_years() -> None:
    def ids(content: bytes) -> list[str]:
        return [row[0].value for row in book_of(content)["Suunnitelma"].iter_rows(min_row=2)]

    others = [export_template(organisation="lahti", year=2027, rows=5), export_template(organisation="oulu", year=2028)]
    found = [ids(TEMPLATE), *map(ids, others)]
    assert [len(own) for own in found] == [5, 5, 60]
    together = [row_id for own in found for row_id in own]
    assert len(set(together)) == len(together)
    assert all(row_id.isalnum() and row_id[0].isalpha() and len(row_id) == 8 for row_id in together)


def offered(sheet_name: str, cell: str) -> list[str]:
    """Return what a cell offers to choose from."""
    book = book_of(TEMPLATE)
    sheet = book[sheet_name]
    [rule] = [rule for rule in sheet.data_validations.dataValidation if cell in rule.sqref]
    assert rule.type == "list"
    name, _, area = rule.formula1.partition("!")
    left, top, _, bottom = range_boundaries(area.replace("$", ""))
    assert left is not None
    return [str(book[name].cell(row, left).value) for row in range(top or 0, (bottom or 0) + 1)]


@pytest.mark.parametrize(
    ("sheet", "cell", "first", "count"),
    [
        ("Suunnitelma", "D2", "Toimialueen kirjastojen toiminnan vahvistuminen", 4),
        ("Suunnitelma", "E6", "Polku 1: henkilöstön osaamisen kehittäminen", 4),
        ("Suunnitelma", "F2", "Tuotoksen aikana/lopuksi/jälkeen", 7),
        ("Suunnitelma", "L2", "Vaikutuspolun 1 tavoitteet", 4),
        ("Suunnitelma", "N6", "1: Tiedotamme – Saan tiedoksi", 5),
        ("Tiedot", "C2", "Helsingin kaupunginkirjasto", 10),
        ("Tiedot", "C5", "OKM-polkujen vaikuttavuuskehikko 2026", 1),
        ("Mittarit", "I2", "henkilötyövuosi", 4),
        ("Mittarit", "J2", "kasvaa", 3),
        ("Mittarit", "H2", "Vaikutuspolun 1 tavoitteet", 9),
        ("Arvot", "C2", "perustason arvo", 3),
        ("Arvot", "I2", "täydellinen", 2),
        ("Arvot", "B2", "Aukiolotunnit yhteensä", 4),
    ],
)
def test_cells_offer_what_the_schemes_have(sheet: str, cell: str, first: str, count: int) -> None:
    choices = offered(sheet, cell)
    assert (choices[0], len(choices)) == (first, count)
    assert "None" not in choices


def test_an_unknown_organisation_or_framework_is_refused() -> None:
    with pytest.raises(BadParameterError, match="Oulun kaupunginkirjasto"):
        export_template(organisation="moon")
    with pytest.raises(BadParameterError, match="okm-2026"):
        export_template(framework="okm-1926")


# --- and back ---


def test_choices_become_the_printed_columns() -> None:
    content = fill_all(TEMPLATE, [("Suunnitelma", row, activity(row)) for row in (2, 4)])
    done = import_document(content, "plan.xlsx", knowledge=KNOWLEDGE)
    first, second = done.reading.table.rows
    assert not done.reading.doubts
    assert not done.problems
    assert not done.reading.notes
    ids = [row[0].value for row in book_of(TEMPLATE)["Suunnitelma"].iter_rows(min_row=2)]
    assert [first.id, second.id] == [ids[0], ids[2]]
    assert first.text("task") == f"+ {CHOICES.tasks[2].label} + {CHOICES.paths[2].path}"
    assert first.text("impact") == CHOICES.paths[2].impact
    assert first.text("effectiveness") == CHOICES.paths[2].goals[0]
    assert first.text("evaluation") == "+ Tuotoksen lopuksi + Vaikutuspolun 3 tavoitteen mittarit"


def test_own_words_in_a_printed_column_win() -> None:
    own = activity(1, **{HEADINGS["effectiveness"]: "Vaikutuspolun 2 tavoite"})
    done = import_document(fill_all(TEMPLATE, [("Suunnitelma", 2, own)]), "plan.xlsx", knowledge=KNOWLEDGE)
    assert done.reading.table.rows[0].text("effectiveness") == "Vaikutuspolun 2 tavoite"


def test_a_half_filled_row_waits_for_a_person() -> None:
    half = activity(1)
    del half[PATH], half[HEADINGS["output"]]
    content = fill_all(TEMPLATE, [("Suunnitelma", row, activity(row)) for row in (3, 4, 5)])
    done = import_document(fill_all(content, [("Suunnitelma", 2, half)]), "plan.xlsx", knowledge=KNOWLEDGE)
    assert done.reading.table.rows[0].text("activity") == "Verkkokurssi 1"
    lacking = {(problem.row, problem.column) for problem in done.problems}
    lacking |= {(doubt.row, HEADINGS[doubt.column]) for doubt in done.reading.doubts}
    assert {(1, HEADINGS[column]) for column in ("task", "output", "impact")} <= lacking


plain = st.lists(st.text("abcdefghijklmnoprstuvyäö", min_size=2, max_size=9), min_size=1, max_size=5).map(" ".join)


@given(st.lists(st.tuples(st.integers(0, 139), plain, plain, plain), min_size=1, max_size=4, unique_by=lambda t: t[1]))
@settings(  # to shrink an example takes minutes and tells little: each is a whole workbook
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
def test_filled_imported_exported_imported_is_the_same_graph(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, str, str, str]]
) -> None:
    lines = [
        (
            "Suunnitelma",
            row,
            activity(number, **{HEADINGS[column]: f"Aa{text}" for column, text in zip(OWN, own, strict=True)}),
        )
        for row, (number, *own) in enumerate(drawn, start=2)
    ]
    lines += [
        ("Mittarit", 2, {"Mittari": f"Mittari {drawn[0][1]}", "Mitä mittaa": CHOICES.measured[drawn[0][0] % 9].label,
                         "Yksikkö": "lukumäärä"}),
        ("Arvot", 2, {"Mittari": f"Mittari {drawn[0][1]}", "Laji": "tavoitearvo", "Ajanjakso": "2027", "Alue": "Kainuu",
                      "Luku": drawn[0][0]}),
    ]  # fmt: skip
    root = tmp_path_factory.mktemp("plans")
    first = save(fill_all(TEMPLATE, lines), root / "first")
    exported = export_plan(first, "xlsx", knowledge=KNOWLEDGE).content
    second = save(exported, root / "second")
    assert first.plan == second.plan
    one, two = graph_of(first), graph_of(second)
    assert isomorphic(one, two)
    assert len(list(one.subjects(None, AKE.Activity))) == len(drawn)
    assert len(list(one.subjects(None, AKE.TargetValue))) == 1
    tables = [folder.read_table(KNOWLEDGE) for folder in (first, second)]
    assert texts_of(tables[0]) == texts_of(tables[1])
    assert [row.id for row in tables[0].rows] == [row.id for row in tables[1].rows]
    again = export_plan(second, "xlsx", knowledge=KNOWLEDGE).content
    assert book_texts(again) == book_texts(exported)


def book_texts(content: bytes) -> dict[str, list[list[object]]]:
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book_of(content)}


# --- details ---


def test_details_become_plan_toml() -> None:
    content = detail(detail(TEMPLATE, "title", "Oulun suunnitelma"), "areas", "Kainuu; pohjois-pohjanmaa")
    files = read_authored(content, "plan.xlsx", knowledge=KNOWLEDGE).files
    plan = tomllib.loads(files["plan.toml"].decode())
    assert plan["id"] == "ake-oulu-2027"
    assert plan["areas"] == ["kainuu", "pohjois-pohjanmaa"]
    assert plan["title"] == "Oulun suunnitelma"
    assert str(plan["period"]["start"]) == "2027-01-01"
    [source] = tomllib.loads(files["sources.toml"].decode())["document"]
    assert (source["file"], source["publisher"]) == ("plan.xlsx", "Oulun kaupunginkirjasto")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("organisation", "Kuun kirjasto", "Tiedot!C2"),
        ("organisation", "Oulun kirjasto", "did you mean 'Oulun kaupunginkirjasto'"),
        ("areas", "Kainuu; Kuu", "'Kuu' is none"),
        ("framework", "OKM-polut", "Tiedot!C5"),
        ("year", "27", "'27' is no year"),
        ("year", "", "write the year"),
        ("start", "2027-13-01", "no day"),
        ("id", "AKE Oulu", "is not an id"),
        ("language", "sv", "not read yet"),
    ],
)
def test_a_wrong_detail_is_refused_with_its_cell(key: str, value: str, words: str) -> None:
    with pytest.raises((SourceError, ExceptionGroup)) as caught:
        read_authored(detail(TEMPLATE, key, value), "plan.xlsx", knowledge=KNOWLEDGE)
    error = caught.value
    text = "\n".join(map(str, error.exceptions)) if isinstance(error, ExceptionGroup) else str(error)
    assert words in text
    assert "plan.xlsx" in text


def test_a_synthetic_plan_has_nobodys_document() -> None:
    files = read_authored(detail(TEMPLATE, "synthetic", "true"), "plan.xlsx", knowledge=KNOWLEDGE).files
    assert tomllib.loads(files["plan.toml"].decode())["synthetic"] is True
    [source] = tomllib.loads(files["sources.toml"].decode())["document"]
    assert source["publisher"].startswith("Ei kukaan")
    assert "file" not in source


def test_other_documents_say_nothing_beside_their_table() -> None:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    plain_book = fill_cell(stream.getvalue(), "Taulukko")
    assert read_authored(plain_book, "x.xlsx", knowledge=KNOWLEDGE).files == {}
    assert read_authored(b"id,page\n", "x.csv", knowledge=KNOWLEDGE).files == {}


def fill_cell(content: bytes, text: str) -> bytes:
    book = book_of(content)
    book.active["A1"] = text
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- the command ---


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_command_makes_the_workbook_and_takes_it_back(tmp_path: Path) -> None:
    made = tmp_path / "t.xlsx"
    assert (
        run("export", "--template", "xlsx", "--organisation", "oulu", "--year", "2027", "-o", str(made)).exit_code == 0
    )
    made.write_bytes(fill_all(made.read_bytes(), [("Suunnitelma", 2, activity())]))
    rows = tmp_path / "plan" / "rows.csv"
    rows.parent.mkdir()
    done = run("import", str(made), "--rows", str(rows), "--review", str(tmp_path / "plan" / "review.toml"))
    assert done.exit_code == 0, done.output
    assert {path.name for path in rows.parent.iterdir()} == {"rows.csv", "plan.toml", "sources.toml", "t.xlsx"}
    assert run("validate", str(rows.parent), "--fail-on", "violation").exit_code == 0


def test_an_indicator_in_the_wrong_unit_keeps_the_whole_workbook_out(tmp_path: Path) -> None:
    lines = [
        ("Suunnitelma", 2, activity()),
        ("Mittarit", 2, {"Mittari": "Osuus", "Yksikkö": "prosentti", "Mitä mittaa": "Vaikutuspolku 1"}),
        ("Arvot", 2, {"Mittari": "Osuus", "Laji": "tavoitearvo", "Ajanjakso": "2027", "Alue": "Kainuu", "Luku": 5,
                      "Yksikkö": "tunti"}),
    ]  # fmt: skip
    made = tmp_path / "t.xlsx"
    made.write_bytes(fill_all(TEMPLATE, lines))
    done = run("import", str(made), "--rows", str(tmp_path / "rows.csv"), "--review", str(tmp_path / "review.toml"))
    assert done.exit_code == 3
    assert "Arvot!H2" in done.stderr
    assert "'tunti' is not the indicator's unit" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["t.xlsx"]


# --- with LibreOffice, where it is installed ---


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_the_formulas_say_what_the_import_says(tmp_path: Path) -> None:
    """LibreOffice calculates the printed columns from the choices; both ways must agree."""
    path = tmp_path / "plan.xlsx"
    path.write_bytes(fill_all(TEMPLATE, [("Suunnitelma", row, activity(row)) for row in range(2, 6)]))
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(OFFICE), home, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    saved = (tmp_path / "saved" / "plan.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(saved), data_only=True)["Suunnitelma"]
    headings = [cell.value for cell in sheet[1]]
    endings = {normalise(path.path): (path.impact, path.goals[0], path.indicators) for path in CHOICES.paths}
    for row in range(2, 6):
        filled = activity(row)
        want = compose_cells(*(str(filled[title]) for title in (TASK, PATH, TIMING)), endings)
        got = {c.value: sheet.cell(row, headings.index(HEADINGS[c]) + 1).value for c in Column}
        assert {column: got[column] for column in want} == want
    assert sheet.cell(6, headings.index(HEADINGS["task"]) + 1).value in (None, "")
    done = import_document(saved, "plan.xlsx", knowledge=KNOWLEDGE)
    assert not done.reading.doubts
    assert len(done.reading.table.rows) == 4
