"""table × table → difference: two plans, or two versions of one, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rdflib import Literal
from rdflib.namespace import SKOS

from akegraph.pipeline.knowledge import Knowledge, PlanFolder, find_plans
from akegraph.resources import resource
from akegraph.table.cells import read_level, read_task
from akegraph.table.columns import Wording
from akegraph.table.diffing import compare_tables
from akegraph.table.model import CellState, Column, Row, Table
from akegraph.table.plan import LANGUAGE
from akegraph.table.rows import read_rows
from akegraph.table.writing.comparison import Comparison, Side

UNREAD = "?"
"""The value of a profile for a cell that cannot be read."""


def compare_plans(
    before: str, after: str, *, language: str = LANGUAGE, knowledge: Knowledge | None = None
) -> Comparison:
    """Compare two plans row by row and cell by cell, as they stand in their tables.

    :param before: name or folder of a plan, or a ``rows.csv`` of one
    :param after: likewise
    :raises UnknownResourceError, SourceError: if a plan is not there or cannot be read
    """
    knowledge = knowledge or Knowledge()
    lexicon = knowledge.schemes.lexicon
    (one, table), (two, other) = _read(before, knowledge), _read(after, knowledge)

    def profile(row: Row) -> Mapping[str, str]:
        cell, _ = read_task(row.text(Column.TASK), lexicon)
        level, _ = read_level(row.text(Column.PARTICIPATION), lexicon)
        found = {"path": next(iter(cell.paths), None), "task": next(iter(cell.tasks), None), "participation": level}
        return {name: found[name] or UNREAD for name in ("path", "participation", "task")}

    lists = {"path": lexicon.paths, "participation": lexicon.levels, "task": lexicon.tasks}
    labels = {
        name: {known.notation: _label(name, known, language, knowledge) for known in wordings}
        for name, wordings in lists.items()
    }
    headings = {column.value: other.headings[column] for column in Column}
    between = _find_between(one.id, after, knowledge)
    return Comparison(one, two, compare_tables(table, other, profile, between=between), headings, labels, language)


def _find_between(before: str, after: str, knowledge: Knowledge) -> dict[str, str]:
    """List which row continues which in the plans between two.

    They are found from the later one back by ``previous``, where they lie beside it or are built in.
    """
    found: dict[str, str] = {}
    if after.lower().endswith(".csv"):
        return found
    [folder] = find_plans([after])
    seen = {folder.plan.id}
    while (previous := folder.plan.previous) and previous not in (before, *seen):
        seen.add(previous)
        places = (folder.path.parent / previous, resource("data", "plans") / previous)
        lying = next((path for path in places if (path / "plan.toml").is_file()), None)
        if lying is None:
            break
        folder = PlanFolder(lying)
        found |= {row.id: row.continues for row in folder.read_table(knowledge).rows if row.continues}
    return found


def _read(name: str, knowledge: Knowledge) -> tuple[Side, Table]:
    if name.lower().endswith(".csv"):
        table = read_rows(Path(name), knowledge.schemes.lexicon)
        return Side(name, name, len(table.rows), doubts=_count_doubts(table)), table
    [folder] = find_plans([name])
    plan, table = folder.plan, folder.read_table(knowledge)
    return Side(plan.id, plan.label, len(table.rows), plan.synthetic, _count_doubts(table)), table


def _count_doubts(table: Table) -> int:
    return sum(cell.state is CellState.REVIEW for row in table.rows for cell in row.cells.values())


def _label(scheme: str, known: Wording, language: str, knowledge: Knowledge) -> str:
    """Return a concept's label in the language, else its Finnish one."""
    concept = knowledge.schemes.concept(scheme, known.notation)
    labels = knowledge.schemes_graph.objects(concept, SKOS.prefLabel)
    return next(
        (str(label) for label in labels if isinstance(label, Literal) and label.language == language), known.label
    )
