"""What a reader meets, in which order: plan by plan, row by row, and once what concerns many rows.

A finding about one row stays under that row, so that whoever mends the row sees all of it. The same cause in
:data:`MANY` rows or more is no longer a matter of a row but of the plan, and is told once with all its rows. What
belongs to the framework or a vocabulary (a goal, a set of indicators) is told once from the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from akegraph.settings import Language
from akegraph.table.plan import LANGUAGE
from akegraph.validation.completeness import PlanTable
from akegraph.validation.findings import ActivityRow, Finding, Place, Severity, ValidationReport
from akegraph.validation.shapes import Rule

MANY = 5
"""From how many rows on a cause is told once."""


class GroupKind(Enum):
    """What the findings of a group have in common."""

    PLAN = auto()
    ROW = auto()
    MANY = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Spot:
    """One finding of an entry: where it is, and at what."""

    finding: Finding
    places: tuple[Place, ...]

    @property
    def texts(self) -> tuple[str | None, ...]:
        """The cells' texts, each once; None is a cell that is empty."""
        return tuple(dict.fromkeys(place.text for place in self.places if place.text or place.heading is not None))


@dataclass(frozen=True, slots=True)
class Entry:
    """One cause as a reader meets it, with every spot it was found at.

    :param folded: it stands for several findings, or for one that concerns many rows
    """

    code: str
    severity: Severity
    message: str
    rule: Rule | None
    spots: tuple[Spot, ...]
    folded: bool

    @property
    def places(self) -> tuple[Place, ...]:
        """All places, each once and in order."""
        found = {place for spot in self.spots for place in spot.places}
        return tuple(sorted(found, key=lambda place: place.order))

    @property
    def heading(self) -> str | None:
        """The heading of the column that all places are in, if it is one."""
        headings = {place.heading for place in self.places}
        return next(iter(headings)) if len(headings) == 1 else None

    @property
    def rows(self) -> int:
        """How many rows it concerns."""
        return len({(place.document, place.row) for place in self.places if place.row is not None})


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that stand under one heading; ``activity`` is set for those of one row."""

    kind: GroupKind
    entries: tuple[Entry, ...]
    activity: ActivityRow | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """All groups of one plan; of several plans or none where ``table`` is not set."""

    table: PlanTable | None
    groups: tuple[Group, ...]


def arrange(report: ValidationReport, language: Language, *, known: bool = True) -> tuple[Section, ...]:
    """Arrange the findings of a report: one section for each plan, then one for what is in none or in several.

    :param known: take in what the baseline knows
    """
    tables = report.tables
    by_table: dict[int, list[Finding]] = {number: [] for number in range(len(tables))}
    rest: list[Finding] = []
    homes = Homes(tables)
    for finding in report.findings:
        if finding.known and not known:
            continue
        found = homes.find(finding)
        if len(found) == 1:
            by_table[found[0]].append(finding)
        else:
            rest.append(finding)
    sections = [Section(tables[number], _groups(report, by_table[number], language)) for number in by_table]
    if rest:
        sections.append(Section(None, _groups(report, rest, language)))
    return tuple(sections)


def is_about_plans(report: ValidationReport) -> bool:
    """Tell whether plans were validated, and not somebody's data of another kind."""
    return bool(report.tables) or any(finding.activities for finding in report.findings)


class Homes:
    """Finds the plans that a finding concerns."""

    def __init__(self, tables: Sequence[PlanTable]) -> None:
        self._by_activity = {row.activity: number for number, table in enumerate(tables) for row in table.rows}
        self._by_plan = {table.plan: number for number, table in enumerate(tables) if table.plan is not None}
        self._by_document: dict[str, set[int]] = {}
        for number, table in enumerate(tables):
            for row in table.rows:
                if row.place.document is not None:
                    self._by_document.setdefault(row.place.document, set()).add(number)

    def find(self, finding: Finding) -> list[int]:
        """Return the numbers of the tables, sorted."""
        found = {self._by_activity[row.activity] for row in finding.activities if row.activity in self._by_activity}
        if not found and str(finding.focus) in self._by_plan:
            found = {self._by_plan[str(finding.focus)]}
        if not found:
            found = set().union(*(self._by_document.get(place.document or "", set()) for place in finding.places))
        # What a single plan rests on (its period, its organisation) is read with that plan.
        return sorted(found) if found or len(self._by_plan) != 1 else [0]


def _groups(report: ValidationReport, findings: Sequence[Finding], language: Language) -> tuple[Group, ...]:
    causes: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        causes.setdefault(_cause(report, finding, language), []).append(finding)
    plan, many, other = list[Entry](), list[Entry](), list[Entry]()
    rows: dict[str, tuple[ActivityRow, list[Entry]]] = {}
    at_place = _rows_by_place(report)
    for same in causes.values():
        own = [(finding, row) for finding in same if (row := _row_of(finding, at_place)) is not None]
        if len({row.activity for _, row in own}) >= MANY:
            many.append(_entry(report, same, language))
            continue
        for finding, row in own:
            rows.setdefault(row.activity, (row, []))[1].append(_entry(report, [finding], language))
        left = [finding for finding in same if not finding.shared and _row_of(finding, at_place) is None]
        for into, chosen in (
            (many, [finding for finding in same if finding.shared]),
            (plan, [finding for finding in left if not _has_cell(finding)]),
            (other, [finding for finding in left if _has_cell(finding)]),
        ):
            if chosen:
                into.append(_entry(report, chosen, language))
    groups = [Group(GroupKind.PLAN, _by_weight(plan))] if plan else []
    groups += [
        Group(GroupKind.ROW, tuple(sorted(entries, key=_in_row)), row)
        for row, entries in sorted(rows.values(), key=lambda found: found[0].order)
    ]
    groups += [Group(GroupKind.MANY, _by_weight(many))] if many else []
    groups += [Group(GroupKind.OTHER, _by_weight(other))] if other else []
    return tuple(groups)


def _rows_by_place(report: ValidationReport) -> dict[tuple[str | None, int | None], ActivityRow]:
    """Find the activity of each row of the plans."""
    return {
        (row.place.document, row.place.row): ActivityRow(row.activity, row.label, row.place)
        for table in report.tables
        for row in table.rows
        if row.place.row is not None
    }


def _row_of(finding: Finding, at_place: Mapping[tuple[str | None, int | None], ActivityRow]) -> ActivityRow | None:
    """Return the activity whose row a finding is about; of what lost its activity, the row that it is stated in."""
    if finding.shared:
        return None
    if finding.activities:
        return finding.activities[0]
    keys = {(place.document, place.row) for place in finding.places}
    return at_place.get(keys.pop()) if len(keys) == 1 else None


def _has_cell(finding: Finding) -> bool:
    """Tell whether a cell is known, and not only a line of a file."""
    return any(place.heading or place.row or place.page for place in finding.places)


def _cause(report: ValidationReport, finding: Finding, language: Language) -> tuple[str, ...]:
    message = report.message(finding, language)
    return (finding.code, str(finding.component), finding.path or "", finding.severity.word, message)


def _entry(report: ValidationReport, findings: Sequence[Finding], language: Language) -> Entry:
    first = findings[0]
    names = {column.notation: column.name(language) for table in report.tables for column in table.columns}
    spots = tuple(
        Spot(finding, tuple(_translate(place, names, language) for place in finding.places)) for finding in findings
    )
    return Entry(
        code=first.code,
        severity=first.severity,
        message=report.message(first, language),
        rule=report.rule(first),
        spots=spots,
        folded=len(findings) > 1 or first.shared,
    )


def _translate(place: Place, names: Mapping[str, str], language: Language) -> Place:
    """Put the reader's name of a column behind its heading as printed in a Finnish plan."""
    name = names.get(place.column or "")
    if language == LANGUAGE or name is None or place.heading is None or name == place.heading:
        return place
    return replace(place, heading=f"{place.heading} ({name})")


def _in_row(entry: Entry) -> tuple[int, str]:
    return (min((place.rank for place in entry.places), default=0), entry.code)


def _by_weight(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Sort entries: the gravest first, then by column and code."""
    return tuple(sorted(entries, key=lambda entry: (-entry.severity, *_in_row(entry))))
