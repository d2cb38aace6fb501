"""What every answer carries: security, access from other origins, an ETag, gzip where it is wished for."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from akegraph.web.caching import SMALLEST_GZIPPED, ReadyResponse, compress
from akegraph.web.negotiation import accepts_gzip
from akegraph.web.parameters import ACCEPT_POST

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Allow, Content-Location, ETag, Link, Retry-After",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""Of every answer."""
KEPT = {
    **{name: value for name, value in HEADERS.items() if name != "Referrer-Policy"},
    "Cache-Control": "no-cache",
    "Vary": "Accept, Accept-Encoding",
}
"""Of every answer that is kept: use it again, but ask first whether it still holds. Nobody follows a link from it."""
_ASKED_WITH = "Accept, Accept-Language, Content-Type, If-None-Match"
_LARGEST_GZIPPED = 16 << 20
"""Bytes above which gzip takes longer than a client should wait."""
_SECONDS_ALLOWED = "86400"
_TEXTUAL = ("json", "xml", "javascript", "sparql-query", "n-triples", "n-quads", "trig")


def finish(response: Response) -> Response:
    """Add to a response what is still missing."""
    if isinstance(response, ReadyResponse):
        return response
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS" and response.status_code == HTTPStatus.OK:
        return _allow(response)
    is_known = not response.is_streamed and not response.direct_passthrough
    zipped = is_known and _is_textual(response) and SMALLEST_GZIPPED <= len(response.get_data()) <= _LARGEST_GZIPPED
    if zipped:
        response.vary.add("Accept-Encoding")
        zipped = accepts_gzip(request.headers.get("Accept-Encoding", "")) and "Content-Encoding" not in response.headers
    if request.method in ("GET", "HEAD") and response.status_code == HTTPStatus.OK:
        response.headers.setdefault("Cache-Control", "no-cache")
        if is_known:
            response.add_etag()
            tag, is_weak = response.get_etag()
            if zipped and tag is not None and not is_weak:
                response.set_etag(f"{tag}-gzip")
        response.make_conditional(request)
    if zipped and response.status_code != HTTPStatus.NOT_MODIFIED:
        response.set_data(compress(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _allow(response: Response) -> Response:
    """Answer what an address can be asked, also to a browser that asks for a page of another origin."""
    allowed = response.headers.get("Allow", "GET, HEAD, OPTIONS")
    response.headers.pop("Content-Type", None)
    response.headers["Access-Control-Allow-Methods"] = allowed
    response.headers["Access-Control-Allow-Headers"] = _ASKED_WITH
    response.headers["Access-Control-Max-Age"] = _SECONDS_ALLOWED
    if "POST" in allowed and request.endpoint == "protocol.sparql":
        response.headers["Accept-Post"] = ACCEPT_POST
    return response


def _is_textual(response: Response) -> bool:
    kind = response.mimetype or ""
    return kind.startswith("text/") or kind.endswith(_TEXTUAL)
