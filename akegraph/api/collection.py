"""A collection of plans that can be asked: what :func:`akegraph.open` gives."""

from __future__ import annotations

import datetime
import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, get_args, overload

from rdflib import Dataset, Graph, URIRef
from rdflib.term import Node

from akegraph.api.answers import Answer, make_answer
from akegraph.api.listings import (
    ACTIVITY_COLUMNS,
    CHAIN_COLUMNS,
    PLAN_COLUMNS,
    Activity,
    Listing,
    Plan,
    make_activity,
    make_plans,
    question_columns,
)
from akegraph.chains import Chain, Facet, Step, find_chain, find_chains
from akegraph.errors import BadParameterError, UnknownResourceError
from akegraph.graph.iris import AKEID, PREFIXES
from akegraph.graph.loading import new_graph
from akegraph.pipeline.asking import ask_sparql
from akegraph.pipeline.deriving import Reason
from akegraph.pipeline.opening import Opened, Place, find_source, open_source
from akegraph.queries import NamedQuery, load_queries, say
from akegraph.settings import Language, Settings, read_settings
from akegraph.store.base import MEDIA_TYPES, Term, decode_solutions
from akegraph.validation import ValidationReport

Thing = Plan | Activity | Chain | Step | Facet
Argument = str | int | datetime.date | Thing | Term
"""What a parameter takes: text as in the terminal, a whole number, a date, or the thing itself."""

_PLAN_IRIS = str(AKEID["plan/"])


class Collection:
    """Plans, and all that is known with them, in one place that answers questions; made by :func:`open_collection`.

    It is called so because a library knows what a collection is: several works held together, described in one
    catalogue. A *dataset* is what rdflib calls the copy that :meth:`to_rdflib` makes, and a *library* takes part in
    activities here.

    Use it in a ``with``, or close it: behind it stand processes or a connection.
    """

    def __init__(self, opened: Opened, language: Language) -> None:
        self._opened, self._language = opened, language

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        source = self._opened.source
        what = {"plans": "plans", "files": "files", "folder": "store", "endpoint": "endpoint"}[source.kind]
        # An address may hold a password.
        named = _join(source.places) if source.kind != "endpoint" else getattr(self._opened.store, "name", "")
        return f"<Collection: {what} {named or 'that ship with akegraph'}>"

    def close(self) -> None:
        """Give back processes and memory; no question is answered afterwards."""
        self._opened.close()

    @property
    def plans(self) -> Listing[Plan]:
        """The plans, by the first day of their period; ``akeid:plan/…``, resources of the class ``ake:Plan``.

        Made-up plans are among them where the source has any; their ``synthetic`` says so.
        """
        text = (Path(__file__).parent / "sparql" / "plans.rq").read_text(encoding="utf-8")
        return Listing(make_plans(self._opened.store.select(text)), PLAN_COLUMNS, "Plans")

    @property
    def questions(self) -> Listing[NamedQuery]:
        """The ready questions that :meth:`query` answers, by name."""
        return Listing(load_queries().values(), question_columns(self._language), "Questions")

    def activities(
        self,
        *,
        plan: str | Plan | None = None,
        path: Argument | None = None,
        task: Argument | None = None,
        level: Argument | None = None,
        area: Argument | None = None,
        year: int | str | None = None,
    ) -> Listing[Activity]:
        """List activities, by plan and row; ``akeid:activity/…``, resources of the class ``ake:Activity``.

        :param plan: only of this plan: its id, its IRI or itself
        :param path: only on this path: a notation such as ``2``, an IRI or a facet of a chain
        :param task: only under this statutory task, such as ``support``
        :param level: only with exactly this participation level, 1 to 5
        :param area: only of plans that cover this area, such as ``pirkanmaa``
        :param year: only of plans that cover this year
        :raises BadParameterError: if a value is not of its kind, or nothing is known of it
        :raises UnknownResourceError: if there is no such plan; with the ids that come close
        """
        chains = self.chains(plan=plan, path=path, task=task, level=level, area=area, year=year)
        return Listing([make_activity(chain) for chain in chains], ACTIVITY_COLUMNS, "Activities")

    def chain(self, activity: str | Activity) -> Chain:
        """Find the impact chain of one activity, from its task to its goals, with the cells that state each step.

        :param activity: its stable id, its IRI, a plan's id and a row as in ``ake-tampere-2026/8``, or itself
        :raises BadParameterError: if it is none of them
        :raises UnknownResourceError: if there is no such activity; with the ids that come close
        """
        return find_chain(self._opened.store, to_text("activity", activity), statements=True)

    def chains(
        self,
        *,
        through: Argument | None = None,
        plan: str | Plan | None = None,
        path: Argument | None = None,
        task: Argument | None = None,
        level: Argument | None = None,
        area: Argument | None = None,
        year: int | str | None = None,
    ) -> Listing[Chain]:
        """Find the impact chains of all activities, or of those that the filters leave; see :meth:`activities`.

        :param through: only chains through this element, and of each the part that goes through it: ``kind/id`` as in
            ``goal/okm-2026-2``, an IRI, or a step of another chain
        :raises BadParameterError: if a value is not of its kind, or nothing is known of it
        :raises UnknownResourceError: if there is no such plan or element; with what comes close
        """

        def text(name: str, value: Argument | None) -> str | None:
            return None if value is None else to_text(name, value)

        found = find_chains(
            self._opened.store,
            text("plan", plan),
            through=text("through", through),
            path=text("path", path),
            task=text("task", task),
            level=text("level", level),
            area=text("area", area),
            year=text("year", year),
        )
        return Listing(found, CHAIN_COLUMNS, "Chains")

    def query(self, name: str, /, **parameters: Argument | None) -> Answer:
        """Answer a ready question, the same as ``akegraph query NAME`` and the web do.

        :param name: its name; :attr:`questions` lists all
        :param parameters: values by the names of its parameters; None is none given
        :raises UnknownQueryError: if there is no such question; with names that come close
        :raises BadParameterError: if a parameter is missing, unknown or not of its kind, or nothing is known of it
        """
        question = load_queries().get_query(name)
        texts = {key: to_text(key, value) for key, value in parameters.items() if value is not None}
        text = question.bind(texts)
        question.check_known(self._opened.store, texts)
        return make_answer(
            self._opened.store.select(text),
            title=say(question.question, self._language),
            meanings={column: say(meaning, self._language) for column, meaning in question.columns.items()},
            caution=say(question.caution, self._language) if question.caution else "",
        )

    def sparql(self, text: str) -> Answer | bool | Graph:
        """Evaluate a SPARQL 1.1 query; akegraph's prefixes need no declaration.

        :returns: a table for SELECT, a truth for ASK, a new graph for CONSTRUCT and DESCRIBE
        :raises QuerySyntaxError: if it is no SPARQL, with line and column
        :raises QueryRefusedError: if it is an update, asks another server, or is too long or too deep
        :raises QueryTimeoutError, ResultTooLargeError: if it was stopped
        """
        answer = ask_sparql(self._opened.store, text, [MEDIA_TYPES["json"], MEDIA_TYPES["ntriples"]])
        if answer.kind == "select":
            return make_answer(decode_solutions(answer.body))
        if answer.kind == "ask":
            return bool(json.loads(answer.body)["boolean"])
        return new_graph().parse(data=answer.body, format="nt")

    def validate(self, plan: str | Plan | None = None) -> ValidationReport:
        """Validate what is asserted against akegraph's shapes; a report that does not conform is an answer, no error.

        :param plan: report on this plan only, the others are what it is validated among
        :raises UnknownResourceError: if there is no such plan; with the ids that come close
        """
        report = self._opened.validate(None if plan is None else self._find_plan(plan).identifier)
        return replace(report, language=self._language)

    @overload
    def to_rdflib(self) -> Dataset: ...

    @overload
    def to_rdflib(self, plan: str | Plan) -> Graph: ...

    def to_rdflib(self, plan: str | Plan | None = None) -> Dataset | Graph:
        """Copy everything into a new dataset of rdflib, or one plan's asserted triples into a new graph.

        The copy belongs to the caller: changing it changes nothing here. From a store on disk or an endpoint, numbers
        and dates come in canonical form.

        :returns: with all named graphs (``graph/plan/…``, ``graph/inferred/…``, ``graph/reference`` …), or the graph
            that holds the plan
        :raises UnknownResourceError: if there is no such plan; with the ids that come close
        :raises ResultTooLargeError: if a graph is larger than an answer may be (``AKEGRAPH_RESULT_SIZE``)
        """
        if plan is not None:
            return self._opened.copy_plan(URIRef(self._find_plan(plan).iri))
        dataset = Dataset(default_union=True)
        for prefix, space in PREFIXES.items():
            dataset.bind(prefix, space)
        for name, graph in self._opened.copy_graphs().items():
            target = dataset.default_graph if name is None else dataset.graph(name)
            for triple in graph:
                target.add(triple)
        return dataset

    def explain(self, triple: str | tuple[object, object, object]) -> tuple[Reason, ...]:
        """Explain why a triple holds: the cell that states it, or the rule that gives it and its premises.

        :param triple: as Turtle writes it (``akeid:activity/uvcd5635 ake:leadsTo akeid:goal/okm-2026-2``), or three
            terms of rdflib, things of this collection or IRIs
        :returns: the ways in which it holds, the shortest first
        :raises BadParameterError: if it is no triple
        :raises UnknownTripleError: if it neither stands in the data nor follows from them; with the terms nobody knows
        """
        text = triple if isinstance(triple, str) else " ".join(_to_turtle(part) for part in triple)
        return self._opened.explain(text, self._language)

    def _find_plan(self, wanted: str | Plan) -> Plan:
        """Find a plan by its id or IRI, or itself in this collection."""
        text = to_text("plan", wanted)
        plans = {plan.iri: plan for plan in self.plans}
        for name in (text, _PLAN_IRIS + text.removeprefix("plan/")):
            if name in plans:
                return plans[name]
        known = [plan.identifier for plan in plans.values()]
        raise UnknownResourceError(text, difflib.get_close_matches(text, known) or known[:3])


def open_collection(
    source: Place | Iterable[Place] | None = None,
    *,
    store: Place | None = None,
    data: Place | Iterable[Place] = (),
    language: Language | None = None,
    settings: Settings | None = None,
) -> Collection:
    """Open plans to ask questions of; with nothing given, those that ship with akegraph.

    ::

        with akegraph.open() as collection:
            for activity in collection.activities(path=2):
                print(activity.label)

    :param source: the name or folder of a plan, a folder of such folders, a file of RDF (Turtle, TriG, N-Triples,
        N-Quads, RDF/XML, JSON-LD; named graphs are kept), several of these, the folder of an Oxigraph store, or the
        address of a SPARQL 1.1 endpoint
    :param store: the same, said by name: the folder of a store, or an address
    :param data: the same: files of RDF
    :param language: of names and texts that exist in several: fi, sv or en; the settings say it otherwise
    :param settings: limits of time, memory and size; read from ``AKEGRAPH_*`` otherwise
    :raises BadParameterError: if more than one of source, store and data is given, or the language is none of the three
    :raises SourceError, MappingError, GraphSyntaxError: if plans or files cannot be read
    :raises StoreError: if there is no store, or its folder is broken
    :raises RemoteStoreError: if an endpoint cannot be reached
    """
    if language not in (None, *get_args(Language)):
        raise BadParameterError("language", f"{language!r} is none of {', '.join(get_args(Language))}")
    settings = settings or read_settings()
    opened = open_source(find_source(source, store=store, data=data), settings)
    return Collection(opened, language or settings.language)


def _join(places: Sequence[str]) -> str:
    """Name places; of many the first and how many more."""
    return ", ".join(places) if len(places) < 3 else f"{places[0]} and {len(places) - 1} more"


def to_text(name: str, value: object) -> str:
    """Write a value as the text that stands for it in the terminal.

    :raises BadParameterError: if nothing of its type can be a parameter
    """
    match value:
        case str():
            return str(value)
        case bool():
            pass
        case int():
            return str(value)
        case datetime.datetime():
            pass
        case datetime.date():
            return value.isoformat()
        case Chain():
            return value.activity
        case Plan() | Activity() | Step() | Facet():
            return value.iri
        case Term():
            return f"{value.value}@{value.language}" if value.language else value.value
    kinds = "text, a whole number, a date, or a plan, an activity, a step or a facet"
    raise BadParameterError(name, f"{value!r} is a {type(value).__name__}; it takes {kinds}")


def _to_turtle(part: object) -> str:
    """Write one term of a triple as Turtle."""
    if isinstance(part, Node):
        return part.n3()
    if isinstance(part, Term):
        return part.to_ntriples()
    text = to_text("triple", part)
    return f"<{text}>" if text.startswith(("http://", "https://", "urn:")) else text
