"""``akegraph query``, ``akegraph sparql`` and ``akegraph chain``: questions, asked of a store of worker processes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from akegraph.cli.output import echo_bytes, echo_table, language_option, read_input, shorten_terms
from akegraph.errors import QueryRefusedError, QuerySyntaxError, SourceError
from akegraph.store.base import MEDIA_TYPES, decode_solutions

if TYPE_CHECKING:
    from akegraph.queries import NamedQuery, Parameter, QueryCatalogue
    from akegraph.settings import Language
    from akegraph.store.base import Store


def _format_option() -> click.Option:
    choice = click.Choice(["table", *MEDIA_TYPES])
    return click.Option(
        ["--format", "format_"], type=choice, default="table", show_default=True, help="How to print the answer."
    )


@contextmanager
def _open_store() -> Iterator[Store]:
    from akegraph.pipeline.building import build_dataset, open_store
    from akegraph.pipeline.knowledge import find_plans
    from akegraph.settings import read_settings

    with open_store(build_dataset(find_plans()), read_settings()) as store:
        yield store


def _print_answer(store: Store, text: str, format_: str) -> None:
    """Evaluate and print; a graph is Turtle where a table was not asked for by name."""
    if format_ != "table":
        echo_bytes(store.query(text, accept=[MEDIA_TYPES[format_]]).body)
        return
    answer = store.query(text, accept=[MEDIA_TYPES["json"], MEDIA_TYPES["turtle"]])
    if answer.kind == "select":
        found = decode_solutions(answer.body)
        echo_table(found.variables, (shorten_terms(row, found.variables) for row in found.rows))
        click.echo(f"rows: {len(found.rows)}", err=True)
    elif answer.kind == "ask":
        click.echo("true" if json.loads(answer.body)["boolean"] else "false")
    else:
        echo_bytes(answer.body)


class QueryGroup(click.Group):
    """The catalogue as commands: one per ``.rq`` file, its options made from the file's header."""

    def _catalogue(self) -> QueryCatalogue:
        from akegraph.queries import load_queries

        return load_queries()

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the questions by name."""
        return sorted(self._catalogue())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Make the command of one question.

        :raises UnknownQueryError: with names that come close
        """
        question = self._catalogue().get_query(cmd_name)
        options = [_option(parameter) for parameter in question.parameters.values()]
        return click.Command(
            question.name,
            params=[*options, _format_option()],
            callback=_ask(question),
            short_help=question.title["en"],
            help=f"{question.title['en']}\n\n{question.description['en']}",
        )


def _option(parameter: Parameter) -> click.Option:
    """Make an option; it is never required by click, so a missing one is the same error at every door."""
    needed = "required" if parameter.required else f"default: {parameter.default or 'any'}"
    words = f"{parameter.description['en']} [{needed}; for example {parameter.example}]"
    return click.Option([f"--{parameter.name}"], metavar=parameter.kind.upper(), help=words)


def _ask(question: NamedQuery) -> Callable[..., None]:
    def callback(format_: str, **values: str | None) -> None:
        given = {name: value for name, value in values.items() if value is not None}
        with _open_store() as store:
            question.check_known(store, given)
            _print_answer(store, question.bind(given), format_)

    return callback


@click.group(cls=QueryGroup, invoke_without_command=True, subcommand_metavar="NAME [--PARAM VALUE]...")
@click.option("--list", "list_", is_flag=True, help="List the questions.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    help="How to print the list.",
)
@click.pass_context
def query(ctx: click.Context, list_: bool, format_: str) -> None:
    """Answer a ready question; --list shows all, NAME --help its parameters.

    \b
    Example:
      akegraph query activities-by-path
      akegraph query participating-activities --level 4 --format csv
    """
    if ctx.invoked_subcommand is not None:
        return
    from akegraph.queries import load_queries

    questions = load_queries().values()
    if format_ == "json":
        click.echo(json.dumps([_described(question) for question in questions], ensure_ascii=False, indent=2))
    elif list_:
        echo_table(
            ("name", "question", "parameters"),
            ((q.name, q.title["en"], ", ".join(q.parameters)) for q in questions),
        )
    else:
        click.echo(ctx.get_help())


def _described(question: NamedQuery) -> dict[str, Any]:
    return {
        "name": question.name,
        "title": dict(question.title),
        "question": dict(question.question),
        "description": dict(question.description),
        "tags": list(question.tags),
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.kind,
                "title": dict(parameter.title),
                "description": dict(parameter.description),
                "required": parameter.required,
                "default": parameter.default,
                "example": parameter.example,
            }
            for parameter in question.parameters.values()
        ],
        "columns": {name: dict(text) for name, text in question.columns.items()},
    }


@click.command(params=[_format_option()])
@click.argument("file", type=click.Path(allow_dash=True))
def sparql(file: str, format_: str) -> None:
    """Evaluate a SPARQL query from FILE, or from standard input for -.

    \b
    Example:
      echo 'SELECT * { ?s a ake:Plan }' | akegraph sparql -
    """
    from akegraph.graph.iris import PREFIXES

    try:
        text = read_input(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError("is not UTF-8 text", file=file) from error
    if not text.strip():
        raise QueryRefusedError(f"{file}: holds no query")
    # A prefix declared twice is allowed; the text's own declaration comes later and wins.
    head = " ".join(f"PREFIX {prefix}: <{space}>" for prefix, space in PREFIXES.items())
    try:
        with _open_store() as store:
            _print_answer(store, f"{head}\n{text}", format_)
    except QuerySyntaxError as error:
        # The parser counts the line of our prefixes; the user's text begins on the next.
        places = re.sub(r"\bline (\d+)", lambda found: f"line {int(found[1]) - 1}", str(error))
        raise QuerySyntaxError(f"{file}: {places}") from error


@click.command()
@click.argument("id_", metavar="ID")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "mermaid"]),
    default="text",
    show_default=True,
    help="How to print the chain.",
)
@language_option
def chain(id_: str, format_: str, language: Language | None) -> None:
    """Print the whole impact chain of one activity, from task to goal, with pages.

    ID is an activity's id as in rows.csv, its IRI, or PLAN/ROW.

    \b
    Example:
      akegraph chain ake-tampere-2026/8
    """
    from akegraph.chain_formats import chain_json, chain_mermaid, chain_text
    from akegraph.chains import find_chain
    from akegraph.settings import read_settings

    chosen = language or read_settings().language
    with _open_store() as store:
        found = find_chain(store, id_)
    if format_ == "json":
        click.echo(chain_json(found))
    else:
        click.echo((chain_mermaid if format_ == "mermaid" else chain_text)(found, chosen))
