"""The catalogue as a page of documentation: ``docs/questions.md``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from shlex import quote
from urllib.parse import urlencode

from akegraph.queries.catalogue import QueryCatalogue
from akegraph.queries.competency import find_numbers
from akegraph.queries.named import NamedQuery
from akegraph.queries.parameters import Parameter

_HEAD = """# Ready questions

Made by `akegraph query --list --format markdown` from the headers of `queries/*.rq`; change those, not this page.

Each question is one file of plain SPARQL, and has the same name and parameters everywhere:

| where | how |
|---|---|
| terminal | `akegraph query NAME --PARAMETER VALUE`, with `--format` table, csv, tsv, json or xml, and `-o FILE` |
| Python | `akegraph.open().query("NAME", PARAMETER="VALUE")` (`docs/python.md`) |
| web page | `/queries/NAME`: a form, the answer below it, and its permanent address |
| programs | `/queries/NAME.json`, `.csv`, `.tsv`, `.xml`, or by `?format=` or `Accept`; described in `/openapi.json` |
| SPARQL | the file as it stands: for a parameter put a term in the place of `UNDEF` in `VALUES ?name { UNDEF }` |
| the graph | `<https://w3id.org/akegraph/id/query/NAME>` is a `sh:SPARQLSelectExecutable` with the file's text |

A value is a concept's notation or IRI, a thing's stable id or IRI, a whole number, a date such as 2026-12-31, or a
text; each parameter says what it must be. One that is missing, ill-typed or not known to the data is refused (exit code
2, or status 400) with those that come close. In the terminal, `--data FILE|PLAN` or `--store DIR|URL` ask others than
the plans that ship.

A table in the terminal has `x` and `xLabel` in one column: the id that a parameter takes, and the name. A page has the
name as a link. The other formats have every column.
"""


def document_queries(catalogue: QueryCatalogue) -> str:
    """Write the catalogue as Markdown: what is common to all questions, a list, and a section for each."""
    index = _table(
        ("question", "name", "tags"),
        ((query.question["en"], f"[`{name}`](#{name})", ", ".join(query.tags)) for name, query in catalogue.items()),
    )
    sections = [_document(query) for query in catalogue.values()]
    return "\n".join([_HEAD, *index, "", *(line for section in sections for line in section)]).rstrip() + "\n"


def _document(query: NamedQuery) -> list[str]:
    numbers = ", ".join(str(number) for number in find_numbers(query.name))
    lines = [f"## {query.name}", "", f"**{query.question['en']}**  ", f"*{query.question['fi']}*", ""]
    lines += [query.description["en"], ""]
    if query.caution:
        lines += [f"> **Caution.** {query.caution['en']}", ""]
    if numbers:
        lines += [f"Answers question {numbers} of `ontology/competency-questions.toml`.", ""]
    if query.parameters:
        rows = ((f"`{name}`", *_values(parameter)) for name, parameter in query.parameters.items())
        lines += [*_table(("parameter", "value", "meaning", "if not given", "example"), rows), ""]
    lines += [*_table(("column", "meaning"), ((f"`{name}`", text["en"]) for name, text in query.columns.items())), ""]
    return [*lines, "```", *_examples(query), "```", ""]


def _values(parameter: Parameter) -> tuple[str, str, str, str]:
    """Return what a parameter's value must be, what it means, what stands for none, and an example."""
    wanted: str = parameter.kind
    if parameter.scheme:
        wanted = f"concept of the scheme {parameter.scheme}"
    elif parameter.classes:
        wanted = " or ".join(parameter.classes)
    elif parameter.choices:
        wanted = ", ".join(f"`{choice}`" for choice in parameter.choices)
    elif parameter.minimum is not None or parameter.maximum is not None:
        wanted = f"integer {'' if parameter.minimum is None else parameter.minimum}–{parameter.maximum or ''}"
    missing = "refused" if parameter.required else parameter.default or "all"
    return wanted, parameter.description["en"], missing, f"`{parameter.example}`" if parameter.example else ""


def _examples(query: NamedQuery) -> list[str]:
    """Return the question with its examples, for the terminal and for the web."""
    values = {name: found.example for name, found in query.parameters.items() if found.example is not None}
    options = "".join(f" --{name} {quote(value)}" for name, value in values.items())
    address = f"/queries/{query.name}.csv" + (f"?{urlencode(values)}" if values else "")
    return [f"akegraph query {query.name}{options}", f"curl 'http://127.0.0.1:8000{address}'"]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]
