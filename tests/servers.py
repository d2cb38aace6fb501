"""Servers for the tests of the remote store: our own, Oxigraph's, and ones that say whatever they are told."""

from __future__ import annotations

import http.server
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import parse_qs

from web_site import make_site

from akegraph.settings import Settings
from akegraph.web import create_app

Reply = tuple[int, dict[str, str], bytes]


class Request:
    """What a scripted server was asked.

    :ivar fields: the parameters, from the form or the address
    """

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.path, self.headers = method, path, headers
        query = path.partition("?")[2]
        self.fields = parse_qs(body.decode() if method == "POST" else query)


@contextmanager
def serve_script(answer: Callable[[Request], Reply | Callable[[Any], None]]) -> Iterator[tuple[str, list[Request]]]:
    """Serve what a function says; it may take over the connection by returning a function of the raw stream."""
    asked: list[Request] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            asked.append(request)
            said = answer(request)
            if callable(said):
                self.close_connection = True
                with suppress(OSError):
                    said(self.wfile)
                return
            status, headers, content = said
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(content)

        do_POST = do_PUT = do_GET  # noqa: N815 - http.server finds methods by these names

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/sparql", asked
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serve_akegraph() -> Iterator[str]:
    """Serve the real plan as akegraph does."""
    from waitress.server import create_server

    server = create_server(create_app(make_site(), Settings()), host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}/sparql"
    finally:
        # Closed by its own thread, which would otherwise wait on sockets that are gone.
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        thread.join(10)
        server.task_dispatcher.shutdown()


def find_oxigraph() -> str | None:
    """Find Oxigraph's own server; the package ``oxigraph`` installs it."""
    import sys

    return which("oxigraph", path=str(Path(sys.executable).parent)) or which("oxigraph")


@contextmanager
def serve_oxigraph(trig: bytes, folder: Path) -> Iterator[str]:
    """Serve a dataset by Oxigraph's own server, whose default graph is no union unless it is told so."""
    program = find_oxigraph()
    assert program is not None
    (folder / "data.trig").write_bytes(trig)
    store = folder / "store"
    load = [program, "load", "--location", str(store), "--file", str(folder / "data.trig")]
    subprocess.run(load, check=True, capture_output=True, timeout=60)
    with _run_oxigraph("serve-read-only", store) as address:
        yield f"{address}/query"


@contextmanager
def serve_writable_oxigraph(folder: Path) -> Iterator[str]:
    """Serve an empty store by Oxigraph's own server; ``/query`` and ``/store`` are its endpoint and its graph store."""
    with _run_oxigraph("serve", folder / "store") as address:
        yield address


@contextmanager
def _run_oxigraph(command: str, store: Path) -> Iterator[str]:
    program = find_oxigraph()
    assert program is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    serve = [program, command, "--location", str(store), "--bind", address]
    with subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_open(f"http://{address}/", process, "oxigraph")
            yield f"http://{address}"
        finally:
            process.terminate()


def wait_until_open(address: str, process: subprocess.Popen[bytes], name: str) -> None:
    """Wait until a server answers anything."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{name} did not start")
