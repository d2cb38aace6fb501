"""graph → table → document: a plan as its printed table again, and the empty workbook that a plan begins with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Literal
from rdflib.namespace import SKOS

from akegraph.errors import BadParameterError
from akegraph.graph.choices import list_frameworks, read_choices
from akegraph.graph.framework import read_framework
from akegraph.graph.loading import union
from akegraph.graph.rebuild import normalise_table, rebuild_table
from akegraph.pipeline.knowledge import Knowledge, PlanFolder
from akegraph.pipeline.mapping import map_folder
from akegraph.pipeline.measuring import FILES, read_side_file
from akegraph.table import writing
from akegraph.table.choices import Choice, Choices, find_choice, name_choices
from akegraph.table.identity import stable_ids
from akegraph.table.model import Column
from akegraph.table.plan import LANGUAGE, Plan
from akegraph.table.writing.csv import find_risky_cells, write_csvw
from akegraph.table.writing.printout import Printout

TEMPLATE_ROWS, TEMPLATE_INDICATORS = 60, 20
MORE_INDICATORS = 10
"""How many empty lines the workbook of a plan has for more indicators."""
_TEMPLATE_MOMENT = "2026-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Export:
    """A plan as a document, not written anywhere yet.

    :ivar companion: the description that belongs beside it: CSV on the Web's; None for the other formats
    :ivar notes: what whoever opens it should know
    """

    content: bytes
    companion: bytes | None = None
    notes: tuple[str, ...] = ()


def export_plan(
    folder: PlanFolder,
    kind: writing.Format,
    *,
    normalised: bool = False,
    language: str = LANGUAGE,
    file: str = "plan.csv",
    knowledge: Knowledge | None = None,
) -> Export:
    """Map a plan, rebuild its table from the graph, and write that.

    :param normalised: word the controlled cells by the labels of schemes and framework instead of as printed
    :param language: of these labels, and of what is said around the table
    :param file: the name the CSV will have, for its description
    :raises SourceError, MappingError, ExceptionGroup: if the plan cannot be mapped: nothing in doubt is exported
    """
    knowledge = knowledge or Knowledge()
    plan, graph = map_folder(folder, knowledge)
    context = gather_context(knowledge)
    table = rebuild_table(graph, knowledge.schemes, plan.id)
    languages: Mapping[str, str] = {}
    if normalised:
        worded = normalise_table(table, graph, context, knowledge.schemes, language)
        table, languages = worded.table, worded.languages
    document = {**knowledge.documents, **folder.documents}[plan.document]
    printout = Printout(plan, document, table, language, languages, normalised)
    if kind == "xlsx":
        from akegraph.table.writing.xlsx import Extras, write_xlsx

        choices = find_choices(plan.framework, knowledge, context)
        tables = {name: read_side_file(folder.path / f"{name}.csv", fields) for name, fields in FILES.items()}
        given = tables["indicators"]
        taken = {line.cells["id"] for line in given.lines} if given else set()
        free = [own for own in _blank_indicators(plan.id, MORE_INDICATORS) if own not in taken]
        extras = Extras(choices, _tell_plan(plan, choices), given, tables["values"], blank_indicators=free)
        return Export(write_xlsx(printout, extras))
    content = writing.write_table(printout, kind)
    if kind != "csv":
        return Export(content)
    companion = write_csvw(printout, file, *_describe_columns(knowledge, language))
    return Export(content, companion, tuple(_warn(table.headings, find_risky_cells(table))))


def export_template(
    *,
    organisation: str | None = None,
    year: int | None = None,
    framework: str | None = None,
    rows: int = TEMPLATE_ROWS,
    knowledge: Knowledge | None = None,
) -> bytes:
    """Make an empty workbook: lists to choose from, ids, instructions in three languages.

    The ids are made from organisation and year, so two workbooks for different ones never share any.

    :param organisation: id or name
    :param framework: id; by default the last of those there are
    :raises BadParameterError: if organisation or framework is unknown
    """
    from akegraph.table.writing.xlsx import Extras, Sheets, write_workbook

    knowledge = knowledge or Knowledge()
    context = gather_context(knowledge)
    frameworks = list_frameworks(context)
    chosen = framework or max(frameworks)
    if chosen not in frameworks:
        raise BadParameterError("framework", f"{chosen!r} is none; known are {', '.join(sorted(frameworks))}")
    choices = find_choices(chosen, knowledge, context)
    details = {"framework": next(c.label for c in choices.frameworks if c.id == chosen), "language": LANGUAGE}
    seed = ["template"]
    if organisation is not None:
        found = find_choice(organisation, choices.organisations)
        if found is None:
            what = f"{organisation!r} is no organisation; {name_choices(organisation, choices.organisations)}"
            raise BadParameterError("organisation", what)
        details["organisation"] = found.label
        seed.append(found.id)
    if year is not None:
        details["year"] = str(year)
        seed.append(str(year))
    empty = {column.value: "" for column in Column}
    help_file = Path(writing.__file__).parent / "help.toml"
    extras = Extras(
        choices,
        details,
        blank=stable_ids("-".join(seed), [empty] * rows),
        blank_indicators=_blank_indicators("-".join(seed), TEMPLATE_INDICATORS),
        help=tomllib.loads(help_file.read_text(encoding="utf-8")),
    )
    headings = {column.value: knowledge.schemes.lexicon.heading(column) for column in Column}
    title = " ".join(["AKE", *(part.capitalize() for part in seed[1:])])
    return write_workbook(Sheets(title, "akegraph", _TEMPLATE_MOMENT, headings, extras=extras))


def _blank_indicators(seed: str, count: int) -> Sequence[str]:
    """Make ids for indicators that are still to be written."""
    return stable_ids(f"{seed}-indicators", [{column.value: "" for column in Column}] * count)


def gather_context(knowledge: Knowledge) -> Graph:
    """Gather all that has labels: ontology, schemes and reference data."""
    return union((knowledge.ontology, knowledge.schemes_graph, knowledge.reference))


def find_choices(framework: str, knowledge: Knowledge, context: Graph | None = None) -> Choices:
    """Find what a planner chooses from within a framework."""
    context = context or gather_context(knowledge)
    return read_choices(context, knowledge.schemes, read_framework(context, framework))


def _tell_plan(plan: Plan, choices: Choices) -> dict[str, str]:
    """Tell what the workbook's sheet of details says of a plan."""

    def label(wanted: str, listed: Sequence[Choice]) -> str:
        return next((choice.label for choice in listed if choice.id == wanted), wanted)

    details = {
        "organisation": label(plan.organisation, choices.organisations),
        "areas": "; ".join(label(area, choices.areas) for area in plan.areas),
        "framework": label(plan.framework, choices.frameworks),
        "title": plan.title,
        "label": plan.label,
        "id": plan.id,
        "previous": plan.previous or "",
        "language": plan.language,
        "document": plan.document,
        "synthetic": "true" if plan.synthetic else "",
    }
    if plan.period == str(plan.start.year):
        return {**details, "year": plan.period}
    return {**details, "start": plan.start.isoformat(), "end": plan.end.isoformat()}


def _describe_columns(knowledge: Knowledge, language: str) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return the columns' labels by language, and their definitions in one."""
    labels: dict[str, dict[str, str]] = {}
    definitions: dict[str, str] = {}
    graph = knowledge.schemes_graph
    for column in Column:
        concept = knowledge.schemes.concept("column", column)
        labels[column] = {
            label.language or LANGUAGE: str(label)
            for label in graph.objects(concept, SKOS.prefLabel)
            if isinstance(label, Literal)
        }
        spoken = {t.language: str(t) for t in graph.objects(concept, SKOS.definition) if isinstance(t, Literal)}
        definitions[column] = spoken.get(language) or spoken[LANGUAGE]
    return labels, definitions


def _warn(headings: Mapping[str, str], risky: Sequence[tuple[int, str]]) -> list[str]:
    if not risky:
        return []
    row, column = risky[0]
    return [
        f"{len(risky)} cells, the first in row {row}, column {headings[column]!r}, could be taken for formulas by a "
        "spreadsheet; they are written as they are. Open the CSV as text, or export --format xlsx"
    ]
