"""Messages between the pool and its workers: frames over pipes, and nothing that could run as code.

A frame is its length in eight bytes and its bytes. The pool sends a setup (JSON), the data, then requests
(JSON); the worker sends one response to the data and to each request: a status byte and a body.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from io import FileIO
from typing import Any

from akegraph import errors
from akegraph.store.base import Answer, Kind

READY, ANSWER, REFUSED, FATAL = b"R", b"A", b"E", b"F"
"""The worker is ready; an answer; an error, and the worker goes on; an error, and the worker ends."""

OUT_OF_MEMORY = 70
"""The worker's exit code when Python's own memory ran out."""

OVERHEAD = 4096
"""Bytes of a response beside the body of an answer."""

_AT_ONCE = 1 << 14
_LENGTH = struct.Struct(">Q")
_HEAD = struct.Struct(">cBB")
_KINDS: tuple[Kind, ...] = ("select", "ask", "graph")


@dataclass(frozen=True, slots=True)
class Setup:
    """How a worker is to work: ``memory`` and ``result_size`` in bytes, ``timeout`` in seconds.

    :param folder: of the store to read, in place of the data that follow; empty if there is none
    :param merged: whether that store's default graph is the merge of its graphs
    """

    memory: int
    timeout: float
    result_size: int
    result_rows: int
    prefixes: dict[str, str]
    folder: str = ""
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A query that was looked at before; ``dataset`` tells whether it has a dataset clause."""

    text: str
    accept: list[str] | None
    default_graphs: list[str]
    named_graphs: list[str]
    dataset: bool


def encode(message: Setup | Request) -> bytes:
    """Write a setup or a request."""
    return json.dumps([getattr(message, name) for name in message.__slots__]).encode()


def decode_setup(frame: bytes) -> Setup:
    """Read a setup."""
    return Setup(*json.loads(frame))


def decode_request(frame: bytes) -> Request:
    """Read a request."""
    return Request(*json.loads(frame))


def encode_answer(answer: Answer) -> tuple[bytes, bytes]:
    """Write an answer in two parts, so that its body is not copied."""
    media_type = answer.media_type.encode()
    return _HEAD.pack(ANSWER, _KINDS.index(answer.kind), len(media_type)) + media_type, answer.body


def encode_error(status: bytes, error: BaseException) -> bytes:
    """Write an error by its class and message."""
    return status + json.dumps([type(error).__name__, str(error)]).encode()


def decode_response(frame: memoryview) -> Answer:
    """Read an answer.

    :raises AkegraphError: the one that the worker met
    """
    status, kind, length = _HEAD.unpack_from(frame)
    if status == ANSWER:
        start = _HEAD.size + length
        return Answer(bytes(frame[start:]), str(frame[_HEAD.size : start], "ascii"), _KINDS[kind])
    name, message = json.loads(bytes(frame[1:]))
    raise _ERRORS.get(name, errors.EngineError)(message)


_ERRORS: dict[str, type[errors.AkegraphError]] = {
    known.__name__: known
    for known in (
        errors.QuerySyntaxError,
        errors.QueryRefusedError,
        errors.NotAcceptableError,
        errors.ResultTooLargeError,
        errors.WorkerCrashedError,
    )
}


def send(stream: FileIO, *parts: bytes) -> None:
    """Write one frame.

    :raises OSError: if the other end is gone
    """
    head = _LENGTH.pack(sum(map(len, parts)))
    for part in (head + parts[0], *parts[1:]):
        view = memoryview(part)
        while view:
            view = view[stream.write(view) :]


def receive(stream: FileIO, limit: int | None = None) -> memoryview | None:
    """Read one frame, or None if the other end is gone.

    :raises ValueError: if it is longer than ``limit``
    """
    head = _read(stream, _LENGTH.size)
    if head is None:
        return None
    length: Any = _LENGTH.unpack(head)[0]
    if limit is not None and length > limit:
        raise ValueError(f"a frame of {length} bytes, where {limit} are the most")
    return _read(stream, length)


def receive_last(stream: FileIO, limit: int) -> memoryview | None:
    """Read one frame that nothing follows, by one call where it is short; see :func:`receive`.

    :raises ValueError: if it is longer than ``limit``
    """
    start = stream.read(_AT_ONCE)
    while start and len(start) < _LENGTH.size:
        more = stream.read(_AT_ONCE)
        start = start + more if more else b""
    if not start:
        return None
    length: Any = _LENGTH.unpack_from(start)[0]
    if length > limit:
        raise ValueError(f"a frame of {length} bytes, where {limit} are the most")
    here = memoryview(start)[_LENGTH.size :]
    if len(here) >= length:
        return here[:length]
    whole = bytearray(length)
    whole[: len(here)] = here
    return memoryview(whole) if _fill(stream, memoryview(whole)[len(here) :]) else None


def _read(stream: FileIO, length: int) -> memoryview | None:
    view = memoryview(bytearray(length))
    return view if _fill(stream, view) else None


def _fill(stream: FileIO, view: memoryview) -> bool:
    while view:
        count = stream.readinto(view)
        if not count:
            return False
        view = view[count:]
    return True
