"""``akegraph diff``."""

from __future__ import annotations

import click

from akegraph.cli.output import force_option, language_option, printable, write_output


@click.command()
@click.argument("before", metavar="PLAN1")
@click.argument("after", metavar="PLAN2")
@click.option("--format", "kind", type=click.Choice(["text", "html", "json"]), default="text", show_default=True)
@click.option("-o", "--output", "target", default="-", metavar="FILE", help="File to write; - is standard output.")
@language_option
@force_option
def diff(before: str, after: str, kind: str, target: str, language: str | None, force: bool) -> None:
    """Show what differs between two plans, or two versions of one: activities, cells word by word, profiles.

    A row goes on from the one with its id or the one it says it continues. Other rows with like words are proposals,
    which a person confirms in the column continues of rows.csv. PLAN1 and PLAN2 are names, folders or files rows.csv.

    \b
    Example:
      akegraph diff plans/ake-2026 plans/ake-2027
      akegraph diff old/rows.csv new/rows.csv --format html -o changes.html
    """
    from akegraph.pipeline.comparing import compare_plans
    from akegraph.settings import read_settings
    from akegraph.table.writing.comparison import comparison_html, comparison_json, comparison_text

    comparison = compare_plans(before, after, language=language or read_settings().language)
    writers = {"text": comparison_text, "html": comparison_html, "json": comparison_json}
    text = writers[kind](comparison)
    if kind == "text":
        text = printable(text)
    done = write_output(target, text.encode("utf-8", "replace"), force=force)
    if target != "-":
        click.echo(done, err=True)
