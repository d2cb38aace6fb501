"""What ``akegraph validate`` and ``akegraph report`` share: how a report is asked for, written and judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akegraph.cli.output import force_option, language_option, printable, write_output

if TYPE_CHECKING:
    from akegraph.settings import Language
    from akegraph.validation.findings import ValidationReport

# Spelled out, so that --help need not load what writes them; a test compares.
FORMATS = ("text", "json", "turtle", "html", "csv", "sarif", "junit", "github")
SEVERITIES = ("violation", "warning", "info")

_OPTIONS = (
    click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="Form of the report.",
    ),
    click.option("-o", "--output", default="-", metavar="FILE", help="File to write instead of standard output."),
    click.option("--matrix", is_flag=True, help="Show every cell of the plan: filled, in doubt, missing (text)."),
    click.option(
        "--baseline",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Findings known before: only others fail.",
    ),
    click.option(
        "--write-baseline",
        is_flag=True,
        help="Write the findings of today to the baseline; it may only shrink.",
    ),
    click.option("--allow-growth", is_flag=True, help="Let --write-baseline take in new findings, too."),
    click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        default="violation",
        show_default=True,
        help="The mildest finding that makes the exit code 1.",
    ),
    language_option,
    force_option,
)


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of :func:`finish`, in this order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def finish(
    ctx: click.Context,
    report: ValidationReport,
    *,
    format_: str,
    output: str,
    matrix: bool,
    baseline: Path | None,
    write_baseline: bool,
    allow_growth: bool,
    fail_on: str,
    language: Language | None,
    force: bool,
) -> None:
    """Write a report, keep its baseline, and end with the exit code it means."""
    from akegraph.settings import read_settings
    from akegraph.validation.findings import Severity
    from akegraph.validation.formats import Options, write_report

    if baseline is not None:
        report = _compare(report, baseline, write=write_baseline, grow=allow_growth)
    elif write_baseline or allow_growth:
        raise click.UsageError("--write-baseline and --allow-growth need --baseline FILE")
    threshold = Severity[fail_on.upper()]
    options = Options(language or read_settings().language, matrix=matrix, fail_on=threshold)
    body = write_report(report, format_, options)
    if format_ in ("text", "github"):
        body = printable(body.decode()).encode()
    if output == "-":
        click.echo(body, nl=False)
    else:
        click.echo(write_output(output, body, force=force), err=True)
    if report.fails(threshold):
        ctx.exit(1)


def _compare(report: ValidationReport, file: Path, *, write: bool, grow: bool) -> ValidationReport:
    """Mark what the baseline knows, and write it anew if that was asked for."""
    from akegraph.files import write_file
    from akegraph.validation import baseline

    is_first = write and not file.exists()
    known = baseline.make_baseline(report.findings) if is_first else baseline.read_baseline(file)
    marked = baseline.mark_known(report, known)
    new = sum(not finding.known for finding in marked.findings)
    gone = baseline.count_gone(report, known)
    if not write:
        if gone:
            click.echo(f"{file}: {gone} findings are gone; --write-baseline takes them out", err=True)
        return marked
    if new and not grow:
        kept = [finding for finding in marked.findings if finding.known]
        click.echo(f"{file}: {new} new findings are left out; --allow-growth takes them in", err=True)
    else:
        kept = list(marked.findings)
    made = baseline.make_baseline(kept)
    done = write_file(file, baseline.write_baseline(made), force=True)
    click.echo(f"{file}: {made.size} findings, {'written' if done else 'unchanged'}", err=True)
    return baseline.mark_known(report, made)
