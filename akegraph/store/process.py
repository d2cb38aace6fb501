"""One worker process as its parent sees it: started, asked, killed when its time is up."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import threading
from io import FileIO
from pathlib import Path
from typing import Literal, cast

from akegraph.store import wire

# Isolated from environment, current folder and site-packages: what is imported is what the parent has.
_START = "import sys; sys.path += sys.argv[1:]; from akegraph.store.worker import main; main()"
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")

_OUT_OF_MEMORY = (b"memory allocation of", b"MemoryError", b"bad_alloc", b"mmap for RocksDB")
"""What Rust, Python, C++ and RocksDB say when they get no more memory."""

Death = Literal["overdue", "memory", "processor", "outside", "closed", "crowded", "left", "crash"]
_CAUSES: dict[str, Death] = {
    "SIGXCPU": "processor",
    "SIGKILL": "outside",
    "SIGTERM": "outside",
    "SIGHUP": "outside",
}


class WorkerDiedError(Exception):
    """The worker is gone and has not answered.

    :param cause: ``overdue``: killed by the wall clock; ``memory`` and ``processor``: stopped by its limits;
        ``outside``: killed by somebody else; ``closed``: by us; ``crowded``: by us, since others wait; ``left``: by
        us, since nobody waits for its answer; ``crash``: by itself
    """

    def __init__(self, cause: Death, code: int) -> None:
        self.cause, self.code = cause, code
        super().__init__(f"{cause} ({_code_name(code)})")


class WorkerProcess:
    """A worker. One thread at a time asks it; any thread may kill it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._deadline: float | None = None
        self._killed: Death | None = None

    def start(self, setup: wire.Setup, data: bytes) -> memoryview:
        """Start the process, send it the data, return its response.

        :raises WorkerDiedError: if it died over them
        """
        with self._lock:
            if self._killed:
                raise WorkerDiedError(self._killed, 0)
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and our own code
                [sys.executable, "-I", "-S", "-c", _START, *_import_folders()],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
        return self._exchange((wire.encode(setup), data), wire.OVERHEAD)

    def ask(self, request: bytes, limit: int) -> memoryview:
        """Send a request and wait for the response.

        :param limit: bytes of the response
        :raises WorkerDiedError: if it died over it
        """
        return self._exchange((request,), limit)

    def is_alive(self) -> bool:
        """Tell whether the process runs and is to go on running."""
        return self._killed is None and self._process is not None and self._process.poll() is None

    def set_deadline(self, deadline: float) -> None:
        """Set the monotonic time from which :meth:`kill_if_overdue` kills, until the response is there."""
        with self._lock:
            self._deadline = deadline

    def kill_if_overdue(self, now: float) -> float | None:
        """Kill the process if its time is up, else return its deadline if it has one."""
        with self._lock:
            if self._deadline is None or now < self._deadline:
                return self._deadline
            self._deadline = None
            self._kill("overdue")
            return None

    def kill(self, cause: Death = "closed") -> None:
        """Kill the process; the thread that waits for its response is told so."""
        with self._lock:
            self._kill(cause)

    def dispose(self) -> None:
        """Kill the process, wait for its end and close the pipes; only when nobody waits for it."""
        self.kill()
        if self._process is not None:
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
                if pipe is not None:
                    pipe.close()

    def _kill(self, cause: Death) -> None:
        self._killed = self._killed or cause
        if self._process is not None:
            self._process.kill()

    def _exchange(self, frames: tuple[bytes, ...], limit: int) -> memoryview:
        process = self._process
        if process is None:
            raise WorkerDiedError("closed", 0)
        try:
            for frame in frames:
                wire.send(cast(FileIO, process.stdin), frame)
            response = wire.receive_last(cast(FileIO, process.stdout), limit)
        except OSError:
            response = None  # the pipe broke: it is dead
        except ValueError:
            self.kill()
            raise WorkerDiedError("crash", process.wait()) from None
        finally:
            with self._lock:
                self._deadline = None
        if response is None:
            raise self._death(process)
        return response

    def _death(self, process: subprocess.Popen[bytes]) -> WorkerDiedError:
        """Find out why the process ended."""
        # It closed its pipes: it is ending, or will never answer again.
        try:
            code = process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        words = cast(FileIO, process.stderr).read(4096) or b""
        if self._killed:
            return WorkerDiedError(self._killed, code)
        if code == wire.OUT_OF_MEMORY or any(sign in words for sign in _OUT_OF_MEMORY):
            return WorkerDiedError("memory", code)
        return WorkerDiedError(_CAUSES.get(_code_name(code), "crash"), code)


def _import_folders() -> list[str]:
    """Return where the worker finds akegraph and pyoxigraph: where this process does."""
    folders = [Path(__file__).resolve().parents[2]]
    engine = importlib.util.find_spec("pyoxigraph")
    if engine is not None and engine.origin is not None:
        folders.append(Path(engine.origin).parents[1])
    return [str(folder) for folder in folders]


def _code_name(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code}"
