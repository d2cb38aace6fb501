"""``akegraph validate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from akegraph.cli.output import echo_bytes, language_option, printable

if TYPE_CHECKING:
    from akegraph.settings import Language


@click.command()
@click.argument("inputs", nargs=-1, metavar="[PLAN | FILE]...")
@click.option(
    "--shapes",
    "shapes",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Shapes to use instead (Turtle).",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "turtle"]),
    default="text",
    show_default=True,
    help="How to print the report.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="violation",
    show_default=True,
    help="The mildest finding that makes the exit code 1.",
)
@language_option
@click.pass_context
def validate(
    ctx: click.Context,
    inputs: tuple[str, ...],
    shapes: tuple[Path, ...],
    format_: str,
    fail_on: str,
    language: Language | None,
) -> None:
    """Check plans against the shapes and report each finding with its page, row and column.

    PLAN is the name of a built-in plan or a folder with plan.toml and rows.csv; FILE is Turtle, read together with the
    schemes and reference data. All built-in plans by default. Exit code 1 means findings at or above --fail-on.

    \b
    Example:
      akegraph validate ake-tampere-2026 --lang en --fail-on warning
    """
    from akegraph.graph.serialising import serialise_turtle
    from akegraph.pipeline.validating import validate_inputs
    from akegraph.settings import read_settings
    from akegraph.validation.findings import Severity
    from akegraph.validation.report import report_json, report_text

    report = validate_inputs(inputs, shapes)
    chosen = language or read_settings().language
    if format_ == "turtle":
        echo_bytes(serialise_turtle(report.graph))
    elif format_ == "json":
        click.echo(json.dumps(report_json(report, chosen), ensure_ascii=False, indent=2))
    else:
        click.echo(printable(report_text(report, chosen)), nl=False)
    if not report.conforms(Severity[fail_on.upper()]):
        ctx.exit(1)
