"""A question as plain values, for JSON: the list of the terminal, of the web and of other programs."""

from __future__ import annotations

from typing import Any

from akegraph.queries.competency import find_numbers
from akegraph.queries.named import NamedQuery
from akegraph.queries.parameters import Parameter


def describe_query(query: NamedQuery) -> dict[str, Any]:
    """Return all that a question's header says, and the numbers of the competency questions it answers."""
    return {
        "name": query.name,
        "title": dict(query.title),
        "question": dict(query.question),
        "description": dict(query.description),
        "caution": dict(query.caution) or None,
        "competencyQuestions": list(find_numbers(query.name)),
        "tags": list(query.tags),
        "parameters": [_describe_parameter(parameter) for parameter in query.parameters.values()],
        "columns": {name: dict(text) for name, text in query.columns.items()},
    }


def _describe_parameter(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name,
        "type": parameter.kind,
        "title": dict(parameter.title),
        "description": dict(parameter.description),
        "required": parameter.required,
        "default": parameter.default,
        "example": parameter.example,
    }
    limits: dict[str, Any] = {
        "scheme": parameter.scheme,
        "classes": list(parameter.classes),
        "choices": {choice: dict(text) for choice, text in parameter.choices.items()},
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
    }
    return described | {key: value for key, value in limits.items() if value not in (None, [], {})}
