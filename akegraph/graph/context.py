"""The JSON-LD 1.1 context of the vocabulary, made from the ontology: ``ontology/context.jsonld``.

With it a document says ``"onPath": "akev:path/1"`` and means ``ake:onPath <…/vocab/path/1>``. A relation takes an
IRI, a value property with a range that datatype; one without a range is a wording and takes a map by language, since
no range that OWL 2 RL allows stands for texts in a language. ``python -m akegraph.graph.context`` writes the file.
"""

from __future__ import annotations

import json
from typing import Any

from akegraph.errors import VocabularyError
from akegraph.files import write_file
from akegraph.graph.iris import PREFIXES
from akegraph.graph.loading import load_turtle, new_graph
from akegraph.graph.vocabulary import Term, Vocabulary, read_vocabulary
from akegraph.resources import resource

MEDIA_TYPE = "application/ld+json"

_KEYWORDS = {"id": "@id", "type": "@type", "graph": "@graph"}
_WORDING = {"@container": "@language"}
_LINK = {"@type": "@id"}
_OUTSIDE: dict[str, dict[str, str]] = {
    "skos:prefLabel": _WORDING,
    "skos:altLabel": _WORDING,
    "skos:hiddenLabel": _WORDING,
    "skos:definition": _WORDING,
    "skos:scopeNote": _WORDING,
    "skos:notation": {},
    "skos:inScheme": _LINK,
    "skos:topConceptOf": _LINK,
    "dcterms:title": _WORDING,
    "dcterms:identifier": {},
    "dcterms:source": _LINK,
    "dcterms:publisher": _LINK,
    "dcterms:license": _LINK,
    "dcterms:issued": {"@type": "xsd:date"},
    "dcat:startDate": {"@type": "xsd:date"},
    "dcat:endDate": {"@type": "xsd:date"},
}
"""Terms of others that data of this kind use, under their local names; ``publisher`` is a thing, not a name."""


def make_context(vocabulary: Vocabulary) -> dict[str, Any]:
    """Make the document: ``@context`` with the prefixes, the ontology's terms and a few of others.

    :raises VocabularyError: if a term is named like a keyword or a prefix, which would change what documents mean
    """
    entries: dict[str, Any] = {
        curie.partition(":")[2]: {"@id": curie, **coercion} for curie, coercion in _OUTSIDE.items()
    }
    for name, term in vocabulary.terms.items():
        if name in _KEYWORDS or name in PREFIXES:
            raise VocabularyError(f"ake:{name}: no term may have this name, the JSON-LD context uses it otherwise")
        entries[name] = {"@id": f"ake:{name}", **_coercion(term)}
    return {
        "@context": {
            "@version": 1.1,
            **_KEYWORDS,
            **dict(sorted(PREFIXES.items())),
            **{name: entry["@id"] if len(entry) == 1 else entry for name, entry in sorted(entries.items())},
        }
    }


def serialise_context(vocabulary: Vocabulary) -> bytes:
    """Write the context, the same bytes on every run."""
    return (json.dumps(make_context(vocabulary), ensure_ascii=False, indent=2) + "\n").encode()


def write_context() -> bool:
    """Write ``ontology/context.jsonld`` again from the ontology; return whether it changed."""
    vocabulary = read_vocabulary(load_turtle(resource("ontology", "akegraph.ttl")), new_graph())
    return write_file(resource("ontology") / "context.jsonld", serialise_context(vocabulary), force=True)


def _coercion(term: Term) -> dict[str, str]:
    if term.kind == "ObjectProperty":
        return _LINK
    if term.kind != "DatatypeProperty":
        return {}
    if not term.ranges:
        return _WORDING
    space = PREFIXES["xsd"]
    # xsd:string is what a JSON string is anyway; a coercion to it would only make the literal look typed
    datatype = term.ranges[0].removeprefix(space)
    return {} if datatype == "string" else {"@type": f"xsd:{datatype}" if space in term.ranges[0] else term.ranges[0]}


if __name__ == "__main__":
    write_context()
