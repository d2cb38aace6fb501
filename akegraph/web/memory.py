"""How this process keeps its memory: what large answers took is given back to the system."""

from __future__ import annotations

import ctypes
import sys

_ARENAS, _MAPPED_FROM = -8, -3
_MOST_ARENAS = 4
_SMALLEST_MAPPED = 1 << 20


def keep_memory_small() -> None:
    """Have the C library give large blocks back at once, and keep few heaps for many threads; glibc only.

    By itself it keeps more and more of what was large once, and a heap for almost every thread.
    """
    if not sys.platform.startswith("linux"):
        return
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_ARENAS, _MOST_ARENAS)
        set_option(_MAPPED_FROM, _SMALLEST_MAPPED)
