"""A plan's workbook that comes in unfinished, is answered or corrected, and comes in again."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from plan_tables import CHOICES, HEADINGS, KNOWLEDGE
from test_template import TEMPLATE, activity, book_of, fill_all

from akegraph.cli import main
from akegraph.pipeline.exporting import export_plan
from akegraph.pipeline.knowledge import PlanFolder, find_plans

UNFINISHED = fill_all(TEMPLATE, [("Suunnitelma", 2, activity() | {HEADINGS["participation"]: "4"})])
CONTRADICTING = fill_all(TEMPLATE, [("Suunnitelma", 2, activity() | {HEADINGS["participation"]: "9"})])
LEVEL = CHOICES.levels[3]
FINISHED = fill_all(
    UNFINISHED, [("Suunnitelma", 2, {HEADINGS["participation"]: f"{LEVEL.id}: {LEVEL.label}"})]
)  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def import_book(content: bytes, *more: str, name: str = "plan.xlsx") -> Result:
    Path(name).write_bytes(content)
    return run("import", name, *more)


@pytest.mark.parametrize(
    ("workbook", "errors", "answers"),
    [(UNFINISHED, [], "a\n"), (CONTRADICTING, ["(cell Suunnitelma!N2)"], "e\n4\n")],
)
def test_an_unfinished_workbook_is_answered_and_one_that_contradicts_is_refused_by_cell(
    workbook: bytes, errors: list[str], answers: str, here: Path
) -> None:
    done = import_book(workbook)
    assert done.exit_code == (3 if errors else 0)
    told = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert [line.endswith(error) for line, error in zip(told, errors, strict=True)] == [True] * len(errors)
    assert "'akegraph review' asks about them one by one" in done.stderr
    names = {"plan.xlsx", "plan.toml", "sources.toml", "rows.csv", "review.toml"}
    assert {path.name for path in here.iterdir()} == names
    assert ("proposed: 4: " in done.stderr) is not bool(errors)
    answered = run("review", "--by", "Liisa", text=answers)
    assert answered.exit_code == 0, answered.stderr
    assert "next: 'akegraph validate ." in answered.stderr
    assert PlanFolder(here).read_table(KNOWLEDGE).rows[0].text("participation") == f"{LEVEL.id}: {LEVEL.label}"
    assert run("validate", ".", "--fail-on", "violation").exit_code == 0


def test_the_command_for_the_doubts_names_the_files(here: Path) -> None:
    told = import_book(UNFINISHED, "--rows", "a.csv", "--review", "b.toml").stderr
    assert "'akegraph review b.toml --rows a.csv' asks about them one by one" in told
    assert run("review", "b.toml", "--rows", "a.csv", text="a\n").exit_code == 0


def test_what_lies_there_keeps_an_unfinished_workbook_from_writing_over_it(here: Path) -> None:
    (here / "plan.toml").write_text("# somebody's\n", encoding="utf-8")
    assert import_book(CONTRADICTING).exit_code == 3
    assert (here / "plan.toml").read_text(encoding="utf-8") == "# somebody's\n"
    assert not (here / "sources.toml").exists()


def test_a_corrected_workbook_leaves_no_doubt_behind(here: Path) -> None:
    import_book(UNFINISHED)
    assert import_book(FINISHED, "--force").exit_code == 0
    listed = run("review", "--list", "--format", "json")
    assert (listed.exit_code, listed.stdout.strip()) == (0, "[]")
    assert tomllib.loads((here / "review.toml").read_text(encoding="utf-8")) == {"source": "plan.xlsx"}


@pytest.mark.parametrize("name", ["plan.xlsx", "plan-2.xlsx"])
def test_a_corrected_workbook_is_described_anew_as_the_plans_document(here: Path, name: str) -> None:
    assert import_book(FINISHED).exit_code == 0
    changed = fill_all(FINISHED, [("Suunnitelma", 2, {HEADINGS["activity"]: "Lähikurssi"})])
    refused = import_book(changed, "--plan", "plan.toml", name=name)
    assert refused.exit_code == 2
    assert "is there already; --force" in refused.stderr
    assert "is:  Lähikurssi" in refused.stderr
    done = import_book(changed, "--plan", "plan.toml", "--force", name=name)
    assert done.exit_code == 0, done.stderr
    [document] = PlanFolder(here).documents.values()
    assert (document.file, document.sha256) == (name, hashlib.sha256(changed).hexdigest())
    assert run("build", ".", "-o", "x.trig").exit_code == 0


def test_another_documents_description_stays(here: Path) -> None:
    """A plan that was read from a PDF may be corrected in a workbook; the PDF stays its document."""
    assert import_book(FINISHED).exit_code == 0
    sources = (here / "sources.toml").read_text(encoding="utf-8").replace("Suunnitelman työkirja", "Suunnitelma")
    (here / "sources.toml").write_text(sources, encoding="utf-8")
    assert import_book(FINISHED, "--plan", "plan.toml", "--force", name="other.xlsx").exit_code == 0
    assert (here / "sources.toml").read_text(encoding="utf-8") == sources


@pytest.mark.parametrize("place", [3, 10, 19])
def test_a_row_added_to_the_workbook_of_a_plan_is_on_the_page_above(here: Path, place: int) -> None:
    [folder] = find_plans(["ake-tampere-2026"])
    book = book_of(export_plan(folder, "xlsx", knowledge=KNOWLEDGE).content)
    sheet = book["Suunnitelma"]
    sheet.insert_rows(place)
    for column in range(4, 12):
        sheet.cell(place, column).value = sheet.cell(2, column).value
    sheet.cell(place, 5).value = "Uusi toimenpide"
    book.save("plan.xlsx")
    done = run("import", "plan.xlsx")
    assert done.exit_code == 0, done.stderr
    rows = PlanFolder(here).read_table(KNOWLEDGE).rows
    assert len(rows) == 18
    assert rows[place - 2].text("activity") == "Uusi toimenpide"
    assert rows[place - 2].page == rows[place - 3].page
    assert run("build", ".", "-o", "x.trig").exit_code == 0


def test_what_is_written_beside_the_details_is_told(here: Path) -> None:
    book = book_of(FINISHED)
    book["Tiedot"]["C20"], book["Tiedot"]["E3"] = "Soita Liisalle", "varmista"
    book.save("plan.xlsx")
    done = run("import", "plan.xlsx")
    assert done.exit_code == 0
    assert "note: 'varmista' is read nowhere (cell Tiedot!E3)" in done.stderr
    assert "note: 'Soita Liisalle' is read nowhere (cell Tiedot!C20)" in done.stderr
    assert "is read nowhere" not in import_book(FINISHED, "--force").stderr


@pytest.mark.parametrize(("area", "code"), [("Manner-Suomi", 3), ("Lappi", 0)])
def test_a_national_value_is_not_given_again(here: Path, area: str, code: int) -> None:
    value = {"Mittari": "Aukiolotunnit yhteensä", "Laji": "toteutunut arvo", "Ajanjakso": "2025", "Luku": "123"}
    done = import_book(fill_all(FINISHED, [("Arvot", 2, {**value, "Alue": area})]))
    assert done.exit_code == code
    assert ("the reference data give this value already" in done.stderr) == bool(code)
    assert ("(cell Arvot!B2)" in done.stderr) == bool(code)


def test_what_the_details_lack_is_told_with_its_line(here: Path) -> None:
    book = book_of(FINISHED)
    book["Tiedot"]["C2"] = None
    book.save("plan.xlsx")
    done = run("import", "plan.xlsx")
    assert done.exit_code == 3
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert errors == [
        "Error: plan.xlsx, column 'organisation': is empty; choose one from the list (line 'organisation' of sheet 'Tiedot')"
    ]
    assert [path.name for path in here.iterdir()] == ["plan.xlsx"]


def test_organisation_and_areas_are_taken_as_people_write_them(here: Path) -> None:
    book = book_of(FINISHED)
    book["Tiedot"]["C2"], book["Tiedot"]["C4"] = "Oulu", "Lappi, Kainuu"
    book.save("plan.xlsx")
    assert run("import", "plan.xlsx").exit_code == 0
    plan = PlanFolder(here).plan
    assert (plan.organisation, plan.areas) == ("oulu", ("kainuu", "lappi"))


def test_the_workbook_of_a_plan_has_room_for_indicators_and_prints_with_title_and_pages() -> None:
    [folder] = find_plans(["ake-tampere-2026"])
    book = book_of(export_plan(folder, "xlsx", knowledge=KNOWLEDGE).content)
    ids = [cell.value for cell in book["Mittarit"]["A"][1:]]
    assert len(set(ids)) == len(ids) == 10
    plan = book["Suunnitelma"]
    header, footer = plan.oddHeader, plan.oddFooter
    assert header
    assert footer
    assert header.left.text == folder.plan.title
    assert footer.right.text == "&P / &N"
    assert sum(plan.column_dimensions[letter].width for letter in "ADEFGHIJK") < 220
