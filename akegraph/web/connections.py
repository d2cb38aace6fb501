"""Whether the client of a request is still there, as each server lets one look.

A client that has closed its side of the connection counts as gone, as it does for most proxies: nothing tells one that
would still read from one that is no more. What is done by then, or within a moment, it still gets.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def find_has_left(environ: WSGIEnvironment) -> Callable[[], bool] | None:
    """Return how to tell whether the client has left; None where the server gives no way."""
    if (asked := environ.get("waitress.client_disconnected")) is not None:
        disconnected: Callable[[], bool] = asked
        return disconnected
    connection = environ.get("gunicorn.socket")
    return None if connection is None else lambda: is_closed(connection)


def is_closed(connection: socket.socket) -> bool:
    """Tell whether the other side has closed a connection, without waiting and without taking anything from it."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    except (OSError, ValueError):  # closed on this side; over TLS one cannot look, and nobody is taken to have left
        return False
