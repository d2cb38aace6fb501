"""CPU seconds of the commands a person waits for, beside an empty Python, in one run.

    python benchmarks/commands.py [REPEATS]

Children's user and system time, the median of the repeats. Nothing is asserted.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

COMMANDS = {
    "empty Python": ["-c", "pass"],
    "--help": ["-m", "akegraph", "--help"],
    "query --list": ["-m", "akegraph", "query", "--list"],
    "query activities-by-path": ["-m", "akegraph", "query", "activities-by-path"],
    "chain": ["-m", "akegraph", "chain", "ake-tampere-2026/8"],
    "validate": ["-m", "akegraph", "validate"],
    "build": ["-m", "akegraph", "build", "-o", "-"],
}


def main() -> None:
    """Measure every command and print a table."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    base = None
    for name, arguments in COMMANDS.items():
        seconds = statistics.median(measure(arguments) for _ in range(repeats))
        base = base or seconds
        print(f"{name:26} {seconds:6.3f} s CPU  {seconds / base:6.1f} × empty Python")


def measure(arguments: list[str]) -> float:
    """Run one command and return the CPU seconds of it and its workers."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
