"""``--store`` and ``--data``: one pair of options for every command that asks questions."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat
from pyoxigraph import Store as Oxigraph

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
