"""``akegraph serve`` as a process of its own, for tests with real sockets and signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A query that would run for years over :data:`DATA`."""
DATA = "".join(f'<a:s{number}> <a:p> "{number}" .\n' for number in range(300))


def environment(**settings: object) -> dict[str, str]:
    """Return an environment with settings and without those of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AKEGRAPH_")}
    own = {f"AKEGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    return kept | own | {"PYTHONPATH": str(ROOT)}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "akegraph", "serve", *arguments]


class Served:
    """A running service.

    :ivar port: where it listens
    :ivar log: the file that it logs to
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log

    def get(self, path: str, timeout: float = 20) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def send(self, query: str) -> socket.socket:
        """Send a query and return the connection without waiting."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return connection

    def figure(self, name: str) -> float:
        lines = self.get("/metrics")[1].splitlines()
        return next(
            (float(line.rpartition(" ")[2]) for line in lines if line.startswith((f"{name} ", f"{name}{{"))), -1.0
        )

    def wait_for(self, name: str, value: float, seconds: float = 15) -> float:
        """Wait until a figure has a value; return how long that took."""
        began = time.monotonic()
        while self.figure(name) != value:
            assert time.monotonic() - began < seconds, f"{name} is {self.figure(name)}"
            time.sleep(0.02)
        return time.monotonic() - began

    def tell(self, which: signal.Signals) -> None:
        self.process.send_signal(which)

    def wait(self, seconds: float) -> int:
        return self.process.wait(seconds)


def read_all(connection: socket.socket) -> bytes:
    """Read until the other side closes."""
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(folder: Path, arguments: Sequence[str], **settings: object) -> Iterator[Served]:
    """Run ``akegraph serve``."""
    port = free_port()
    with running(folder, command("--port", str(port), *arguments), port, **settings) as served:
        yield served


@contextmanager
def running(folder: Path, program: Sequence[str], port: int, **settings: object) -> Iterator[Served]:
    """Run a server until it is ready, and end it afterwards."""
    log = folder / "log"
    with (
        log.open("wb") as out,
        subprocess.Popen(program, stderr=out, env=environment(**settings), cwd=folder) as process,
    ):
        served = Served(process, port, log)
        try:
            until = time.monotonic() + 60
            while True:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                try:
                    if served.get("/readyz")[0] == 200:
                        break
                except OSError:
                    pass
                time.sleep(0.05)
            yield served
        finally:
            process.kill()
