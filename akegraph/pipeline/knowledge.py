"""What akegraph knows before any plan, and where plans lie."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rdflib import Graph

from akegraph.errors import SourceError, UnknownResourceError
from akegraph.graph.loading import load_folder, load_turtle, union
from akegraph.graph.mapping import map_documents
from akegraph.graph.schemes import Schemes, read_schemes
from akegraph.resources import resource
from akegraph.table.model import Table
from akegraph.table.plan import Document, Plan, read_documents, read_plan
from akegraph.table.rows import read_rows


class Knowledge:
    """What akegraph knows before any plan: ontology, schemes, reference data. Each is loaded once, when asked for."""

    @cached_property
    def ontology(self) -> Graph:
        """The classes and properties."""
        return load_turtle(resource("ontology", "akegraph.ttl"))

    @cached_property
    def schemes_graph(self) -> Graph:
        """The concept schemes as a graph."""
        return load_folder(resource("ontology", "schemes"))

    @cached_property
    def reference(self) -> Graph:
        """Law, organisations, areas, the framework, and the documents that all of it was read from."""
        return union((load_folder(resource("data", "reference")), map_documents(self.documents.values())))

    @cached_property
    def schemes(self) -> Schemes:
        """The concept schemes as values."""
        return read_schemes(self.schemes_graph, resource("data", "reference", "anchors.toml"))

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The source documents by id, their checksums verified."""
        return read_documents(resource("data", "source", "sources.toml"))


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """A plan's folder: ``plan.toml`` and ``rows.csv``.

    Beside them ``review.toml`` where something was in doubt, and ``sources.toml`` where the plan's document is not one
    of the built-in ones.
    """

    path: Path

    @property
    def plan(self) -> Plan:
        """What is known of the plan beside its table."""
        return read_plan(self.path / "plan.toml")

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents that the folder describes itself, by id, their checksums verified; mostly none."""
        sources = self.path / "sources.toml"
        return read_documents(sources) if sources.is_file() else {}

    def read_table(self, knowledge: Knowledge) -> Table:
        """Read ``rows.csv``."""
        rows = self.path / "rows.csv"
        return read_rows(rows, knowledge.schemes.lexicon)


def find_plans(names: Iterable[str] = ()) -> tuple[PlanFolder, ...]:
    """Find plans: folders with a ``plan.toml``, by path or, among the built-in ones, by name; all of these by default.

    :raises UnknownResourceError: if a name is neither
    """
    built_in = {path.parent.name: path.parent for path in sorted(resource("data", "plans").glob("*/plan.toml"))}
    folders = []
    for name in names:
        if (Path(name) / "plan.toml").is_file():
            folders.append(Path(name))
        elif name in built_in:
            folders.append(built_in[name])
        elif Path(name).exists():
            raise SourceError("is neither Turtle (.ttl) nor a plan's folder (plan.toml and rows.csv)", file=name)
        else:
            matches = difflib.get_close_matches(name, built_in) or sorted(built_in)[:3]
            raise UnknownResourceError(name, matches)
    return tuple(PlanFolder(path) for path in folders or built_in.values())


def raise_problems(problems: Iterable[Exception]) -> None:
    """Raise nothing, the one problem, or all of them as a group."""
    found = list(problems)
    if len(found) == 1:
        raise found[0]
    if found:
        raise ExceptionGroup(f"{len(found)} problems", found)
