"""HTTP to the letter, over a raw socket: what no client library would send."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import quote

import pytest
from w3c_http import served
from web_site import make_site

from akegraph.settings import Settings
from akegraph.web import create_app

ASK = "ASK%20%7B%7D"
DIRECT = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
ECHO = 'SELECT ("{}" AS ?x) {{}}'


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(create_app(make_site(), Settings())) as port:
        yield port


def exchange(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes as they are and read one answer to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        received = b""
        while chunk := connection.recv(1 << 16):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        assert name.lower() not in headers, f"{name} twice"
        headers[name.lower()] = value
    return int(status.split()[1]), headers, body


def get(port: int, target: str, *headers: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    lines = [f"{method} {target} HTTP/1.1", "Connection: close", *headers]
    if not any(header.startswith("Host:") for header in headers):
        lines.append("Host: localhost")
    return exchange(port, "\r\n".join([*lines, "", ""]).encode())


def post(port: int, body: bytes, content_type: str, *headers: str) -> tuple[int, dict[str, str], bytes]:
    lines = ["POST /sparql HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Type: {content_type}", *headers]
    if not any(header.startswith("Transfer-Encoding") for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return exchange(port, "\r\n".join([*lines, "", ""]).encode() + body)


def value(body: bytes) -> str:
    return str(json.loads(body)["results"]["bindings"][0]["x"]["value"])


def test_every_answer_has_a_date_and_names_no_versions(port: int) -> None:
    status, headers, body = get(port, f"/sparql?query={ASK}")
    assert status == 200
    assert json.loads(body)["boolean"] is True
    assert headers["date"].endswith("GMT")
    assert headers["server"] == "akegraph"


def test_absolute_form(port: int) -> None:
    assert get(port, f"http://localhost/sparql?query={ASK}")[0] == 200


@pytest.mark.parametrize(
    ("accepts", "wanted"),
    [
        (["text/csv", "application/sparql-results+xml;q=0.5"], "text/csv; charset=utf-8"),
        (["image/png", "application/sparql-results+xml"], "application/sparql-results+xml"),
        (["application/sparql-results+json;q=0", "*/*"], "application/sparql-results+xml"),
    ],
)
def test_accept_in_several_headers(port: int, accepts: list[str], wanted: str) -> None:
    query = quote(ECHO.format(1))
    status, headers, _ = get(port, f"/sparql?query={query}", *(f"Accept: {accept}" for accept in accepts))
    assert (status, headers["content-type"]) == (200, wanted)


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "PUT", "DELETE", "PATCH", "FOO", "get"])
@pytest.mark.parametrize("path", ["/sparql", "/graph-store", "/graph/ontology", "/void"])
def test_methods_that_there_are_not(port: int, method: str, path: str) -> None:
    status, headers, body = get(port, path, "X-Secret: abc", method=method)
    if method == "get":  # waitress reads methods in any case
        assert status in (200, 400, 405)
        return
    assert status == 405
    allowed = {one.strip() for one in headers["allow"].split(",")}
    assert allowed == {"GET", "HEAD", "OPTIONS"} | ({"POST"} if path == "/sparql" else set())
    assert b"abc" not in body


def test_options_and_preflight(port: int) -> None:
    status, headers, body = get(
        port, "/sparql", "Origin: https://e.example", "Access-Control-Request-Method: POST", method="OPTIONS"
    )
    assert (status, body) == (200, b"")
    assert headers["content-length"] == "0"
    assert headers["access-control-allow-origin"] == "*"
    assert "POST" in headers["access-control-allow-methods"]
    assert "content-type" in headers["access-control-allow-headers"].lower()
    assert headers["accept-post"].split(", ") == [DIRECT, FORM]
    status, headers, _ = get(port, "/graph-store", method="OPTIONS")
    assert "POST" not in headers["access-control-allow-methods"]
    assert "accept-post" not in headers


def test_a_long_address_is_414_and_its_query_fits_a_body(port: int) -> None:
    query = ECHO.format("x" * 70_000)
    assert get(port, f"/sparql?query={quote(query)}")[0] == 414
    assert get(port, f"/{'x' * 70_000}")[0] == 414
    status, _, body = post(port, query.encode(), DIRECT)
    assert status == 200
    assert len(value(body)) == 70_000


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a+b", "a b"),
        ("a%2Bb", "a+b"),
        ("a%252Bb", "a%2Bb"),
        ("a%2541", "a%41"),
        ("%C3%A4%E2%82%AC", "ä€"),
        ("%EF%BF%BD", "\ufffd"),
        ("%zz", "%zz"),
        ("a;b=c", "a;b=c"),
    ],
)
def test_parameters_are_decoded_once(port: int, written: str, meant: str) -> None:
    encoded = quote(ECHO, safe="{}").replace("{{}}", "%7B%7D").replace("{}", written)
    for status, _, body in (get(port, f"/sparql?query={encoded}"), post(port, f"query={encoded}".encode(), FORM)):
        assert status == 200, body
        assert value(body) == meant


def test_a_query_in_the_body_is_not_decoded(port: int) -> None:
    for text in ("a+b", "a%2Bb", "ä€", "\ufffd"):
        status, _, body = post(port, ECHO.format(text).encode(), f'{DIRECT}; charset="UTF-8"')
        assert status == 200
        assert value(body) == text


def test_a_byte_order_mark_is_no_part_of_a_query(port: int) -> None:
    query = b"\xef\xbb\xbf" + ECHO.format("x").encode()
    assert post(port, query, DIRECT)[0] == 200
    assert post(port, b"query=" + quote(query).encode(), FORM)[0] == 200


@pytest.mark.parametrize(
    ("body", "content_type", "headers", "status"),
    [
        (b"query=ASK%20%7B%20FILTER('%FF'%20%3D%20'x')%20%7D", FORM, (), 400),
        (b"query=ASK%20%7B%20FILTER('%EF%BF%BD'%20%3D%20'x')%20%7D", FORM, (), 200),
        (b"query=\xff", FORM, (), 400),
        (b"ASK { ?s ?p '\xff' }", DIRECT, (), 400),
        (b"\xff\xfeA\x00S\x00K\x00", DIRECT, (), 400),
        ("ASK {}".encode("utf-16"), f"{DIRECT}; charset=utf-16", (), 415),
        (b"query=ASK%20%7B%7D", f"{FORM}; charset=iso-8859-1", (), 415),
        (gzip.compress(b"ASK {}", mtime=0), DIRECT, ("Content-Encoding: gzip",), 415),
        (gzip.compress(b"x" * 10_000_000, mtime=0), DIRECT, ("Content-Encoding: gzip",), 415),
        (b"ASK {}", DIRECT, ("Content-Encoding: identity",), 200),
        (b"ASK {}", "multipart/form-data; boundary=x", (), 415),
        (b"ASK {}", "application/json", (), 415),
        (b"ASK {}", "", (), 415),
        (b"", DIRECT, (), 400),
        (b"", FORM, (), 400),
        (b"query=ASK%20%7B%7D&query=ASK%20%7B%7D", FORM, (), 400),
        (b"query=ASK%20%7B%7D&unknown=1&timeout=5", FORM, (), 200),
        (b"&".join([b"a=b"] * 1001), FORM, (), 400),
        (b"#" * 2_000_000, DIRECT, (), 413),
        (b"6\r\nASK {}\r\n0\r\n\r\n", DIRECT, ("Transfer-Encoding: chunked",), 200),
    ],
)
def test_bodies(port: int, body: bytes, content_type: str, headers: tuple[str, ...], status: int) -> None:
    found, answered, said = post(port, body, content_type, *headers)
    assert found == status, said
    if status >= 400:
        assert answered["content-type"] == "application/problem+json"
        assert json.loads(said)["status"] == status
    if status == 415:
        assert DIRECT in answered["accept-post"]
    if status == 415 and headers:
        assert answered["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "target",
    [
        f"/sparql?query={ASK}&format=%0d%0aX-Injected:%20yes",
        "/graph-store?graph=https://e.example/%0d%0aX-Injected:%20yes",
        "/graph/x%0d%0aX-Injected:%20yes",
        "/id/x%0d%0aX-Injected:%20yes",
        "/data/graph/x%0d%0aX-Injected:%20yes.ttl",
        "/.well-known/void?%0d%0aX-Injected:%20yes",
        f"/sparql?query={ASK}&default-graph-uri=a:%0d%0aX-Injected:%20yes",
    ],
)
def test_no_header_can_be_injected(port: int, target: str) -> None:
    for accept in ("text/turtle", "text/html", "*/*"):
        status, headers, _ = get(port, target, f"Accept: {accept}")
        assert "x-injected" not in headers
        assert status < 500


@pytest.mark.parametrize("host", ['a"b', "a<b>", "", "a b", "[", "xn--\u00e4"])
def test_a_host_that_is_none(port: int, host: str) -> None:
    for path in ("/sparql", "/void"):
        status, headers, body = get(port, path, f"Host: {host}", "Accept: text/turtle")
        assert status == 400 or (status == 200 and b"<http:///" not in body)
        assert "x-injected" not in headers


def test_a_syntax_error_is_told_with_its_place(port: int) -> None:
    status, _, body = get(port, f"/sparql?query={quote('SELECT * {' + chr(10) + '  ?s ?p }')}")
    assert status == 400
    assert "line 2, column 10" in json.loads(body)["detail"]


def test_a_connection_is_kept_whatever_the_answer(port: int) -> None:
    client = HTTPConnection("127.0.0.1", port, timeout=20)
    client.request("GET", f"/sparql?query={ASK}")
    first = client.getresponse()
    body, kept, tag = first.read(), client.sock, first.headers["ETag"]
    assert json.loads(body)["boolean"] is True
    for method, headers, status in (
        ("GET", {"If-None-Match": tag}, 304),
        ("HEAD", {}, 200),
        ("OPTIONS", {}, 200),
        ("GET", {"Accept": "image/png"}, 406),
        ("GET", {}, 200),
    ):
        client.request(method, f"/sparql?query={ASK}", headers=headers)
        answer = client.getresponse()
        assert (answer.status, answer.read() == body) == (status, method == "GET" and status == 200)
        assert client.sock is kept is not None
    client.request("GET", f"/sparql?query={ASK}", headers={"If-None-Match": tag, "Connection": "close"})
    answer = client.getresponse()
    assert (answer.status, answer.headers["Connection"]) == (304, "close")
    client.close()


@pytest.mark.parametrize("length", [0, 1, 65_000, 66_000, 99_000])
def test_answers_of_every_length_arrive_whole(port: int, length: int) -> None:
    status, headers, body = post(port, ECHO.format("x" * length).encode(), DIRECT)
    assert status == 200
    assert len(body) == int(headers["content-length"])
    assert value(body) == "x" * length
