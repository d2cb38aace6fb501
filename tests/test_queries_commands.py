"""``akegraph query`` and ``akegraph sparql``: lists, help, formats, files, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from web_site import make_site

from akegraph.cli import asking, main
from akegraph.queries import QueryCatalogue, load_queries, parse_query
from akegraph.queries.competency import find_numbers, load_questions
from akegraph.queries.describing import describe_query
from akegraph.queries.documenting import document_queries
from akegraph.store.base import FORMATS

ROOT = Path(__file__).resolve().parents[1]
PLAN = "https://w3id.org/akegraph/ontology#Plan"
KINDS = {
    "select": f"SELECT ?plan WHERE {{ ?plan a <{PLAN}> }} ORDER BY ?plan",
    "ask": f"ASK {{ ?plan a <{PLAN}> }}",
    "graph": f"CONSTRUCT {{ ?plan a <{PLAN}> }} WHERE {{ ?plan a <{PLAN}> }}",
}
FITTING = {kind: {"table", *(known.name for known in FORMATS if kind in known.kinds)} for kind in KINDS}
CAUTIOUS = """#+ title = { fi = "Otsikko", en = "Title" }
#+ question = { fi = "Mikä?", en = "What?" }
#+ description = { fi = "Kuvaus.", en = "Description." }
#+ caution = { fi = "Vertaa varoen.", en = "Compare with care." }
#+ tags = ["test"]
#+ [parameters.kind]
#+ type = "string"
#+ title = { fi = "Laji", en = "Kind" }
#+ description = { fi = "Mikä laji.", en = "Which kind." }
#+ [parameters.kind.choices]
#+ one = { fi = "Yksi", en = "One" }
#+ other = { fi = "Toinen", en = "Other" }
#+ [columns]
#+ kind = { fi = "Laji", en = "The kind" }
SELECT ?kind
WHERE {
  VALUES ?kind { UNDEF }
}
"""


@pytest.fixture(autouse=True)
def one_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask one store all the time; tests/test_cli.py opens the real one."""
    opened = SimpleNamespace(store=make_site().store)
    monkeypatch.setattr(asking, "open_asked", lambda *where: nullcontext(opened))


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=text)


def listed(*arguments: str) -> list[dict[str, Any]]:
    result = run("query", "--list", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_the_list_tells_all_that_the_headers_say() -> None:
    assert listed() == [describe_query(query) for query in load_queries().values()]
    chain = next(question for question in listed() if question["name"] == "whole-chain")
    assert chain["competencyQuestions"] == [1]
    assert chain["parameters"][0]["classes"] == ["activity"]


def test_every_competency_question_names_a_question_that_is_there() -> None:
    assert {question.query for question in load_questions() if question.query} <= set(load_queries())
    assert all(
        question.number in find_numbers(question.query) for question in load_questions() if question.query is not None
    )


def test_the_list_can_be_had_by_tag_and_in_a_language() -> None:
    assert [one["name"] for one in listed("--tag", "chain")] == [
        query.name for query in load_queries().values() if "chain" in query.tags
    ]
    table = run("query", "--list", "--tag", "chain", "--lang", "fi").stdout
    assert "Toimenpiteen koko ketju" in table
    assert "tasks-by-paths" not in table
    assert "Whole chain of an activity" in run("query", "--list").stdout
    wrong = run("query", "--tag", "chan")
    assert wrong.exit_code == 2
    assert "did you mean 'chain'" in wrong.stderr


@pytest.mark.parametrize("name", sorted(load_queries()))
def test_every_question_has_help_with_its_parameters(name: str) -> None:
    query = load_queries()[name]
    for language in ("en", "fi"):
        told = " ".join(run("query", name, "--lang", language, "--help").stdout.split())
        assert query.title[language] in told
        for parameter, found in query.parameters.items():
            assert f"--{parameter} {found.kind.upper()}" in told
            assert " ".join(found.description[language].split()) in told.replace("- ", "-")
    assert run("query", "--lang", "fi", name, "--help").stdout == run("query", name, "--lang", "fi", "--help").stdout


@pytest.mark.parametrize("format_", sorted(set().union(*FITTING.values())))
@pytest.mark.parametrize("kind", KINDS)
def test_a_format_answers_or_says_what_fits(kind: str, format_: str) -> None:
    result = run("sparql", "-", "--format", format_, text=KINDS[kind])
    if format_ in FITTING[kind]:
        assert result.exit_code == 0, result.stderr
        assert "true" in result.stdout if kind == "ask" else "ake-tampere-2026" in result.stdout
        return
    assert (result.exit_code, result.stdout) == (2, "")
    offered = result.stderr.partition("what fits: ")[2].strip().split(", ")
    assert set(offered) == FITTING[kind]


def test_an_answer_goes_to_a_file_but_not_over_another(tmp_path: Path) -> None:
    target = tmp_path / "answer"
    arguments = ("query", "activities-by-path", "-o", str(target))
    for format_ in ("table", "csv", "json", "xml", "tsv"):
        target.unlink(missing_ok=True)
        result = run(*arguments, "--format", format_)
        assert (result.exit_code, result.stdout) == (0, "")
        assert target.read_text(encoding="utf-8").strip() == run(*arguments[:2], "--format", format_).stdout.strip()
    before = target.read_bytes()
    assert "unchanged" in run(*arguments, "--format", "tsv").stderr
    refused = run(*arguments, "--format", "csv")
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert target.read_bytes() == before
    assert run(*arguments, "--format", "csv", "--force").exit_code == 0
    assert len(list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))) == 4
    lost = run(*arguments[:3], str(tmp_path / "nowhere" / "answer"))
    assert lost.exit_code == 3
    assert "cannot be written" in lost.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("activities-by-path", "--path", "9"), "did you mean '1' or '2' or '3' or '4'"),
        (("activities-by-task", "--task", "suport"), "did you mean 'support'"),
        (("whole-chain", "--activity", "uvcd5653"), "did you mean 'uvcd5635'"),
        (("activities-by-path", "--plan", "ake-tampere-2025"), "did you mean 'ake-tampere-2026'"),
        (("activities-leading-to", "--target", "goal/okm-2027-1"), "did you mean 'goal/okm-2026-1'"),
        (("gaps", "--gap", "no-gaol"), "did you mean 'no-goal'"),
        (("participating-activities", "--level", "4.5"), "is not a whole number"),
        (("whole-chain",), "is missing"),
        (("whole-chains",), "did you mean 'whole-chain'"),
        (("activities-by-path", "--pth", "1"), "--path"),
    ],
)
def test_a_slip_is_refused_with_what_comes_close(arguments: tuple[str, ...], words: str) -> None:
    result = run("query", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


@pytest.fixture
def cautious(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = QueryCatalogue([parse_query("echo", CAUTIOUS, "echo.rq")])
    monkeypatch.setattr(asking.QueryGroup, "_catalogue", lambda self: catalogue)


@pytest.mark.usefixtures("cautious")
def test_a_caution_is_said_beside_the_answer_and_in_the_help() -> None:
    result = run("query", "echo", "--kind", "one", "--format", "csv")
    assert result.stdout.split() == ["kind", "one"]
    assert "caution: Compare with care." in result.stderr
    assert "caution: Vertaa varoen." in run("query", "echo", "--lang", "fi").stderr
    assert "Compare with care." in run("query", "echo", "--help").stdout
    assert "one of one, other" in " ".join(run("query", "echo", "--help").stdout.split())


def test_the_page_of_documentation_is_fresh() -> None:
    page = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    wanted = document_queries(load_queries())
    assert page == wanted, "akegraph query --list --format markdown > docs/questions.md"
    assert run("query", "--list", "--format", "markdown").stdout == wanted


@pytest.mark.parametrize("name", sorted(load_queries()))
def test_the_page_tells_of_every_parameter_and_column(name: str) -> None:
    query = load_queries()[name]
    section = document_queries(QueryCatalogue([query])).partition(f"## {name}\n")[2]
    for word in (*query.parameters, *query.columns):
        assert f"| `{word}` |" in section
    assert query.question["fi"] in section
    assert (query.caution or {"en": ""})["en"] in section
