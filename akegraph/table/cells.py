"""Reading the cells of a row against the controlled wordings: the grammar of each column.

Each ``read_*`` function takes the text of one cell and returns what it says together with what in it fits no
wording, each as a sentence. Nothing is repaired here: what does not fit is told, never changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from akegraph.errors import EmptyCellError, MappingError
from akegraph.table.columns import Anchors, Lexicon, find, known
from akegraph.table.model import ROW_ID, Column, Row, Table

MANDATORY = (
    Column.TASK,
    Column.ACTIVITY,
    Column.OUTPUT,
    Column.OUTCOME,
    Column.IMPACT,
    Column.PARTICIPATION,
)


@dataclass(frozen=True, slots=True)
class TaskCell:
    """What the first column says: the tasks and the paths, as notations."""

    tasks: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImpactCell:
    """What the impact column says."""

    pathway: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class GoalCell:
    """What the effectiveness column says: the pathway, the goal's own number and its wording, where given."""

    pathway: int | None = None
    name: str = ""
    number: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class EvaluationCell:
    """What the evaluation column says."""

    timings: tuple[str, ...] = ()
    pathway: int | None = None


@dataclass(frozen=True, slots=True)
class RowContent:
    """What one row says, in notations, numbers and the texts that are its own; None is what no cell says readably.

    :param goal_pathway: the pathway number in the effectiveness column; None where the cell is empty
    :param goal_name: the goal's name as printed, ``Vaikutuspolun 3 tavoite 1``
    :param goal_number: the goal's own number within the pathway, where it has one
    :param indicator_pathway: the pathway number in the evaluation column; None where no indicators are named
    """

    task: str | None
    path: str | None
    activity: str
    output: str
    outcome: str
    pathway: int | None
    impact: str
    goal_pathway: int | None
    goal_name: str | None
    goal_number: int | None
    goal_text: str | None
    timings: tuple[str, ...]
    indicator_pathway: int | None
    level: str | None


def read_task(text: str, lexicon: Lexicon) -> tuple[TaskCell, list[str]]:
    """Read ``+ task + Polku n: label``."""
    tasks, paths, problems = [], [], []
    for item in items(text):
        if not (parts := _grammar(lexicon.anchors).path.fullmatch(item)):
            if (task := find(item, lexicon.tasks)) is None:
                problems.append(f"{item!r} is no known task; known are {known(lexicon.tasks)}")
            else:
                tasks.append(task.notation)
            continue
        number, label = str(int(parts[1])), parts[2]
        path = next((path for path in lexicon.paths if path.notation == number), None)
        if path is None:
            problems.append(f"{item!r}: there is no path {number}; known are {known(lexicon.paths, numbered=True)}")
        elif find(label, lexicon.paths) != path:
            problems.append(f"{item!r}: path {number} is worded {path.label!r}")
        else:
            paths.append(path.notation)
    if not problems and len(tasks) != 1:
        problems.append(f"{text!r} names {len(tasks) or 'no'} tasks; a row has one")
    if not problems and len(paths) != 1:
        problems.append(f"{text!r} names {len(paths) or 'no'} paths; a row has one")
    return TaskCell(tuple(tasks), tuple(paths)), problems


def read_impact(text: str, lexicon: Lexicon) -> tuple[ImpactCell, list[str]]:
    """Read ``Vaikutuspolku n: text``."""
    if parts := _grammar(lexicon.anchors).impact.fullmatch(text):
        return ImpactCell(int(parts[1]), parts[2]), []
    return ImpactCell(), [f"{text!r} does not read '{lexicon.anchors.pathway[0]} n: what it brings about'"]


def read_goal(text: str, lexicon: Lexicon) -> tuple[GoalCell, list[str]]:
    """Read ``Vaikutuspolun n tavoite``, with the goal's number and its wording where given."""
    if parts := _grammar(lexicon.anchors).goal.fullmatch(text):
        number = int(parts["number"]) if parts["number"] else None
        return GoalCell(int(parts["pathway"]), parts["name"], number, parts["text"] or None), []
    opener = f"{lexicon.anchors.pathway_genitive[0]} n {lexicon.anchors.goal[0]}"
    return GoalCell(), [f"{text!r} does not read {opener!r} or '{opener}: its wording'"]


def read_evaluation(text: str, lexicon: Lexicon) -> tuple[EvaluationCell, list[str]]:
    """Read ``+ Tuotoksen aikana/lopuksi/jälkeen + Vaikutuspolun n tavoitteen mittari``."""
    grammar = _grammar(lexicon.anchors)
    timings, pathways, problems = [], [], []
    for item in items(text):
        if parts := grammar.indicator.fullmatch(item):
            pathways.append(int(parts[1]))
        elif parts := grammar.timing.fullmatch(item):
            for word in grammar.between_timings.split(parts[1]):
                timing = find(word, lexicon.timings) or find(f"{lexicon.anchors.timing[0]} {word}", lexicon.timings)
                if timing is None:
                    problems.append(f"{word!r} is no known timing; known are {known(lexicon.timings)}")
                else:
                    timings.append(timing.notation)
        else:
            problems.append(f"{item!r} is neither a timing nor the indicators of a pathway")
    if len(pathways) > 1:
        problems.append(f"{text!r} names the indicators of {len(pathways)} pathways; a row has those of one")
    return EvaluationCell(tuple(dict.fromkeys(timings)), pathways[0] if pathways else None), problems


def read_level(text: str, lexicon: Lexicon) -> tuple[str | None, list[str]]:
    """Read ``n: level`` or ``n. level`` as the level's notation."""
    levels = known(lexicon.levels, numbered=True)
    if not (parts := _LEVEL.fullmatch(text)):
        return None, [f"{text!r} does not read 'n: level'; known levels are {levels}"]
    number = str(int(parts[1]))
    level = next((level for level in lexicon.levels if level.notation == number), None)
    if level is None:
        return None, [f"{text!r}: there is no level {number}; known are {levels}"]
    if find(parts[2], lexicon.levels) != level:
        return None, [f"{text!r}: level {number} is worded {level.label!r}"]
    return number, []


def complete_level(text: str, lexicon: Lexicon) -> str | None:
    """Put the whole wording for a level that is told by its number or its words alone; None where neither tells."""
    if not read_level(text, lexicon)[1]:
        return None
    number = text.strip(" .:")
    level = next((known for known in lexicon.levels if known.notation == number), None) or find(text, lexicon.levels)
    return f"{level.notation}: {level.label}" if level else None


def items(text: str) -> list[str]:
    """Split a cell at the plus signs that open its items."""
    opened: list[list[str]] = [[]]
    for word in text.split():
        if word == "+" or (word.startswith("+") and word[1:2].isalpha()):
            opened.append([])
            word = word[1:]
        if word:
            opened[-1].append(word)
    return [" ".join(words) for words in opened if words]


def parse_row(row: Row, lexicon: Lexicon, file: str, headings: dict[str, str] | None = None) -> RowContent:
    """Read a whole row.

    :raises MappingError: at the first cell that has no place in the graph; :func:`check_table` tells of all
    """
    content, errors = read_row(row, lexicon, file, headings or {})
    if errors:
        raise errors[0]
    return content


def check_table(table: Table, lexicon: Lexicon) -> list[MappingError]:
    """Find everything that keeps a table from becoming a graph, in all rows."""
    errors = check_ids(table)
    for row in table.rows:
        errors.extend(read_row(row, lexicon, table.file, dict(table.headings))[1])
    return errors


def check_ids(table: Table) -> list[MappingError]:
    """Find the rows that cannot be told from others, by their ids or their numbers."""
    errors = []
    ids = Counter(row.id for row in table.rows)
    numbers = Counter(row.number for row in table.rows)
    for row in table.rows:
        if not ROW_ID.fullmatch(row.id):
            what = f"{row.id!r} is no stable id: lower-case letters and digits, a letter first"
            errors.append(MappingError(what, file=table.file, page=row.page, row=row.number, column="id"))
        elif ids[row.id] > 1:
            what = f"the id {row.id!r} stands in {ids[row.id]} rows; every row needs its own"
            errors.append(MappingError(what, file=table.file, page=row.page, row=row.number, column="id"))
        if numbers[row.number] > 1:
            what = f"{numbers[row.number]} rows are numbered {row.number}; every row needs its own number"
            errors.append(MappingError(what, file=table.file, page=row.page, row=row.number, column="row"))
    return errors


def read_row(row: Row, lexicon: Lexicon, file: str, headings: dict[str, str]) -> tuple[RowContent, list[MappingError]]:
    """Read what a row says as far as its cells can be read, and find what cannot."""
    errors: list[MappingError] = []

    def refuse(column: str, *problems: str) -> None:
        heading = headings.get(column) or lexicon.heading(column)
        errors.extend(MappingError(what, file=file, page=row.page, row=row.number, column=heading) for what in problems)

    task, impact, goal, evaluation = TaskCell(), ImpactCell(), GoalCell(), EvaluationCell()
    level: str | None = None
    for column in Column:
        text = row.text(column)
        problems: Sequence[str] = ()
        if not text:
            if column in MANDATORY:
                heading = headings.get(column) or lexicon.heading(column)
                what = "the cell is empty; every row needs it"
                errors.append(EmptyCellError(what, file=file, page=row.page, row=row.number, column=heading))
        elif column is Column.TASK:
            task, problems = read_task(text, lexicon)
            if problems and len(task.tasks) == len(task.paths) == 1:
                # Beside what can be read stands what cannot: it is not known what the cell means.
                task = TaskCell(paths=task.paths)
        elif column is Column.IMPACT:
            impact, problems = read_impact(text, lexicon)
        elif column is Column.EFFECTIVENESS:
            goal, problems = read_goal(text, lexicon)
        elif column is Column.EVALUATION:
            evaluation, problems = read_evaluation(text, lexicon)
            if problems and evaluation.timings:
                evaluation = EvaluationCell(pathway=evaluation.pathway)
        elif column is Column.PARTICIPATION:
            level, problems = read_level(text, lexicon)
        refuse(column, *problems)
    if task.paths:
        numbers = {
            Column.IMPACT: impact.pathway,
            Column.EFFECTIVENESS: goal.pathway,
            Column.EVALUATION: evaluation.pathway,
        }
        for column, number in numbers.items():
            if number is not None and str(number) != task.paths[0]:
                there = headings.get(Column.TASK) or lexicon.heading(Column.TASK)
                refuse(column, f"{row.text(column)!r}: path {number} here, but path {task.paths[0]} in {there!r}")
    content = RowContent(
        task=task.tasks[0] if len(task.tasks) == 1 else None,
        path=task.paths[0] if len(task.paths) == 1 else None,
        activity=row.text(Column.ACTIVITY),
        output=row.text(Column.OUTPUT),
        outcome=row.text(Column.OUTCOME),
        pathway=impact.pathway,
        impact=impact.text,
        goal_pathway=goal.pathway,
        goal_name=goal.name or None,
        goal_number=goal.number,
        goal_text=goal.text,
        timings=evaluation.timings,
        indicator_pathway=evaluation.pathway,
        level=level,
    )
    return content, errors


_LEVEL = re.compile(r"(\d{1,3}) ?[:.] ?(.+)")


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The patterns of the items; each is linear on text whose white space is collapsed."""

    path: re.Pattern[str]
    impact: re.Pattern[str]
    goal: re.Pattern[str]
    indicator: re.Pattern[str]
    timing: re.Pattern[str]
    between_timings: re.Pattern[str]


@cache
def _grammar(anchors: Anchors) -> _Grammar:
    def any_of(words: tuple[str, ...]) -> str:
        return "(?:" + "|".join(f"(?i:{re.escape(word[:1])}){re.escape(word[1:])}" for word in words) + ")"

    pathway = any_of(anchors.pathway_genitive) + r" (\d{1,3})"
    return _Grammar(
        path=re.compile(any_of(anchors.path) + r" ?(\d{1,3}) ?[:.]? ?(.*)"),
        impact=re.compile(any_of(anchors.pathway) + r" (\d{1,3}) ?: ?(.+)"),
        goal=re.compile(
            rf"(?P<name>{any_of(anchors.pathway_genitive)} (?P<pathway>\d{{1,3}}) {any_of(anchors.goal)}"
            r"(?: (?P<number>\d{1,2}))?)(?: ?: ?(?P<text>.+))?"
        ),
        indicator=re.compile(
            rf"{pathway} {any_of(anchors.goal_genitive)}(?: \d{{1,2}})? "
            rf"{any_of(anchors.indicator)}(?: ?: ?.*)?"
        ),
        timing=re.compile(any_of(anchors.timing) + r" (.+)"),
        between_timings=re.compile(rf" ?[/,] ?| {any_of(anchors.conjunction)} "),
    )
