"""Answers kept for whoever asks the same again, and the ETags by which a client can ask whether its own still holds.

An answer is named by what is held (:attr:`Store.version`), the query, its graphs and the forms wished for: known before
anything is evaluated, so a client that has the answer is told so at once. Only queries whose answer the data alone
decide are named. Tags are weak: two workers may order rows and name blank nodes differently.
"""

from __future__ import annotations

import gzip
import hashlib
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, cast

from flask import Flask, Response, current_app, request

from akegraph import __version__
from akegraph.store.repeatable import is_repeatable
from akegraph.web.negotiation import accepts_gzip
from akegraph.web.shortcuts import HELD

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.datastructures import Headers

    from akegraph.store.base import Answer

CACHE_SIZE = 32 << 20
"""Bytes that one process keeps."""
SMALLEST_GZIPPED = 1024
"""Bytes below which gzip saves nothing worth the time."""
_LARGEST_SHARE = 8
"""An answer that fills more than this part of the cache is not kept: it would drive out what is asked more."""
_OVERHEAD = 2048
_LEVEL = 5
_NOT_MODIFIED = 304
_EXTENSION = "akegraph.answers"


class Request(NamedTuple):
    """What an answer follows from.

    :ivar version: of what the store holds
    :ivar wishes: media types, best first
    """

    version: str
    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    wishes: tuple[str, ...]

    @property
    def is_repeatable(self) -> bool:
        """Whether the answer may be given again."""
        return is_repeatable(self.text)

    @property
    def tag(self) -> str:
        """The ETag of the answer, without its quotes."""
        name = hashlib.sha256(repr((__version__, *self)).encode("utf-8", "surrogatepass")).digest()
        return urlsafe_b64encode(name[:16]).decode().rstrip("=")

    @property
    def size(self) -> int:
        """About how many bytes it takes to remember it."""
        return _OVERHEAD + 4 * (len(self.text) + sum(map(len, self.default_graphs + self.named_graphs)))


class ReadyResponse(Response):
    """A response that has all its headers: nothing is to be added to it."""

    automatically_set_content_length = False
    default_mimetype = None

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """Return the headers as they are."""
        return self.headers


@dataclass(slots=True)
class Held:
    """An answer with its headers, the first of which is its type."""

    body: bytes
    tag: str
    headers: list[tuple[str, str]]
    size: int
    _gzipped: bytes | None = None

    def respond(self, environ: WSGIEnvironment) -> Response:
        """Make the response to a request, in the coding that it prefers; 304 where the client has it."""
        if environ.get("HTTP_IF_NONE_MATCH") is not None and client_has(self.tag, exists=True):
            return not_modified(self.headers[1:])
        body = self.body
        length = len(body)
        headers = self.headers.copy()
        if length >= SMALLEST_GZIPPED and accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            if self._gzipped is None:
                self._gzipped = compress(body)
            body = self._gzipped
            length = len(body)
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(length)))
        if environ["REQUEST_METHOD"] == "POST":  # what a POST answers is nobody's to ask for again by its tag
            headers = [header for header in headers if header[0] != "ETag"]
        environ[HELD] = body
        return ReadyResponse(body, headers=headers)


class AnswerCache:
    """Answers by request; the longest unused go first when there is no more room.

    :param size: bytes of all that is kept, about
    :ivar hits: how often an answer was found
    :ivar misses: how often none was
    """

    def __init__(self, size: int = CACHE_SIZE) -> None:
        self._size = size
        self._used = 0
        self.hits = self.misses = 0
        self._held: OrderedDict[Request, Held] = OrderedDict()
        self._lock = Lock()

    def find(self, asked: Request) -> Held | None:
        """Find the answer to a request."""
        with self._lock:
            held = self._held.get(asked)
            if held is None:
                self.misses += 1
            else:
                self.hits += 1
                self._held.move_to_end(asked)
        return held

    def keep(self, asked: Request, answer: Answer, headers: Mapping[str, str]) -> Held:
        """Keep an answer, if there is room for it.

        :param headers: those of every answer
        """
        tag = asked.tag
        own = {"Content-Type": content_type(answer.media_type), **headers, "ETag": f'W/"{tag}"'}
        # with room for a gzipped copy, which is smaller
        held = Held(answer.body, tag, list(own.items()), asked.size + 2 * len(answer.body))
        if held.size * _LARGEST_SHARE > self._size:
            return held
        with self._lock:
            former = self._held.pop(asked, None)
            self._used += held.size - (former.size if former else 0)
            self._held[asked] = held
            while self._used > self._size:
                self._used -= self._held.popitem(last=False)[1].size
        return held


def hold_answers(app: Flask, cache: AnswerCache) -> None:
    """Put the cache into an application; :func:`get_answers` finds it."""
    app.extensions[_EXTENSION] = cache


def get_answers() -> AnswerCache:
    """Return the cache of the current application."""
    return cast("AnswerCache", current_app.extensions[_EXTENSION])


def content_type(media_type: str) -> str:
    """Return a media type with its charset; text is UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def compress(body: bytes) -> bytes:
    """Compress a body, the same bytes every time."""
    return gzip.compress(body, _LEVEL, mtime=0)


def not_modified(headers: Iterable[tuple[str, str]]) -> Response:
    """Tell a client that what it has still holds."""
    return ReadyResponse(status=_NOT_MODIFIED, headers=[*headers])


def client_has(tag: str, *, exists: bool = False) -> bool:
    """Tell whether the client says that it has what a tag names.

    :param exists: whether there is an answer at all, which is what ``If-None-Match: *`` asks
    """
    header = request.environ.get("HTTP_IF_NONE_MATCH")
    if header is None or request.method == "POST":
        return False
    if header == f'W/"{tag}"':
        return True
    if request.if_none_match.star_tag:
        return exists
    return tag in header and request.if_none_match.contains_weak(tag)
