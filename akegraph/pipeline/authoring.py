"""workbook → folder: the plan.toml, sources.toml, indicators.csv and values.csv that a plan's workbook makes."""

from __future__ import annotations

import datetime
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

import tomlkit
from rdflib import Graph
from rdflib.namespace import RDF
from tomlkit.exceptions import TOMLKitError

from akegraph.errors import SourceError
from akegraph.graph.choices import list_frameworks, read_choices
from akegraph.graph.framework import read_framework
from akegraph.graph.indicators import read_known_indicators
from akegraph.graph.iris import AKEID, is_stable_id, mint_resource
from akegraph.graph.loading import union
from akegraph.pipeline.knowledge import Knowledge, raise_problems
from akegraph.pipeline.measuring import check_measurements
from akegraph.table.choices import Choice, Choices, find_choice, name_choices
from akegraph.table.documents import MOST_MEGABYTES
from akegraph.table.grids import Progress
from akegraph.table.packages import MEGABYTE
from akegraph.table.plan import LANGUAGE, Document, Plan
from akegraph.table.sidetables import INDICATOR_FIELDS, VALUE_FIELDS, SideTable, write_side_csv
from akegraph.table.workbook import DETAILS_SHEET, SideSheets, read_side_sheets
from akegraph.terms import AKE

_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>(\d{4}-\d\d-\d\d)")
_KIND = "Suunnitelman työkirja"
_RIGHTS = "The text remains its publisher's; it is kept here as the source of the data."
_SYNTHETIC = {
    "kind": "Synteettinen suunnitelma",
    "publisher": "Ei kukaan: synteettinen aineisto",
    "rights": "Synthetic: made up for tests and measurements, by no organisation.",
    "file": None,
    "sha256": None,
    "synthetic": True,
}
"""What a made-up plan's document is: there is none, and nobody published it."""


@dataclass(frozen=True, slots=True)
class Authored:
    """What a workbook says beside the plan's table, not written anywhere yet.

    :ivar files: contents by name: ``plan.toml`` and ``sources.toml`` where the workbook has details,
        ``indicators.csv`` and ``values.csv`` where it has any
    :ivar notes: what stands in the sheet of details and is read nowhere
    """

    plan: Plan | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_authored(
    data: bytes,
    file: str,
    pages: tuple[int, int] = (1, 1),
    *,
    plan: Plan | None = None,
    own_document: bool = False,
    size: int = MOST_MEGABYTES,
    knowledge: Knowledge | None = None,
    progress: Progress | None = None,
) -> Authored:
    """Read details, indicators and values from a workbook, every name checked against what there is.

    :param pages: the first and the last page that the plan's rows stand on
    :param plan: the plan where it has a ``plan.toml`` already; then none is made
    :param own_document: whether an earlier version of the workbook is that plan's document; then it is described anew
    :param size: the megabytes that the workbook, unpacked, may have
    :param progress: is told of long work
    :returns: nothing for a document that is no workbook of a plan
    :raises SourceError: if a detail, an indicator or a value is refused, with sheet, row and column
    :raises ExceptionGroup: of these, if there is more than one
    """
    if not data.startswith(b"PK"):
        return Authored(plan)
    from akegraph.table.xlsx import read_workbook

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return Authored(plan)
    sheets = read_side_sheets(read_workbook(data, file, size * MEGABYTE, progress), file)
    if sheets.details is None:
        return Authored(plan)
    knowledge = knowledge or Knowledge()
    context = union((knowledge.ontology, knowledge.schemes_graph, knowledge.reference))
    files: dict[str, bytes] = {}
    framework = plan.framework if plan else max(list_frameworks(context))
    choices = read_choices(context, knowledge.schemes, read_framework(context, framework))
    if plan is None:
        plan = _read_plan(sheets.details, choices, context, file)
        files["plan.toml"] = _plan_toml(plan)
        own_document = True
    if own_document and plan.document not in knowledge.documents:
        files["sources.toml"] = _sources_toml(_describe(plan, data, file, pages, choices))
    files |= _read_tables(sheets, choices, context, plan)
    return Authored(plan, files, tuple(f"{text!r} is read nowhere (cell {at})" for text, at in sheets.left_out))


def has_own_workbook(folder: Path, plan: Plan) -> bool:
    """Tell whether a plan's document is its own workbook, as an import described it in ``sources.toml``."""
    try:
        described = tomlkit.parse((folder / "sources.toml").read_text(encoding="utf-8")).unwrap().get("document", [])
    except (OSError, UnicodeDecodeError, TOMLKitError):
        return False  # what is wrong with it is told where it is read as the plan's
    kinds = [(entry.get("id"), entry.get("kind")) for entry in described if isinstance(entry, dict)]
    return kinds in ([(plan.document, _KIND)], [(plan.document, _SYNTHETIC["kind"])])


def _read_tables(sheets: SideSheets, choices: Choices, context: Graph, plan: Plan) -> dict[str, bytes]:
    """Check the sheets of indicators and values; return them as CSV where they have a line."""
    tables: dict[str, SideTable] = {}
    for name, table in (("indicators", sheets.indicators), ("values", sheets.values)):
        if table is None:
            continue
        used = [line for line in table.lines if any(text for key, text in line.cells.items() if key != "id")]
        if used:
            tables[name] = SideTable(table.file, table.headings, tuple(used))
    check_measurements(tables, choices, read_known_indicators(context), plan)
    fields = {"indicators": INDICATOR_FIELDS, "values": VALUE_FIELDS}
    return {f"{name}.csv": write_side_csv(table, fields[name]) for name, table in tables.items()}


def _read_plan(details: Mapping[str, tuple[str, str]], choices: Choices, context: Graph, file: str) -> Plan:
    """Read the details as a plan; what is left out is made from the rest where it can be.

    :raises SourceError, ExceptionGroup: naming the cells
    """
    problems: list[SourceError] = []

    def refuse(key: str, what: str) -> None:
        where = f"cell {details[key][1]}" if key in details else f"line {key!r} of sheet {DETAILS_SHEET!r}"
        problems.append(SourceError(f"{what} ({where})", file=file, column=key))

    def choose(key: str, listed: Sequence[Choice]) -> list[str]:
        found = []
        between = r"\s*[;,]\s*" if key == "areas" else r"\s*;\s*"
        for part in filter(None, re.split(between, details.get(key, ("", ""))[0])):
            choice = find_choice(part, listed)
            if choice is None:
                refuse(key, f"{part!r} is none; {name_choices(part, listed)}")
            else:
                found.append(choice.id)
        return found

    text = {key: value for key, (value, _) in details.items()}
    organisation = next(iter(choose("organisation", choices.organisations)), "")
    framework = next(iter(choose("framework", choices.frameworks)), "")
    areas = choose("areas", choices.areas) or _own_areas(context, organisation)
    for key, found in (("organisation", organisation), ("framework", framework), ("areas", areas)):
        if key == "areas" and not organisation:
            continue  # once it is known whose plan this is, so are its areas
        if not found and not any(problem.column == key for problem in problems):
            refuse(key, "is empty; choose one from the list")
    period = _read_period(text, refuse)
    if text.get("language", LANGUAGE) != LANGUAGE:
        refuse("language", f"{text['language']!r} is not read yet; plans are read in {LANGUAGE!r}")
    if text.get("synthetic", "true").lower() not in ("true", "false"):
        refuse("synthetic", f"{text['synthetic']!r} is neither true nor false")
    year = str(period[0].year) if period else ""
    plan_id = text.get("id") or f"ake-{organisation}-{year}"
    for key, value in (("id", plan_id), ("previous", text.get("previous")), ("document", text.get("document"))):
        if value and not problems and not is_stable_id(value):
            refuse(key, f"{value!r} is not an id; use lower-case letters, digits and hyphens")
    raise_problems(problems)
    assert period is not None
    label = text.get("label") or f"AKE {organisation.capitalize()} {year}"
    return Plan(
        id=plan_id,
        label=label,
        title=text.get("title") or label,
        language=LANGUAGE,
        organisation=organisation,
        areas=tuple(sorted(areas)),
        framework=framework,
        document=text.get("document") or plan_id,
        start=period[0],
        end=period[1],
        previous=text.get("previous") or None,
        synthetic=text.get("synthetic", "false").lower() == "true",
    )


def _read_period(
    text: Mapping[str, str], refuse: Callable[[str, str], None]
) -> tuple[datetime.date, datetime.date] | None:
    """Read the year, or both days."""
    if not text.get("start") and not text.get("end"):
        if re.fullmatch(r"[12]\d{3}", text.get("year", "")):
            year = int(text["year"])
            return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        refuse("year", f"{text['year']!r} is no year" if text.get("year") else "is empty; write the year of the plan")
        return None
    days: list[datetime.date] = []
    for key in ("start", "end"):
        try:
            days.append(datetime.date.fromisoformat(text.get(key, "")))
        except ValueError:
            refuse(key, f"{text.get(key, '')!r} is no day like 2027-08-01")
    if len(days) == 2 and days[0] > days[1]:
        refuse("end", "is before the plan begins")
    return (days[0], days[1]) if len(days) == 2 else None


def _own_areas(context: Graph, organisation: str) -> list[str]:
    """Return the areas that an organisation operates in."""
    if not organisation:
        return []
    base = str(AKEID["area/"])
    operated = context.objects(mint_resource("organisation", organisation), AKE.operatesIn)
    return sorted(str(area).removeprefix(base) for area in operated if (area, RDF.type, AKE.OperatingArea) in context)


def _describe(plan: Plan, data: bytes, file: str, pages: tuple[int, int], choices: Choices) -> Document:
    """Describe the workbook as the plan's document; its date is that of its last saving."""
    publisher = next((c.label for c in choices.organisations if c.id == plan.organisation), plan.organisation)
    document = Document(
        id=plan.document,
        title=plan.title,
        kind=_KIND,
        publisher=publisher,
        language=plan.language,
        issued=_saved_on(data) or plan.start,
        first_page=pages[0],
        last_page=pages[1],
        extraction="Read from the cells of the workbook that the plan was written in.",
        rights=_RIGHTS,
        file=PurePath(file).name,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return replace(document, **_SYNTHETIC) if plan.synthetic else document  # type: ignore[arg-type] # its own fields


def _saved_on(data: bytes) -> datetime.date | None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return None
        found = _MODIFIED.search(archive.read("docProps/core.xml")[:10_000])
    return datetime.date.fromisoformat(found[1].decode()) if found else None


def _plan_toml(plan: Plan) -> bytes:
    toml = tomlkit.document()
    toml.add(tomlkit.comment("What the table does not say of itself. Made from the workbook's sheet of details."))
    toml.add(tomlkit.nl())
    for key in ("id", "label", "title", "language", "organisation", "areas", "framework", "document", "previous"):
        value = getattr(plan, key)
        if value is not None:
            toml.add(key, tomlkit.item(list(value) if key == "areas" else value))
    if plan.synthetic:
        toml.add("synthetic", tomlkit.item(True))
    period = tomlkit.table()
    period.add("start", plan.start)
    period.add("end", plan.end)
    toml.add(tomlkit.nl())
    toml.add("period", period)
    return toml.as_string().encode()


def _sources_toml(document: Document) -> bytes:
    toml = tomlkit.document()
    entry = tomlkit.table()
    for key in Document.__slots__:
        value = getattr(document, key)
        if value is not None and value is not False:
            entry.add(key, tomlkit.item(value))
    documents = tomlkit.aot()
    documents.append(entry)
    toml.add("document", documents)
    return toml.as_string().encode()
