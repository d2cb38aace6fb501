"""Make an environment in .venv and run akegraph from this checkout, or its tests.

    python3 run.py serve [OPTIONS]      serve the built-in plan on http://127.0.0.1:8000
    python3 run.py test [PYTEST ARGS]   pass the linters and the tests
    python3 run.py COMMAND …            any command of akegraph, such as: python3 run.py query --list

Needs Python 3.11 or newer with pip. Everything is installed by name, version and hash from requirements/.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports",),
)
ALL = ("-q", "-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
"""All tests, file by file in as many processes as there are cores, up to four: some start servers of their own."""


def main(arguments: list[str]) -> int:
    """Prepare the environment that the command needs and run the command in it."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python is started with
        print("akegraph needs Python 3.11 or newer", file=sys.stderr)
        return 2
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    if arguments[0] == "test":
        prepare("dev")
        return test(arguments[1:])
    prepare("run")
    return run(PYTHON, "-m", "akegraph", *arguments)


def test(arguments: list[str]) -> int:
    """Run the linters, then the tests; the tests' closing lines come last."""
    if arguments:
        return run(PYTHON, "-m", "pytest", *arguments)
    failed = sum(run(SCRIPTS / tool, *options) != 0 for tool, *options in CHECKS)
    return run(PYTHON, "-m", "pytest", *ALL) or int(failed > 0)


def prepare(which: str) -> None:
    """Create .venv and install what ``requirements/<which>.txt`` locks, unless that was done before."""
    lock = ROOT / "requirements" / f"{which}.txt"
    wanted = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = ENVIRONMENT / f".{which}"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print(f"Installing into {ENVIRONMENT.name} from {lock.relative_to(ROOT)} …", file=sys.stderr)
    venv.create(ENVIRONMENT, with_pip=False)
    # pip of the Python that runs this: a venv's own pip needs ensurepip, which some distributions leave out.
    pip = (sys.executable, "-m", "pip", "--python", str(PYTHON), "--quiet", "--disable-pip-version-check", "install")
    subprocess.run([*pip, "--require-hashes", "--requirement", str(lock)], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], check=True)
    stamp.write_text(wanted)


def run(*command: str | Path) -> int:
    """Run a command in the checkout with the environment's scripts first on the path."""
    environment = os.environ | {"PATH": f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        return subprocess.run([str(part) for part in command], check=False, env=environment).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
