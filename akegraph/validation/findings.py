"""What validation says, as values: a finding, the cells it points at, and the report that holds them all.

Nothing here knows an engine or a format; a report is the same whichever engine made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from akegraph.settings import Language

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import IdentifiedNode, Node

    from akegraph.validation.shapes import Shapes


class Severity(IntEnum):
    """How grave a finding is; ``sh:Violation`` is the gravest."""

    INFO = 1
    WARNING = 2
    VIOLATION = 3

    @property
    def word(self) -> str:
        """The word of ``--fail-on`` and of JSON: ``violation``, ``warning`` or ``info``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a source document that a finding points at.

    :param document: IRI of the document
    :param title: the document's title
    :param page: the page as printed
    :param row: the row counted from 1
    :param column: notation of the column, such as ``output``
    :param rank: the column's place among the columns, for sorting
    :param heading: the column's heading as printed, else its label
    :param text: the cell's verbatim text; None where the row has no such cell
    :param record: IRI of the source record; None where the row has no such cell
    """

    document: str | None = None
    title: str | None = None
    page: int | None = None
    row: int | None = None
    column: str | None = None
    rank: int = 0
    heading: str | None = None
    text: str | None = None
    record: str | None = None

    @property
    def order(self) -> tuple[str, int, int, str]:
        """The key that sorts places by document, row, column and record."""
        return (self.document or "", self.row or 0, self.rank, self.record or "")


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity that a finding concerns, with the row it stands in.

    :param activity: its IRI
    :param label: its name
    :param place: the cell that names it, if any
    """

    activity: str
    label: str
    place: Place

    @property
    def order(self) -> tuple[tuple[str, int, int, str], str]:
        """The key that sorts activities by row, then IRI."""
        return (self.place.order, self.activity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found at one node.

    :param code: the rule's stable code, such as ``AKE-103``
    :param shape: the rule, ``sh:sourceShape``
    :param component: the constraint component that failed
    :param severity: how grave it is
    :param focus: the node the rule was tried on
    :param label: the focus node's name, else its text or IRI shortened by prefixes
    :param path: the property path as text, IRIs shortened by prefixes
    :param value: the value the rule objects to, if one
    :param value_label: that value's name or text
    :param message: the engine's own words, for rules without a message in the wanted language
    :param places: the cells it points at, sorted
    :param activities: the activities it concerns, in row order
    :param shared: the focus node belongs to the framework or a vocabulary, not to one activity
    """

    code: str
    shape: IdentifiedNode
    component: IdentifiedNode
    severity: Severity
    focus: Node
    label: str
    path: str | None
    value: Node | None
    value_label: str | None
    message: str
    places: tuple[Place, ...]
    activities: tuple[ActivityRow, ...]
    shared: bool

    @property
    def order(self) -> tuple[tuple[str, int, int, str], str, str, str, str, str]:
        """The key that sorts findings by document, row, column and code, and decides every tie."""
        first = self.places[0].order if self.places else ("", 0, 0, "")
        return (
            first,
            self.code,
            str(self.focus),
            str(self.component),
            self.path or "",
            str(self.value or ""),
        )


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """All findings of one validation.

    :param findings: sorted by document, row, column and code
    :param shapes: the rules that were tried, with their messages
    :param graph: the same as ``sh:ValidationReport``, with the messages in every language
    """

    findings: tuple[Finding, ...]
    shapes: Shapes
    graph: Graph

    def conforms(self, at: Severity = Severity.INFO) -> bool:
        """Tell whether there is no finding as grave as ``at`` or graver."""
        return all(finding.severity < at for finding in self.findings)

    @property
    def counts(self) -> Mapping[Severity, int]:
        """How many findings there are of each severity, the gravest first."""
        return {
            severity: sum(finding.severity is severity for finding in self.findings)
            for severity in sorted(Severity, reverse=True)
        }

    def message(self, finding: Finding, language: Language) -> str:
        """Say what a finding is about, in ``language`` if its rule has words in it."""
        rule = self.shapes.rules.get(finding.shape)
        return (rule and rule.message(language)) or finding.message
