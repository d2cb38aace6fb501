"""A report as a standard ``sh:ValidationReport`` in Turtle."""

from __future__ import annotations

from akegraph.validation.findings import ValidationReport


def report_turtle(report: ValidationReport) -> str:
    """Write :attr:`ValidationReport.graph` as Turtle.

    Its blank nodes are named by their place in the report, so rdflib's order of them is the same on every run.
    """
    try:
        return report.graph.serialize(format="turtle")
    except RecursionError:  # a chain of blank nodes, which rdflib writes into each other; N-Triples is Turtle, too
        return report.graph.serialize(format="nt")
