"""One request to a SPARQL endpoint over HTTP: where it goes, what it may take, and what went wrong.

Nothing is followed and nothing is believed: no redirect, no body beyond the limit, no wait beyond the time. A message
names the endpoint without what may be secret in its address (user, password, parameters).
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.response import HTTPResponse
from urllib3.util.retry import Retry

from akegraph import __version__
from akegraph.errors import EngineError, QueryTimeoutError, RemoteStoreError, StoreError
from akegraph.store.credentials import Credentials, find_credentials
from akegraph.store.writing import check_size

Parameters = Sequence[tuple[str, str]]

_CHUNK = 1 << 16
_ATTEMPTS = 4
_BUSY = frozenset({429, 503})
_FAILED_BETWEEN = frozenset({502, 504})
"""What a gateway says of a server behind it; what is safe to say twice is then said again."""
_NO_POST = frozenset({405, 415, 501})
_FIRST_PAUSE = 0.2
_LONGEST_REASON = 200
_REASON_BYTES = 4_000


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, whole.

    :param media_type: without parameters, in lower case; empty if none was said
    :param reason: for an error, what the server said of it in plain words; empty if nothing
    :param server: what the server calls itself
    """

    status: int
    media_type: str
    body: bytes
    reason: str = ""
    server: str = ""


@dataclass(frozen=True, slots=True)
class _Message:
    """A request: its method, what its address ends with, its headers and body, and statuses to try again at."""

    method: str
    query: str
    headers: Mapping[str, str]
    body: bytes | None = None
    again: frozenset[int] = _BUSY


class Endpoint:
    """A SPARQL endpoint or a graph store as requests see it; threads may send at the same time.

    :param url: an ``http`` or ``https`` address; a user and password in it win over those of the environment
    :param timeout: seconds for one request with all its attempts
    :param size: bytes of one answer
    :param known: whether the environment may say who asks; see ``credentials``
    :raises StoreError: if the address is none
    """

    def __init__(self, url: str, *, timeout: float, size: int, known: bool = True) -> None:
        parts = _split(url)
        self._timeout, self._size = timeout, size
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = f":{parts.port}" if parts.port else ""
        self._address = f"{parts.scheme}://{host}{port}{parts.path or '/'}"
        self._own = parts.query
        self.name = self._address + ("?…" if parts.query else "")
        self._headers = {"User-Agent": f"akegraph/{__version__}", "Accept-Encoding": "gzip, identity"}
        self._credentials: Credentials | None = None
        if parts.username is not None:
            self._credentials = Credentials(unquote(parts.username), unquote(parts.password or ""))
        elif known:
            self._credentials = find_credentials(parts.hostname or "")
        # What was not given with the address is told only to a server that asks; Digest authentication needs its words.
        self._tells = parts.username is not None or (self._credentials is not None and bool(self._credentials.token))
        self._challenge = ""
        self._pool: urllib3.PoolManager | None = urllib3.PoolManager(num_pools=1, maxsize=8, retries=False)
        self._pool.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}
        self._posts = True

    def send(self, parameters: Parameters, accept: str) -> Response:
        """Send a query's parameters, as a form or, where the server takes none, in the address.

        :returns: the answer, or a refusal of the server: what it means, the caller decides
        :raises QueryTimeoutError: if there is no whole answer in time
        :raises ResultTooLargeError: if it grew beyond the limit
        :raises RemoteStoreError: if the server cannot be reached, redirects, or is still busy after some attempts
        """
        deadline = time.monotonic() + self._timeout
        form = urlencode(parameters)
        as_form = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        post, get = _Message("POST", "", as_form, form.encode()), _Message("GET", form, {"Accept": accept})
        if self._posts:
            response = self._insist(post, deadline)
            if response.status not in _NO_POST:
                return response
            response = self._insist(get, deadline)
            self._posts = response.status != 200
            return response
        return self._insist(get, deadline)

    def put(self, parameters: Parameters, body: bytes, media_type: str) -> Response:
        """Put something in the place of what was there; safe to say twice, so it is where a gateway failed.

        :raises QueryTimeoutError, RemoteStoreError: as :meth:`send`
        """
        again = _BUSY | _FAILED_BETWEEN
        message = _Message("PUT", urlencode(parameters), {"Content-Type": media_type}, body, again)
        return self._insist(message, time.monotonic() + self._timeout)

    def close(self) -> None:
        """Close the connections."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.clear()

    def _insist(self, message: _Message, deadline: float) -> Response:
        """Send, and again where the server is busy or not there for a moment."""
        for attempt in range(_ATTEMPTS):
            pause = _FIRST_PAUSE * 2**attempt
            try:
                raw = self._open(message, deadline)
                if raw.status == 401 and self._take_challenge(raw):
                    raw = self._open(message, deadline)
            except (NewConnectionError, NameResolutionError) as error:
                problem = RemoteStoreError(f"{self.name}: cannot be reached: {_innermost(error)}")
            except (ConnectTimeoutError, ReadTimeoutError):
                raise self._late() from None
            except SSLError as error:
                raise RemoteStoreError(f"{self.name}: its certificate is not trusted: {_innermost(error)}") from None
            except (HTTPError, LocationParseError) as error:
                if time.monotonic() >= deadline:
                    raise self._late() from None
                problem = RemoteStoreError(f"{self.name}: the connection broke: {_innermost(error)}")
            else:
                if time.monotonic() >= deadline:
                    raw.close()
                    raise self._late()
                if raw.status not in message.again:
                    return self._read(raw, deadline)
                said = _retry_after(raw.headers.get("Retry-After"))
                what = "is busy" if raw.status in _BUSY else "fails"
                problem = RemoteStoreError(f"{self.name}: {what} (status {raw.status}); ask again later")
                pause = pause if said is None else said
                raw.drain_conn()
                raw.release_conn()
            if attempt == _ATTEMPTS - 1 or time.monotonic() + pause >= deadline:
                break
            time.sleep(pause)
        raise problem from None

    def _open(self, message: _Message, deadline: float) -> urllib3.BaseHTTPResponse:
        if self._pool is None:
            raise EngineError("the store is closed")
        query = "&".join(part for part in (self._own, message.query) if part)
        address, headers = self._address + (f"?{query}" if query else ""), self._headers | dict(message.headers)
        if self._credentials is not None and self._tells:
            headers["Authorization"] = (
                self._credentials.answer_challenge(self._challenge, message.method, _local(address))
                or self._credentials.authorise()
            )
        return self._pool.request(
            message.method,
            address,
            body=message.body,
            headers=headers,
            timeout=max(deadline - time.monotonic(), 0.001),
            redirect=False,
            preload_content=False,
        )

    def _take_challenge(self, raw: urllib3.BaseHTTPResponse) -> bool:
        """Take in how a server wants to be told who asks; say whether it can be."""
        challenge = raw.headers.get("WWW-Authenticate", "")
        if self._credentials is None:
            return False
        if self._credentials.answer_challenge(challenge, "", "") is not None:
            self._challenge = challenge
        elif self._tells:
            return False  # it knows already, and does not believe it
        self._tells = True
        raw.drain_conn()
        raw.release_conn()
        return True

    def _read(self, raw: urllib3.BaseHTTPResponse, deadline: float) -> Response:
        """Read an answer to its end, or what a server says of an error."""
        media_type = raw.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        try:
            if 300 <= raw.status < 400:
                self._refuse_redirect(raw.headers.get("Location"))
            body = self._read_body(raw, deadline, None if raw.status == 200 else _REASON_BYTES)
        except ReadTimeoutError:
            raise self._late() from None
        except HTTPError as error:
            raise RemoteStoreError(f"{self.name}: the answer broke off: {_innermost(error)}") from None
        except BaseException:
            raw.close()
            raise
        raw.release_conn()
        reason = "" if raw.status == 200 else _reason(media_type, body)
        return Response(raw.status, media_type, body, reason, raw.headers.get("Server", ""))

    def _read_body(self, raw: urllib3.BaseHTTPResponse, deadline: float, enough: int | None) -> bytes:
        """Read a body; to its end, or till there is enough of it."""
        chunks, size = [], 0
        while chunk := raw.read1(_CHUNK, decode_content=True):
            size += len(chunk)
            chunks.append(chunk)
            if enough is not None and size > enough:
                raw.close()  # what is left unread is not worth the connection
                break
            check_size(size, self._size)
            if time.monotonic() >= deadline:
                raise self._late()
        return b"".join(chunks)

    def _refuse_redirect(self, location: str | None) -> None:
        """Say where a redirect leads, without following it."""
        try:
            shown = _shown(urlsplit(location or ""))
        except ValueError:
            shown = ""
        where = f" to {shown}, give that address if you trust it" if shown else ""
        raise RemoteStoreError(f"{self.name}: redirects{where}; no redirect is followed")

    def _late(self) -> QueryTimeoutError:
        return QueryTimeoutError(f"{self.name}: no whole answer came within {self._timeout:g} s")


class _Punctual(HTTPConnection):
    """A connection on which a server has to have begun its answer in time, however slowly it sends its headers.

    The library's own limit is for each piece that arrives.
    """

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as the library itself has it
        sock = self.sock
        assert sock is not None
        clock = threading.Timer(sock.gettimeout() or 0, _break_off, (sock,))
        clock.daemon = True
        clock.start()
        try:
            return super().getresponse()
        finally:
            clock.cancel()


class _PunctualTLS(_Punctual, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Punctual


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _PunctualTLS


def _break_off(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _split(url: str) -> SplitResult:
    """Take an address apart.

    :raises StoreError: if it is none that a request can be sent to
    """
    problem = StoreError("this is no address of an endpoint; it looks like https://host/sparql")
    if not url.isprintable() or " " in url:
        raise problem
    try:
        parts = urlsplit(url)
        _ = parts.port
        (parts.hostname or "").encode("ascii")
    except ValueError:
        raise problem from None
    if parts.scheme not in ("http", "https"):
        raise StoreError(
            f"{parts.scheme or 'nothing'}: is no protocol that an endpoint is asked by; http and https are"
        )
    if not parts.hostname:
        raise problem
    return parts._replace(fragment="")


def _local(address: str) -> str:
    """Return path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _shown(parts: SplitResult) -> str:
    """Write an address without what may be secret in it."""
    if not parts.hostname:
        return ""
    port = f":{parts.port}" if parts.port else ""
    return _plain(f"{parts.scheme}://{parts.hostname}{port}{parts.path}")


def _retry_after(header: str | None) -> float | None:
    """Read how long a busy server asks to wait."""
    try:
        return None if header is None else Retry(0).parse_retry_after(header)
    except HTTPError:
        return None


def _innermost(error: BaseException) -> str:
    """Say what lies behind an error of the library, without the addresses it quotes."""
    while isinstance(error, HTTPError) and (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    if isinstance(error, OSError) and error.strerror:
        return _plain(error.strerror)
    return type(error).__name__


def _reason(media_type: str, body: bytes) -> str:
    """Find plain words in what a server says of an error; a page of HTML has none."""
    text = body.decode("utf-8", "replace")
    if media_type.endswith(("/json", "+json")):
        try:
            said = json.loads(text)
        except ValueError:
            return ""
        words = [said.get(key) for key in ("detail", "message", "title")] if isinstance(said, dict) else []
        return _plain(next((word for word in words if isinstance(word, str)), ""))
    return _plain(text) if media_type in ("text/plain", "") else ""


def _plain(text: str) -> str:
    """Keep words on one line, short, and from steering a terminal."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON].rstrip()} …"
