"""What a worker over a folder gives up, tried in a process of its own: it cannot be taken back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TRY = """
import os, socket, subprocess, sys, threading
from pathlib import Path
from akegraph.store.confinement import confine_to
inside, outside = Path(sys.argv[1]), Path(sys.argv[2])
early = threading.Event()
def later():
    early.wait()
    attempt("socket of another thread", socket.socket)
def attempt(name, act):
    try:
        act()
        print(name, "done")
    except OSError as error:
        print(name, "refused")
thread = threading.Thread(target=later)
thread.start()
print(*confine_to(inside))
attempt("read inside", (inside / "a").read_bytes)
attempt("write inside", lambda: (inside / "b").write_bytes(b"x"))
attempt("remove inside", (inside / "a").unlink)
attempt("read outside", outside.read_bytes)
attempt("read beside", lambda: (inside / ".." / outside.name).read_bytes())
attempt("socket", socket.socket)
attempt("pair", socket.socketpair)
attempt("program", lambda: os.execv("/bin/true", ["true"]))
early.set()
thread.join()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel is asked as Linux has it")
def test_only_the_folder_can_be_read_and_nothing_else_be_done(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    (inside / "a").write_bytes(b"x")
    outside.write_bytes(b"x")
    run = [sys.executable, "-c", TRY, str(inside), str(outside)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=30, cwd=Path(__file__).parents[1], check=True)
    (said, *lines), found = done.stdout.splitlines(), {}
    for line in lines:
        name, _, outcome = line.rpartition(" ")
        found[name] = outcome
    files, sockets = said.split()
    assert found.pop("read inside") == "done"
    network = {name for name in found if name.startswith(("socket", "pair", "program"))}
    if sockets == "True":
        assert {found[name] for name in network} == {"refused"}
    if files == "True":
        assert {found[name] for name in found.keys() - network} == {"refused"}
    if "False" in said:
        pytest.skip(f"this kernel refuses not all of it: files {files}, sockets {sockets}")
