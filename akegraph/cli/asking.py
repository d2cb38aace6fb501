"""``akegraph query`` and ``akegraph sparql``: questions, asked of a store of worker processes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from akegraph.cli.answers import echo_readable, make_readable, make_table, write_table
from akegraph.cli.output import echo_bytes, echo_table, echo_words, read_input, write_output
from akegraph.cli.sources import open_asked, source_params
from akegraph.errors import BadParameterError, QueryRefusedError, QuerySyntaxError, SourceError
from akegraph.store.base import FORMATS, MEDIA_TYPES, decode_solutions

if TYPE_CHECKING:
    from akegraph.cli.answers import Readable
    from akegraph.queries import NamedQuery, Parameter, QueryCatalogue
    from akegraph.store.base import Answer, Solutions


def _answer_options() -> list[click.Parameter]:
    """Make the options of every command that prints an answer."""
    choice = click.Choice(["table", *MEDIA_TYPES])
    return [
        click.Option(
            ["--format", "format_"],
            type=choice,
            default="table",
            show_default=True,
            help="How to print the answer; one that does not fit the kind of query is refused with those that do.",
        ),
        click.Option(["-o", "--output"], metavar="FILE", default="-", help="Write the answer to FILE, not over one."),
        click.Option(["--force"], is_flag=True, help="Replace a file that is there already."),
    ]


def _accept(format_: str) -> list[str]:
    """Return the media types to ask for: that of the format, or what a table is made from."""
    return [MEDIA_TYPES["json"], MEDIA_TYPES["turtle"]] if format_ == "table" else [MEDIA_TYPES[format_], "*/*"]


def _print_answer(
    answer: Answer, format_: str, output: str, *, force: bool, arrange: Callable[[Solutions], Readable]
) -> None:
    """Print or write an answer; a graph is Turtle where a table was asked for.

    :param arrange: makes the table of solutions
    :raises BadParameterError: if the format is none for this kind of query; names those that are
    """
    wanted = MEDIA_TYPES[format_] if format_ != "table" else ""
    content = answer.body
    if wanted and answer.media_type != wanted:
        fitting = ", ".join(["table", *(known.name for known in FORMATS if answer.kind in known.kinds)])
        query_kind = {"select": "a SELECT", "ask": "an ASK", "graph": "a CONSTRUCT or DESCRIBE"}[answer.kind]
        raise BadParameterError("format", f"{format_!r} does not fit {query_kind} query; what fits: {fitting}")
    if not wanted and answer.kind == "select":
        found = decode_solutions(answer.body)
        table = arrange(found)
        if output == "-":
            echo_readable(table)
            content = b""
        else:
            content = write_table(table)
        click.echo(f"rows: {len(found.rows)}", err=True)
    elif not wanted and answer.kind == "ask":
        content = b"true\n" if json.loads(answer.body)["boolean"] else b"false\n"
    if output != "-" or content:
        done = write_output(output, content, force=force)
        if output != "-":
            click.echo(done, err=True)


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
        return _QuestionCommand(self._catalogue().get_query(cmd_name), ctx.params.get("language") or "en")


class _QuestionCommand(click.Command):
    """One question; its help is in the language that was asked for before ``--help``."""

    def __init__(self, question: NamedQuery, language: str) -> None:
        from akegraph.queries import say

        self.question, self.language = question, language
        words = [say(question.title, language), say(question.description, language)]
        if question.caution:
            words.append(say(question.caution, language))
        super().__init__(
            question.name,
            params=[
                *(_option(parameter, language) for parameter in question.parameters.values()),
                *source_params(),
                *_answer_options(),
                _list_language_option(is_eager=True),
            ],
            callback=_ask(question, language),
            short_help=words[0],
            help="\n\n".join(words),
        )

    def get_help(self, ctx: click.Context) -> str:
        """Return the help in the language of the option, where one was given."""
        language = ctx.params.get("language") or self.language
        return (
            super().get_help(ctx)
            if language == self.language
            else _QuestionCommand(self.question, language).get_help(ctx)
        )


def _option(parameter: Parameter, language: str) -> click.Option:
    """Make an option; it is never required by click, so a missing one is the same error at every door."""
    from akegraph.queries import say

    needed = "required" if parameter.required else f"default: {parameter.default or 'any'}"
    example = f"; for example {parameter.example}" if parameter.example else ""
    choices = f"; one of {', '.join(parameter.choices)}" if parameter.choices else ""
    words = f"{say(parameter.description, language)} [{needed}{example}{choices}]"
    return click.Option([f"--{parameter.name}", parameter.name], metavar=parameter.kind.upper(), help=words)


def _list_language_option(*, is_eager: bool = False) -> click.Option:
    return click.Option(
        ["--lang", "language"],
        type=click.Choice(["fi", "sv", "en"]),
        is_eager=is_eager,
        help="Language of titles and help; English where there is no other.",
    )


def _ask(question: NamedQuery, default: str) -> Callable[..., None]:
    def callback(
        store: str | None,
        data: tuple[str, ...],
        format_: str,
        output: str,
        force: bool,
        language: str | None,
        **values: str | None,
    ) -> None:
        from akegraph.queries import say

        given = {name: value for name, value in values.items() if value is not None}
        text = question.bind(given)
        with open_asked(store, data) as opened:
            question.check_known(opened.store, given)
            if question.caution:
                echo_words(f"caution: {say(question.caution, language or default)}")
            answer = opened.store.query(text, accept=_accept(format_))
        _print_answer(answer, format_, output, force=force, arrange=make_readable)

    return callback


@click.group(cls=QueryGroup, invoke_without_command=True, subcommand_metavar="NAME [--PARAM VALUE]...")
@click.option("--list", "list_", is_flag=True, help="List the questions.")
@click.option("--tag", metavar="TAG", help="List the questions with this tag only.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    help="How to print the list; markdown is docs/questions.md.",
)
@click.pass_context
def query(ctx: click.Context, list_: bool, tag: str | None, format_: str, language: str | None) -> None:
    """Answer a ready question; --list shows all, NAME --help its parameters.

    \b
    Example:
      akegraph query --list --tag chain
      akegraph query activities-by-path
      akegraph query participating-activities --level 4 --format csv -o answer.csv
    """
    if ctx.invoked_subcommand is not None:
        return
    from akegraph.queries import QueryCatalogue, load_queries, say
    from akegraph.queries.describing import describe_query
    from akegraph.queries.documenting import document_queries

    catalogue = load_queries()
    questions = catalogue.find_tagged(tag) if tag is not None else tuple(catalogue.values())
    if format_ == "markdown":
        echo_bytes(document_queries(QueryCatalogue(questions)).encode())
    elif format_ == "json":
        click.echo(json.dumps([describe_query(question) for question in questions], ensure_ascii=False, indent=2))
    elif list_ or tag is not None:
        echo_table(
            ("name", "question", "parameters", "tags"),
            ((q.name, say(q.title, language or "en"), ", ".join(q.parameters), ", ".join(q.tags)) for q in questions),
        )
    else:
        click.echo(ctx.get_help())


query.params.append(_list_language_option())


@click.command(params=[*source_params(), *_answer_options()])
@click.argument("file", type=click.Path(allow_dash=True))
def sparql(file: str, store: str | None, data: tuple[str, ...], format_: str, output: str, force: bool) -> None:
    """Evaluate a SPARQL query from FILE, or from standard input for -; akegraph's prefixes need no declaration.

    \b
    Example:
      echo 'SELECT * { ?s a ake:Plan }' | akegraph sparql -
      akegraph sparql question.rq --store http://localhost:7200/repositories/plans
    """
    from akegraph.pipeline.asking import ask_sparql

    try:
        text = read_input(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError("is not UTF-8 text", file=file) from error
    try:
        with open_asked(store, data) as opened:
            answer = ask_sparql(opened.store, text, _accept(format_))
    except (QueryRefusedError, QuerySyntaxError) as error:
        raise type(error)(f"{file}: {error}") from error
    _print_answer(answer, format_, output, force=force, arrange=make_table)
