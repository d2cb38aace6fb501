"""The description of every address as OpenAPI 3.1: the ready questions from the catalogue, the rest from a file."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, make_response

from akegraph import __version__
from akegraph.queries import NamedQuery, Parameter
from akegraph.queries.choosing import find_concepts
from akegraph.queries.describing import describe_query
from akegraph.store.base import FORMATS, ResultFormat
from akegraph.web.questions import TABLE_FORMATS
from akegraph.web.rendering import get_site, make_local
from akegraph.web.site import Site

blueprint = Blueprint("openapi", __name__)

Concepts = Mapping[str, list[str]]
"""The notations of each scheme."""

_IRI = {"type": "string", "format": "iri"}
_KINDS: dict[str, dict[str, Any]] = {
    "iri": _IRI,
    "resource": {"type": "string"},
    "string": {"type": "string"},
    "langString": {"type": "string", "pattern": "^.+@[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
}
"""The schema of each kind of parameter but concepts, which the data list."""


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Send the description."""
    document = make_description(get_site())
    document["servers"] = [{"url": make_local("") or "/"}]
    response = make_response(json.dumps(document, ensure_ascii=False))
    response.content_type = "application/json"
    return response


def make_description(site: Site) -> dict[str, Any]:
    """Make the description of a site's addresses: an OpenAPI 3.1 document."""
    source = files("akegraph.web").joinpath("openapi.toml").read_text(encoding="utf-8")
    source = source.replace('example = "{version}"', f'example = "{site.reference.vocabulary.version}"')
    document = tomllib.loads(source)
    document["info"]["version"] = __version__
    _add_formats(document)
    parameters = [one for question in site.catalogue.values() for one in question.parameters.values()]
    schemes = {parameter.scheme for parameter in parameters if parameter.scheme}
    concepts = {scheme: list(find_concepts(site.store, scheme)) for scheme in schemes}
    for name, question in site.catalogue.items():
        document["paths"][f"/queries/{name}"] = {"get": _describe_operation(question, concepts)}
    return document


def _add_formats(document: dict[str, Any]) -> None:
    """Add what the file leaves to the store: the formats of an answer, of a graph and of a description."""
    graphs = {known.media_type: {"schema": _schema(known)} for known in FORMATS if "graph" in known.kinds}
    answers = {known.media_type: {"schema": _schema(known)} for known in FORMATS}
    page = {"text/html": {"schema": {"type": "string"}}}
    responses = document["components"]["responses"]
    responses["Graph"]["content"] = graphs
    responses["Description"]["content"] = graphs | page
    responses["Answer"]["content"] = answers | page
    parameter = next(one for one in document["paths"]["/sparql"]["get"]["parameters"] if one["name"] == "format")
    parameter["schema"]["enum"] = [known.name for known in FORMATS]


def _schema(known: ResultFormat) -> dict[str, Any]:
    return {"type": ["object", "array"] if known.media_type.endswith("json") else "string"}


def _describe_operation(question: NamedQuery, concepts: Concepts) -> dict[str, Any]:
    words = [question.question["en"], question.description["en"]]
    if question.caution:
        words.append(f"**Caution:** {question.caution['en']}")
    return {
        "operationId": question.name,
        "tags": ["questions"],
        "summary": question.title["en"],
        "description": "\n\n".join(words),
        "parameters": [
            *(_describe_parameter(parameter, concepts) for parameter in question.parameters.values()),
            {"$ref": "#/components/parameters/format"},
            {"$ref": "#/components/parameters/language"},
        ],
        "responses": {
            "200": {"description": "The answer.", "content": _describe_contents(question)},
            "400": {"$ref": "#/components/responses/BadRequest"},
            "406": {"$ref": "#/components/responses/NotAcceptable"},
            "414": {"$ref": "#/components/responses/BadRequest"},
            "413": {"$ref": "#/components/responses/Stopped"},
            "504": {"$ref": "#/components/responses/Stopped"},
        },
        "x-akegraph-question": describe_query(question),
    }


def _describe_parameter(parameter: Parameter, concepts: Concepts) -> dict[str, Any]:
    schema = _describe_values(parameter, concepts)
    if parameter.default is not None:
        schema = {**schema, "default": _value(parameter, parameter.default)}
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description["en"],
        "required": parameter.required,
        "schema": schema,
    }
    if parameter.example is not None:
        described["example"] = _value(parameter, parameter.example)
    return described


def _describe_values(parameter: Parameter, concepts: Concepts) -> dict[str, Any]:
    if parameter.kind == "concept":
        known = {"type": "string", "enum": concepts[parameter.scheme or ""]}
        return {"anyOf": [known, _IRI] if known["enum"] else [_IRI]}
    limits = {"enum": list(parameter.choices), "minimum": parameter.minimum, "maximum": parameter.maximum}
    return _KINDS[parameter.kind] | {key: value for key, value in limits.items() if value not in (None, [])}


def _value(parameter: Parameter, text: str) -> str | int:
    return int(text) if parameter.kind == "integer" else text


def _describe_contents(question: NamedQuery) -> dict[str, Any]:
    """Describe the answer in each format; JSON with the meaning of each column."""
    cells = {
        name: {"$ref": "#/components/schemas/Term", "description": words["en"]}
        for name, words in question.columns.items()
    }
    rows = {"type": "array", "items": {"type": "object", "properties": cells}}
    results = {"type": "object", "properties": {"bindings": rows}}
    solutions = {
        "allOf": [{"$ref": "#/components/schemas/Solutions"}, {"type": "object", "properties": {"results": results}}]
    }
    return {
        **{
            form.media_type: {"schema": solutions if form.name == "json" else {"type": "string"}}
            for form in TABLE_FORMATS.values()
        },
        "text/html": {"schema": {"type": "string"}},
    }
