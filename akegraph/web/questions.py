"""The ready questions on the web: a form and its answer, or the answer alone as JSON, CSV, TSV or XML.

The form is sent by GET, so its address is the permanent one of the answer. A format is asked for by suffix
(``/queries/gaps.csv``), by ``?format=csv`` or by ``Accept``, and a person's browser gets the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request

from akegraph.errors import BadParameterError, NotAcceptableError, UnknownQueryError
from akegraph.queries import NamedQuery, Parameter
from akegraph.queries.choosing import find_values
from akegraph.queries.competency import find_numbers
from akegraph.queries.describing import describe_query
from akegraph.store.base import FORMATS, decode_solutions
from akegraph.web.negotiation import negotiate
from akegraph.web.parameters import read_address
from akegraph.web.protocol import send
from akegraph.web.rendering import get_names, get_site, get_texts, make_link, make_local, render
from akegraph.web.results import SYNTHETIC, Table, make_table
from akegraph.web.texts import Label, choose_text

blueprint = Blueprint("questions", __name__)

_HTML, _JSON = "text/html", "application/json"
TABLE_FORMATS = {known.name: known for known in FORMATS if "select" in known.kinds}
"""The forms of an answer beside the page, by suffix."""
_OFFERS = (
    _HTML,
    *(known.media_type for known in TABLE_FORMATS.values()),
    *(alias for known in TABLE_FORMATS.values() for alias in known.aliases),
)
_MOST_OPTIONS = 300


@blueprint.get("/queries/")
def queries() -> Response:
    """List the ready questions, all or those with a tag, as a page or as JSON."""
    catalogue, language = get_site().catalogue, get_texts().language
    tag = request.args.get("tag", "").strip()
    found = catalogue.find_tagged(tag) if tag else tuple(catalogue.values())
    if _choose("json", {"json": _JSON}, (_HTML, _JSON)) == _JSON:
        response = jsonify(
            [{**describe_query(question), "href": make_local(_address(question.name))} for question in found]
        )
        response.vary.add("Accept")
        return response
    return render(
        "queries.html",
        questions=[
            (
                question.name,
                choose_text(question.question, language),
                choose_text(question.description, language),
                question.tags,
            )
            for question in found
        ],
        tags=catalogue.tags,
        tag=tag,
    )


@blueprint.get("/queries/<name>")
def query(name: str) -> Response:
    """Answer one question: its page with form and table, or the table alone in another format.

    :raises UnknownQueryError: if there is none of this name, or its suffix is none
    :raises NotAcceptableError: if nothing that the client accepts can be made
    """
    catalogue = get_site().catalogue
    stem, _, suffix = name.rpartition(".")
    if stem in catalogue:
        if suffix not in TABLE_FORMATS:
            raise UnknownQueryError(name, [f"{stem}.{known}" for known in TABLE_FORMATS])
        if "format" in request.args:
            raise BadParameterError("format", f"is said by the suffix {suffix!r} already", query=stem)
        name = stem
    else:
        suffix = ""
    question = catalogue.get_query(name)
    known = {key: form.media_type for key, form in TABLE_FORMATS.items()}
    media_type = known[suffix] if suffix else _choose(name, known, _OFFERS)
    given = _read_values()
    response = _show(question, given) if media_type == _HTML else _send(question, given, media_type)
    for form in TABLE_FORMATS.values():
        where = make_link(f"{_address(name)}.{form.name}", **given)
        response.headers.add("Link", f'<{where}>; rel="alternate"; type="{form.media_type}"')
    return response


def _choose(name: str, known: Mapping[str, str], offers: tuple[str, ...]) -> str:
    """Return the media type asked for by ``format``, else by ``Accept``."""
    wanted = request.args.get("format")
    if wanted and wanted != "html" and wanted not in known:
        raise BadParameterError("format", f"{wanted!r} is none of html, {', '.join(known)}", query=name)
    if wanted:
        return known.get(wanted, _HTML)
    accept = request.headers.get("Accept")
    chosen = negotiate(accept, offers)
    if chosen is None:
        raise NotAcceptableError(f"{accept}: offered are {', '.join((_HTML, *known.values()))}")
    return chosen


def _read_values() -> dict[str, str]:
    """Read the values of the form; an empty field says nothing.

    :raises BadParameterError: if a field is there twice
    :raises BadRequest: if the address is not UTF-8
    """
    given: dict[str, str] = {}
    for key, text in read_address():
        if key in given and text.strip():
            raise BadParameterError(key, "is given twice; once is right")
        if text.strip() and key not in ("lang", "format"):
            given[key] = text
    return given


def _send(question: NamedQuery, given: Mapping[str, str], media_type: str) -> Response:
    """Send the answer alone; what it means, and the caution about it, is where its ``Link`` leads."""
    store = get_site().store
    text = question.bind(given)
    question.check_known(store, given)
    response = send(store.query(text, accept=[media_type]))
    extension = next(name for name, form in TABLE_FORMATS.items() if media_type in (form.media_type, *form.aliases))
    response.headers["Content-Disposition"] = f"inline; filename={question.name}.{extension}"
    response.headers.add("Link", f'<{make_local(_address(question.name))}>; rel="describedby"; type="{_HTML}"')
    return response


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of the values given: the query asked, its answer, or what is wrong with them."""

    text: str
    table: Table | None = None
    problem: BadParameterError | None = None


def _evaluate(question: NamedQuery, given: Mapping[str, str]) -> _Outcome:
    if not given and any(parameter.required for parameter in question.parameters.values()):
        return _Outcome(question.text)
    store = get_site().store
    try:
        text = question.bind(given)
        question.check_known(store, given)
    except BadParameterError as error:
        return _Outcome(question.text, problem=error)
    answer = store.query(text, accept=[TABLE_FORMATS["json"].media_type])
    return _Outcome(text, make_table(decode_solutions(answer.body), _wordings(question)))


def _wordings(question: NamedQuery) -> dict[str, dict[str, Label]]:
    """Return what the texts of a column mean: the choices of a parameter of its name, and what is made up."""
    texts = get_texts()
    chosen = {
        name: {choice: choose_text(words, texts.language) for choice, words in parameter.choices.items()}
        for name, parameter in question.parameters.items()
    }
    made_up = {value: Label(texts(f"synthetic.{value}"), texts.language) for value in ("true", "false")}
    return {**chosen, SYNTHETIC: made_up}


def _show(question: NamedQuery, given: Mapping[str, str]) -> Response:
    """Show the form, with the answer or with what is wrong."""
    language = get_texts().language
    outcome = _evaluate(question, given)
    problem, table = outcome.problem, outcome.table
    path = _address(question.name)
    response = render(
        "query.html",
        name=question.name,
        path=path,
        title=choose_text(question.title, language),
        question=choose_text(question.question, language),
        description=choose_text(question.description, language),
        caution=choose_text(question.caution, language) if question.caution else None,
        numbers=find_numbers(question.name),
        tags=question.tags,
        fields=[_field(parameter, given) for parameter in question.parameters.values()],
        given=given,
        table=table,
        headings=_headings(question, table, language),
        problem=problem,
        corrections=_corrections(path, given, problem) if problem else [],
        text=outcome.text,
        formats=[(known, f"{path}.{known}") for known in TABLE_FORMATS],
    )
    response.status_code = problem.http_status if problem else 200
    return response


def _address(name: str) -> str:
    return f"/queries/{quote(name)}"


def _corrections(path: str, given: Mapping[str, str], problem: BadParameterError) -> list[tuple[str, str]]:
    """Return the values that come close to the wrong one, each with the address that asks with it."""
    return [(match, make_link(path, **{**given, problem.name: match})) for match in problem.matches]


def _headings(question: NamedQuery, table: Table | None, language: str) -> list[tuple[str, Label]]:
    columns = table.columns if table else ()
    return [(name, choose_text(question.columns.get(name, {}), language)) for name in columns]


def _field(parameter: Parameter, given: Mapping[str, str]) -> dict[str, object]:
    """Describe a form field: a list where the data know what there is to choose, else a line to write on."""
    language = get_texts().language
    return {
        "name": parameter.name,
        "title": choose_text(parameter.title, language),
        "description": choose_text(parameter.description, language),
        "required": parameter.required,
        "example": parameter.example or "",
        "value": given.get(parameter.name, parameter.default or ""),
        "options": _options(parameter),
        "type": {"integer": "number", "date": "date"}.get(parameter.kind, "text"),
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
    }


def _options(parameter: Parameter) -> list[tuple[str, str]]:
    """Return the values to choose from and their names; none where there are too many for a list."""
    if parameter.choices:
        language = get_texts().language
        return [(choice, choose_text(words, language).text) for choice, words in parameter.choices.items()]
    if parameter.kind not in ("concept", "resource"):
        return []
    things = find_values(get_site().store, parameter)
    if len(things) > _MOST_OPTIONS:
        return []
    names = get_names(set(things.values()))
    return [(value, names[thing].text) for value, thing in things.items()]
