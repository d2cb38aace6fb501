"""Whether anybody still waits for an answer: the door says how to tell, a store may look while it evaluates.

The value goes with the thread that asks, so that no store's signature speaks of connections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_HAS_LEFT: ContextVar[Callable[[], bool] | None] = ContextVar("has_left", default=None)


@contextmanager
def asking_until(has_left: Callable[[], bool]) -> Iterator[None]:
    """Ask on behalf of somebody who may leave.

    :param has_left: tells whether they have; called from other threads, and must neither block nor raise
    """
    before = _HAS_LEFT.set(has_left)
    try:
        yield
    finally:
        _HAS_LEFT.reset(before)


def get_has_left() -> Callable[[], bool] | None:
    """Return how to tell whether who asks in this thread has left; None if nobody said."""
    return _HAS_LEFT.get()
