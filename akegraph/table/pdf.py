"""Reading the tables of a PDF as grids: the one module that knows pdfplumber."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from akegraph.errors import SourceError
from akegraph.table.columns import Lexicon
from akegraph.table.decoding import UNREADABLE, clean
from akegraph.table.geometry import Box, Page, Word
from akegraph.table.grids import Progress, Sheaf
from akegraph.table.pages import read_pages

_MOST_PAGES = 500
_MOST_CHARACTERS = 200_000
_MOST_EDGES = 20_000
_END, _END_WITHIN = b"%%EOF", 4096
_UNMAPPED = re.compile(r"\(cid:\d+\)")
_WIDEST_GAP = 0.2
"""The widest gap inside a word, in heights: the narrowest space of a common font is a quarter."""

_LINE_HEIGHT = 1.0
"""Points by which letters of a line may differ in height; more would mix the lines of columns side by side."""


def read_pdf(data: bytes, file: str, lexicon: Lexicon, progress: Progress | None = None) -> Sheaf:
    """Read every table of the document.

    :raises SourceError: if the file is damaged, protected by a password, has no text, or is far too large
    """
    pages: list[Page] = []
    unmapped = characters = 0
    with _opened(data, file) as document:
        if len(document.pages) > _MOST_PAGES:
            what = f"has {len(document.pages)} pages; give the plan's pages alone, {_MOST_PAGES} at most"
            raise SourceError(what, file=file)
        for sheet, page in enumerate(document.pages):
            if progress:
                progress("pages", sheet, len(document.pages))
            characters += len(page.chars)
            if len(page.chars) > _MOST_CHARACTERS or len(page.edges) > _MOST_EDGES:
                what = "has far more on it than a page of a plan; import the document that it was made from"
                raise SourceError(what, file=file, page=sheet + 1)
            made = _read_page(page, sheet)
            unmapped += sum(UNREADABLE in word.text for word in made.words)
            pages.append(made)
            page.close()
    words = sum(len(page.words) for page in pages)
    if not words:
        what = "the PDF has no text, only pictures of it: it was scanned; recognise its text (OCR) first"
        raise SourceError(what, file=file)
    if unmapped * 2 > words:
        what = "the PDF does not tell which characters its fonts show; save it anew from the document it was made from"
        raise SourceError(what, file=file)
    return read_pages(pages, lexicon)


@contextmanager
def _opened(data: bytes, file: str) -> Iterator[Any]:
    """Open a document; whatever the library raises becomes one error of ours."""
    import pdfplumber
    from pdfminer import pdftypes
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    if _END not in data[-_END_WITHIN:]:
        raise SourceError("the PDF is cut off: its end is missing; get it again", file=file)
    logger = logging.getLogger("pdfminer")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    unpack = pdftypes.decompress_corrupted
    pdftypes.decompress_corrupted = _unpack_whole
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            yield document
    except SourceError:
        raise
    except RecursionError as error:
        raise SourceError("the PDF is damaged: its parts refer to themselves", file=file) from error
    except Exception as error:  # pdfminer raises whatever a damaged file leads it to
        causes = (error, error.__cause__, error.__context__, *error.args)
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in causes):
            what = "the PDF is protected by a password; save it without one"
        else:
            what = f"the PDF is damaged: {type(error).__name__}: {error}; save it again from its program"
        raise SourceError(" ".join(what.split()), file=file) from error
    finally:
        pdftypes.decompress_corrupted = unpack
        logger.setLevel(level)


def _unpack_whole(data: bytes) -> bytes:
    """Unpack a stream whose checksum is wrong, but never in part: pdfminer would go on without its text."""
    try:
        return zlib.decompressobj().decompress(data)
    except zlib.error as error:
        raise ValueError(f"a part of it cannot be unpacked: {error}") from error


def _read_page(page: Any, sheet: int) -> Page:
    page = page.dedupe_chars()
    words = tuple(word for found in _extract(page) if (word := _word(found)))
    tables = tuple(
        tuple(Box(x0, top, x1, bottom) for x0, top, x1, bottom in table.cells)
        for table in page.find_tables()
        if len(table.cells) > 1
    )
    size = float(page.width), float(page.height)
    return Page(sheet, *size, words, _rules(page, "h"), tables, _rules(page, "v"))


def _extract(page: Any) -> list[dict[str, Any]]:
    upright = page.filter(lambda found: found.get("object_type") != "char" or found.get("upright", True))
    found: list[dict[str, Any]] = upright.extract_words(
        x_tolerance_ratio=_WIDEST_GAP, y_tolerance=_LINE_HEIGHT, keep_blank_chars=False, return_chars=True
    )
    return found


def _word(found: dict[str, Any]) -> Word | None:
    text = clean(_UNMAPPED.sub(UNREADABLE, found["text"]))[0]
    if not text.strip():
        return None
    first = found["chars"][0]
    x0, x1, top, bottom = (float(found[key]) for key in ("x0", "x1", "top", "bottom"))
    return Word(text, x0, x1, top, bottom, float(first["x1"] - first["x0"]))


def _rules(page: Any, orientation: str) -> tuple[Box, ...]:
    """Find the horizontal or vertical rules, those drawn piece by piece put together."""
    level, start, end = ("top", "x0", "x1") if orientation == "h" else ("x0", "top", "bottom")
    pieces: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for edge in page.edges:
        if edge["orientation"] == orientation:
            pieces[round(float(edge[level]))].append((float(edge[start]), float(edge[end])))
    rules: list[Box] = []
    for at, spans in sorted(pieces.items()):
        whole: list[tuple[float, float]] = []
        for low, high in sorted(spans):
            if whole and low <= whole[-1][1] + 2:
                whole[-1] = whole[-1][0], max(whole[-1][1], high)
            else:
                whole.append((low, high))
        rules += [Box(low, at, high, at) if orientation == "h" else Box(at, low, at, high) for low, high in whole]
    return tuple(rules)
