"""``akegraph validate``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akegraph.cli.output import printable
from akegraph.cli.reports import check_options, finish, refuse_urls, report_options

if TYPE_CHECKING:
    from akegraph.pipeline.knowledge import Knowledge
    from akegraph.validation.findings import ValidationReport

_SHOWN = 12


@click.command()
@click.argument("inputs", nargs=-1, metavar="[PLAN | FILE]...")
@click.option(
    "--shapes",
    "shapes",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Shapes to use instead (Turtle).",
)
@click.option("--plan", metavar="ID", help="The only plan to report on; the others are what it stands among.")
@click.option(
    "--engine",
    default="akegraph",
    metavar="NAME",
    show_default=True,
    help="Engine of validation: akegraph, pyshacl, fast (extra), or all to compare them.",
)
@click.option("--fix", is_flag=True, help="First mend what is safe to mend in the files named, and show it.")
@click.option("--dry-run", is_flag=True, help="With --fix: only show what would be mended.")
@report_options
@click.pass_context
def validate(
    ctx: click.Context,
    /,
    inputs: tuple[str, ...],
    shapes: tuple[Path, ...],
    plan: str | None,
    engine: str,
    fix: bool,
    dry_run: bool,
    **how: Any,
) -> None:
    """Check plans against the shapes and report each finding with its page, row and column.

    PLAN is the name of a built-in plan or a folder with plan.toml and rows.csv; all built-in plans by default. FILE is
    RDF (.ttl .nt .nq .trig .rdf .jsonld), - is standard input. Without --shapes, files are read together with the
    schemes and reference data. Nothing is ever fetched. Exit code 1 means findings at or above --fail-on.

    \b
    Example:
      akegraph validate ake-tampere-2026 --lang en --fail-on warning
      akegraph validate --format html -o report.html
      akegraph validate data.ttl --shapes shapes.ttl
      akegraph validate my-plan --fix --dry-run
      akegraph validate --baseline known.json --write-baseline
    """
    from akegraph.pipeline.knowledge import Knowledge
    from akegraph.pipeline.validating import validate_inputs

    if dry_run and not fix:
        raise click.UsageError("--dry-run is for --fix")
    if fix and not inputs:
        raise click.UsageError("--fix needs the plans or files that may be changed; name them")
    refuse_urls(inputs)
    check_options((*inputs, *map(str, shapes)), **how)
    knowledge = Knowledge()
    # Whatever is wrong is told before a file is changed; what goes wrong later takes the changes back.
    done: list[str] = []
    with ExitStack() as mended:
        if fix:
            done = _mend(inputs, shapes, engine, plan, knowledge, mended, dry_run=dry_run)
        standard_input = sys.stdin.buffer.read() if "-" in inputs else b""
        report = validate_inputs(
            inputs, shapes, knowledge, engine=engine, plan=plan, standard_input=standard_input, in_full=True
        )
        outcome = finish(report, **how)
    for line in done:
        click.echo(line, err=True)
    _tell_coverage(report)
    outcome.tell(ctx, report.unreadable)


def _mend(
    inputs: tuple[str, ...],
    shapes: tuple[Path, ...],
    engine: str,
    plan: str | None,
    knowledge: Knowledge,
    mended: ExitStack,
    *,
    dry_run: bool,
) -> list[str]:
    """Show what is safe to mend, and mend it; leaving ``mended`` by an error takes it back.

    :returns: what was done, in words
    """
    from akegraph.pipeline.mending import check_mended, find_input_fixes
    from akegraph.validation.engines import ALL_ENGINES, get_engine
    from akegraph.validation.fixing import applied, diff_of
    from akegraph.validation.formats.lines import one_line
    from akegraph.validation.shapes import load_shapes

    if engine != ALL_ENGINES:
        get_engine(engine)
    fixes = find_input_fixes(inputs, load_shapes(shapes or None), knowledge)
    if not fixes:
        click.echo("nothing can be mended safely", err=True)
        return []
    for line in diff_of(fixes).split("\n")[:-1]:
        click.echo(one_line(printable(line)), err=True)
    for one in fixes:
        said = f"{one.file}:{one.line}: {one.where}: {one.before!r} becomes {one.after!r}"
        click.echo(one_line(printable(said)), err=True)
    if dry_run:
        click.echo(f"{len(fixes)} fixes would be made; without --dry-run they are", err=True)
        return []
    check_mended(inputs, fixes, plan, knowledge)
    changed = mended.enter_context(applied(fixes))
    return [f"{path}: {sum(fix.file == path for fix in fixes)} fixes made" for path in changed]


def _tell_coverage(report: ValidationReport) -> None:
    """Say on standard error what was not looked at; a report that found nothing may have looked at nothing."""
    if report.blind:
        click.echo("Warning: no rule had anything to check in these data", err=True)
    elif report.idle:
        click.echo(
            f"{len(report.idle)} rules had nothing to check: {_some(rule.code for rule in report.idle)}", err=True
        )
    if report.unwatched:
        click.echo(f"{len(report.unwatched)} resources no rule looks at: {_some(report.unwatched)}", err=True)


def _some(names: Iterable[str]) -> str:
    """List the first few; --format json has them all."""
    from akegraph.validation.formats.lines import one_line

    known = list(dict.fromkeys(names))
    more = f" … and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return one_line(printable(", ".join(known[:_SHOWN]))) + more
