"""A question: its words, its parameters and its SPARQL, which users' texts enter as terms only."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from akegraph.errors import BadParameterError, close
from akegraph.queries.binding import bind_terms
from akegraph.queries.choosing import find_close
from akegraph.queries.parameters import LONGEST, Parameter, Text, shorten
from akegraph.store.base import Store, Term


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A question of the catalogue.

    :param name: the stem of its file, in every door
    :param question: the question it answers, as a sentence
    :param columns: what each column of the answer means
    :param text: the SPARQL without the header; every parameter unbound
    :param caution: what a reader must know before comparing the rows; empty where nothing need be said
    """

    name: str
    title: Text
    question: Text
    description: Text
    tags: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    columns: Mapping[str, Text]
    text: str
    caution: Text = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<NamedQuery: {self.name}({', '.join(self.parameters)})>"

    def bind(self, values: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return the SPARQL with the users' texts as terms in their places.

        :param values: texts by parameter name; what is not given takes its default or stays unbound
        :raises BadParameterError: if a value is missing, not asked for, or not of its parameter's kind
        """
        return bind_terms(self.text, {name: [term] for name, term in self.to_terms(values).items()})

    def check_known(self, store: Store, values: Mapping[str, str]) -> None:
        """Refuse a concept or a resource that the data do not know: a slip would look like an empty answer.

        :raises BadParameterError: if a value is not of its parameter's kind, or nothing is known of it; with the
            values that come close
        """
        for name, term in self.to_terms(values).items():
            parameter = self.parameters[name]
            if parameter.kind not in ("concept", "resource") or name not in values:
                continue
            if not store.ask(f"ASK {{ {term.to_ntriples()} ?p ?o }}"):
                matches = find_close(store, parameter, values[name], term)
                what = f"nothing is known as {shorten(values[name])}{close(matches)}"
                raise BadParameterError(name, what, query=self.name, matches=matches)

    def to_terms(self, values: Mapping[str, str]) -> dict[str, Term]:
        """Turn the users' texts, and the defaults of what is not given, into terms by parameter name.

        :raises BadParameterError: if a value is missing, not asked for, or not of its parameter's kind
        """
        for name in values:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "no parameters"
                matches = difflib.get_close_matches(name, self.parameters)
                what = f"is unknown{close(matches)}; known: {known}"
                raise BadParameterError(name[:LONGEST], what, query=self.name)
        terms: dict[str, Term] = {}
        for name, parameter in self.parameters.items():
            text = values.get(name, parameter.default)
            if text is None:
                if parameter.required:
                    what = f"is missing: {parameter.description['en'].rstrip('.')}"
                    example = f", for example {parameter.example}" if parameter.example else ""
                    raise BadParameterError(name, what + example, query=self.name)
                continue
            try:
                terms[name] = parameter.to_term(text)
            except BadParameterError as error:
                raise BadParameterError(error.name, error.what, query=self.name, matches=error.matches) from error
        return terms
