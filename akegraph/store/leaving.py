"""Who asks: whether anybody waits for the answer still, and whether the query is our own; a store may look.

The values go with the thread that asks, so that no store's signature speaks of connections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_IS_OURS: ContextVar[bool] = ContextVar("is_ours", default=False)
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


@contextmanager
def asking_ours() -> Iterator[None]:
    """Ask what we wrote ourselves: it can be taken for quick until it was not."""
    before = _IS_OURS.set(True)
    try:
        yield
    finally:
        _IS_OURS.reset(before)


def is_ours() -> bool:
    """Tell whether the query that is asked in this thread is our own."""
    return _IS_OURS.get()


def get_has_left() -> Callable[[], bool] | None:
    """Return how to tell whether who asks in this thread has left; None if nobody said."""
    return _HAS_LEFT.get()
