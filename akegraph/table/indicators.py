"""Indicators and their values as people write them: ``indicators.csv`` and ``values.csv``, or two sheets.

Every cell is checked against the choices there are, and every problem names its file, row and column. Nothing is
repaired and nothing converted between units: a value in another unit is refused.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from akegraph.errors import SourceError
from akegraph.table.choices import Choice, Choices, Chooser, name_choices
from akegraph.table.columns import normalise
from akegraph.table.plan import LANGUAGE, Plan, name_period
from akegraph.table.sidetables import Line, SideTable

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_NUMBER = re.compile(
    r"[-+\u2212]?[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?|[-+\u2212]?[0-9]+(?:[.,][0-9]+)?"
)
_YEAR = re.compile(r"[12][0-9]{3}")
_SEVERAL = re.compile(r"\s*;\s*")
_SEVERAL_AREAS = re.compile(r"\s*[;,]\s*")
_PERCENT = "per-cent"
"""The one unit that has a sign of its own, which may stand behind the number."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator.

    :ivar texts: its wording by language, Finnish always
    :ivar definitions: what exactly is counted or observed, by language
    :ivar measures: what it measures, as ``<kind>/<id>``; nothing for an indicator of the surroundings
    :ivar methods: how it is worked out, by language
    :ivar source: ``<kind>/<id>`` of a known data set or document, or words
    :ivar line: where it stands; None where the reference data define it
    :ivar held: kind, period and areas of the values that the reference data give it
    """

    id: str
    texts: Mapping[str, str]
    measures: tuple[str, ...] = ()
    unit: str | None = None
    direction: str | None = None
    definitions: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    line: Line | None = None
    held: frozenset[tuple[str, str, tuple[str, ...]]] = frozenset()


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """One value: a number in the indicator's unit, or words.

    :ivar id: made of indicator, kind, areas and period where the table gives none
    :ivar kind: ``baseline``, ``target`` or ``actual``
    :ivar period: id of the period: a year, or both days
    """

    id: str
    indicator: str
    kind: str
    start: datetime.date
    end: datetime.date
    areas: tuple[str, ...]
    number: Decimal | None
    text: str
    completeness: str | None
    missing: int | None
    source: str
    line: Line

    @property
    def period(self) -> str:
        """The id of the period, made as a plan's is."""
        return name_period(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Measurements:
    """The indicators of a plan and its values, checked."""

    indicators: tuple[Indicator, ...] = ()
    values: tuple[IndicatorValue, ...] = ()


def read_indicators(table: SideTable, choices: Choices) -> tuple[tuple[Indicator, ...], list[SourceError]]:
    """Read the definitions, and find every problem in them.

    A line with an id alone is an unused one of a workbook and left out.
    """
    problems: list[SourceError] = []
    found: dict[str, Indicator] = {}
    wordings: dict[str, int] = {}
    taken = {choice.id for choice in choices.known_indicators}
    measured, units, directions = map(Chooser, (choices.measured, choices.units, choices.directions))
    sources = _Sources(choices)
    for line in table.lines:
        if not any(text for key, text in line.cells.items() if key != "id"):
            continue
        before = len(problems)
        refuse = _refuser(table, line, problems)
        cells = line.cells
        if not _ID.fullmatch(cells["id"]):
            refuse("id", f"{cells['id']!r} is no id; use lower-case letters, digits and hyphens")
        elif cells["id"] in found:
            refuse("id", f"the id {cells['id']!r} is that of row {_number(found[cells['id']])} already")
        elif cells["id"] in taken:
            refuse("id", f"{cells['id']!r} is defined in the reference data; give its values alone, or use another id")
        if not cells["text"]:
            refuse("text", "is empty; every indicator is worded")
        elif normalise(cells["text"]) in wordings:
            refuse("text", f"is worded as in row {wordings[normalise(cells['text'])]}; word them apart")
        measures = [
            _choose(part, measured, "measures", "nothing that can be measured", refuse)
            for part in _SEVERAL.split(cells["measures"])
            if part
        ]
        unit = _choose(cells["unit"], units, "unit", "no known unit", refuse)
        direction = _choose(cells["direction"], directions, "direction", "no known direction", refuse)
        if len(problems) > before:
            continue
        wordings[normalise(cells["text"])] = line.number
        found[cells["id"]] = Indicator(
            cells["id"],
            _by_language(cells, "text"),
            tuple(dict.fromkeys(one for one in measures if one)),
            unit,
            direction,
            _by_language(cells, "definition"),
            _by_language(cells, "method"),
            sources.find(cells["source"]),
            line,
        )
    return tuple(found.values()), problems


def read_values(
    table: SideTable, indicators: Iterable[Indicator], choices: Choices, plan: Plan | None
) -> tuple[tuple[IndicatorValue, ...], list[SourceError]]:
    """Read the values, and find every problem in them.

    :param indicators: those that may have values: the plan's own and the reference data's
    :param plan: the plan whose values these are; None for values that are no plan's
    """
    problems: list[SourceError] = []
    found: list[IndicatorValue] = []
    known = {indicator.id: indicator for indicator in indicators}
    named = [Choice(one.id, one.texts[LANGUAGE], tuple(one.texts.values())) for one in known.values()]
    choosers = {
        "indicator": Chooser(named),
        "kind": Chooser(choices.kinds),
        "area": Chooser(choices.areas),
        "unit": Chooser(choices.units),
        "completeness": Chooser(choices.completeness),
    }
    sources = _Sources(choices)
    about: dict[tuple[object, ...], int] = {}
    ids: dict[str, int] = {}
    for line in table.lines:
        if not any(line.cells.values()):
            continue
        value = _read_value(table, line, known, choosers, sources, plan, problems)
        if value is None:
            continue
        refuse = _refuser(table, line, problems)
        key = value.indicator, value.kind, value.period, value.areas
        if key[1:] in known[value.indicator].held:
            refuse("indicator", "the reference data give this value already; a plan does not give it again")
        elif key in about:
            refuse("value" if value.text == "" else "text", f"row {about[key]} gives the same value; keep one")
        elif value.id in ids:
            refuse("id", f"the id {value.id!r} is that of row {ids[value.id]} already")
        else:
            found.append(value)
        about.setdefault(key, line.number)
        ids.setdefault(value.id, line.number)
    return tuple(found), problems


def parse_number(text: str) -> Decimal | None:
    """Read ``3811.92``, ``3 811,92`` or ``-5``; None where it is no number or could be two.

    A comma is the decimal comma of Finnish and Swedish; a space parts thousands.
    """
    if not _NUMBER.fullmatch(text):
        return None
    plain = re.sub("[ \u00a0\u202f]", "", text).replace(",", ".").replace("\u2212", "-")
    return Decimal(plain)


def parse_period(text: str) -> tuple[datetime.date, datetime.date] | None:
    """Read a year, or two days with a slash between them; None where it is neither or ends before it begins."""
    try:
        if _YEAR.fullmatch(text):
            return datetime.date(int(text), 1, 1), datetime.date(int(text), 12, 31)
        first, slash, last = text.partition("/")
        start, end = datetime.date.fromisoformat(first.strip()), datetime.date.fromisoformat(last.strip())
    except ValueError:
        return None
    return (start, end) if slash and start <= end else None


def _read_value(
    table: SideTable,
    line: Line,
    known: Mapping[str, Indicator],
    choosers: Mapping[str, Chooser],
    sources: _Sources,
    plan: Plan | None,
    problems: list[SourceError],
) -> IndicatorValue | None:
    before = len(problems)
    refuse = _refuser(table, line, problems)
    cells = line.cells
    for key in ("indicator", "kind", "period", "area"):
        if not cells[key]:
            refuse(key, "is empty; every value needs it")

    def choose(key: str, what: str) -> list[str]:
        parts = filter(None, _SEVERAL_AREAS.split(cells[key]) if key == "area" else [cells[key]])
        return [found for part in parts if (found := _choose(part, choosers[key], key, what, refuse))]

    indicator = next(iter(choose("indicator", "no indicator of this plan or known to all")), None)
    kind = next(iter(choose("kind", "no kind of value")), None)
    areas = choose("area", "no known area")
    period = parse_period(cells["period"]) if cells["period"] else None
    if cells["period"] and period is None:
        refuse("period", f"{cells['period']!r} is no year and no two days as 2026-01-01/2026-06-30, the first first")
    measures = bool(indicator and known[indicator].measures)
    if period and plan and measures and (what := _off_plan(period, kind, plan)):
        refuse("period", f"{cells['period']!r}: {what}")
    number = _read_number(cells, known[indicator].unit if indicator else None, refuse)
    missing = _read_missing(cells, refuse)
    unit = next(iter(choose("unit", "no known unit")), None)
    if indicator and unit and unit != known[indicator].unit:
        wanted = next((one.label for one in choosers["unit"].choices if one.id == known[indicator].unit), None)
        refuse("unit", f"{cells['unit']!r} is not the indicator's unit, {wanted!r}" if wanted else
               f"{cells['unit']!r}: the indicator has no unit; give it one where it is defined")  # fmt: skip
    if indicator and number is not None and known[indicator].unit is None:
        refuse("value", "is a number, but the indicator has no unit; give it one where it is defined")
    whole = next(iter(choose("completeness", "nothing known of it")), None)
    if whole == "complete" and missing:
        refuse("completeness", f"is {cells['completeness']!r}, but {missing} territories are missing")
    if len(problems) > before or not (indicator and kind and period):
        return None
    own_areas = tuple(sorted(set(areas)))
    value = IndicatorValue(
        cells["id"], indicator, kind, *period, own_areas, number, cells["text"], whole, missing,
        sources.find(cells["source"]), line,
    )  # fmt: skip
    if cells["id"]:
        if not _ID.fullmatch(cells["id"]):
            refuse("id", f"{cells['id']!r} is no id; use lower-case letters, digits and hyphens")
        return value
    made = "-".join([*([plan.id] if plan else []), indicator, kind, *own_areas, value.period])
    return replace(value, id=made)


def _off_plan(period: tuple[datetime.date, datetime.date], kind: str | None, plan: Plan) -> str | None:
    """Say what a period has to do with the plan's that the kind of value forbids."""
    if kind == "baseline" and period[1] >= plan.start:
        return f"a baseline is from before the plan begins on {plan.start.isoformat()}"
    if kind in ("target", "actual") and period[1] < plan.start:
        return f"is over before the plan begins on {plan.start.isoformat()}; a value from before it is a baseline"
    return None


def _read_number(cells: Mapping[str, str], unit: str | None, refuse: Callable[[str, str], None]) -> Decimal | None:
    text = cells["value"].removesuffix("%").rstrip() if unit == _PERCENT else cells["value"]
    number = parse_number(text) if text else None
    if cells["value"] and number is None:
        refuse("value", f"{cells['value']!r} is no number; write 3811.92 or 3811,92, and words under the words")
    if cells["value"] and cells["text"]:
        refuse("text", "is there beside a number; a value is a number or words, not both")
    if not cells["value"] and not cells["text"]:
        refuse("value", "is empty, and there are no words either; a value needs one of them")
    return number


def _read_missing(cells: Mapping[str, str], refuse: Callable[[str, str], None]) -> int | None:
    if not cells["missing"]:
        return None
    if not re.fullmatch("[0-9]{1,6}", cells["missing"]):
        refuse("missing", f"{cells['missing']!r} is no whole number of territories")
        return None
    return int(cells["missing"])


def _choose(text: str, chooser: Chooser, key: str, what: str, refuse: Callable[[str, str], None]) -> str | None:
    if not text:
        return None
    choice = chooser.find(text)
    if choice is None:
        refuse(key, f"{text!r} is {what}; {name_choices(text, chooser.choices)}")
        return None
    return choice.id


class _Sources:
    """The data sets and documents that a source may name by id, with or without its kind, or by title."""

    def __init__(self, choices: Choices) -> None:
        bare = [Choice(known.id.partition("/")[2], known.id) for known in choices.sources]
        self._known, self._bare = Chooser(choices.sources), Chooser(bare)

    def find(self, text: str) -> str:
        """Return the known source that a text names, else the text."""
        if not text:
            return ""
        if known := self._known.find(text):
            return known.id
        found = self._bare.find(text)
        return found.label if found else text


def _by_language(cells: Mapping[str, str], key: str) -> dict[str, str]:
    texts = {LANGUAGE: cells[key], "sv": cells[f"{key}_sv"], "en": cells[f"{key}_en"]}
    return {language: text for language, text in texts.items() if text}


def _number(indicator: Indicator) -> int:
    return indicator.line.number if indicator.line else 0


def _refuser(table: SideTable, line: Line, problems: list[SourceError]) -> Callable[[str, str], None]:
    def refuse(key: str, what: str) -> None:
        problems.append(table.problem(line, key, what))

    return refuse
