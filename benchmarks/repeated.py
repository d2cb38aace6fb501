"""Requests per second of repeated identical queries, beside an empty Flask handler under the same server.

    python benchmarks/repeated.py [--connections 8] [--seconds 4] [--rounds 3] [--server waitress|gunicorn]

Needs wrk, and Linux. Both servers run at the same time and are asked in turn, so that what else the machine does meets
both; a figure is the median of the rounds. Beside it stands the processor time of the server for one request, which a
busy machine spoils less. gunicorn, where it is installed, runs two synchronous processes.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask

SHARE = 0.8
"""Of the empty handler's requests per second, what a repeated query is to have at least."""
EMPTY = "empty handler"
OPEN = ExitStack()
"""What a server holds until its process ends."""
PORTS = {"empty": 18731, "site": 18732}
CHAIN = """PREFIX ake: <https://w3id.org/akegraph/ontology#>
SELECT ?activity ?output ?outcome ?impact WHERE {
  ?activity ake:hasOutput ?output . ?output ake:hasOutcome ?outcome . ?outcome ake:hasImpact ?impact
} LIMIT 1"""
TABLE = CHAIN.replace("LIMIT 1", "ORDER BY ?activity LIMIT 17")


def empty() -> Flask:
    """Make an application that does nothing."""
    app = Flask("empty")
    app.add_url_rule("/sparql", view_func=lambda: "", methods=["GET", "POST"])
    return app


def site() -> Flask:
    """Make the application over the built-in plans."""
    from akegraph.pipeline.knowledge import find_plans
    from akegraph.settings import Settings
    from akegraph.web import create_app
    from akegraph.web.server import open_site

    settings = Settings(workers=1)
    return create_app(OPEN.enter_context(open_site(find_plans(), settings)), settings)


MAKERS: Mapping[str, Callable[[], Flask]] = {"empty": empty, "site": site}


def serve(name: str) -> None:
    """Serve one application with waitress, as ``akegraph serve`` does."""
    from waitress.server import create_server

    from akegraph.web.channels import use_channels

    app = MAKERS[name]()
    server = create_server(app, host="127.0.0.1", port=PORTS[name], threads=8, ident="akegraph")
    if name == "site":
        use_channels(server)
        gc.collect()
        gc.freeze()
    server.run()


def start(name: str, server: str) -> subprocess.Popen[bytes]:
    """Start a server and wait until it answers."""
    if server == "gunicorn":
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-w2",
            f"--chdir={Path(__file__).parent}",
            f"-b127.0.0.1:{PORTS[name]}",
            f"repeated:{name}()",
        ]
    else:
        command = [sys.executable, __file__, "--serve", name]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORTS[name]}/sparql?{urlencode({'query': CHAIN})}").close()
        except OSError:
            time.sleep(0.2)
        else:
            return process
    process.kill()
    raise SystemExit(f"{name} did not start")


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    """Return the seconds of processor time that a server and its children have taken."""
    family = {process.pid}
    total = 0
    for stat in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) in family or int(fields[1]) in family:
            family.add(int(stat.parent.name))
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def measure(
    address: str,
    script: Path | None,
    headers: Mapping[str, str],
    given: argparse.Namespace,
    process: subprocess.Popen[bytes],
) -> tuple[float, float]:
    """Measure requests per second and microseconds of processor time for each; every answer must be 2xx or 3xx."""
    command = ["wrk", "-t1", f"-c{given.connections}", f"-d{given.seconds}s", address]
    command += [f"-H{name}: {value}" for name, value in headers.items()] + (["-s", str(script)] if script else [])
    before = processor_seconds(process)
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    used = processor_seconds(process) - before
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(said)
    number = int(re.findall(r"([0-9]+) requests in", said)[0])
    return float(re.findall(r"Requests/sec:\s+([0-9.]+)", said)[0]), used / number * 1e6


def main() -> int:
    """Measure and print; returns 1 where a share is too small."""
    parser = argparse.ArgumentParser(description="Measure repeated queries.")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--server", choices=["waitress", "gunicorn"], default="waitress")
    parser.add_argument("--serve", choices=list(MAKERS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve)
        return 0
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed")
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name in MAKERS:
            processes[name] = start(name, given.server)
        with tempfile.TemporaryDirectory() as folder:
            return compare(Path(folder), given, processes)
    finally:
        for process in processes.values():
            process.terminate()
            process.wait()


def compare(folder: Path, given: argparse.Namespace, processes: Mapping[str, subprocess.Popen[bytes]]) -> int:
    """Ask both servers in turn and hold the shares against the wanted one."""
    here = f"http://127.0.0.1:{PORTS['site']}/sparql"
    chain, table = (f"{here}?{urlencode({'query': text})}" for text in (CHAIN, TABLE))
    with urllib.request.urlopen(chain) as answer:  # noqa: S310  # an address made above
        tag = answer.headers["ETag"]
    post = folder / "post.lua"
    post.write_text(
        f'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/sparql-query"\nwrk.body = [[{CHAIN}]]\n'
    )
    browser = {"Accept-Encoding": "gzip, deflate, br", "Accept": "application/sparql-results+json"}
    cases: dict[str, tuple[str, Path | None, dict[str, str]]] = {
        EMPTY: (f"http://127.0.0.1:{PORTS['empty']}/sparql", None, {}),
        "chain look-up": (chain, None, {}),
        "table of 17 rows": (table, None, {}),
        "table, gzip": (table, None, browser),
        "304 by ETag": (chain, None, {"If-None-Match": tag}),
        "POST, direct": (here, post, {}),
    }
    figures: dict[str, list[tuple[float, float]]] = {case: [] for case in cases}
    for _ in range(given.rounds):
        for case, how in cases.items():
            figures[case].append(measure(*how, given, processes["empty" if case == EMPTY else "site"]))
    rates, costs = (
        {case: statistics.median(figure[part] for figure in found) for case, found in figures.items()}
        for part in (0, 1)
    )
    print(f"{given.server}, {given.connections} connections, median of {given.rounds} rounds of {given.seconds} s")
    print("                    requests/s   share   processor time   share")
    for case in cases:
        share, cost = rates[case] / rates[EMPTY], costs[EMPTY] / costs[case]
        print(f"{case:18} {rates[case]:11.0f}  {share:6.1%}  {costs[case]:11.0f} us  {cost:6.1%}")
    return 0 if min(rates.values()) >= SHARE * rates[EMPTY] else 1


if __name__ == "__main__":
    raise SystemExit(main())
