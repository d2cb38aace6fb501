"""What a page about a resource tells: a sentence, chain, source, findings, statements, data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from akegraph.chains import Chain, path_colour
from akegraph.graph.iris import AKE_NS, BASE, PREFIXES, mint_resource, shorten_iri
from akegraph.store.base import Term
from akegraph.terms import AKE
from akegraph.web.board import Goal, make_steps, named_things, row_anchor
from akegraph.web.findings import FindingView, find_findings
from akegraph.web.lookups import SourceRow, Statement, find_column, find_source_rows, to_label
from akegraph.web.rendering import get_names, get_site, get_texts
from akegraph.web.texts import Label

_TYPE = PREFIXES["rdf"] + "type"
_LITERAL_NOISE = {PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString"}
_MOST_INWARD = 60
_CONCEPT_KINDS = {"StatutoryTask", "Path", "ParticipationLevel", "EvaluationTiming", "PlanColumn"}


@dataclass(frozen=True, slots=True)
class Value:
    """An object of a statement: a thing with a name, or a text."""

    label: Label
    iri: str | None
    inferred: bool
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A property with its values."""

    iri: str
    label: Label
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """Where on a board the one chain of a resource stands."""

    path: str
    label: Label
    row: int | None


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """The values of the template ``resource.html``."""

    iri: str
    title: Label
    kind: str
    kind_label: Label | None
    kind_iri: str
    plan: str | None
    board: BoardPlace | None
    colour: int
    chain: tuple[tuple[str, tuple[Goal, ...]], ...]
    activities: tuple[str, ...]
    rows: tuple[SourceRow, ...]
    findings: tuple[FindingView, ...]
    properties: tuple[Property, ...]
    mentions: tuple[Property, ...]
    mentions_left: int
    synthetic: bool
    names: Mapping[str, Label]


def make_resource_page(resource: str, statements: tuple[Statement, ...]) -> ResourcePage:
    """Gather what is known of a resource.

    :param statements: what :func:`akegraph.web.lookups.find_statements` found
    """
    site, texts = get_site(), get_texts()
    activities = _activities(resource)
    chain = site.chain_of.get(activities[0]) if len(activities) == 1 else None
    rows = find_source_rows(site.store, resource)
    outward = [statement for statement in statements if not statement.inward]
    inward = [statement for statement in statements if statement.inward and not statement.inferred]
    things = {resource, *activities, *(row.document for row in rows)}
    things |= {iri for statement in (*outward, *inward[:_MOST_INWARD]) for iri in _iris(statement)}
    names = get_names(things | (named_things([chain]) if chain else set()))
    kind_iri = _kind(outward)
    is_plan = kind_iri == AKE_NS + "Plan"
    return ResourcePage(
        iri=resource,
        title=names[resource],
        kind=kind_iri.rpartition("#")[2],
        kind_label=names.get(kind_iri),
        kind_iri=kind_iri,
        plan=resource.rpartition("/")[2] if is_plan else None,
        board=_board_place(chain, names, site.plans) if chain else None,
        colour=_colour(chain),
        chain=make_steps(chain, names, texts) if chain else (),
        activities=activities if len(activities) > 1 and not is_plan else (),
        rows=rows,
        findings=find_findings(site.reports, resource, names, texts),
        properties=_group(outward, names),
        mentions=_group(inward[:_MOST_INWARD], names),
        mentions_left=max(0, len(inward) - _MOST_INWARD),
        synthetic=any(made.property == str(AKE.isSynthetic) and made.other.value == "true" for made in outward),
        names=names,
    )


def _activities(resource: str) -> tuple[str, ...]:
    return find_column(get_site().store, "activities", "activity", resource=[Term("iri", resource)])


def _iris(statement: Statement) -> Iterable[str]:
    yield statement.property
    if statement.other.kind == "iri":
        yield statement.other.value


def _kind(outward: Iterable[Statement]) -> str:
    """Choose the class to call a resource by: an asserted one of ours, a concept's inferred one, any."""
    classes = [statement for statement in outward if statement.property == _TYPE and statement.other.kind == "iri"]

    def order(statement: Statement) -> tuple[int, str]:
        name = statement.other.value.removeprefix(str(AKE_NS))
        ours = name != statement.other.value
        return (0 if ours and not statement.inferred else 1 if name in _CONCEPT_KINDS else 2, name)

    return min(classes, key=order).other.value if classes else ""


def _board_place(chain: Chain, names: Mapping[str, Label], plans: Iterable[str]) -> BoardPlace | None:
    plan = next((plan for plan in plans if str(mint_resource("plan", plan)) == chain.plan), None)
    if plan is None:
        return None
    return BoardPlace(f"/plan/{plan}#{row_anchor(chain)}", names[chain.plan], chain.row)


def _colour(chain: Chain | None) -> int:
    return path_colour(chain.path.rank or 1) if chain and chain.path else 0


def _group(statements: Iterable[Statement], names: Mapping[str, Label]) -> tuple[Property, ...]:
    """Group statements by property: what is asserted first, the type before all."""
    grouped: dict[str, list[Value]] = {}
    for statement in statements:
        grouped.setdefault(statement.property, []).append(_value(statement, names))
    properties = [
        Property(
            iri,
            names.get(iri) or Label(shorten_iri(iri)),
            tuple(sorted(values, key=lambda value: (value.inferred, value.label.text))),
        )
        for iri, values in grouped.items()
    ]
    return tuple(
        sorted(
            properties, key=lambda p: (p.values[0].inferred, p.iri != _TYPE, not p.iri.startswith(BASE), p.label.text)
        )
    )


def _value(statement: Statement, names: Mapping[str, Label]) -> Value:
    term = statement.other
    if term.kind == "iri":
        return Value(names.get(term.value) or Label(shorten_iri(term.value)), term.value, statement.inferred)
    if term.kind == "blank":
        return Value(Label("…"), None, statement.inferred)
    datatype = "" if term.datatype is None or term.datatype in _LITERAL_NOISE else shorten_iri(term.datatype)
    return Value(to_label(term), None, statement.inferred, datatype)
