"""What validation says, as values: a finding, the cells it points at, and the report that holds them all.

Nothing here knows an engine or a format; a report is the same whichever engine made it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from html import escape
from typing import TYPE_CHECKING

from akegraph.settings import Language

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import IdentifiedNode, Node

    from akegraph.errors import MappingError
    from akegraph.validation.completeness import PlanTable
    from akegraph.validation.shapes import Rule, Shapes


class Severity(IntEnum):
    """How grave a finding is; ``sh:Violation`` is the gravest."""

    INFO = 1
    WARNING = 2
    VIOLATION = 3

    @property
    def word(self) -> str:
        """The word of ``--fail-on`` and of JSON: ``violation``, ``warning`` or ``info``."""
        return self.name.lower()


# What only an engine can fill in: {?value}, {$this}.
_VARIABLE = re.compile(r"\{[?$]\w+\}")
PlaceOrder = tuple[str, int, int, str, str, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a source document, or a line of a file, that a finding points at.

    :param document: IRI of the document
    :param title: the document's title
    :param page: the page as printed
    :param row: the row counted from 1
    :param column: notation of the column, such as ``output``
    :param rank: the column's place among the columns, for sorting
    :param heading: the column's heading as printed, else its label
    :param text: the cell's verbatim text; None where the row has no such cell
    :param record: IRI of the source record; None where the row has no such cell
    :param cell: the cell of the spreadsheet that the row was read from, such as ``Taul1!C12``
    :param file: the file that was validated, as the user gave it
    :param line: its line, counted from 1
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
    cell: str | None = None
    file: str | None = None
    line: int | None = None

    @property
    def order(self) -> PlaceOrder:
        """The key that sorts places by document, row, column and record, then by file and line."""
        return (self.document or "", self.row or 0, self.rank, self.record or "", self.file or "", self.line or 0)


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
    def order(self) -> tuple[PlaceOrder, str]:
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
    :param messages: the engine's words by language with values filled in; they go before the rule's own
    :param details: findings inside this one, ``sh:detail``
    :param known: it is in the baseline, so it fails nothing
    :param fixable: ``akegraph validate --fix`` settles it
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
    messages: Mapping[str, str] = field(default_factory=dict)
    details: tuple[Finding, ...] = ()
    known: bool = False
    fixable: bool = False

    @property
    def order(self) -> tuple[PlaceOrder, str, str, str, str, str]:
        """The key that sorts findings by document, row, column and code, and decides every tie."""
        first = self.places[0].order if self.places else Place().order
        return (
            first,
            self.code,
            _text(self.focus, self.label),
            str(self.component),
            self.path or "",
            _text(self.value, self.value_label),
        )


def _text(node: Node | None, label: str | None) -> str:
    """Return a node's text; of a blank node its label here, because its own changes from run to run."""
    # Told by its class's name, so that nothing here has to import rdflib.
    return (label or "") if type(node).__name__ == "BNode" else str(node or "")


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """All findings of one validation.

    :param findings: sorted by document, row, column and code
    :param shapes: the rules that were tried, with their messages
    :param source: the same as ``sh:ValidationReport``, or what makes that graph when it is asked for
    :param tables: the plans that were validated, cell by cell, with what is filled and what is not
    :param idle: the rules that had nothing to look at
    :param unwatched: the resources that no rule looked at, by IRI
    :param blind: no rule had anything to look at, so that nothing was found says nothing
    :param unreadable: the cells whose wording means nothing known, which keep the plan from being built
    :param language: of what it shows of itself where no other is wished for
    """

    findings: tuple[Finding, ...]
    shapes: Shapes
    source: Graph | Callable[[], Graph]
    tables: tuple[PlanTable, ...] = ()
    idle: tuple[Rule, ...] = ()
    unwatched: tuple[str, ...] = ()
    blind: bool = False
    unreadable: tuple[MappingError, ...] = ()
    language: Language = "fi"

    def __repr__(self) -> str:
        found = [(number, severity.name.lower()) for severity, number in self.counts.items() if number]
        counts = ", ".join(f"{number} {name}{'s' * (number > 1)}" for number, name in found)
        return f"<ValidationReport: {counts or 'no findings'}>"

    @property
    def graph(self) -> Graph:
        """The same as ``sh:ValidationReport``, with the messages in every language."""
        return self.source() if callable(self.source) else self.source

    def conforms(self, at: Severity = Severity.INFO) -> bool:
        """Tell whether there is no finding as grave as ``at`` or graver."""
        return all(finding.severity < at for finding in self.findings)

    def fails(self, at: Severity) -> bool:
        """Tell whether a finding that no baseline knows is as grave as ``at`` or graver."""
        return any(finding.severity >= at for finding in self.findings if not finding.known)

    @property
    def counts(self) -> Mapping[Severity, int]:
        """How many findings there are of each severity, the gravest first."""
        return {
            severity: sum(finding.severity is severity for finding in self.findings)
            for severity in sorted(Severity, reverse=True)
        }

    def to_text(self, language: Language | None = None) -> str:
        """Write it as ``akegraph validate`` prints it."""
        from akegraph.validation.formats.text import report_text

        return report_text(self, language or self.language)

    def to_html(self, language: Language | None = None) -> str:
        """Write it as a page that needs nothing else."""
        from akegraph.validation.formats.html import report_html

        return report_html(self, language or self.language)

    def _repr_html_(self) -> str:
        """Show its page in a notebook, in a frame: its style stays its own, and nothing in it can run."""
        style = "width: 100%; height: 32rem; border: 0; color-scheme: light dark"
        page, title = escape(self.to_html()), escape(repr(self))
        return f'<iframe sandbox="" srcdoc="{page}" title="{title}" style="{style}"></iframe>'

    def message(self, finding: Finding, language: Language) -> str:
        """Say what a finding is about, in ``language`` if there are words in it."""
        rule = self.shapes.rules.get(finding.shape)
        own = finding.messages.get(language) or finding.messages.get("")
        if own is None and rule is not None and not _VARIABLE.search(said := rule.message(language) or ""):
            own = said
        return own or next(iter(finding.messages.values()), finding.message)

    def rule(self, finding: Finding) -> Rule | None:
        """Return the rule that a finding comes from, if the shapes are at hand."""
        return self.shapes.rules.get(finding.shape)
