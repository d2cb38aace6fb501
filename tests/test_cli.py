"""The terminal door: what each command prints, its exit code, and that bad input changes nothing."""

from __future__ import annotations

import csv
import io
import json
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from akegraph.cli import main
from akegraph.queries import load_queries
from akegraph.resources import resource

PLAN = "ake-tampere-2026"
SOURCE = resource("data", "source", "akepike-vuosisuunnitelma-2026-s16-17.txt")
FOLDER = resource("data", "plans", PLAN)
README = Path(__file__).parents[1] / "README.md"


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def refused(result: Result, code: int, *words: str) -> None:
    assert result.exit_code == code, result.output
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)
    for word in words:
        assert word in result.stderr


@pytest.fixture
def plan_folder(tmp_path: Path) -> Path:
    """A copy of the plan's folder that a test may spoil."""
    for name in ("plan.toml", "rows.csv", "review.toml"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    return tmp_path


def spoil(folder: Path, row: int, heading: str, text: str) -> None:
    path = folder / "rows.csv"
    lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    lines[row - 1][heading] = text
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, lines[0])
        writer.writeheader()
        writer.writerows(lines)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_an_example_and_a_line_in_the_readme(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Example:" in result.output
    assert f"akegraph {name}" in README.read_text(encoding="utf-8")


def test_these_commands_are_there() -> None:
    names = "build chain explain export import query report serve sparql validate"
    assert set(main.commands) >= set(names.split())


def test_import_and_answers_give_the_rows_of_the_plan(tmp_path: Path) -> None:
    rows, review = tmp_path / "rows.csv", tmp_path / "review.toml"
    review.write_bytes((FOLDER / "review.toml").read_bytes())
    result = run(
        "import", str(SOURCE), "--plan", str(FOLDER / "plan.toml"), "--rows", str(rows), "--review", str(review)
    )
    assert result.exit_code == 0, result.output
    assert rows.read_bytes() == (FOLDER / "rows.csv").read_bytes()
    assert review.read_bytes() == (FOLDER / "review.toml").read_bytes()


def test_a_first_import_lists_every_doubt_with_proposal_and_reason(tmp_path: Path) -> None:
    rows, review = tmp_path / "rows.csv", tmp_path / "review.toml"
    result = run("import", str(SOURCE), "--rows", str(rows), "--review", str(review))
    assert result.exit_code == 0
    doubts = tomllib.loads(review.read_text(encoding="utf-8"))["doubt"]
    assert len(doubts) == result.stderr.count("in doubt:") > 0
    assert all(doubt["why"] and doubt["read"] and not doubt["answer"] and not doubt["decided_by"] for doubt in doubts)
    lines = csv.DictReader(io.StringIO(rows.read_text(encoding="utf-8")))
    states = [value for line in lines for key, value in line.items() if key.startswith("state: ")]
    assert states.count("review") == len(doubts)
    assert len(states) == 136


def test_rows_with_open_doubts_are_not_built(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_bytes((FOLDER / "plan.toml").read_bytes())
    assert run("import", str(SOURCE), "--plan", str(tmp_path / "plan.toml")).exit_code == 0
    target = tmp_path / "out.trig"
    refused(run("build", str(tmp_path), "-o", str(target)), 3, "row 14", "'Tuotos'", "in doubt", "review.toml")
    assert not target.exists()


def test_import_replaces_nothing_without_force(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    assert run("import", str(SOURCE), "--rows", str(rows), "--review", str(tmp_path / "r.toml")).exit_code == 0
    edited = rows.read_text(encoding="utf-8").replace("Kirjastokeskustelut", "Keskustelut")
    rows.write_text(edited, encoding="utf-8")
    again = ("import", str(SOURCE), "--rows", str(rows), "--review", str(tmp_path / "r.toml"))
    refused(run(*again), 2, "--force")
    assert rows.read_text(encoding="utf-8") == edited
    assert run(*again, "--force").exit_code == 0


BAD_TEXTS = {
    "empty": ("", ["empty"]),
    "no plan": ("Kokouksen muistio\n\nPaikalla olivat kaikki.\n", ["no plan"]),
    "level 6": (("5. Päätämme", "6. Päätämme"), ["row 8", "'Osallisuustaso'", "6", "Tiedotamme"]),
    "paths disagree": (("Vaikutuspolku 3:", "Vaikutuspolku 2:"), ["row 4", "'Vaikutus'", "path 2", "path 3"]),
}


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_bad_text_is_refused_and_nothing_is_overwritten(case: str, tmp_path: Path) -> None:
    change, words = BAD_TEXTS[case]
    text = change if isinstance(change, str) else SOURCE.read_text(encoding="utf-8").replace(*change, 1)
    document, rows, review = tmp_path / "plan.txt", tmp_path / "rows.csv", tmp_path / "review.toml"
    document.write_text(text, encoding="utf-8")
    rows.write_bytes((FOLDER / "rows.csv").read_bytes())
    review.write_bytes((FOLDER / "review.toml").read_bytes())
    result = run("import", str(document), "--rows", str(rows), "--review", str(review), "--force")
    refused(result, 3, "plan.txt", *words)
    assert rows.read_bytes() == (FOLDER / "rows.csv").read_bytes()
    assert review.read_bytes() == (FOLDER / "review.toml").read_bytes()


def test_a_refused_import_leaves_its_doubts_to_be_answered_where_no_review_is(tmp_path: Path) -> None:
    document, rows, review = tmp_path / "plan.txt", tmp_path / "rows.csv", tmp_path / "review.toml"
    document.write_text(SOURCE.read_text(encoding="utf-8").replace("5. Päätämme", "6. Päätämme", 1), encoding="utf-8")
    command = ("import", str(document), "--rows", str(rows), "--review", str(review))
    refused(run(*command), 3, "level 6")
    assert "6. Päätämme yhdessä" in rows.read_text(encoding="utf-8")
    text = review.read_text(encoding="utf-8")
    (block,) = (block for block in text.split("[[doubt]]") if "6. Päätämme" in block)
    answered = block.replace('answer = ""', 'answer = "5. Päätämme yhdessä – Otan vastuun"')
    answered = answered.replace('decided_by = ""', 'decided_by = "test"').replace(
        'decided_on = ""', 'decided_on = "2026-11-22"'
    )
    review.write_text(text.replace(block, answered), encoding="utf-8")
    result = run(*command)
    assert result.exit_code == 0, result.output
    assert "5. Päätämme yhdessä – Otan vastuun" in rows.read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "row"), [("99", 17), ("1", 1), ("17", 1), ("16", 17)])
def test_a_page_that_the_document_does_not_have_is_refused(page: str, row: int, plan_folder: Path) -> None:
    spoil(plan_folder, row, "page", page)
    result = run("build", str(plan_folder), "-o", "-")
    refused(result, 3, "rows.csv", "'page'")


def test_pages_that_were_not_recognised_are_told(tmp_path: Path) -> None:
    document = tmp_path / "plan.txt"
    text = SOURCE.read_text(encoding="utf-8")
    assert "2026 17 \n" in text
    document.write_text(text.replace("2026 17 \n", "2026 \n"), encoding="utf-8")
    result = run(
        "import",
        str(document),
        "--plan",
        str(FOLDER / "plan.toml"),
        "--rows",
        "-",
        "--review",
        str(tmp_path / "r.toml"),
    )
    assert "page 17" in result.stderr
    assert "check the pages" in result.stderr


@pytest.mark.parametrize(
    "options", [("--path", "9"), ("--plan", "nope"), ("--path", "https://w3id.org/akegraph/vocab/path/9")]
)
def test_a_value_that_the_data_do_not_know_is_not_an_empty_answer(options: tuple[str, str]) -> None:
    refused(run("query", "activities-by-path", *options), 2, options[0].removeprefix("--"), options[1])


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        # In a process of its own: waitress leaves its half-made server to the garbage collector.
        done = subprocess.run(
            [sys.executable, "-m", "akegraph", "serve", "--port", port], capture_output=True, text=True
        )
    assert done.returncode == 2
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_would_command_a_terminal_is_not_printed() -> None:
    shown = run("sparql", "-", text='SELECT ("\\u001b[31mred" AS ?x) {}').stdout
    assert "\x1b" not in shown
    assert "[31mred" in shown


BAD_ROWS = {
    "level 6": ((8, "Osallisuustaso", "6. Päätämme yhdessä"), ["row 8", "'Osallisuustaso'", "level 6"]),
    "paths disagree": ((1, "Vaikutus", "Vaikutuspolku 2: Kirjastojen henkilökunnan osaaminen paranee"), ["row 1", "'Vaikutus'"]),
    "another impact": ((1, "Vaikutus", "Vaikutuspolku 1: Muuta"), ["row 1", "'Vaikutus'", "Muuta", "framework"]),
    "unknown task": ((3, "Tehtävä (Lain 8 § ja OKM-polut)", "+ Kahvinkeitto + Polku 2: Kirjaston palvelujen päivittäminen ja kehittäminen"), ["row 3", "Kahvinkeitto", "known"]),
    "empty activity": ((2, "Panos ja prosessi", ""), ["row 2", "'Panos ja prosessi'"]),
    "duplicate id": ((2, "id", "gqrirt6y"), ["row 2", "gqrirt6y"]),
    "page": ((2, "page", "kuusitoista"), ["row 2", "page"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_validated_all_the_same(case: str, plan_folder: Path) -> None:
    """What is missing is a finding; what means nothing known is one too, and is refused as well."""
    change, words = BAD_ROWS[case]
    spoil(plan_folder, *change)
    result = run("validate", str(plan_folder), "--lang", "en")
    if case == "empty activity":
        assert result.exit_code == 1
        assert "row 2, Panos ja prosessi" in result.stdout
        assert "Error" not in result.stderr
    else:
        refused(result, 3, "rows.csv", *words)
        assert ("AKE-1" in result.stdout) is (case not in {"duplicate id", "page"})


@pytest.mark.parametrize("case", BAD_ROWS)
@pytest.mark.parametrize("command", ["build"])
def test_bad_rows_are_refused_naming_file_row_and_column(case: str, command: str, plan_folder: Path) -> None:
    change, words = BAD_ROWS[case]
    spoil(plan_folder, *change)
    target = plan_folder / "out.trig"
    target.write_text("before")
    options = ("-o", str(target), "--force") if command == "build" else ()
    refused(run(command, str(plan_folder), *options), 3, "rows.csv", *words)
    assert target.read_text() == "before"


def test_every_bad_row_is_named_at_once(plan_folder: Path) -> None:
    spoil(plan_folder, 8, "Osallisuustaso", "6. Päätämme yhdessä")
    spoil(plan_folder, 9, "Osallisuustaso", "7. Päätämme yhdessä")
    refused(run("build", str(plan_folder), "-o", "-"), 3, "row 8", "row 9")


def test_build_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    assert run("build", "-o", str(tmp_path / "a.trig")).exit_code == 0
    command = [sys.executable, "-m", "akegraph", "build", "-o", str(tmp_path / "b.trig")]
    subprocess.run(
        command, check=True, capture_output=True, env={"PYTHONHASHSEED": "99", "PYTHONPATH": str(README.parent)}
    )
    assert (tmp_path / "a.trig").read_bytes() == (tmp_path / "b.trig").read_bytes()
    assert "unchanged" in run("build", "-o", str(tmp_path / "a.trig")).stderr


@pytest.mark.parametrize(("fail_on", "code"), [("violation", 0), ("warning", 1), ("info", 1)])
def test_validate_fails_only_at_or_above(fail_on: str, code: int) -> None:
    assert run("validate", PLAN, "--fail-on", fail_on).exit_code == code


def test_validate_reports_in_three_languages_and_formats() -> None:
    finnish, swedish, english = (run("validate", PLAN, "--lang", lang).stdout for lang in ("fi", "sv", "en"))
    assert len({finnish, swedish, english}) == 3
    assert finnish.count("AKE-202") == english.count("AKE-202") == 4
    assert "s. 17, rivi 9, Arviointi" in finnish
    report = json.loads(run("validate", PLAN, "--format", "json").stdout)
    assert sum(one["severity"] == "warning" for one in report["findings"]) == 10
    turtle = run("validate", PLAN, "--format", "turtle").stdout
    assert turtle.count("sh:ValidationResult") == len(report["findings"])
    assert turtle.count("sh:Warning") == 10


BAD_TURTLE = {
    "malformed": ("@prefix ex: <http://example.org/> .\n\nex:a ex:b ; .\n", ["bad.ttl line 3"]),
    "cut short": ("@prefix ex: <http://example.org/> .\nex:a ex:b", ["bad.ttl line 2"]),
    "an IRI with a space": ("<urn:a> <urn:b>\n<urn:c d> .", ["bad.ttl line 2"]),
    "empty": ("", ["no triples"]),
    "a comment only": ("# nothing", ["no triples"]),
}


@pytest.mark.parametrize("case", BAD_TURTLE)
def test_malformed_turtle_is_refused_with_its_line(case: str, tmp_path: Path) -> None:
    text, words = BAD_TURTLE[case]
    (tmp_path / "bad.ttl").write_text(text, encoding="utf-8")
    refused(run("validate", str(tmp_path / "bad.ttl")), 3, "bad.ttl", *words)


def test_a_turtle_file_is_told_only_of_what_it_mentions(tmp_path: Path) -> None:
    text = "<urn:a> a <https://w3id.org/akegraph/ontology#Indicator> ."
    (tmp_path / "good.ttl").write_text(text, encoding="utf-8")
    text = run("validate", str(tmp_path / "good.ttl"), "--format", "csv").stdout
    assert {row["focus"] for row in csv.DictReader(io.StringIO(text))} == {"urn:a"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("<urn:a> <urn:b> <urn:c> .", "no term of the ontology"),
        ("<urn:a> a <https://w3id.org/akegraph/ontology#Plann> .", "did you mean 'ake:Plan'"),
        ("<urn:a> <https://w3id.org/akegraph/ontology#hasOutputs> <urn:b> .", "'ake:hasOutput'"),
    ],
)
def test_a_turtle_file_that_no_rule_can_see_is_refused(text: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "strange.ttl").write_text(text, encoding="utf-8")
    refused(run("validate", str(tmp_path / "strange.ttl")), 3, "strange.ttl", word)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('organisation = "tampere"', 'organisation = "tampre"', ["'tampre'"]),
        ('"keski-suomi"', '"keskisuomi"', ["'keskisuomi'"]),
        ('language = "fi"', 'language = "sv"', ["'sv'", "'fi'"]),
        ('framework = "okm-2026"', 'framework = "okm-1999"', ["okm-1999"]),
        ('document = "akepike', 'document = "aakepike', ["aakepike"]),
        ("start = 2026-01-01", "starts = 2026-01-01", ["start"]),
        ('id = "ake-tampere-2026"', 'id = "AKE Tampere"', ["AKE Tampere"]),
        ("[period]", "[period", ["TOML"]),
    ],
)
def test_a_bad_plan_toml_is_refused(old: str, new: str, words: list[str], plan_folder: Path) -> None:
    path = plan_folder / "plan.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    refused(run("build", str(plan_folder), "-o", "-"), 3, *words)


def test_two_plans_with_the_same_rows_are_refused(plan_folder: Path) -> None:
    path = plan_folder / "plan.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('id = "ake-tampere-2026"', 'id = "copy"'), encoding="utf-8"
    )
    refused(run("build", PLAN, str(plan_folder), "-o", "-"), 3, "rows.csv", "'id'")


def test_import_keeps_a_review_that_is_not_its_own_or_has_comments(tmp_path: Path) -> None:
    review, rows = tmp_path / "review.toml", tmp_path / "rows.csv"
    command = ("import", str(SOURCE), "--rows", str(rows), "--review", str(review))
    review.write_text('source = "x"\nnote = "do not lose"\n', encoding="utf-8")
    refused(run(*command), 3, "review.toml", "'note'")
    assert "do not lose" in review.read_text(encoding="utf-8")
    review.write_text('# ask Liisa about row 14\nsource = "x"\n', encoding="utf-8")
    refused(run(*command), 2, "review.toml", "--force")
    assert "Liisa" in review.read_text(encoding="utf-8")
    refused(run("import", str(SOURCE), "--rows", str(rows), "--review", str(rows)), 2, "same file")


QUESTIONS = {
    ("activities-by-path",): "path",
    ("participating-activities", "--level", "5"): "levelRank",
    ("whole-chain", "--activity", "uvcd5635"): "kind",
}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_query_answers_alike_in_every_format(question: tuple[str, ...]) -> None:
    column = QUESTIONS[question]
    as_json = json.loads(run("query", *question, "--format", "json").stdout)
    as_csv = list(csv.DictReader(io.StringIO(run("query", *question, "--format", "csv").stdout)))
    found = [row[column]["value"] for row in as_json["results"]["bindings"]]
    assert found == [row[column] for row in as_csv]
    assert len(found) > 2
    assert f"rows: {len(found)}" in run("query", *question).stderr


def test_query_list_names_every_question() -> None:
    listed = json.loads(run("query", "--list", "--format", "json").stdout)
    assert [question["name"] for question in listed] == sorted(load_queries())
    assert len(listed) >= 25
    table = run("query", "--list").stdout
    assert all(question["name"] in table for question in listed)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("query", "activities-by-pat"), 2, ("activities-by-path",)),
        (("query", "whole-chain"), 2, ("'activity'", "missing")),
        (("query", "whole-chain", "--activity", 'x"} UNION {?s ?p ?o'), 2, ("'activity'",)),
        (("query", "participating-activities", "--level", "four"), 2, ("'level'", "four")),
        (("query", "activities-by-path", "--colour", "red"), 2, ("--colour",)),
        (("chain", "nothing1"), 3, ("nothing1",)),
        (("chain", "a b"), 2, ("a b",)),
        (("validate", "ake-tampere-2025"), 3, ("ake-tampere-2026",)),
        (("import", "/nowhere/plan.txt"), 3, ("/nowhere/plan.txt",)),
        (("build", "-o", "/nowhere/out.trig"), 3, ("/nowhere/out.trig",)),
        (("import",), 2, ("FILE",)),
    ],
)
def test_a_mistake_is_said_and_has_its_exit_code(arguments: tuple[str, ...], code: int, words: tuple[str, ...]) -> None:
    refused(run(*arguments), code, *words)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("SELECT * { ?s ?p", 3, ("line 1",)),
        ("", 3, ("no query",)),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 3, ("SERVICE",)),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", 3, ("INSERT",)),
    ],
)
def test_sparql_refuses(text: str, code: int, words: tuple[str, ...]) -> None:
    refused(run("sparql", "-", text=text), code, *words)


def test_sparql_answers_each_kind_of_query() -> None:
    count = run(
        "sparql",
        "-",
        "--format",
        "csv",
        text=f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?a a ake:Activity }} FILTER(STRENDS(STR(?g), '/plan/{PLAN}')) }}",
    )
    assert count.stdout.split() == ["n", "17"]
    assert run("sparql", "-", text="ASK { ?p a ake:Plan }").stdout.strip() == "true"
    assert "ake:Plan" in run("sparql", "-", text="CONSTRUCT WHERE { ?p a ake:Plan }").stdout


def test_chain_prints_every_step_with_its_page() -> None:
    text = run("chain", f"{PLAN}/8").stdout
    assert text.count("s. 16, rivi 8") >= 6
    chain = json.loads(run("chain", f"{PLAN}/8", "--format", "json").stdout)
    assert [step["kind"] for step in chain["steps"]] == ["activity", "output", "outcome", "impact", "goal"]
    assert run("chain", "uvcd5635").stdout == text
    assert run("chain", f"{PLAN}/8", "--format", "mermaid").stdout.startswith(("flowchart", "graph"))
