"""What is sent to a SPARQL service to bring it down: queries, addresses of other places, and bytes that are no HTTP."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote, urlencode

LIMIT = 10.0
"""Seconds that the service allows a query, by default."""
SLACK = 1.0
REFUSED = frozenset({400})
STOPPED = frozenset({503, 504, 413})
"""What has no end: 503 where others waited, 504 where nobody did, 413 where its answer grew."""
EVALUATED = STOPPED | {200}
"""What may end in time."""
ANY = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"


@dataclass(frozen=True, slots=True)
class Target:
    """What is attacked, and what must not be touched.

    :param url: of the canary
    :param file: of the canary, as an IRI
    """

    port: int
    url: str
    file: str


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is sent.

    :param send: returns the status, or 0 for a connection that was closed without an answer, and the body
    :param statuses: those that are right
    :param seconds: in which it is to be answered
    """

    name: str
    send: Callable[[Target], tuple[int, bytes]]
    statuses: frozenset[int]
    seconds: float = LIMIT + SLACK


def by_query(
    text: str | Callable[[Target], str], how: str = "post", **more: str
) -> Callable[[Target], tuple[int, bytes]]:
    """Send a query by the protocol.

    :param how: post (the text as the body), form or get
    :param more: further parameters, ``_`` for ``-``; an ``Accept`` header
    """
    accept = more.pop("accept", "*/*")

    def send(target: Target) -> tuple[int, bytes]:
        query = text(target) if callable(text) else text
        extra = {name.replace("_", "-"): value.format(url=target.url, file=target.file) for name, value in more.items()}
        headers = {"Accept": accept}
        connection = HTTPConnection("127.0.0.1", target.port, timeout=LIMIT + 10)
        with suppress_closing(connection):
            if how == "post":
                path = "/sparql" + (f"?{urlencode(extra)}" if extra else "")
                headers["Content-Type"] = "application/sparql-query"
                connection.request("POST", path, query.encode("utf-8", "surrogatepass"), headers)
            elif how == "form":
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                connection.request("POST", "/sparql", urlencode({"query": query, **extra}).encode(), headers)
            else:
                connection.request("GET", "/sparql?" + urlencode({"query": query, **extra}), None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        return 0, b""

    return send


@contextmanager
def suppress_closing(connection: HTTPConnection) -> Iterator[None]:
    """Take a connection that was closed for no answer."""
    try:
        with suppress(HTTPException, ConnectionError):
            yield
    finally:
        connection.close()


def by_socket(talk: Callable[[socket.socket], object]) -> Callable[[Target], tuple[int, bytes]]:
    """Send bytes as they are; the first answer counts."""

    def send(target: Target) -> tuple[int, bytes]:
        with socket.create_connection(("127.0.0.1", target.port), timeout=LIMIT + 10) as connection:
            with suppress(ConnectionError):
                talk(connection)
            answer = read_all(connection)
        found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
        return (int(found[1]) if found else 0), answer

    return send


def read_all(connection: socket.socket, most: int = 1 << 20) -> bytes:
    """Read until the other side has closed, or an answer is whole."""
    read = b""
    with suppress(ConnectionError):
        while len(read) < most and (part := connection.recv(65536)):
            read += part
            head, _, body = read.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if body and length and len(body) >= int(length[1]):
                break
    return read


def head_of(length: int | str, kind: str = "application/sparql-query", more: str = "") -> bytes:
    """Write the head of a POST."""
    return (
        f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n{more}Content-Length: {length}\r\n\r\n"
    ).encode()


def send_large(connection: socket.socket, *, chunked: bool) -> None:
    """Send a body of 100 MB."""
    chunk = b"x" * (1 << 20)
    if chunked:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: l\r\nContent-Type: application/sparql-query\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(100):
            connection.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        connection.sendall(b"0\r\n\r\n")
        return
    connection.sendall(head_of(100 << 20))
    for _ in range(100):
        connection.sendall(chunk)


def drip(connection: socket.socket, head: bytes, part: bytes) -> None:
    """Send a byte now and then, until the server has had enough."""
    connection.sendall(head)
    connection.settimeout(0.3)
    until = time.monotonic() + LIMIT + 5
    while time.monotonic() < until:
        connection.sendall(part)
        with suppress(TimeoutError):
            if connection.recv(1, socket.MSG_PEEK) is not None:
                break
    connection.settimeout(LIMIT)


def half_close(connection: socket.socket, request: bytes) -> None:
    """Send a request, then say that no more will come."""
    connection.sendall(request)
    connection.shutdown(socket.SHUT_WR)


def reset(connection: socket.socket, request: bytes) -> None:
    """Send a request, and reset the connection."""
    connection.sendall(request)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def deep(opening: str, closing: str, depth: int = 10_000, inside: str = "") -> str:
    """Nest."""
    return opening * depth + inside + closing * depth


def product(what: str, tail: str = "") -> str:
    """Write a query over all triples, three times."""
    return f"SELECT {what} WHERE {{ {ANY} {tail} }}"


def grow(function: str) -> str:
    """Write a query whose string doubles, or worse, with each BIND."""
    binds = ["BIND('aaaaaaaaaaaaaaaa' AS ?v0)"]
    for step in range(1, 12):
        before = f"?v{step - 1}"
        made = {
            "replace": f"REPLACE({before}, 'a', {before})",
            "concat": f"CONCAT({', '.join([before] * 40)})",
            "encode": f"ENCODE_FOR_URI(CONCAT({', '.join(['STR(' + before + ')', repr('äöå€')] * 20)}))",
        }[function]
        binds.append(f"BIND({made} AS ?v{step})")
    return f"SELECT (STRLEN(?v11) AS ?n) WHERE {{ {' '.join(binds)} }}"


def find_query_cases() -> Iterator[Case]:
    """Iterate over hostile queries."""
    nested = {
        "groups": "SELECT * WHERE " + deep("{", "}"),
        "groups, unclosed": "SELECT * WHERE " + "{" * 10_000,
        "groups at the limit of a parser": "SELECT * WHERE " + deep("{", "}", 2_300),
        "parentheses": f"SELECT ({deep('(', ')', inside='1')} AS ?x) {{}}",
        "not": f"SELECT ({'!' * 10_000}true AS ?x) {{}}",
        "minus": f"SELECT ({'- ' * 10_000}1 AS ?x) {{}}",
        "brackets": "SELECT * { ?s ?p " + deep("[ ?p ", "]", inside="1") + " }",
        "lists": "SELECT * { ?s ?p " + deep("(", ")", inside="1") + " }",
        "triple terms": "SELECT * { " + deep("<<( ?s ?p ", ")>>", inside="1") + " ?p ?o }",
        "functions": f"SELECT ({deep('STR(', ')', inside='1')} AS ?x) {{}}",
        "IF": "SELECT (" + "IF(true, 1, " * 10_000 + "1" + ")" * 10_000 + " AS ?x) {}",
        "path groups": "SELECT * { ?s " + deep("(", ")", inside="<a:b>") + " ?o }",
        "path stars": "SELECT * { ?s " + "(" * 90 + "<a:b>" + ")*" * 90 + " ?o }",
        "inverse": f"SELECT * {{ ?s {'^' * 10_000}<a:b> ?o }}",
        "OPTIONAL": "SELECT * WHERE { " + deep("OPTIONAL { ?s ?p ?o ", "}") + " }",
        "MINUS": "SELECT * WHERE { ?s ?p ?o " + deep("MINUS { ?s ?p ?o ", "}") + " }",
        "EXISTS": "SELECT * WHERE { ?s ?p ?o " + deep("FILTER EXISTS { ?s ?p ?o ", "}") + " }",
        "UNION": "SELECT * WHERE { {} " + "UNION {} " * 10_000 + "}",
        "sub-SELECT": deep("SELECT * WHERE { ", "}"),
        "GRAPH": "SELECT * WHERE { " + deep("GRAPH ?g { ", "}") + " }",
    }
    for name, text in nested.items():
        # what is nested by signs alone may be told apart from deep nesting by its parser
        yield Case(f"nested {name}", by_query(text), frozenset({400, 413}) | (EVALUATED if "stars" in name else set()))
    flat = {
        "||": "SELECT * { ?s ?p ?o FILTER(" + "||".join(["?s = 1"] * 9_000) + ") }",
        "+": "SELECT (" + "+".join(["1"] * 40_000) + " AS ?x) {}",
        "path /": "SELECT * { ?s " + "/".join(["<a:b>"] * 12_000) + " ?o }",
        "path |": "SELECT * { ?s " + "|".join(["<a:b>"] * 12_000) + " ?o }",
        "OPTIONALs": "SELECT * { " + "OPTIONAL { ?s ?p ?o } " * 4_000 + "}",
        "OPTIONALs of new variables": "SELECT * { "
        + " ".join(f"OPTIONAL {{ ?s{n} ?p{n} ?o{n} }}" for n in range(2_000))
        + "}",
        "MINUSes": "SELECT * { ?s ?p ?o " + "MINUS { ?s ?p 1 } " * 5_000 + "}",
        "FILTER EXISTS": "SELECT * { ?s ?p ?o " + "FILTER EXISTS { ?s ?p ?o } " * 3_000 + "}",
        "BINDs": "SELECT * { " + " ".join(f"BIND({n} AS ?x{n})" for n in range(4_000)) + "}",
        "BIND chain": "SELECT * { BIND(1 AS ?x0) "
        + " ".join(f"BIND(?x{n} + ?x{n} AS ?x{n + 1})" for n in range(2_500))
        + "}",
        "patterns": "SELECT * { " + " ".join(f"?s{n} ?p{n} ?s{n + 1} ." for n in range(4_000)) + "}",
        "VALUES": "SELECT * { VALUES ?x { " + "1 " * 49_000 + "} VALUES ?y { 1 2 3 } }",
        "VALUES product": "SELECT (COUNT(*) AS ?n) { "
        + " ".join(f"VALUES ?x{n} {{ {'1 2 3 4 5 6 7 8 9 ' * 20} }}" for n in range(12))
        + "}",
        "IN": "SELECT * { ?s ?p ?o FILTER(?o IN (" + ",".join(["1"] * 45_000) + ")) }",
        "prefixes": "".join(f"PREFIX p{n}: <http://e/{n}> " for n in range(3_000)) + "ASK {}",
        "select list": "SELECT " + " ".join(f"({n} AS ?v{n})" for n in range(5_000)) + " {}",
        "GROUP BY": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY " + " ".join(f"(?s = {n})" for n in range(4_000)),
        "ORDER BY": "SELECT * { ?s ?p ?o } ORDER BY " + " ".join(f"(?s = {n})" for n in range(4_000)),
    }
    for name, text in flat.items():
        yield Case(f"long {name}", by_query(text), EVALUATED | {400})
    endless = {
        "product": product("*"),
        "product, counted": product("(COUNT(*) AS ?n)"),
        "product, distinct": product("DISTINCT ?a ?e ?i"),
        "product, ordered": product("*", "") + " ORDER BY ?c ?f ?i",
        "product, ordered, LIMIT 1": product("*") + " ORDER BY DESC(CONCAT(STR(?c), STR(?f), STR(?i))) LIMIT 1",
        "product, grouped": product("?a ?e (COUNT(?i) AS ?n)") + " GROUP BY ?a ?e",
        "product, OFFSET": product("*") + " OFFSET 2000000000 LIMIT 1",
        "product, filtered": product("*", "FILTER(?a = ?d && ?d = ?g && ?a != ?d)"),
        "product, NOT EXISTS": product("*", "FILTER NOT EXISTS { ?a ?e ?i }") + " OFFSET 900000000",
        "product, MINUS": f"SELECT (COUNT(*) AS ?n) {{ {ANY} MINUS {{ ?a ?e ?i }} }}",
        "product of sub-SELECTs": "SELECT (COUNT(*) AS ?n) { "
        + " ".join(f"{{ SELECT ?s{n} ?p{n} ?o{n} {{ ?s{n} ?p{n} ?o{n} }} ORDER BY ?o{n} }}" for n in range(3))
        + " }",
        "product of UNIONs": "SELECT (COUNT(*) AS ?n) { " + "{ { ?s ?p ?o } UNION { ?a ?b ?c } } " * 6 + "}",
        "product of OPTIONALs": "SELECT * { "
        + " ".join(f"OPTIONAL {{ ?s{n} ?p{n} ?o{n} }}" for n in range(8))
        + " } OFFSET 900000000",
        "CONSTRUCT, huge LIMIT": f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {ANY} }} LIMIT 999999999",
        "CONSTRUCT of blank nodes": f"CONSTRUCT {{ [] ?e [] . [] ?b [ ?e [] ] }} WHERE {{ {ANY} }} LIMIT 300000",
        "DESCRIBE of all": f"DESCRIBE * WHERE {{ {ANY} }}",
        "ASK": f"ASK {{ {ANY} FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) < 3) }}",
        "path clique": "SELECT (COUNT(*) AS ?n) { ?a (<x:y>|!<x:y>)* ?b . ?c (<x:y>|!<x:y>)* ?d . ?e !(<x:y>)* ?f }",
        "path of stars": "SELECT (COUNT(*) AS ?n) { ?a ((<x:y>|!<x:y>)*/(^<x:y>|!<x:y>)*)* ?b . ?c ?d ?e . ?f ?g ?h }",
        "path of inverses": "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^!<x:y>)* ?b . ?b (!<x:y>|^!<x:y>)* ?c . ?c ?d ?e }",
        "regex": product("*", "FILTER(REGEX(CONCAT(STR(?c), STR(?f), STR(?i)), '^(a+)+(b|c)*d$', 'i'))"),
        "REPLACE bomb": grow("replace"),
        "CONCAT bomb": grow("concat"),
        "ENCODE_FOR_URI bomb": grow("encode"),
        "GROUP_CONCAT bomb": "SELECT (STRLEN(GROUP_CONCAT(CONCAT(STR(?a), STR(?f), STR(?i)))) AS ?n) { " + ANY + " }",
        "GROUP_CONCAT DISTINCT": "SELECT (GROUP_CONCAT(DISTINCT CONCAT(STR(?a), STR(?f), STR(?i))) AS ?n) { "
        + ANY
        + " }",
        "SAMPLE and AVG": "SELECT (AVG(STRLEN(STR(?i))) AS ?x) (SAMPLE(?a) AS ?y) (MAX(?c) AS ?z) { " + ANY + " }",
        "hashes": product("(SHA512(CONCAT(STR(?a), STR(?d))) AS ?x)") + " OFFSET 900000000",
        "UUIDs": product("DISTINCT (UUID() AS ?x)"),
        "LATERAL": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c LATERAL { ?d ?e ?f LATERAL { ?g ?h ?i } } }",
    }
    for name, text in endless.items():
        yield Case(f"endless {name}", by_query(text), STOPPED | ({400} if "LATERAL" in name else set()))
        if name in ("product", "CONSTRUCT, huge LIMIT"):
            yield Case(f"endless {name}, page", by_query(text, "get", accept="text/html"), STOPPED)
            yield Case(f"endless {name}, csv", by_query(text, "form", accept="text/csv, text/turtle"), STOPPED)
    large = {
        "half a million rows": "SELECT ?x ?y { ?x ?p ?o . ?y ?q ?r } LIMIT 400000",
        "a hundred thousand rows": "SELECT ?x ?p ?y ?q { ?x ?p ?o . ?y ?q ?r } LIMIT 100000",
        "a hundred thousand triples": "CONSTRUCT { ?x ?p ?y } { ?x ?p ?o . ?y ?q ?r } LIMIT 3000000",
        "rows of nothing": f"SELECT ?nothing {{ {ANY} }}",
        "regex over long text": "SELECT (REGEX('" + "a" * 60_000 + "', '^(a*)*(a*)*(a*)*$') AS ?x) {}",
        "regex, large": f"SELECT (REGEX('{'a' * 300}', '(a{{0,1000}}){{0,1000}}b') AS ?x) {{}}",
        "regex, alternatives": "SELECT (REGEX(STR(?o), '" + "|".join(["(a|b|c)*d"] * 5_000) + "') AS ?x) { ?s ?p ?o }",
        "numbers": f"SELECT ({'9' * 50_000} * {'9' * 40_000} AS ?x) {{}}",
        "exponents": "SELECT (1e999999999 AS ?x) (1.0E-999999999 * 1e308 AS ?y) {}",
        "dates": "SELECT ('999999999999999-01-01'^^<http://www.w3.org/2001/XMLSchema#date> AS ?x) {}",
        "empty SUBSTR": "SELECT (SUBSTR('abc', -9223372036854775808, 9223372036854775807) AS ?x) {}",
        "division": "SELECT (1 / 0 AS ?x) (-9223372036854775808 / -1 AS ?y) (ABS(-9223372036854775808) AS ?z) {}",
        "null": "SELECT ('\x00' AS ?x) {}",
        "bidirectional marks": "SELECT ('\u202e\u2066\ufeff\U0010ffff' AS ?x) {}",
    }
    for name, text in large.items():
        yield Case(name, by_query(text), EVALUATED | {400})
        yield Case(f"{name}, page", by_query(text, "form", accept="text/html"), EVALUATED | {400})
        yield Case(f"{name}, page again", by_query(text, "get", accept="text/html"), EVALUATED | {400, 414})
    yield Case("half of a surrogate pair", by_query("ASK { ?s ?p '\ud800' }"), REFUSED)
    yield Case("too long a query", by_query("ASK {} #" + "x" * 100_001), frozenset({400, 413}))
    yield Case("too long an address", by_query("ASK {} #" + "x" * 100_000, "get"), frozenset({400, 414}))
    yield Case("nothing", by_query(""), REFUSED | {503})


def find_outbound_cases() -> Iterator[Case]:
    """Iterate over queries that ask for other places."""
    services = {
        "plain": "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
        "silent": "SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
        "mixed case": "SELECT * {{ sErViCe sIlEnT <{url}> {{ ?s ?p ?o }} }}",
        "escaped": "SELECT * {{ \\u0053ERVICE <{url}> {{ ?s ?p ?o }} }}",
        "escaped long": "SELECT * {{ S\\U00000045RV\\u0049CE <{url}> {{ ?s ?p ?o }} }}",
        "between comments": "SELECT * {{ #\nSERVICE#x\n<{url}>#\n{{ ?s ?p ?o }} }}",
        "by variable": "SELECT * {{ VALUES ?x {{ <{url}> }} SERVICE ?x {{ ?s ?p ?o }} }}",
        "by prefix": "PREFIX e: <{url}> SELECT * {{ SERVICE e: {{ ?s ?p ?o }} }}",
        "glued": "PREFIX e: <{url}> SELECT * {{ SERVICEe: {{ ?s ?p ?o }} }}",
        "glued to a number": "SELECT * {{ ?s ?p 1SERVICE<{url}>{{}} }}",
        "as a prefix": "PREFIX SERVICE: <{url}> SELECT * {{ SERVICE SERVICE: {{ ?s ?p ?o }} }}",
        "in a sub-SELECT": "SELECT * {{ {{ SELECT ?s {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }} }}",
        "in EXISTS": "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }}",
        "in OPTIONAL": "SELECT * {{ OPTIONAL {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }}",
        "in GRAPH": "SELECT * {{ GRAPH ?g {{ SERVICE <{url}> {{ ?s ?p ?o }} }} }}",
        "in CONSTRUCT": "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
        "to a file": "SELECT * {{ SERVICE <{file}> {{ ?s ?p ?o }} }}",
        "relative": "BASE <{url}> SELECT * {{ SERVICE <x> {{ ?s ?p ?o }} }}",
        "after less than": "SELECT * {{ ?s ?p ?o FILTER(?s<'x>' || true) SERVICE <{url}> {{}} FILTER('a'='a') }}",
        "after an escaped quote": "SELECT * {{ FILTER('\\u0027' = '') SERVICE <{url}> {{}} FILTER('' = '\\u0027') }}",
        "behind an escaped end of line": "SELECT * {{ # \\u000a SERVICE <{url}> {{ ?s ?p ?o }} \n }}",
        "full width": "SELECT * {{ \uff33ERVICE <{url}> {{ ?s ?p ?o }} }}",
    }
    for name, text in services.items():
        yield Case(f"SERVICE {name}", by_query(lambda target, text=text: fill(text, target)), REFUSED)
    updates = (
        "LOAD <{url}>", "LOAD <{file}>", "LOAD SILENT <{url}> INTO GRAPH <a:b>", "\\u004cOAD <{url}>", "loAd#\n<{url}>",
        "CLEAR ALL", "DROP ALL", "INSERT DATA {{ <a:b> <a:b> <a:b> }}", "DELETE WHERE {{ ?s ?p ?o }}",
        "PREFIX LOAD: <a:b> LOAD <{url}>", "ASK {{}} ; LOAD <{url}>", "ASK {{}} LOAD <{url}>", "BASE <{url}> LOAD <x>",
        "WITH <a:b> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p ?o }} USING <{url}> WHERE {{ ?s ?p ?o }}",
    )  # fmt: skip
    for text in updates:
        yield Case(f"update {text[:30]!r}", by_query(lambda target, text=text: fill(text, target)), REFUSED)
    yield Case("update as such", by_update("update=CLEAR+ALL", "application/x-www-form-urlencoded"), frozenset({403}))
    yield Case("update as a body", by_update("CLEAR ALL", "application/sparql-update"), frozenset({403}))
    datasets = {
        "FROM": "SELECT * FROM <{url}> {{ ?s ?p ?o }}",
        "FROM file": "SELECT * FROM <{file}> {{ ?s ?p ?o }}",
        "FROM NAMED": "SELECT * FROM NAMED <{url}> FROM NAMED <{file}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "FROM relative": "BASE <{file}> SELECT * FROM <> {{ ?s ?p ?o }}",
        "GRAPH": "SELECT * {{ {{ GRAPH <{url}> {{ ?s ?p ?o }} }} UNION {{ GRAPH <{file}> {{ ?a ?b ?c }} }} }}",
        "DESCRIBE": "DESCRIBE <{url}> <{file}> FROM <{file}>",
        "escaped FROM": "SELECT * \\u0046ROM <{file}> {{ ?s ?p ?o }}",
    }
    for name, text in datasets.items():
        yield Case(name, by_query(lambda target, text=text: fill(text, target)), frozenset({200, 400, 503}))
    for name in ("default_graph_uri", "named_graph_uri"):
        for what in ("{url}", "{file}", "file:///etc/passwd", "\\\\host\\share", "a b", "x" * 9_000):
            send = by_query("SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", "get", **{name: what})
            yield Case(f"{name}={what[:20]}", send, frozenset({200, 400, 503}))
    for path in (
        "/graph-store?graph={url}", "/graph-store?graph={file}", "/static/../../../etc/passwd", "/static/%2e%2e/app.py",
        "/static//etc/passwd", "/..%2f..%2fetc%2fpasswd", "/sparql?query=%00", "/%00", "/sparql?query=%ff%fe",
        "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", "/sparql?" + "a=1&" * 5_000, "/queries/../../x",
        "/id/" + "x/" * 9_000,
        "/sparql?query=ASK%7B%7D&format=../../x", "//example.org/sparql", "http://example.org/sparql?query=ASK%7B%7D",
    ):  # fmt: skip
        statuses = frozenset({200, 301, 308, 400, 404, 414})
        yield Case(f"GET {path[:30]}", by_address(path), statuses)


def fill(text: str, target: Target) -> str:
    """Put the canary's addresses into a text."""
    return text.format(url=target.url, file=target.file)


def by_update(body: str, kind: str) -> Callable[[Target], tuple[int, bytes]]:
    """Send an update by the protocol."""
    return by_socket(lambda connection: connection.sendall(head_of(len(body), kind) + body.encode()))


def by_address(path: str) -> Callable[[Target], tuple[int, bytes]]:
    """Ask for an address as it is."""

    def send(target: Target) -> tuple[int, bytes]:
        filled = path.format(url=quote(target.url), file=quote(target.file))
        request = f"GET {filled} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1")
        return by_socket(lambda connection: connection.sendall(request))(target)

    return send


def find_socket_cases() -> Iterator[Case]:
    """Iterate over what is hostile below the protocol."""
    quick = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: l\r\n"
    endless = f"GET /sparql?query={quote(product('*', 'FILTER(?a = ?b)'))} HTTP/1.1\r\nHost: l\r\n\r\n".encode()
    chunked = head_of("0").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    late = frozenset({408})
    raw: dict[str, tuple[Callable[[socket.socket], object], frozenset[int]]] = {
        "100 MB": (lambda c: send_large(c, chunked=False), frozenset({413})),
        "100 MB in chunks": (lambda c: send_large(c, chunked=True), frozenset({413})),
        "a length without a body": (lambda c: c.sendall(head_of(1000)), late),
        "a body byte by byte": (lambda c: drip(c, head_of(1000), b"x"), late),
        "chunks byte by byte": (lambda c: drip(c, chunked, b"1\r\nx\r\n"), late),
        "a head byte by byte": (lambda c: drip(c, b"GET /sparql HTTP/1.1\r\nX: ", b"x"), late),
        "headers line by line": (lambda c: drip(c, b"GET / HTTP/1.1\r\n", b"X-A: b\r\n"), late),
        "nothing but half a line": (lambda c: c.sendall(b"GET"), late),
        "half-closed after a request": (lambda c: half_close(c, quick + b"\r\n"), frozenset({200})),
        "half-closed in a body": (lambda c: half_close(c, head_of(1000) + b"ASK"), REFUSED),
        "half-closed in a head": (lambda c: half_close(c, b"GET / HT"), REFUSED),
        "half-closed while it runs": (lambda c: half_close(c, endless), EVALUATED),
        "a flood of headers": (
            lambda c: c.sendall(quick + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 90) for n in range(9_000)) + b"\r\n"),
            frozenset({400, 431}),
        ),
        "one header of 1 MB": (lambda c: c.sendall(quick + b"X: " + b"y" * (1 << 20)), frozenset({400, 431})),
        "a line of 1 MB": (lambda c: c.sendall(b"GET /" + b"a" * (1 << 20)), frozenset({400, 414, 431})),
        "no HTTP": (lambda c: c.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), REFUSED),
        "another method": (lambda c: c.sendall(quick.replace(b"GET", b"BREW") + b"\r\n"), frozenset({400, 405, 501})),
        "two lengths": (lambda c: c.sendall(head_of("5\r\nContent-Length: 6") + b"ASK {}"), REFUSED),
        "a negative length": (lambda c: c.sendall(head_of(-1) + b"ASK {}"), REFUSED),
        "a length in words": (lambda c: c.sendall(head_of("many") + b"ASK {}"), REFUSED),
        "length and chunks": (
            lambda c: c.sendall(head_of(6, more="Transfer-Encoding: chunked\r\n") + b"6\r\nASK {}\r\n0\r\n\r\n"),
            frozenset({200, 400}),
        ),
        "a chunk of no size": (lambda c: c.sendall(chunked + b"zz\r\nASK {}\r\n0\r\n\r\n"), REFUSED),
        "a chunk of a huge size": (lambda c: c.sendall(chunked + b"f" * 16 + b"\r\nASK"), frozenset({400, 413, 408})),
        "a chunk of a negative size": (lambda c: c.sendall(chunked + b"-6\r\nASK {}\r\n0\r\n\r\n"), REFUSED),
        "another coding of the body": (
            lambda c: c.sendall(head_of(6, more="Content-Encoding: gzip\r\n") + b"\x1f\x8bxxxx"),
            frozenset({415}),
        ),
        "another transfer coding": (
            lambda c: c.sendall(chunked.replace(b"chunked", b"gzip") + b"x"),
            frozenset({400, 501}),
        ),
        "a multipart form": (
            lambda c: c.sendall(head_of(6, "multipart/form-data; boundary=x") + b"--x\r\n\r"),
            frozenset({415}),
        ),
        "pipelined": (lambda c: c.sendall((quick + b"\r\n") * 300), frozenset({200})),
        "gone at once": (lambda c: reset(c, endless), frozenset({0})),
        "Accept of 60 kB": (
            lambda c: c.sendall(quick + b"Accept: " + b"a/b;q=0.1," * 6_000 + b"\r\n\r\n"),
            frozenset({200, 400, 406}),
        ),
        "Range and If-None-Match": (
            lambda c: c.sendall(quick + b"Range: bytes=0-0,1-1\r\nIf-None-Match: " + b'"a",' * 9_000 + b"\r\n\r\n"),
            frozenset({200, 206, 400, 416}),
        ),
    }  # fmt: skip
    for name, (talk, statuses) in raw.items():
        yield Case(name, closing(by_socket(talk)) if name == "gone at once" else by_socket(talk), statuses)


def closing(send: Callable[[Target], tuple[int, bytes]]) -> Callable[[Target], tuple[int, bytes]]:
    """Take a connection that we closed ourselves for no answer."""

    def sent(target: Target) -> tuple[int, bytes]:
        with suppress(OSError):
            return send(target)
        return 0, b""

    return sent


def find_cases() -> tuple[Case, ...]:
    """Return every case."""
    return (*find_query_cases(), *find_outbound_cases(), *find_socket_cases())
