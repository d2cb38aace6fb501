"""The words of a report that no shape brings along, and how places are said in them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from akegraph.settings import Language
from akegraph.validation.findings import ActivityRow, Place, Severity, ValidationReport

_PAGES = 3


class Words:
    """The words of the interface in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._words = load_words()[language]

    def __getitem__(self, key: str) -> str:
        return str(self._words[key])

    def count(self, key: str, number: int) -> str:
        """Return a word in the singular or plural."""
        one, many = self._words[key]
        return str(one if number == 1 else many)

    def severity(self, severity: Severity) -> str:
        """Name a severity."""
        return self.count(severity.word, 1)


@cache
def load_words() -> dict[str, dict[str, Any]]:
    """Read ``words.toml`` beside this module: the words by language."""
    return tomllib.loads(files("akegraph.validation.formats").joinpath("words.toml").read_text(encoding="utf-8"))


def fold_places(places: Iterable[Place], language: Language, *, columns: bool = True) -> str:
    """Say where places are, rows of one page and column together: ``s. 16, rivit 1, 5–7, Arviointi``.

    The document's title comes first where places lie in several documents. A place that is no cell is said as its
    file and line.

    :param columns: name the columns, too
    """
    words = Words(language)
    places = list(places)
    several = len({place.document for place in places}) > 1
    groups: dict[tuple[str | None, str | None, int | None], list[int]] = {}
    lines: list[str] = []
    for place in places:
        heading = (place.heading if place.heading is not None else place.column) if columns else None
        if place.page is None and place.row is None and heading is None:
            lines.append(file_line(place))
            continue
        rows = groups.setdefault((place.title if several else None, heading, place.page), [])
        if place.row is not None and place.row not in rows:
            rows.append(place.row)
    runs = _join_pages([_Run(*key[:2], [key[2]], sorted(rows)) for key, rows in groups.items()])
    parts: list[str] = []
    for run, following in pairwise([*runs, None]):
        assert run is not None
        pages = [page for page in run.pages if page is not None]
        piece = [run.title] if run.title is not None else []
        piece += [f"{words['page']} {fold_numbers(pages)}"] if pages else []
        piece += [f"{words.count('row', len(run.rows))} {fold_numbers(run.rows)}"] if run.rows else []
        # A heading that the next page repeats is said once, at the end.
        is_last = following is None or following.heading != run.heading
        piece += [run.heading] if run.heading is not None and is_last else []
        parts.append(", ".join(piece))
    return "; ".join([*parts, *dict.fromkeys(line for line in lines if line)])


@dataclass(frozen=True, slots=True)
class _Run:
    title: str | None
    heading: str | None
    pages: list[int | None]
    rows: list[int]


def _join_pages(runs: Sequence[_Run]) -> list[_Run]:
    """Say rows that go on over many pages at once: ``s. 1–38, rivit 1–340``; of a few pages each is said."""
    if len(runs) <= _PAGES:
        return list(runs)
    joined: list[_Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if last is not None and (last.title, last.heading) == (run.title, run.heading) and _goes_on(last, run):
            joined[-1] = _Run(run.title, run.heading, [*last.pages, *run.pages], [*last.rows, *run.rows])
        else:
            joined.append(run)
    return joined


def _goes_on(last: _Run, run: _Run) -> bool:
    """Tell whether a run of rows goes on where another one ends, without a gap in pages or rows."""
    pages, rows = [*last.pages, *run.pages], [*last.rows, *run.rows]
    return (
        bool(last.rows and run.rows)
        and rows == list(range(rows[0], rows[0] + len(rows)))
        and None not in pages
        and pages[-1] == (pages[-2] or 0) + 1
    )


def fold_numbers(numbers: Sequence[int]) -> str:
    """Write numbers with runs of three or more as ranges: ``1, 5–7, 12``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(str(number) for number in run) for run in runs
    )


def file_line(place: Place) -> str:
    """Say the file and line as tools do and terminals follow: ``rows.csv:10``."""
    if place.file is None:
        return ""
    return place.file if place.line is None else f"{place.file}:{place.line}"


def head_row(activity: ActivityRow, words: Words) -> tuple[str, str]:
    """Say where an activity stands and what it is: ``Rivi 9, s. 17`` and its name."""
    row, page = activity.place.row, activity.place.page
    where = [f"{words.count('row', 1)} {row}"] if row is not None else []
    where += [f"{words['page']} {page}"] if page is not None else []
    return capital(", ".join(where)), activity.label


def say_counts(report: ValidationReport, words: Words) -> str:
    """Say how many findings there are of each severity."""
    return ", ".join(f"{count} {words.count(severity.word, count)}" for severity, count in report.counts.items())


def shorten(text: str, length: int) -> str:
    """Put a text on one line and cut it where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def capital(text: str) -> str:
    """Write the first letter as a capital."""
    return text[:1].upper() + text[1:]
