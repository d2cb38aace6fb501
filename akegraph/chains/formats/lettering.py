"""How wide words are, and where lines break: about, as the reader's own font is not known here."""

from __future__ import annotations

import re
import unicodedata

_SYLLABLE = re.compile(r"[bcdfghjklmnpqrstvwxzšž][aeiouyåäö]", re.IGNORECASE)
_NARROW = frozenset("iljtfrI.,:;'|!()[]/ -’”\"")
_WIDE = frozenset("mwMW@%—…")
_BREAK = re.compile(r"\S+?[-–/](?=\S)|\S+")
"""Where a line may end: at a space, and behind a hyphen, a dash or a slash within a word."""


def text_width(text: str, size: float) -> float:
    """Measure a text in the units of its font size, rather too wide than too narrow."""
    return sum(map(_letter_width, text)) * size


def wrap_text(text: str, width: float, size: float, most: int) -> list[str]:
    """Break a text into lines of at most this width; a word too long for a line is broken too.

    :param most: lines beyond this are left out, and the last one that is kept ends with …
    """
    lines: list[str] = []
    end = 0
    for piece in _BREAK.finditer(text):
        space = " " if piece.start() > end else ""
        end = piece.end()
        word = piece[0]
        if lines and text_width(lines[-1] + space + word, size) <= width:
            lines[-1] += space + word
            continue
        if len(lines) > most:
            break
        while text_width(word, size) > width and len(lines) <= most:
            cut, mark = _hyphenate(word, width, size)
            lines.append(word[:cut] + mark)
            word = word[cut:]
        lines.append(word)
    if len(lines) <= most:
        return lines
    last = clip_text(lines[most - 1], width - text_width(" …", size), size)
    return [*lines[: most - 1], last.removesuffix("…") + " …"]


def clip_text(text: str, width: float, size: float) -> str:
    """Cut a text to this width; one that is cut ends with …."""
    if text_width(text, size) <= width:
        return text
    return text[: _fitting(text, width - text_width("…", size), size)].rstrip() + "…"


def _hyphenate(word: str, width: float, size: float) -> tuple[int, str]:
    """Find where to break a word that is too long for a line, and the mark that says so.

    In Finnish a syllable begins with each consonant that a vowel follows; without such a place it is the last letter
    that fits.
    """
    most = _fitting(word, width - text_width("-", size), size)
    for cut in range(most, 2, -1):
        if len(word) - cut > 2 and word[cut - 1].isalpha() and _SYLLABLE.match(word, cut):
            return cut, "-"
    return most, ""


def _fitting(text: str, width: float, size: float) -> int:
    """Count the letters that fit, at least one; marks stay with the letter before them."""
    used, number = 0.0, 0
    for number, letter in enumerate(text):
        used += _letter_width(letter) * size
        if used > width and number and not unicodedata.combining(letter):
            return number
    return number + 1


def _letter_width(letter: str) -> float:
    if letter in _NARROW:
        return 0.31
    if letter in _WIDE:
        return 0.92
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return 1.05
    return 0.68 if letter.isupper() else 0.55
