from __future__ import annotations

import pytest

from akegraph.errors import ResultTooLargeError
from akegraph.settings import Settings
from akegraph.store.base import FORMATS
from akegraph.store.embedded import EmbeddedStore
from akegraph.store.rows import count_rows
from akegraph.store.workers import WorkerPool

TABLES = [known for known in FORMATS if known.name in ("json", "xml", "csv", "tsv")]
GRAPHS = [known for known in FORMATS if "graph" in known.kinds]
VALUES = r"""VALUES ?a { 1 UNDEF "x\n},{}\"" "}},{" "<result>" "\r\n\"" <a:b> "\\\"},{\\" }"""


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (f"SELECT ?a ?b {{ {VALUES} VALUES ?b {{ 1 'z,' }} }}", 16),
        (f"SELECT ?nothing {{ {VALUES} }}", 8),
        ("SELECT * { {} UNION {} UNION {} }", 3),
        ("SELECT ?x { VALUES ?x { <<( <a:a> <a:b> '},{' )>> 1 } }", 2),
        ("SELECT ?x { FILTER(false) }", 0),
        ("SELECT ?x { BIND('' AS ?x) }", 1),
    ],
)
def test_rows_are_counted_whatever_is_in_them(table: object, text: str, rows: int) -> None:
    body = EmbeddedStore().query(text, accept=[table.media_type]).body  # type: ignore[attr-defined]
    if rows:
        assert count_rows(body, table.name, 0) == rows  # type: ignore[attr-defined]
    for limit in range(rows, rows + 3):
        EmbeddedStore(result_rows=limit).query(text, accept=[table.media_type])  # type: ignore[attr-defined]
    if rows > 1:
        with pytest.raises(ResultTooLargeError, match=f"more than {rows - 1} rows"):
            EmbeddedStore(result_rows=rows - 1).query(text, accept=[table.media_type])  # type: ignore[attr-defined]


@pytest.mark.parametrize("graph", GRAPHS)
def test_triples_are_counted(graph: object) -> None:
    text = "CONSTRUCT { <a:b> <a:c> ?x, ?x } { VALUES ?x { 1 2 3 } }"
    EmbeddedStore(result_rows=3).query(text, accept=[graph.media_type])  # type: ignore[attr-defined]
    with pytest.raises(ResultTooLargeError, match="more than 2 rows"):
        EmbeddedStore(result_rows=2).query(text, accept=[graph.media_type])  # type: ignore[attr-defined]


def test_a_worker_has_the_limit() -> None:
    data = b"".join(b"<a:%d> <a:b> 'c' .\n" % number for number in range(20))
    with WorkerPool(data, Settings(workers=1, result_rows=19)) as pool:
        with pytest.raises(ResultTooLargeError, match="LIMIT"):
            pool.query("SELECT * { ?s ?p ?o }")
        assert len(pool.select("SELECT * { ?s ?p ?o } LIMIT 19").rows) == 19
