"""``akegraph validate`` and ``akegraph report`` as commands: options, files, exit codes, and what goes where."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rdflib import Graph

from akegraph.cli import main
from akegraph.errors import EngineError
from akegraph.pipeline.building import build_dataset
from akegraph.pipeline.knowledge import find_plans
from akegraph.resources import resource
from akegraph.validation.engines import engine_names

PLAN = "ake-tampere-2026"
FOLDER = resource("data", "plans", PLAN)
SHAPES = """\
@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:PersonShape a sh:NodeShape ; sh:targetClass ex:Person ;
    sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:message "Nimi puuttuu"@fi ] .
"""
DATA = "@prefix ex: <http://example.org/> .\n\nex:Anna a ex:Person .\n"


def run(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=text)


def refused(result: Result, code: int, *words: str) -> None:
    assert result.exit_code == code, result.output
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)
    for word in words:
        assert word in result.stderr


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A copy of the plan's folder that a test may spoil."""
    folder = tmp_path / "plan"
    folder.mkdir()
    for name in ("plan.toml", "rows.csv", "review.toml"):
        (folder / name).write_bytes((FOLDER / name).read_bytes())
    return folder


def spoil(folder: Path, old: str, new: str, count: int = 1) -> None:
    path = folder / "rows.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    return tmp_path


# The real plan, as a planner reads it


def test_every_gap_of_the_plan_is_told_with_page_row_column_and_what_to_do() -> None:
    text = run("validate", PLAN, "--lang", "fi").stdout
    for number in (9, 15, 16, 17):
        block = text.partition(f"Rivi {number}, s. 17: ")[2].partition("\n\n")[0]
        assert f"rows.csv:{number + 1})" in block
        assert f"varoitus AKE-202  s. 17, rivi {number}, Arviointi\n" in block
        assert "Kirjoita sarakkeeseen Arviointi, arvioidaanko tuotoksen aikana, lopuksi vai jälkeen." in block
        assert "tavoitteen mittari" in block
    many = text.partition("Koskee monta riviä\n")[2]
    assert "varoitus AKE-206  Vaikuttavuus (perustaso), 10 riviä\n" in many
    assert "    s. 16, rivit 1, 5–7; s. 17, rivi 12 – Vaikutuspolun 1 tavoitteet\n" in many
    assert "    s. 16, rivi 4; s. 17, rivi 16 – Vaikutuspolun 3 tavoitteen mittarit\n" in many
    # A note that all rows have in common is one cause, not 17.
    assert many.count("AKE-321") == 1
    assert "    s. 16, rivit 1–8; s. 17, rivit 9–17\n" in many
    assert "sh:" not in text
    assert "https://" not in text
    assert max(len(line) for line in text.splitlines()) < 200


def test_figures_of_the_plan() -> None:
    (figures,) = json.loads(run("validate", PLAN, "--format", "json").stdout)["completeness"]
    assert (figures["rows"], figures["cells"]) == (17, 136)
    assert (figures["filled"], figures["doubtful"], figures["missing"], figures["percent"]) == (109, 27, 0, 80)
    by_column = {column["column"]: column["doubtful"] for column in figures["columns"]}
    assert by_column == {
        "task": 0, "activity": 0, "output": 0, "outcome": 0, "impact": 0, "effectiveness": 10, "evaluation": 17,
        "participation": 0,
    }  # fmt: skip


def test_the_matrix_has_a_line_for_each_row() -> None:
    text = run("validate", PLAN, "--matrix").stdout
    marks = [line for line in text.splitlines() if line.startswith("s. 1") and "●" in line]
    assert len(marks) == 17
    assert all(line.count("●") + line.count("◐") == 8 for line in marks)
    assert "●" not in run("validate", PLAN).stdout


def test_what_rules_could_not_check_is_said_on_standard_error() -> None:
    result = run("validate", PLAN)
    assert "rules had nothing to check: AKE-1" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "nothing to check" not in result.stdout


def test_a_report_is_the_same_in_another_process() -> None:
    for form in ("html", "turtle"):
        command = [sys.executable, "-m", "akegraph", "validate", PLAN, "--format", form]
        outputs = {
            subprocess.run(command, check=True, capture_output=True, env={"PYTHONHASHSEED": seed}).stdout
            for seed in ("1", "2")
        }
        assert len(outputs) == 1


# Files


def test_a_report_is_written_to_a_file_and_never_over_one(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    result = run("validate", PLAN, "--format", "html", "-o", target)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert f"{target}: written" in result.stderr
    first = target.read_bytes()
    assert first.startswith(b"<!doctype html>")
    refused(run("validate", PLAN, "--format", "json", "-o", target), 2, "--force")
    assert target.read_bytes() == first
    assert run("validate", PLAN, "--format", "json", "-o", target, "--force").exit_code == 0
    assert json.loads(target.read_bytes())["counts"]["warning"] == 10
    refused(run("validate", PLAN, "-o", tmp_path / "none" / "report.txt"), 3, "report.txt")


def test_a_report_that_fails_is_written_all_the_same(tmp_path: Path) -> None:
    target = tmp_path / "report.txt"
    assert run("validate", PLAN, "--fail-on", "warning", "-o", target).exit_code == 1
    assert "AKE-202" in target.read_text(encoding="utf-8")


# Baselines


def test_a_baseline_lets_only_new_findings_fail(plan: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    first = run("validate", plan, "--baseline", known, "--write-baseline", "--fail-on", "info")
    assert first.exit_code == 0, first.output
    before = known.read_bytes()
    assert run("validate", plan, "--baseline", known, "--fail-on", "info").exit_code == 0
    spoil(plan, "+ Tuotoksen aikana/lopuksi/jälkeen + Vaikutuspolun 1", "+ Vaikutuspolun 1")
    new = run("validate", plan, "--baseline", known, "--fail-on", "info")
    assert new.exit_code == 1
    assert new.stdout.count("AKE-") == 1
    assert "Rivi 1, s. 16" in new.stdout
    # It does not grow unless told.
    grown = run("validate", plan, "--baseline", known, "--fail-on", "info", "--write-baseline")
    assert grown.exit_code == 1
    assert "--allow-growth" in grown.stderr
    assert known.read_bytes() == before
    told = run("validate", plan, "--baseline", known, "--fail-on", "info", "--write-baseline", "--allow-growth")
    assert told.exit_code == 0
    assert len(known.read_bytes()) > len(before)


def test_a_baseline_shrinks_when_told(plan: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    run("validate", plan, "--baseline", known, "--write-baseline")
    before = known.read_bytes()
    spoil(plan, ",+ Vaikutuspolun 2 tavoitteen mittari,", ",+ Tuotoksen aikana + Vaikutuspolun 2 tavoitteen mittari,")
    result = run("validate", plan, "--baseline", known)
    assert "1 findings are gone" in result.stderr
    assert known.read_bytes() == before
    run("validate", plan, "--baseline", known, "--write-baseline")
    assert len(known.read_bytes().splitlines()) == len(before.splitlines()) - 1
    # A finding that comes back is new.
    spoil(plan, ",+ Tuotoksen aikana + Vaikutuspolun 2", ",+ Vaikutuspolun 2")
    assert run("validate", plan, "--baseline", known, "--fail-on", "warning").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--baseline", "none.json"), 3, ("none.json: cannot be read",)),
        (("--baseline", str(FOLDER / "plan.toml")), 3, ("plan.toml", "is no baseline")),
        (("--write-baseline",), 2, ("--baseline",)),
        (("--engine", "quick"), 2, ("'quick'", "pyshacl", "all")),
        (("--plan", "ake-tampere-1999"), 3, ("ake-tampere-1999",)),
        (("--fix",), 2, ("--fix",)),
        ((PLAN, "--dry-run"), 2, ("--fix",)),
        (("--format", "pdf"), 2, ("pdf", "sarif")),
        (("https://example.org/a.ttl",), 3, ("https://example.org/a.ttl", "not fetched")),
        (("none.trig",), 3, ("none.trig: cannot be read",)),
    ],
)
def test_a_mistake_is_said_and_has_its_exit_code(arguments: tuple[str, ...], code: int, words: tuple[str, ...]) -> None:
    refused(run("validate", *arguments), code, *words)


def test_an_extra_that_is_missing_says_how_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("akegraph.validation.engines._has_fast", lambda: False)
    refused(run("validate", PLAN, "--engine", "fast"), 2, "akegraph[fast]")


@pytest.mark.parametrize("engine", engine_names())
def test_every_engine_gives_the_same_report(engine: str) -> None:
    expected = run("validate", PLAN, "--format", "csv").stdout
    assert run("validate", PLAN, "--format", "csv", "--engine", engine).stdout == expected


def test_a_cell_of_a_spreadsheet_is_named(plan: Path) -> None:
    path = plan / "rows.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    headings = next(csv.reader(lines[:1]))[3:11]
    lines[0] += "".join(f",cell: {heading}" for heading in headings)
    lines[1:] = [line + "".join(f",Plan!{c}{n}" for c in "BCDEFGHI") for n, line in enumerate(lines[1:], start=5)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = run("validate", plan).stdout
    assert "«+ Vaikutuspolun 2 tavoitteen mittari»  [Plan!H13]\n" in text
    rows = list(csv.DictReader(io.StringIO(run("validate", plan, "--format", "csv").stdout)))
    assert [row["cell"] for row in rows if row["code"] == "AKE-202"] == [f"Plan!H{n}" for n in (13, 19, 20, 21)]
    assert "Plan!H13" in run("validate", plan, "--format", "html").stdout


# One plan of a dataset


def test_one_plan_of_a_dataset_is_validated_among_the_others(tmp_path: Path) -> None:
    path = tmp_path / "all.trig"
    path.write_bytes(build_dataset(find_plans([PLAN])).to_trig())
    from_folder, whole, one = (
        list(csv.DictReader(io.StringIO(run("validate", *names, "--format", "csv").stdout)))
        for names in ((PLAN,), (path,), (path, "--plan", PLAN))
    )

    def places(rows: list[dict[str, str]]) -> list[tuple[str, str, str, str]]:
        return sorted((row["code"], row["page"], row["row"], row["column"]) for row in rows)

    assert places(whole) == places(from_folder)
    assert {place[:3] for place in places(one)} <= {place[:3] for place in places(from_folder)}
    assert {row["code"] for row in one} >= {"AKE-202", "AKE-321"}
    assert all(row["file"] == str(path) for row in whole)
    lines = path.read_text(encoding="utf-8").splitlines()
    found = next(row for row in whole if row["code"] == "AKE-202")
    assert "p4ado5au-evaluation" in lines[int(found["line"]) - 1]
    refused(run("validate", path, "--plan", "ake-tampere-2025"), 3, "ake-tampere-2025", PLAN)


def test_what_is_only_inferred_settles_nothing(tmp_path: Path) -> None:
    path = tmp_path / "part.trig"
    path.write_text(
        "@base <https://w3id.org/akegraph/> .\n@prefix ake: <https://w3id.org/akegraph/ontology#> .\n"
        "<graph/plan/koe> { <id/activity/a> a ake:Activity }\n"
        "<graph/inferred/koe> { <id/activity/a> ake:hasParticipationLevel <vocab/participation/1> }\n",
        encoding="utf-8",
    )
    rows = list(csv.DictReader(io.StringIO(run("validate", path, "--format", "csv").stdout)))
    assert [row["line"] for row in rows if row["code"] == "AKE-108"] == ["3"]


# Fixes


def test_fix_shows_a_diff_and_mends_what_is_safe(plan: Path) -> None:
    spoil(plan, ",PiKen osaamiskartoitus,", ",  PiKen  osaamiskartoitus ,")
    spoil(plan, ",5. Päätämme yhdessä – Otan vastuun,", ",5 PÄÄTÄMME yhdessä–otan vastuun,")
    spoiled = (plan / "rows.csv").read_bytes()
    refused(run("validate", plan), 3, "'Osallisuustaso'")
    dry = run("validate", plan, "--fix", "--dry-run")
    refused(dry, 3, "+++ ", "rows.csv:9: row 8, Osallisuustaso", "2 fixes would be made")
    assert (plan / "rows.csv").read_bytes() == spoiled
    done = run("validate", plan, "--fix")
    assert done.exit_code == 0, done.output
    assert "2 fixes made" in done.stderr
    assert "Yhteensä: 0 virhettä, 10 varoitusta" in done.stdout
    assert ",PiKen osaamiskartoitus," in (plan / "rows.csv").read_text(encoding="utf-8")
    assert "nothing can be mended" in run("validate", plan, "--fix").stderr


def test_a_finding_says_that_it_can_be_mended_only_where_it_can(tmp_path: Path) -> None:
    path = tmp_path / "plan.ttl"
    path.write_text(
        "@prefix ake: <https://w3id.org/akegraph/ontology#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<urn:a> a ake:Output ; skos:prefLabel "Opas "@fi .\n<urn:b> a ake:Activity ; skos:prefLabel "Kurssi"@fi .\n',
        encoding="utf-8",
    )
    report = json.loads(run("validate", path, "--format", "json").stdout)
    fixable = {(one["focus"]["iri"], one["code"]) for one in report["findings"] if one["fixable"]}
    assert fixable == {("urn:a", "AKE-133")}
    assert {one["code"] for one in report["findings"] if one["fix"]} >= {"AKE-108", "AKE-133"}
    assert run("validate", path).stdout.count("--fix") == 1
    run("validate", path, "--fix")
    assert '"Opas"@fi' in path.read_text(encoding="utf-8")


# Foreign data and reports


def test_foreign_data_are_validated_with_foreign_shapes(foreign: Path) -> None:
    result = run("validate", foreign / "data.ttl", "--shapes", foreign / "shapes.ttl")
    assert result.exit_code == 1
    assert f"{foreign}/data.ttl:3 – ex:Anna\n    Nimi puuttuu\n" in result.stdout
    piped = run("validate", "-", "--shapes", foreign / "shapes.ttl", text=DATA)
    assert "standard input:3 – ex:Anna" in piped.stdout


def test_shapes_that_look_at_nothing_are_told_loudly(foreign: Path) -> None:
    (foreign / "data.ttl").write_text("<urn:a> a <urn:B> .", encoding="utf-8")
    result = run("validate", foreign / "data.ttl", "--shapes", foreign / "shapes.ttl")
    assert result.exit_code == 0
    assert "Warning: no rule had anything to check" in result.stderr
    assert "1 resources no rule looks at: urn:a" in result.stderr
    assert "Ei huomautettavaa" not in result.stdout
    assert "Mitään ei tarkastettu" in result.stdout


def test_a_report_of_another_engine_is_rendered(foreign: Path) -> None:
    report = foreign / "report.ttl"
    made = run("validate", foreign / "data.ttl", "--shapes", foreign / "shapes.ttl", "--format", "turtle")
    report.write_text(made.stdout, encoding="utf-8")
    assert len(Graph().parse(report)) > 5
    bare = run("report", report)
    assert bare.exit_code == 1
    assert "Nimi puuttuu" in bare.stdout
    told = run("report", report, "--shapes", foreign / "shapes.ttl", "--data", foreign / "data.ttl", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(told.stdout))
    assert (row["about"], row["line"], row["message"]) == ("ex:Anna", "3", "Nimi puuttuu")
    assert run("report", "-", text=report.read_text(encoding="utf-8")).stdout == bare.stdout
    refused(run("report", foreign / "data.ttl"), 3, "data.ttl", "sh:ValidationReport")
    refused(run("report", foreign / "none.ttl"), 3, "none.ttl")
    refused(run("report", report, "--data", foreign / "none.ttl"), 3, "none.ttl")


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom akegraph.cli import main\n"
        "for command in ('validate', 'report'):\n    assert CliRunner().invoke(main, [command, '--help']).exit_code == 0\n"
        "sys.exit(any(name in sys.modules for name in ('rdflib', 'pyshacl', 'flask', 'rich', 'pyoxigraph')))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[1])


# Nothing is written before everything is checked


@pytest.fixture
def mendable(plan: Path) -> Path:
    spoil(plan, ",PiKen osaamiskartoitus,", ",  PiKen  osaamiskartoitus ,")
    return plan


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--engine", "quick"), 2),
        (("--plan", "ake-tampere-1999"), 3),
        (("--baseline", "none.json"), 3),
        (("--write-baseline",), 2),
        (("--shapes", "none.ttl"), 3),
        (("-o", "none/report.txt"), 3),
        (("-o", "/"), 3),
        (("none.ttl",), 3),
        (("broken.ttl",), 3),
    ],
)
def test_fix_changes_nothing_when_anything_is_wrong(
    arguments: tuple[str, ...], code: int, mendable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.ttl").write_text("<urn:a> <urn:b> .", encoding="utf-8")
    before = (mendable / "rows.csv").read_bytes()
    refused(run("validate", mendable, "--fix", *arguments), code)
    assert (mendable / "rows.csv").read_bytes() == before


def test_fix_changes_nothing_when_the_mended_table_does_not_map(mendable: Path) -> None:
    spoil(mendable, "id,page,row", "id,page,line")
    before = (mendable / "rows.csv").read_bytes()
    refused(run("validate", mendable, "--fix"), 3, "rows.csv")
    assert (mendable / "rows.csv").read_bytes() == before


def test_fix_is_taken_back_when_the_engine_fails(mendable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def fail(*_: object, **__: object) -> None:
        seen.append((mendable / "rows.csv").read_bytes())
        raise EngineError("broke")

    monkeypatch.setattr("akegraph.pipeline.validating.validate_graph", fail)
    before = (mendable / "rows.csv").read_bytes()
    result = run("validate", mendable, "--fix")
    refused(result, 4, "broke")
    assert "fixes made" not in result.stderr
    assert seen != [before]
    assert (mendable / "rows.csv").read_bytes() == before


def test_fix_mends_the_file_that_a_link_leads_to(mendable: Path, tmp_path: Path) -> None:
    real = (mendable / "rows.csv").rename(tmp_path / "real.csv")
    (mendable / "rows.csv").symlink_to(real)
    assert run("validate", mendable, "--fix").exit_code == 0
    assert (mendable / "rows.csv").is_symlink()
    assert ",PiKen osaamiskartoitus," in real.read_text(encoding="utf-8")


def test_a_baseline_is_not_written_when_the_report_cannot_be(foreign: Path) -> None:
    known, target = foreign / "known.json", foreign / "report.txt"
    target.write_text("mine", encoding="utf-8")
    arguments = ("validate", foreign / "data.ttl", "--shapes", foreign / "shapes.ttl", "-o", target)
    refused(run(*arguments, "--baseline", known, "--write-baseline"), 2, "--force")
    assert not known.exists()
    assert run(*arguments, "--baseline", known, "--write-baseline", "--force").exit_code == 0
    assert known.exists()


def test_an_input_is_never_written_over(foreign: Path, plan: Path) -> None:
    data, shapes = foreign / "data.ttl", foreign / "shapes.ttl"
    for target in (data, shapes):
        refused(run("validate", data, "--shapes", shapes, "-o", target, "--force"), 2, "-o")
    refused(run("validate", plan, "-o", plan / "rows.csv", "--force"), 2, "rows.csv")
    link = foreign / "link.txt"
    link.symlink_to(data)
    refused(run("validate", data, "--shapes", shapes, "-o", link, "--force"), 2, "link.txt")
    known = foreign / "known.json"
    both = ("--baseline", known, "--write-baseline", "-o", known, "--force")
    refused(run("validate", data, "--shapes", shapes, *both), 2, "known.json")
    assert data.read_text(encoding="utf-8") == DATA


def test_the_url_of_a_file_is_said_as_it_was_given(foreign: Path) -> None:
    url = f"file://{foreign}/data.ttl"
    refused(run("validate", url, "--shapes", foreign / "shapes.ttl"), 3, f"{url}: is a URL")
    refused(run("report", url), 3, f"{url}: is a URL")


def test_no_figures_where_nothing_was_checked(foreign: Path) -> None:
    arguments = ("validate", PLAN, "--shapes", foreign / "shapes.ttl", "--lang", "en", "--matrix")
    text = run(*arguments).stdout
    assert "complete" not in text
    assert "●" not in text
    assert "Nothing was checked" in text
    assert json.loads(run(*arguments, "--format", "json").stdout)["completeness"] == []
    page = run(*arguments, "--format", "html").stdout
    assert "of the cells" not in page
    assert 'class="matrix"' not in page


def test_a_log_takes_no_line_of_a_report_for_a_command(foreign: Path) -> None:
    label = "x\\n::error::y\\r##[command]z ##vso[task.setvariable]"
    (foreign / "data.ttl").write_text(
        f'<urn:a> a <http://example.org/Person> ; <http://www.w3.org/2000/01/rdf-schema#label> "{label}" .',
        encoding="utf-8",
    )
    shapes = SHAPES.replace('"Nimi puuttuu"@fi', '"::warning::nimi\\n::error::b"@fi')
    (foreign / "shapes.ttl").write_text(shapes, encoding="utf-8")
    result = run("validate", foreign / "data.ttl", "--shapes", foreign / "shapes.ttl")
    assert "nimi" in result.stdout
    for line in re.split(r"[\n\r\x85\u2028]", result.stdout + result.stderr):
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##(vso)?\[", line)
