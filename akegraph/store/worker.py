"""The process that evaluates: loads what it is sent, gives up every right, answers until its parent is gone.

Started by ``process`` with nothing but the standard library, akegraph and pyoxigraph in reach.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import sys
import threading
import time
from io import FileIO
from pathlib import Path

from akegraph.errors import AkegraphError, EngineError, GraphSyntaxError, StoreError, WorkerCrashedError
from akegraph.store import wire
from akegraph.store.confinement import confine_to
from akegraph.store.disk import DiskStore
from akegraph.store.embedded import EmbeddedStore

if sys.platform != "win32":  # there, the wall clock of the parent is the only limit
    import resource

# A chain of 25,000 operators, no bracket in it, takes Oxigraph through 8 MB of stack and less than 64.
_STACK = 64 << 20
# What a worker over a folder may hold open beside its tables: the three pipes, RocksDB's own, the folder.
_BESIDE_TABLES = 24


def main() -> None:
    """Serve on standard input and output until the parent is gone."""
    # A Ctrl-C in the terminal reaches every process of the group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout = sys.stderr
    threading.stack_size(_STACK)
    server = threading.Thread(target=_run, daemon=True)
    server.start()
    _wait_for_orphanhood()
    server.join()


def _run() -> None:
    """Serve, and end the process whatever comes: the parent replaces it."""
    code = 1
    try:
        _serve(FileIO(0, "r", closefd=False), FileIO(1, "w", closefd=False))
        code = 0
    except MemoryError:
        code = wire.OUT_OF_MEMORY
    except OSError:
        code = 0  # the parent closed the pipe
    finally:
        os._exit(code)


def _serve(requests: FileIO, responses: FileIO) -> None:
    setup_frame, data = wire.receive(requests), None
    if setup_frame is not None:
        data = wire.receive(requests)
    if setup_frame is None or data is None:
        return
    setup = wire.decode_setup(bytes(setup_frame))
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_AS", setup.memory)
    try:
        store = _open(setup, data)
    except (GraphSyntaxError, StoreError) as error:
        wire.send(responses, wire.encode_error(wire.FATAL, EngineError(str(error))))
        return
    del data
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_NPROC", 0)
    wire.send(responses, wire.READY)
    while (frame := wire.receive(requests)) is not None:
        _renew_processor_time(setup.timeout)
        request = wire.decode_request(bytes(frame))
        try:
            answer = store.evaluate(
                request.text,
                request.accept,
                request.default_graphs,
                request.named_graphs,
                dataset=request.dataset,
            )
        except AkegraphError as error:
            wire.send(responses, wire.encode_error(wire.REFUSED, error))
        except MemoryError:
            raise
        except BaseException as error:  # a panic of the engine: its state cannot be relied on
            crash = WorkerCrashedError(f"the engine failed on this query ({type(error).__name__})")
            wire.send(responses, wire.encode_error(wire.FATAL, crash))
            raise
        else:
            wire.send(responses, *wire.encode_answer(answer))
            del answer


def _open(setup: wire.Setup, data: memoryview) -> EmbeddedStore:
    """Load the data, or open the folder, and give up whatever else could be opened."""
    if not setup.folder:
        store = EmbeddedStore(bytes(data), setup.prefixes, result_size=setup.result_size, result_rows=setup.result_rows)
        # Standard input, output and error stay open; no other file, pipe or socket can be.
        _limit("RLIMIT_NOFILE", 3)
        return store
    folder = Path(setup.folder)
    confine_to(folder)
    held = DiskStore(
        folder,
        setup.prefixes,
        result_size=setup.result_size,
        result_rows=setup.result_rows,
        merged=setup.merged,
    )
    _limit("RLIMIT_NOFILE", sum(1 for _ in folder.iterdir()) + _BESIDE_TABLES)
    return held


def _limit(name: str, value: int) -> None:
    """Set a limit for good, where the platform has it."""
    if sys.platform == "win32":
        return
    which = getattr(resource, name, None)
    if which is None:
        return
    with contextlib.suppress(ValueError, OSError):
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def _renew_processor_time(seconds: float) -> None:
    """Allow the next query its processor time: the limit that holds even when the parent is stopped."""
    if sys.platform == "win32":
        return
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(time.process_time() + seconds) + 1
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _wait_for_orphanhood() -> None:
    """End the process, in the middle of a query if need be, when nobody reads its standard error any more."""
    if not hasattr(select, "poll"):
        return
    poll = select.poll()
    poll.register(2, 0)
    while True:
        for _, event in poll.poll():
            if event & (select.POLLERR | select.POLLHUP):
                os._exit(0)
            return
