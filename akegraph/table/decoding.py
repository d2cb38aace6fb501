"""Bytes to characters: which encoding, and which characters no plan should have."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from itertools import pairwise

from akegraph.errors import SourceError

UNREADABLE = "\ufffd"
_KEPT_CONTROLS = "\t\n\r\f\v\x85"
_SIGNATURES = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip file (DOCX, XLSX or ODT)",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel document",
    b"{\\rtf": "an RTF document",
}
_DRAWN = re.compile("\u00ad[-\u2010\u2011]$", re.MULTILINE)
"""A soft hyphen and the hyphen that a program drew for it at the line's end."""
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}


def split_fields(text: str, file: str) -> list[list[str]]:
    """Split CSV at commas, semicolons or tabs, whichever part its first line into most fields.

    :raises SourceError: if it is no CSV
    """
    header = text.partition("\n")[0]
    try:
        delimiter = max(",;\t", key=lambda known: len(next(csv.reader([header], delimiter=known), [])))
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise SourceError(f"is no CSV: {error}", file=file) from error


def decode(data: bytes, file: str) -> tuple[str, list[str]]:
    """Decode text: UTF-8, UTF-16 with a byte order mark, else Windows-1252.

    :returns: the text, and notes on what was not plain UTF-8
    :raises SourceError: if the bytes are empty, no text, or mix encodings
    """
    for signature, name in _SIGNATURES.items():
        if data.startswith(signature):
            raise SourceError(f"this is {name}, not plain text", file=file)
    text, notes = _decode(data, file)
    if "\0" in text:
        raise SourceError("this is a binary file, not plain text", file=file)
    if not text.strip():
        raise SourceError("the file is empty", file=file)
    return text, notes


def _decode(data: bytes, file: str) -> tuple[str, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ["read as UTF-16"]
        except UnicodeDecodeError as error:
            raise SourceError(f"begins like UTF-16 but is not: {error.reason}", file=file) from error
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        readable = data.decode("utf-8", errors="replace").replace(UNREADABLE, "")
        if not readable.isascii():
            what = f"line {line} is not UTF-8 but other lines are: the file mixes encodings; save it as UTF-8"
            raise SourceError(what, file=file) from error
    try:
        return data.decode("cp1252"), [f"not UTF-8 (line {line}), so read as Windows-1252"]
    except UnicodeDecodeError as error:
        raise SourceError("neither UTF-8 nor Windows-1252; save it as UTF-8", file=file) from error


def clean(text: str) -> tuple[str, list[str]]:
    """Remove what has no printed form and mark what cannot be read with U+FFFD.

    Ligatures become letters, characters are composed (NFC); soft hyphens, white space and page breaks stay.
    """
    text = _DRAWN.sub("\u00ad", unicodedata.normalize("NFC", text.translate(_LIGATURES)))
    invisible = unreadable = 0
    kept: list[str] = []
    for character in text:
        category = unicodedata.category(character)
        if category == "Cf" and character != "\u00ad":
            invisible += 1
        elif category in {"Cc", "Co", "Cs", "Cn"} and character not in _KEPT_CONTROLS:
            unreadable += 1
            kept.append(UNREADABLE)
        else:
            kept.append(character)
    notes = []
    if invisible:
        notes.append(f"{invisible} characters without a printed form were removed")
    if unreadable:
        notes.append(f"{unreadable} control characters stand where text should; their cells are in doubt")
    return "".join(kept), notes


def is_garbled(word: str) -> bool:
    """Tell whether a word has lost characters, or looks like UTF-8 that was read as Windows-1252."""
    return UNREADABLE in word or any(
        first in "ÃÂ" and ("\x80" <= second <= "\xbf" or second in "€™œžŸ–—“”„†‡…‰‹›ŒŽšŠ¤¶")
        for first, second in pairwise(word)
    )
