"""``akegraph chain``: the chain of an activity, or all chains that go through something, in every form."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from akegraph.cli.output import echo_table, force_option, format_table, language_option, write_output
from akegraph.cli.sources import open_asked, source_options

if TYPE_CHECKING:
    from akegraph.chains import Chain, Direction
    from akegraph.settings import Language

_WIDE = 180
"""A terminal of so many columns has room for all columns of the table."""


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--up", "directions", flag_value="up", multiple=True, help="Only what leads to ID.")
@click.option("--down", "directions", flag_value="down", multiple=True, help="Only what ID leads to.")
@click.option("--task", metavar="NAME", help="Only activities under this task, such as support.")
@click.option("--path", metavar="NUMBER", help="Only activities on this path, such as 2.")
@click.option("--level", metavar="NUMBER", help="Only activities with this participation level, such as 4.")
@click.option("--plan", metavar="PLAN", help="Only this plan, such as ake-tampere-2026.")
@click.option("--area", metavar="AREA", help="Only plans that cover this area, such as pirkanmaa.")
@click.option("--year", metavar="YEAR", help="Only plans whose period has this year.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "table", "json", "mermaid", "svg", "turtle"]),
    default="text",
    show_default=True,
    help="How to print the chains; json is one object for an activity, else a list.",
)
@click.option("-o", "--output", metavar="FILE", default="-", help="Write to FILE, not over one.")
@source_options
@force_option
@language_option
def chain(
    id_: str,
    directions: tuple[Direction, ...],
    format_: str,
    output: str,
    store: str | None,
    data: tuple[str, ...],
    force: bool,
    language: Language | None,
    **filters: str | None,
) -> None:
    """Print impact chains, from task to goal, with pages and with what is missing where it is missing.

    ID is an activity's id as in rows.csv, PLAN/ROW, a plan's id, or KIND/NAME: output/ID, outcome/ID, impact/NAME,
    goal/NAME, task/NAME, path/NUMBER, level/NUMBER, timing/NAME, plan/NAME; or the IRI of any. Where ID is shared, all
    chains through it are printed: with --up all activities that lead there, with --down what they lead to.

    \b
    Example:
      akegraph chain ake-tampere-2026/8
      akegraph chain goal/okm-2026-2 --up --format table
      akegraph chain path/4 --level 5 --format svg -o path-4.svg
    """
    from akegraph.chains import find_chains
    from akegraph.settings import read_settings

    if len(set(directions)) > 1:
        raise click.UsageError("--up and --down exclude each other; without either, everything through ID is printed.")
    chosen = language or read_settings().language
    with open_asked(store, data) as opened:
        chains = find_chains(
            opened.store,
            through=id_,
            direction=directions[0] if directions else None,
            statements=format_ == "turtle",
            **filters,
        )
    if not _is_one(id_, chains):
        click.echo(f"chains: {len(chains)}", err=True)
    if format_ == "table" and output == "-":
        _echo_table(chains, chosen)
        return
    done = write_output(output, _write(chains, id_, format_, chosen, output), force=force)
    if output != "-":
        click.echo(done, err=True)


def _echo_table(chains: Sequence[Chain], language: Language) -> None:
    """Print the table whole, or in sections where a terminal has no room for all its columns."""
    from akegraph.chains.formats import table_cells, table_sections

    width = shutil.get_terminal_size().columns
    if not sys.stdout.isatty() or width >= _WIDE:
        echo_table(*table_cells(chains, language))
        return
    for section in table_sections(chains, language):
        for head in section.heads:
            click.echo(textwrap.fill(head, width, subsequent_indent="  "))
        echo_table(section.headings, section.cells)


def _write(chains: Sequence[Chain], id_: str, format_: str, language: Language, output: str) -> bytes:
    from akegraph.chains.formats import FORMATS, chain_json, chains_text, table_cells

    if format_ == "table":
        return format_table(*table_cells(chains, language))
    if format_ == "json" and _is_one(id_, chains):
        return chain_json(chains[0]).encode()
    if format_ == "text" and output == "-" and sys.stdout.isatty():
        return chains_text(chains, language, shutil.get_terminal_size().columns).encode()
    return FORMATS[format_](chains, language).encode()


def _is_one(id_: str, chains: Sequence[Chain]) -> bool:
    """Tell whether an activity was asked for, and not something that several may share."""
    from akegraph.chains.filtering import parse_name

    name = parse_name(id_)
    return len(chains) == 1 and (name.row is not None or name.iri == chains[0].activity)
