"""Virtuoso for the tests of the remote store: started in a folder and on ports of its own where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from servers import wait_until_open
from serving import free_port

CONFIGURATION = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
Striping = 0
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
Striping = 0
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 10
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
CheckpointInterval = 0
SchedulerInterval = 10
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 5
MaxClientConnections = 5
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 60
"""
USER, PASSWORD = "dba", "dba"


def find_virtuoso() -> str | None:
    """Find Virtuoso; Debian's package ``virtuoso-opensource`` installs it."""
    return shutil.which("virtuoso-t")


@contextmanager
def serve_virtuoso(folder: Path) -> Iterator[str]:
    """Serve an empty Virtuoso; yields its address, of which ``/sparql`` and ``/sparql-graph-crud-auth`` are part."""
    program = find_virtuoso()
    assert program is not None
    sql, http = free_port(), free_port()
    configuration = folder / "virtuoso.ini"
    configuration.write_text(CONFIGURATION.format(folder=folder, sql=sql, http=http))
    address = f"http://127.0.0.1:{http}"
    run = [program, "-f", "-c", str(configuration)]
    with subprocess.Popen(run, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_open(f"{address}/sparql", process, "virtuoso")
            yield address
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
