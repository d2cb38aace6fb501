"""What a collection lists: plans, activities, chains and questions, each a small value."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, overload

from akegraph.api.answers import Value, make_frame
from akegraph.api.showing import Shown, show_table
from akegraph.chains import Chain, Place
from akegraph.graph.iris import AKEID
from akegraph.queries import NamedQuery, say
from akegraph.settings import Language
from akegraph.store.base import Solutions, Term

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
Columns = Mapping[str, Callable[[T], Value]]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan.

    :ivar identifier: its stable id, such as ``ake-tampere-2026``; in foreign data its IRI
    :ivar label: its Finnish name; the IRI where it has none
    :ivar organisation: who prepared it
    :ivar areas: the areas that it covers
    :ivar start: the first day of its period
    :ivar synthetic: whether it is made up, for tests and examples
    :ivar document: the title of the document it was read from
    :ivar pages: the first and the last page that its activities stand on, as printed
    """

    iri: str
    identifier: str
    label: str
    title: str | None = None
    organisation: str | None = None
    areas: tuple[str, ...] = ()
    start: datetime.date | None = None
    end: datetime.date | None = None
    synthetic: bool = False
    document: str | None = None
    pages: tuple[int, int] | None = None

    @property
    def year(self) -> int | None:
        """The year in which it begins."""
        return None if self.start is None else self.start.year

    @property
    def place(self) -> str | None:
        """Where it stands, in words: ``Akepiken vuosisuunnitelma 2026, pp. 16–17``."""
        if self.document is None or self.pages is None:
            return self.document
        first, last = self.pages
        return f"{self.document}, {f'p. {first}' if first == last else f'pp. {first}–{last}'}"


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of a plan.

    :ivar identifier: its stable id; None in foreign data without one
    :ivar label: its Finnish name; the IRI where it has none
    :ivar plan: the IRI of its plan
    :ivar row: its row in the plan
    :ivar tasks: the names of the statutory tasks it serves
    :ivar path: the number of its path; None where its path has none
    :ivar level: the number of its participation level
    :ivar place: the cell that states it
    """

    iri: str
    identifier: str | None
    label: str
    plan: str
    plan_label: str
    row: int | None
    tasks: tuple[str, ...]
    path: str | None
    level: str | None
    place: Place | None

    @property
    def page(self) -> int | None:
        """The page that it stands on."""
        return None if self.place is None else self.place.page


class Listing(Sequence[T]):
    """Values in a fixed order; a table in a notebook and in pandas.

    :param columns: by heading, what a table shows of a value
    :param title: what the table is headed with
    """

    def __init__(self, values: Iterable[T], columns: Columns[T], title: str) -> None:
        self._values, self._columns, self._title = tuple(values), columns, title

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Listing[T]: ...

    def __getitem__(self, index: int | slice) -> T | Listing[T]:
        if isinstance(index, slice):
            return Listing(self._values[index], self._columns, self._title)
        return self._values[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Listing) and self._values == other._values

    def __hash__(self) -> int:
        return hash(self._values)

    def __repr__(self) -> str:
        return f"<{self._title}: {len(self)}>"

    def to_pandas(self) -> pd.DataFrame:
        """Make a DataFrame of what a table shows.

        :raises MissingExtraError: if pandas is not installed
        """
        return make_frame(tuple(self._columns), self._cells())

    def _cells(self) -> tuple[tuple[Value, ...], ...]:
        return tuple(tuple(show(value) for show in self._columns.values()) for value in self._values)

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        rows: list[list[Shown]] = [[("" if cell is None else str(cell), None) for cell in row] for row in self._cells()]
        return show_table(list(self._columns), rows, title=self._title)


PLAN_COLUMNS: Columns[Plan] = {
    "id": lambda plan: plan.identifier,
    "plan": lambda plan: plan.label,
    "organisation": lambda plan: plan.organisation,
    "areas": lambda plan: "; ".join(plan.areas),
    "year": lambda plan: plan.year,
    "synthetic": lambda plan: plan.synthetic,
    "place": lambda plan: plan.place,
}
ACTIVITY_COLUMNS: Columns[Activity] = {
    "id": lambda activity: activity.identifier or activity.iri,
    "plan": lambda activity: activity.plan_label,
    "page": lambda activity: activity.page,
    "row": lambda activity: activity.row,
    "activity": lambda activity: activity.label,
    "task": lambda activity: "; ".join(activity.tasks),
    "path": lambda activity: activity.path,
    "level": lambda activity: activity.level,
}
CHAIN_COLUMNS: Columns[Chain] = {
    "id": lambda chain: chain.identifier or chain.activity,
    "plan": lambda chain: chain.plan_label,
    "page": lambda chain: chain.page,
    "row": lambda chain: chain.row,
    "activity": lambda chain: chain.label,
    "outcome": lambda chain: "; ".join(step.label for step in chain.of_kind("outcome")),
    "goal": lambda chain: "; ".join(step.label for step in chain.of_kind("goal")),
    "gaps": lambda chain: ", ".join(dict.fromkeys(gap.kind for gap in chain.gaps)),
}


def question_columns(language: Language) -> Columns[NamedQuery]:
    """Return what a table shows of questions, in one language or, where that is not there, in English."""
    return {
        "name": lambda query: query.name,
        "question": lambda query: say(query.question, language),
        "parameters": lambda query: ", ".join(query.parameters),
    }


def make_activity(chain: Chain) -> Activity:
    """Make the value of an activity from its chain."""
    steps = [step for step in chain.of_kind("activity") if step.iri == chain.activity]
    return Activity(
        iri=chain.activity,
        identifier=chain.identifier,
        label=chain.label,
        plan=chain.plan,
        plan_label=chain.plan_label,
        row=chain.row,
        tasks=tuple(task.label for task in chain.tasks),
        path=chain.path.notation if chain.path else None,
        level=chain.level.notation if chain.level else None,
        place=next((place for step in steps for place in step.places), None),
    )


def make_plans(found: Solutions) -> list[Plan]:
    """Make the values of plans from the solutions of ``sparql/plans.rq``, one for each plan."""
    groups: dict[str, list[Mapping[str, Term]]] = {}
    for row in found.rows:
        groups.setdefault(row["plan"].value, []).append(row)
    return [_make_plan(iri, rows) for iri, rows in groups.items()]


def _make_plan(iri: str, rows: Sequence[Mapping[str, Term]]) -> Plan:
    def text(name: str) -> str | None:
        return next((row[name].value for row in rows if name in row), None)

    first, last = text("firstPage") or "", text("lastPage") or ""
    return Plan(
        iri=iri,
        identifier=iri.removeprefix(str(AKEID["plan/"])),
        label=text("label") or iri,
        title=text("title"),
        organisation=text("organisation"),
        areas=tuple(dict.fromkeys(row["area"].value for row in rows if "area" in row)),
        start=_day(text("start")),
        end=_day(text("end")),
        synthetic=text("synthetic") == "true",
        document=text("document"),
        pages=(int(first), int(last)) if first.isdecimal() and last.isdecimal() else None,
    )


def _day(text: str | None) -> datetime.date | None:
    try:
        return None if text is None else datetime.date.fromisoformat(text)
    except ValueError:
        return None
