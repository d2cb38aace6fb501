"""``--store`` and ``--data``: one pair of options for every command that asks questions."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat
from pyoxigraph import Store as Oxigraph

from akegraph.cli import main as akegraph
from akegraph.cli.failing import ErrorGroup
from akegraph.cli.sources import open_asked, source_options, source_params

QUADS = b"<urn:a> <urn:p> <urn:b> <urn:g> .\n"


@click.group(cls=ErrorGroup)
def main() -> None:
    pass


@main.command()
@click.argument("word")
@source_options
def count(word: str, store: str | None, data: tuple[str, ...]) -> None:
    with open_asked(store, data) as opened:
        click.echo(f"{word} {len(opened.store.select('SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }').rows)}")


def ask(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["count", "quads", *arguments])
    return result.exit_code, result.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "data.nq"
    path.write_bytes(QUADS)
    return path


def test_files_are_asked_with_their_graphs(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.trig"
    other.write_text("<urn:h> { <urn:a> <urn:p> <urn:c> }")
    assert ask("--data", str(file)) == (0, "quads 1\n")
    assert ask("--data", str(file), "--data", str(other)) == (0, "quads 2\n")


def test_a_store_is_asked(tmp_path: Path) -> None:
    Oxigraph(str(tmp_path / "store")).load(QUADS, RdfFormat.N_QUADS)
    assert ask("--store", str(tmp_path / "store")) == (0, "quads 1\n")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--store", "missing"), 3, "is no folder"),
        (("--store", "http://127.0.0.1:9/"), 4, "cannot be reached"),
        (("--data", "missing.ttl"), 3, "cannot be read"),
        (("--data", "missing.ttl", "--store", "missing"), 2, "only one"),
    ],
)
def test_what_cannot_be_opened_has_its_exit_code(arguments: tuple[str, ...], code: int, words: str) -> None:
    found, said = ask(*arguments)
    assert found == code
    assert words in said


def test_commands_made_from_data_get_the_same_options() -> None:
    params = [param for param in count.params if isinstance(param, click.Option)]
    assert [param.opts for param in params] == [option.opts for option in source_params()]


CYCLE = """@prefix ake: <https://w3id.org/akegraph/ontology#> .
<urn:plan> a ake:Plan .
<urn:a> a ake:Activity ; ake:inPlan <urn:plan> ; ake:hasOutput <urn:o> .
<urn:o> ake:hasOutcome <urn:r> ; ake:hasOutput <urn:a> .
<urn:r> ake:hasImpact <urn:o> ; ake:leadsTo <urn:a> .
"""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("query", "whole-chain", "--activity", "urn:a"), "urn:r"),
        (("query", "activities-by-path"), "plan"),
        (("sparql", "-"), "urn:plan"),
        (("chain", "urn:a"), "tulos: urn:r"),
        (("chain", "urn:r", "--up", "--format", "table"), "urn:o"),
        (("chain", "urn:o", "--format", "svg"), "</svg>"),
        (("explain", "<urn:a> ake:leadsTo <urn:a>"), "päätelty: "),
    ],
)
def test_every_command_that_asks_takes_foreign_data_even_with_a_cycle(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    data = tmp_path / "cycle.ttl"
    data.write_text(CYCLE, encoding="utf-8")
    text = "SELECT ?plan WHERE { ?plan a ake:Plan }"
    result = CliRunner().invoke(akegraph, [*arguments, "--data", str(data)], input=text)
    assert result.exit_code == 0, result.output
    assert words in result.stdout
    assert "ake-tampere-2026" not in result.stdout


def test_plans_are_data_too(tmp_path: Path) -> None:
    plans = Path(__file__).parents[1] / "docs" / "notebooks" / "plans"
    arguments = ("query", "areas-compared", "--by", "path", "--format", "csv", "--data", "ake-tampere-2026")
    found = CliRunner().invoke(akegraph, [*arguments, "--data", str(plans)])
    assert found.exit_code == 0, found.output
    assert "AKE Tampere 2026,false" in found.stdout
    assert "Rovaniemi 2027,true" in found.stdout
    mixed = CliRunner().invoke(akegraph, [*arguments, "--data", str(tmp_path / "missing.ttl")])
    assert (mixed.exit_code, mixed.stdout) == (3, "")


def test_a_code_is_not_looked_for_in_data() -> None:
    result = CliRunner().invoke(akegraph, ["explain", "AKE-103", "--data", "x.ttl"])
    assert (result.exit_code, result.stdout) == (2, "")
