"""Graph to findings: asserted triples are tried against shapes, and each finding points at its cell."""

from akegraph.validation.engine import validate_graph
from akegraph.validation.findings import (
    ActivityRow,
    Finding,
    Place,
    Severity,
    ValidationReport,
)
from akegraph.validation.formats import report_json, report_text
from akegraph.validation.shapes import Rule, Shapes, load_shapes

__all__ = [
    "ActivityRow",
    "Finding",
    "Place",
    "Rule",
    "Severity",
    "Shapes",
    "ValidationReport",
    "load_shapes",
    "report_json",
    "report_text",
    "validate_graph",
]
