"""The description of the web's addresses: valid, whole, and true of every address it has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from web_site import make_site, open_client
from werkzeug.test import TestResponse

from akegraph import __version__
from akegraph.queries import QueryCatalogue, load_queries, parse_query
from akegraph.web.openapi import make_description

DESCRIPTION = make_description(make_site())
OPERATIONS = [(path, method) for path, item in DESCRIPTION["paths"].items() for method in item]
QUESTIONS = sorted(load_queries())


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with open_client() as client:
        yield client


def resolve(part: Any) -> Any:
    while "$ref" in part:
        found = DESCRIPTION
        for key in part["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        part = found
    return part


def operation(path: str, method: str) -> dict[str, Any]:
    return DESCRIPTION["paths"][path][method]


def parameters(path: str, method: str, place: str) -> dict[str, Any]:
    found = map(resolve, operation(path, method).get("parameters", ()))
    return {one["name"]: one["example"] for one in found if one["in"] == place and "example" in one}


def address(path: str, method: str) -> str:
    return path.format(**parameters(path, method, "path"))


def check(path: str, method: str, answer: TestResponse) -> None:
    """Hold an answer to what is said of it: its status, its media type, and JSON to its schema."""
    responses = operation(path, method)["responses"]
    assert str(answer.status_code) in responses, answer.text[:500]
    described = resolve(responses[str(answer.status_code)])
    for header in described.get("headers", ()):
        assert header in answer.headers
    if "content" in described:
        assert answer.mimetype in described["content"]
        if answer.mimetype.endswith("json"):
            schema = described["content"][answer.mimetype]["schema"]
            jsonschema.Draft202012Validator({**schema, "components": DESCRIPTION["components"]}).validate(
                json.loads(answer.data)
            )


def test_the_description_is_valid_and_served(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")
    assert answer.mimetype == "application/json"
    assert answer.json == json.loads(json.dumps(DESCRIPTION))
    assert [error.message for error in OpenAPIV31SpecValidator(answer.json).iter_errors()] == []
    assert answer.json["openapi"].startswith("3.1")
    assert answer.json["info"]["version"] == __version__


def test_a_wrong_description_would_be_found() -> None:
    wrong = json.loads(json.dumps(DESCRIPTION))
    wrong["paths"]["/queries/whole-chain"]["get"]["parameters"][0]["in"] = "address"
    assert list(OpenAPIV31SpecValidator(wrong).iter_errors())


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_address_answers_its_examples(client: FlaskClient, path: str, method: str) -> None:
    query = parameters(path, method, "query")
    if method == "get":
        check(path, method, client.get(address(path, method), query_string=query))
        return
    for media_type, body in operation(path, method)["requestBody"]["content"].items():
        data = body["example"] if isinstance(body["example"], dict) else body["example"].encode()
        answer = client.post(address(path, method), data=data, content_type=media_type)
        assert answer.status_code == 200
        check(path, method, answer)


@pytest.mark.parametrize(("path", "method"), [one for one in OPERATIONS if one[1] == "get"])
def test_every_address_has_a_head_and_an_answer_for_a_browser(client: FlaskClient, path: str, method: str) -> None:
    query = parameters(path, method, "query")
    query.pop("format", None)
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = client.get(address(path, method), query_string=query, headers=browser)
    check(path, method, answer)
    head = client.head(address(path, method), query_string=query, headers=browser)
    assert (head.status_code, head.mimetype) == (answer.status_code, answer.mimetype)
    assert head.data == b""


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_answers_in_every_format_that_is_said(client: FlaskClient, name: str) -> None:
    path = f"/queries/{name}"
    given = {key: value for key, value in parameters(path, "get", "query").items() if key not in ("format", "lang")}
    for format_ in DESCRIPTION["components"]["parameters"]["format"]["schema"]["enum"]:
        answer = client.get(path, query_string={**given, "format": format_})
        assert answer.status_code == 200
        check(path, "get", answer)
    for media_type in operation(path, "get")["responses"]["200"]["content"]:
        assert client.get(path, query_string=given, headers={"Accept": media_type}).mimetype == media_type


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_refuses_as_is_said(client: FlaskClient, name: str) -> None:
    path = f"/queries/{name}"
    for answer, status in (
        (client.get(path, query_string={"nonsense": "1", "format": "json"}), 400),
        (client.get(path, headers={"Accept": "image/png"}), 406),
    ):
        assert answer.status_code == status
        check(path, "get", answer)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_value_of_an_enumeration_is_taken_and_others_are_not(client: FlaskClient, name: str) -> None:
    path = f"/queries/{name}"
    examples = parameters(path, "get", "query")
    required = {key: examples[key] for key, found in load_queries()[name].parameters.items() if found.required}
    for parameter in map(resolve, operation(path, "get")["parameters"]):
        if parameter["name"] in ("format", "lang"):
            continue
        schema = parameter["schema"].get("anyOf", [parameter["schema"]])[0]
        for value in schema.get("enum", ()):
            answer = client.get(path, query_string={**required, parameter["name"]: value, "format": "csv"})
            assert answer.status_code == 200, value
        if "enum" in schema:
            answer = client.get(path, query_string={**required, parameter["name"]: "nothing", "format": "csv"})
            assert answer.status_code == 400


def test_no_address_is_left_out(client: FlaskClient) -> None:
    """A new route must be described too."""
    adapter = client.application.url_map.bind("localhost")
    described = {adapter.match(address(path, method), method.upper())[0] for path, method in OPERATIONS}
    assert described == {rule.endpoint for rule in client.application.url_map.iter_rules()} - {"static"}
    assert {f"/queries/{name}" for name in QUESTIONS} <= set(DESCRIPTION["paths"])


def test_a_caution_and_the_limits_of_a_parameter_are_told() -> None:
    content = """#+ title = { fi = "Otsikko", en = "Title" }
#+ question = { fi = "Mikä?", en = "What?" }
#+ description = { fi = "Kuvaus.", en = "Description." }
#+ caution = { fi = "Varo.", en = "Take care." }
#+ tags = ["test"]
#+ [parameters.level]
#+ type = "integer"
#+ minimum = 1
#+ maximum = 5
#+ default = "4"
#+ title = { fi = "Taso", en = "Level" }
#+ description = { fi = "Taso.", en = "A level." }
#+ [columns]
#+ level = { fi = "Taso", en = "The level" }
SELECT ?level
WHERE {
  VALUES ?level { UNDEF }
}
"""
    site = replace(make_site(), catalogue=QueryCatalogue([parse_query("echo", content, "echo.rq")]))
    described = make_description(site)["paths"]["/queries/echo"]
    assert described["get"]["parameters"][0]["schema"] == {
        "type": "integer", "minimum": 1, "maximum": 5, "default": 4,
    }  # fmt: skip
    assert "Take care." in described["get"]["description"]
    assert described["get"]["x-akegraph-question"]["caution"]["fi"] == "Varo."
