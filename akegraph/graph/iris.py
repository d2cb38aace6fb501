"""The IRIs of akegraph: one base, and the only functions that mint.

``ontology#Term`` for terms, ``vocab/<scheme>/<notation>`` for concepts, ``id/<kind>/<id>`` for data and
``graph/…`` for named graphs. An IRI is opaque to everything else: what a thing is, the graph says.
The base is not registered at w3id.org yet.
"""

from __future__ import annotations

import re
from typing import Literal

from rdflib import Namespace, URIRef

BASE = "https://w3id.org/akegraph/"

ONTOLOGY = URIRef(BASE + "ontology")
AKE_NS = Namespace(BASE + "ontology#")
AKEV = Namespace(BASE + "vocab/")
AKEID = Namespace(BASE + "id/")
AKESH = Namespace(BASE + "shape#")
GRAPHS = Namespace(BASE + "graph/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
SPDX = Namespace("http://spdx.org/rdf/terms#")

Kind = Literal[
    "activity", "area", "document", "evaluation", "framework", "goal", "impact", "indicator", "indicator-set",
    "indicator-value", "organisation", "outcome", "output", "pathway", "period", "plan", "query", "record",
]  # fmt: skip

PREFIXES: dict[str, str] = {
    "ake": str(AKE_NS),
    "akeid": str(AKEID),
    "akesh": str(AKESH),
    "akev": str(AKEV),
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "eli": str(ELI),
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": str(SPDX),
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def is_stable_id(text: str) -> bool:
    """Tell whether a text may stand in an IRI as a stable id: lower-case letters, digits, inner hyphens."""
    return _ID.fullmatch(text) is not None


def mint_resource(kind: Kind, stable_id: str) -> URIRef:
    """Mint the IRI of a thing in the data from its stable id.

    :raises ValueError: if the id is none (callers check their input first)
    """
    if not is_stable_id(stable_id):
        raise ValueError(f"{stable_id!r} is not a stable id")
    return AKEID[f"{kind}/{stable_id}"]


def mint_record(stable_id: str, column: str) -> URIRef:
    """Mint the IRI of the source record of one cell."""
    return mint_resource("record", f"{stable_id}-{column}")


def graph_name(
    kind: Literal["ontology", "schemes", "reference", "plan", "inferred", "catalogue"], name: str = ""
) -> URIRef:
    """Return the name of a named graph, such as ``graph/plan/<id>``."""
    return GRAPHS[f"{kind}/{name}" if name else kind]


def shorten_iri(iri: str) -> str:
    """Write an IRI with the longest prefix that fits, for people to read; as it is where none does."""
    fits = [(prefix, space) for prefix, space in PREFIXES.items() if iri.startswith(space)]
    if not fits:
        return str(iri)
    prefix, space = max(fits, key=lambda fit: len(fit[1]))
    return f"{prefix}:{iri[len(space) :]}"
