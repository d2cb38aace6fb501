"""What ``akegraph validate`` and ``akegraph report`` share: how a report is asked for, written and judged."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akegraph.cli.output import force_option, language_option, printable

if TYPE_CHECKING:
    from akegraph.errors import MappingError
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


def refuse_urls(names: Iterable[str]) -> None:
    """Refuse the URL of a file where its name is meant; a path made of it would say another name in its error.

    :raises GraphSyntaxError: if there is one
    """
    from akegraph.errors import GraphSyntaxError

    for name in names:
        if name.lower().startswith("file:") and not Path(name).exists():
            raise GraphSyntaxError("is a URL, which is not fetched; name the file itself", file=name)


def check_options(
    inputs: Iterable[str],
    *,
    output: str,
    baseline: Path | None,
    write_baseline: bool,
    allow_growth: bool,
    language: Language | None,
    **others: Any,
) -> None:
    """Check what is asked of :func:`finish` before anything is read or written.

    :param inputs: what is read, which must not be written over
    :raises SourceError: if there is no such baseline
    :raises OutputError: if a file could not be written
    """
    from akegraph.settings import read_settings
    from akegraph.validation.baseline import read_baseline

    if baseline is None and (write_baseline or allow_growth):
        raise click.UsageError("--write-baseline and --allow-growth need --baseline FILE")
    if language is None:
        read_settings()
    targets = {"-o": Path(output)} if output != "-" else {}
    if baseline is not None and not (write_baseline and not baseline.exists()):
        read_baseline(baseline)
    if baseline is not None and write_baseline:
        targets["--baseline"] = baseline
    read = {path for name in inputs if name != "-" for path in _files_of(Path(name))}
    for option, path in targets.items():
        if path.resolve() in read:
            raise click.UsageError(f"{option} {path}: is one of the files that are read; name another")
        _check_target(path)
    if len({path.resolve() for path in targets.values()}) < len(targets):
        raise click.UsageError(f"-o and --baseline are the same file, {output}; name another")


def _files_of(path: Path) -> Iterable[Path]:
    """List a file, or the files of a plan's folder."""
    return (one.resolve() for one in path.iterdir()) if path.is_dir() else (path.resolve(),)


def _check_target(path: Path) -> None:
    """Refuse what cannot be a file, as far as that shows before it is written."""
    from akegraph.errors import OutputError

    if path.is_dir():
        raise OutputError(f"{path}: is no file; give the name of one")
    if not path.resolve().parent.is_dir():
        raise OutputError(f"{path}: cannot be written: there is no folder {path.parent}")
    if not os.access(path.resolve().parent, os.W_OK):
        raise OutputError(f"{path}: cannot be written: the folder {path.parent} is read only")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left to say when all files are written.

    :param notes: for standard error
    :param body: for standard output, if the report goes there
    """

    notes: tuple[str, ...]
    body: bytes | None
    fails: bool

    def tell(self, ctx: click.Context, unreadable: Iterable[MappingError] = ()) -> None:
        """Say it, and end with the exit code it means; a report stands beside what keeps a plan from being read."""
        for note in self.notes:
            click.echo(note, err=True)
        if self.body is not None:
            click.echo(self.body, nl=False)
        if problems := list(unreadable):
            raise ExceptionGroup(f"{len(problems)} problems", problems)
        if self.fails:
            ctx.exit(1)


def finish(
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
) -> Outcome:
    """Write a report and its baseline, both or none."""
    from akegraph.files import write_files
    from akegraph.settings import read_settings
    from akegraph.validation.findings import Severity
    from akegraph.validation.formats import Options, write_report

    notes: list[str] = []
    files: list[tuple[str, Path, bytes, bool]] = []
    if baseline is not None:
        report = _compare(report, baseline, notes, files, write=write_baseline, grow=allow_growth)
    threshold = Severity[fail_on.upper()]
    options = Options(language or read_settings().language, matrix=matrix, fail_on=threshold)
    body = write_report(report, format_, options)
    if format_ in ("text", "github"):
        body = printable(body.decode()).encode()
    if output != "-":
        files.append((f"{output}:", Path(output), body, force))
    written = write_files([(path, content, may) for _, path, content, may in files])
    notes += [f"{said} {'written' if done else 'unchanged'}" for (said, *_), done in zip(files, written, strict=True)]
    return Outcome(tuple(notes), body if output == "-" else None, report.fails(threshold))


def _compare(
    report: ValidationReport,
    file: Path,
    notes: list[str],
    files: list[tuple[str, Path, bytes, bool]],
    *,
    write: bool,
    grow: bool,
) -> ValidationReport:
    """Mark what the baseline knows, and have it written anew if that was asked for."""
    from akegraph.validation import baseline

    is_first = write and not file.exists()
    known = baseline.make_baseline(report.findings) if is_first else baseline.read_baseline(file)
    marked = baseline.mark_known(report, known)
    new = sum(not finding.known for finding in marked.findings)
    gone = baseline.count_gone(report, known)
    if not write:
        if gone:
            notes.append(f"{file}: {gone} findings are gone; --write-baseline takes them out")
        return marked
    if new and not grow:
        kept = [finding for finding in marked.findings if finding.known]
        notes.append(f"{file}: {new} new findings are left out; --allow-growth takes them in")
    else:
        kept = list(marked.findings)
    made = baseline.make_baseline(kept)
    files.append((f"{file}: {made.size} findings,", file.resolve(), baseline.write_baseline(made), True))
    return baseline.mark_known(report, made)
