"""findings → fixes: which of the inputs can be mended safely, and which findings that would settle."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from akegraph.errors import AkegraphError, UnknownResourceError
from akegraph.graph.iris import BASE, graph_name
from akegraph.graph.loading import RDF_FORMATS, is_url, load_graphs
from akegraph.pipeline.knowledge import Knowledge, PlanFolder, find_plans
from akegraph.pipeline.mapping import map_folder
from akegraph.table.model import Table
from akegraph.table.rows import read_rows
from akegraph.validation import Finding, Shapes, ValidationReport
from akegraph.validation.fixing import Fix, find_fixes, mend

_PLAN_GRAPHS = str(graph_name("plan", "x")).removesuffix("x")
_MENDED = (".ttl", ".nt", ".csv")


def find_input_fixes(inputs: Iterable[str], shapes: Shapes, knowledge: Knowledge) -> tuple[Fix, ...]:
    """Find the safe fixes for plans and files.

    :param inputs: names of built-in plans, plan folders or files; what is of a form that is never mended is passed over
    :raises SourceError, GraphSyntaxError: if one cannot be read
    """
    paths = []
    for name in inputs:
        if Path(name).suffix.lower() in _MENDED and Path(name).is_file():
            paths.append(Path(name))
        elif name != "-" and not is_url(name) and Path(name).suffix.lower() not in RDF_FORMATS:
            paths += [folder.path for folder in find_plans([name])]
    own = {path.resolve(): path for path in reversed(paths)}
    return tuple(fix for path in reversed(own.values()) for fix in find_fixes(path, shapes, knowledge.schemes))


def check_mended(inputs: Iterable[str], fixes: Iterable[Fix], plan: str | None, knowledge: Knowledge) -> None:
    """Check that every input reads and maps with the fixes made, before any of them is written.

    :param plan: id of the plan that has to be among the inputs, if one has
    :raises SourceError, MappingError, GraphSyntaxError: if one does not
    :raises UnknownResourceError: if there is no such plan
    """
    mended = {path.resolve(): content for path, content in mend(fixes).items()}
    plans: set[str] = set()
    for name in inputs:
        path = Path(name)
        if name == "-":
            plans.add("-")
        elif is_url(name) or path.suffix.lower() in RDF_FORMATS:
            graphs = load_graphs(name, mended.get(path.resolve()))
            plans |= {str(graph).removeprefix(_PLAN_GRAPHS) for graph in graphs if graph is not None}
        else:
            for folder in find_plans([name]):
                rows = mended.get((folder.path / "rows.csv").resolve())
                plans.add(map_folder(_MendedFolder(folder.path, rows), knowledge, draft=True)[0].id)
    # What comes by standard input can only be read once.
    if plan is not None and not plans & {plan, "-"}:
        raise UnknownResourceError(plan, difflib.get_close_matches(plan, plans) or sorted(plans)[:3])


@dataclass(frozen=True, slots=True)
class _MendedFolder(PlanFolder):
    """A plan's folder whose table is read as it will be.

    :param rows: what ``rows.csv`` will hold; None if it stays as it is
    """

    rows: bytes | None

    def read_table(self, knowledge: Knowledge) -> Table:
        """Read the table."""
        if self.rows is None:
            return PlanFolder.read_table(self, knowledge)
        return read_rows(self.rows, knowledge.schemes.lexicon, str(self.path / "rows.csv"))


def mark_fixable(report: ValidationReport, inputs: Sequence[str], knowledge: Knowledge) -> ValidationReport:
    """Return the report with every finding marked that a safe fix of its file would settle."""
    if not any((rule := report.rule(finding)) and rule.fix for finding in report.findings):
        return report
    try:
        fixes = find_input_fixes(inputs, report.shapes, knowledge)
    except AkegraphError:
        # What cannot be mended by machine is reported all the same.
        return report
    settled = {(kind, *_spot(fix)) for fix in fixes for kind in fix.kinds}
    findings = tuple(replace(finding, fixable=_is_settled(finding, report, settled)) for finding in report.findings)
    return replace(report, findings=findings)


def _spot(fix: Fix) -> tuple[Path, str]:
    """Say what a fix is about: a line of ``rows.csv``, or a subject of Turtle."""
    about = str(fix.line) if fix.file.suffix.lower() == ".csv" else fix.where.rpartition(" ")[0]
    return fix.file.resolve(), about


def _is_settled(finding: Finding, report: ValidationReport, settled: set[tuple[str, Path, str]]) -> bool:
    rule = report.rule(finding)
    if rule is None:
        return False
    focus = str(finding.focus).removeprefix(BASE)
    return any(
        (rule.fix, Path(place.file).resolve(), about) in settled
        for place in finding.places
        if place.file is not None
        for about in (str(place.line), focus)
    )
