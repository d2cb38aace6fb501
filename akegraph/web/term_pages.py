"""What the pages about ontology, terms, schemes and concepts tell, as values for their templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from akegraph.graph.iris import ONTOLOGY, PREFIXES, shorten_iri
from akegraph.graph.vocabulary import KINDS, Alignment, Concept, Scheme, Term, Value, Vocabulary
from akegraph.queries.competency import Question
from akegraph.settings import Language
from akegraph.store.base import iri
from akegraph.validation.shapes import Rule
from akegraph.web.chain_diagram import Diagram, draw_across, draw_downwards, find_row
from akegraph.web.lookups import Statement, bind_terms, to_label
from akegraph.web.rendering import get_names, get_site, get_texts
from akegraph.web.resource_page import ResourcePage, make_resource_page
from akegraph.web.texts import Label, choose_label, choose_text

_SHOWN_FIRST = (
    "owl:versionInfo", "owl:versionIRI", "dcterms:license", "dcterms:rights", "dcterms:bibliographicCitation",
    "dcterms:creator", "dcterms:publisher", "dcterms:created", "dcterms:issued", "dcterms:modified",
    "owl:priorVersion", "owl:backwardCompatibleWith", "vann:preferredNamespacePrefix", "vann:preferredNamespaceUri",
)  # fmt: skip
_SHOWN_ELSEWHERE = (
    "rdf:type", "dcterms:title", "dcterms:description", "rdfs:label", "rdfs:comment", "skos:changeNote",
    "skos:historyNote",
)  # fmt: skip
_CHANGES = ("skos:changeNote", "skos:historyNote")
_OF_THE_TABLE = {PREFIXES["skos"] + name for name in ("prefLabel", "altLabel", "hiddenLabel", "definition", "notation")}

_IN_A_LIST = PREFIXES["rdf"] + "first"
"""A place in an ordered collection: its node has no name and no page."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The chain's diagram in both directions, the names in it and the properties that every arrow also is."""

    across: Diagram
    downwards: Diagram
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OntologyPage:
    """The values of ``vocabulary.html``.

    :ivar header: what the ontology says of itself: CURIE, name, values
    :ivar changes: what has changed, of the ontology and of each term that tells
    """

    iri: str
    title: Label
    description: Label | None
    version: str
    header: tuple[tuple[str, Label, tuple[Value, ...]], ...]
    changes: tuple[Value, ...]
    drawing: Drawing | None
    terms: Mapping[str, tuple[Term, ...]]
    schemes: tuple[Scheme, ...]
    alignments: Mapping[str, str]
    has_questions: bool
    names: Mapping[str, Label]


@dataclass(frozen=True, slots=True)
class Example:
    """An instance or a triple of the data, with the cell it was read from."""

    subject: str
    value: Label | None
    value_iri: str
    is_inferred: bool
    record: str
    page: str
    row: str


@dataclass(frozen=True, slots=True)
class TermPage:
    """The values of ``term.html``."""

    term: Term
    alignments: tuple[Alignment, ...]
    example: Example | None
    rules: tuple[tuple[Rule, str], ...]
    queries: tuple[tuple[str, Label], ...]
    questions: tuple[tuple[Question, Label], ...]
    names: Mapping[str, Label]


@dataclass(frozen=True, slots=True)
class SchemePage:
    """The values of ``term_scheme.html``; ``uses`` counts the activities by concept."""

    scheme: Scheme
    title: Label
    classes: tuple[str, ...]
    uses: Mapping[str, int]
    names: Mapping[str, Label]


@dataclass(frozen=True, slots=True)
class ConceptPage:
    """The values of ``term_concept.html``: the concept, and what any resource's page tells."""

    scheme: Scheme
    concept: Concept
    uses: int
    about: ResourcePage
    names: Mapping[str, Label]


def make_ontology_page() -> OntologyPage:
    """Gather the whole ontology, light enough for one page."""
    reference, language = get_site().reference, get_texts().language
    vocabulary = reference.vocabulary
    header = {shorten_iri(predicate): values for predicate, values in vocabulary.header.items()}
    things = {reached for term in vocabulary.terms.values() for reached in _reached(term)} | set(vocabulary.header)
    names = get_names(things | {scheme.head.iri for scheme in vocabulary.schemes.values()})
    order = [curie for curie in _SHOWN_FIRST if curie in header]
    order += [curie for curie in header if curie not in _SHOWN_FIRST and curie not in _SHOWN_ELSEWHERE]
    expanded = {shorten_iri(predicate): predicate for predicate in vocabulary.header}
    return OntologyPage(
        iri=str(ONTOLOGY),
        title=_choose(header.get("dcterms:title", ()), language) or Label(str(ONTOLOGY)),
        description=_choose(header.get("dcterms:description", ()), language),
        version=vocabulary.version,
        header=tuple((curie, names[expanded[curie]], _in_language(header[curie], language)) for curie in order),
        changes=tuple(value for curie in _CHANGES for value in header.get(curie, ())),
        drawing=_draw(vocabulary, names),
        terms={kind: tuple(term for term in vocabulary.terms.values() if term.kind == kind) for kind in KINDS},
        schemes=tuple(vocabulary.schemes.values()),
        alignments=reference.alignments,
        has_questions=bool(reference.questions),
        names=names,
    )


def make_term_page(term: Term) -> TermPage:
    """Gather all about one term: the ontology's axioms, an example, and what uses it."""
    site, language = get_site(), get_texts().language
    example = _find_example(term)
    things = set(_reached(term)) | ({example.subject, example.value_iri} - {""} if example else set())
    return TermPage(
        term=term,
        alignments=site.reference.aligned.get(term.iri, ()),
        example=example,
        rules=tuple((rule, rule.message(language) or "") for rule in site.reference.rules.get(term.name, ())),
        queries=tuple(
            (name, choose_text(site.catalogue[name].question, language))
            for name in site.reference.queries.get(term.name, ())
        ),
        questions=tuple(
            (question, choose_text(question.texts, language))
            for question in site.reference.questions
            if term.name in question.terms
        ),
        names=get_names(things),
    )


def make_scheme_page(scheme: Scheme) -> SchemePage:
    """Gather a scheme with its concepts, and how many activities use each."""
    classes = tuple(
        term.iri
        for term in get_site().reference.vocabulary.terms.values()
        if any(condition.value.text == scheme.head.iri for condition in term.equivalent)
    )
    names = get_names({scheme.head.iri, *classes})
    return SchemePage(scheme, names[scheme.head.iri], classes, _count_uses(scheme.concepts), names)


def make_concept_page(scheme: Scheme, concept: Concept, statements: tuple[Statement, ...]) -> ConceptPage:
    """Gather a concept: its wordings, which stand in a table, are left out of its statements."""
    about = make_resource_page(concept.iri, statements)
    about = replace(
        about,
        properties=tuple(prop for prop in about.properties if prop.iri not in _OF_THE_TABLE),
        mentions=tuple(prop for prop in about.mentions if prop.iri != _IN_A_LIST),
    )
    names = {**about.names, **get_names({scheme.head.iri, *concept.replaced_by})}
    return ConceptPage(scheme, concept, _count_uses([concept])[concept.iri], about, names)


def _count_uses(concepts: Iterable[Concept]) -> dict[str, int]:
    counts = {concept.iri: 0 for concept in concepts}
    if counts:
        text = bind_terms("uses", concept=[iri(concept) for concept in counts])
        for row in get_site().store.select(text).rows:
            counts[row["concept"].value] = int(row["activities"].value)
    return counts


def _find_example(term: Term) -> Example | None:
    rows = get_site().store.select(bind_terms("examples", term=[iri(term.iri)])).rows
    if not rows:
        return None
    row = rows[0]
    value = row.get("value")
    return Example(
        subject=row["subject"].value,
        value=None if value is None else to_label(value),
        value_iri=value.value if value is not None and value.kind == "iri" else "",
        is_inferred=row["inferred"].value == "1",
        record=row["record"].value if "record" in row else "",
        page=row["page"].value if "page" in row else "",
        row=row["row"].value if "row" in row else "",
    )


def _reached(term: Term) -> Iterable[str]:
    """Iterate over every IRI that a page about a term shows."""
    yield term.iri
    yield from chain(term.supers, term.subs, term.domains, term.ranges, term.domain_of, term.range_of, term.inverses)
    yield from chain(term.disjoint, term.replaced_by, *term.chains, *(links for _, links in term.in_chains))
    yield from (prop for prop, _ in term.in_chains)
    for condition in (*term.conditions, *term.equivalent):
        yield from filter(None, (condition.property, condition.value.text if condition.value.is_iri else ""))
    for value in (*term.sources, *term.see_also, *term.examples, *term.notes):
        if value.is_iri:
            yield value.text


def _draw(vocabulary: Vocabulary, names: Mapping[str, Label]) -> Drawing | None:
    across = draw_across(vocabulary, lambda thing: names[thing].text)
    downwards = draw_downwards(vocabulary, lambda thing: names[thing].text)
    if across is None or downwards is None:
        return None
    also = tuple(prop.iri for prop in find_row(vocabulary)[1] if "Transitive" not in prop.characters)
    return Drawing(across, downwards, also)


def _in_language(values: tuple[Value, ...], language: Language) -> tuple[Value, ...]:
    """Keep of texts in several languages the best one, and all that have no language."""
    worded = [value for value in values if value.language]
    best = _choose(worded, language)
    return tuple(value for value in values if not value.language or best == Label(value.text, value.language))


def _choose(values: Iterable[Value], language: Language) -> Label | None:
    return choose_label((Label(value.text, value.language) for value in values if not value.is_iri), language)
