"""Lines for terminals and for the logs of pipelines, which take some of them for commands."""

from __future__ import annotations

import re

_BREAK = re.compile(r"\s*[\x00-\x1f\x7f-\x9f\u2028\u2029]+\s*")
_LOG_COMMAND = re.compile(r"##(?=\w*\[)")
# Controls that no text needs: those of a terminal, and those that turn the direction of what follows.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """Put a text on one line that no log takes for a command.

    GitHub obeys a line that begins with ``::``, and it and Azure one with ``##[`` or ``##vso[`` anywhere in it.
    """
    line = _LOG_COMMAND.sub("# #", _BREAK.sub(" ", text))
    start = len(line) - len(line.lstrip())
    return f"{line[:start]}: :{line[start + 2 :]}" if line.startswith("::", start) else line


def tame(text: str) -> str:
    """Replace the characters that command a terminal or turn the direction of a text by a visible mark."""
    return _CONTROL.sub("\ufffd", text)
