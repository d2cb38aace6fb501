"""What a request carries, read strictly: parameters decoded once and as UTF-8, bodies of two types and plain."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import BadRequest, RequestURITooLarge, UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
ACCEPT_POST = f"{QUERY}, {FORM}"
LONGEST_ADDRESS = 1 << 16
"""Bytes of an address; what is longer is sent by POST."""

_UTF8 = {"utf-8", "utf8", "us-ascii"}
_MOST_PARAMETERS = 1000
_BYTE_ORDER_MARK = "\ufeff"

Parameters = Sequence[tuple[str, str]]


class RefusedBodyError(UnsupportedMediaType):
    """A body of a type or a coding that is not read, with the headers that say which are."""

    def __init__(self, what: str, **headers: str) -> None:
        super().__init__(what)
        self._headers = [(name.replace("_", "-"), value) for name, value in headers.items()]

    def get_headers(self, *arguments: object) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return [*super().get_headers(*arguments), *self._headers]  # type: ignore[arg-type]  # passed on as it came


def check_address() -> None:
    """Look at the address of the request at hand, before anything is made of it.

    :raises RequestURITooLarge: if it is too long
    """
    environ = request.environ
    if len(environ.get("QUERY_STRING", "")) + len(environ.get("PATH_INFO", "")) > LONGEST_ADDRESS:
        raise RequestURITooLarge(f"an address has at most {LONGEST_ADDRESS} bytes; send a long query by POST")


def read_address() -> Parameters:
    """Read the parameters of the address; see :func:`parse_address`."""
    return parse_address(request.environ.get("QUERY_STRING", ""))


def parse_address(raw: str) -> Parameters:
    """Read the parameters of an address, what stands after its question mark.

    :raises BadRequest: if they are not UTF-8
    """
    return _decode(raw.encode("latin-1"))


def read_form() -> Parameters:
    """Read the parameters of a form in the body.

    :raises BadRequest: if they are not UTF-8
    :raises RefusedBodyError: if it is compressed or of another charset
    """
    return _decode(_body())


def read_text() -> str:
    """Read the body as text; a byte order mark before it is none of it.

    :raises BadRequest: if it is not UTF-8
    :raises RefusedBodyError: if it is compressed or of another charset
    """
    try:
        return _body().decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise BadRequest(f"the query is not UTF-8 at byte {error.start}") from error


def find_all(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Return every value of a parameter, in order."""
    return tuple(value for key, value in parameters if key == name)


def _body() -> bytes:
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        raise RefusedBodyError(
            f"a body is sent as it is, not in the coding {coding!r}",
            Accept_Encoding="identity",
            Accept_Post=ACCEPT_POST,
        )
    if request.mimetype_params.get("charset", "utf-8").lower() not in _UTF8:
        raise RefusedBodyError("a body is sent as UTF-8", Accept_Post=ACCEPT_POST)
    return request.get_data(cache=False)


def _decode(raw: bytes) -> Parameters:
    """Decode ``application/x-www-form-urlencoded`` once."""
    try:
        found = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError as error:
        raise BadRequest("a parameter is not UTF-8") from error
    except ValueError as error:
        raise BadRequest(f"a request has at most {_MOST_PARAMETERS} parameters") from error
    return [(key, value.removeprefix(_BYTE_ORDER_MARK)) for key, value in found]
