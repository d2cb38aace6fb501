"""What an evaluation found → the bytes of an answer, the same whether it was found here or by another server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    serialize,
)

from akegraph.errors import ResultTooLargeError
from akegraph.store.base import Answer, Kind, choose_format
from akegraph.store.rows import count_rows

_RESULTS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_GRAPHS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
}
_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def write_answer(
    results: QuerySolutions | QueryBoolean | Iterable[Triple],
    accept: Sequence[str] | None,
    prefixes: Mapping[str, str],
    limit: int | None,
    rows: int | None = None,
) -> Answer:
    """Serialise what was found in the first form that is wished for.

    Triples are written in sorted order, blank nodes named by RDFC-1.0, so that the bytes are the same each time.

    :param accept: media types, best first; see :func:`choose_format`
    :param limit: bytes of the answer, where there is to be a limit
    :param rows: rows, or triples, of the answer, likewise
    :raises NotAcceptableError: if no wish fits
    :raises ResultTooLargeError: if the answer grew beyond a limit
    """
    kind: Kind = "graph"
    if isinstance(results, QuerySolutions):
        kind = "select"
    elif isinstance(results, QueryBoolean):
        kind = "ask"
    form, media_type = choose_format(accept, kind)
    sink = _Sink(limit)
    if isinstance(results, QuerySolutions | QueryBoolean):
        results.serialize(sink, _RESULTS[form.name])  # type: ignore[arg-type]  # needs write only
    else:
        triples, keys = _sorted(results, limit, rows)
        used = {
            prefix: space
            for prefix, space in prefixes.items()
            if any(f"<{space}" in part for key in keys for part in key)
        }
        serialize(triples, sink, _GRAPHS[form.name], prefixes=used)  # type: ignore[arg-type]  # needs write only
    body = b"".join(sink.chunks)
    if kind == "select" and rows is not None:
        check_rows(count_rows(body, form.name, rows), rows)
    return Answer(body, media_type, kind)


class _Sink:
    """Where a serialiser writes, until it is too much."""

    def __init__(self, limit: int | None) -> None:
        self.chunks: list[bytes] = []
        self._limit = limit
        self._size = 0

    def write(self, chunk: bytes) -> int:
        self._size += len(chunk)
        check_size(self._size, self._limit)
        self.chunks.append(bytes(chunk))
        return len(chunk)

    def flush(self) -> None:
        """Do nothing: what is written is there."""


def check_size(size: int, limit: int | None) -> None:
    """Stop an answer that grows beyond its limit.

    :raises ResultTooLargeError: if it does
    """
    if limit is not None and size > limit:
        raise ResultTooLargeError(f"the answer was stopped at {limit} bytes; ask for less, with LIMIT for example")


def check_rows(count: int, limit: int | None) -> None:
    """Stop an answer of more rows or triples than its limit.

    :raises ResultTooLargeError: if it has more
    """
    if limit is not None and count > limit:
        raise ResultTooLargeError(f"the answer has more than {limit} rows; ask for less, with LIMIT for example")


_Key = tuple[str, str, str, str]


def _sorted(results: Iterable[Triple], limit: int | None, rows: int | None) -> tuple[list[Triple], list[_Key]]:
    """Sort triples by subject, types first; stop when they, or their N-Triples, are too many."""
    keyed: dict[_Key, Triple] = {}
    size, blank = 0, False
    for triple in results:
        key = _key(triple)
        size += len(key[0]) + len(key[2]) + len(key[3]) + 5
        check_size(size, limit)
        blank = blank or key[0].startswith("_:") or key[3].startswith(("_:", "<<"))
        keyed[key] = triple
        check_rows(len(keyed), rows)
    if blank:
        dataset = Dataset(Quad(triple.subject, triple.predicate, triple.object) for triple in keyed.values())
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        keyed = {_key(quad.triple): quad.triple for quad in dataset}
    keys = sorted(keyed)
    return [keyed[key] for key in keys], keys


def _key(triple: Triple) -> _Key:
    predicate = str(triple.predicate)
    return str(triple.subject), "" if predicate == _RDF_TYPE else predicate, predicate, str(triple.object)
