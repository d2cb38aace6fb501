"""``akegraph report``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from akegraph.cli.reports import check_options, finish, refuse_urls, report_options


@click.command()
@click.argument("file", type=click.Path(allow_dash=True))
@click.option(
    "--shapes",
    "shapes",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The shapes that were tried (Turtle): names, codes and reasons are read from them.",
)
@click.option(
    "--data",
    "data",
    multiple=True,
    metavar="FILE",
    help="What was validated: names of things and their lines are read from it.",
)
@report_options
@click.pass_context
def report(ctx: click.Context, /, file: str, shapes: tuple[Path, ...], data: tuple[str, ...], **how: Any) -> None:
    """Render a validation report that any SHACL engine made.

    FILE is RDF with a sh:ValidationReport, - is standard input.

    \b
    Example:
      akegraph report report.ttl --data data.ttl --format html -o report.html
    """
    from akegraph.cli.output import read_input
    from akegraph.pipeline.reporting import read_foreign_report

    refuse_urls((file, *data))
    check_options((file, *map(str, shapes), *data), **how)
    read = read_foreign_report(file, read_input("-") if file == "-" else None, shapes, data)
    finish(read, **how).tell(ctx)
