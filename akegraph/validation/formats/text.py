"""A report as plain text for people: by plan, by activity in the order of the rows, then what many rows share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from akegraph.settings import Language
from akegraph.validation.completeness import Filling, PlanTable
from akegraph.validation.findings import Finding, Place, ValidationReport
from akegraph.validation.formats.arranging import Entry, Group, GroupKind, Spot, arrange, is_about_plans
from akegraph.validation.formats.lines import one_line
from akegraph.validation.formats.words import Words, capital, file_line, fold_places, head_row, say_counts, shorten

_CELL_LENGTH = 100
_SPOTS = 20
_SEVERAL = 6
_MARKS = {Filling.FILLED: "●", Filling.DOUBTFUL: "◐", Filling.MISSING: "○"}


def report_text(report: ValidationReport, language: Language, *, matrix: bool = False) -> str:
    """Write a report as plain text.

    :param language: of the messages and of the words around them
    :param matrix: show the matrix of cells of each plan
    :returns: lines that end in a newline; the last one counts the findings
    """
    words = Words(language)
    sections = arrange(report, language, known=False)
    lines: list[str] = []
    for section in sections:
        if len(sections) > 1:
            lines += _title(section.table.label if section.table else words["several"])
        for group in section.groups:
            lines += [*_heading(group, words, is_about_plans(report)), *_entries(group, report, words), ""]
        # Where nothing was checked, nothing is known to be in order.
        if section.table is not None and section.table.cells and not report.blind:
            lines += [*(_matrix(section.table, words) if matrix else ()), *_figures(section.table, words), ""]
    known = sum(finding.known for finding in report.findings)
    if len(report.findings) == known:
        lines.append(words["nothing new" if known else "blind" if report.blind else "nothing"])
    if known:
        lines.append(f"{words['known']}: {known}")
    lines.append(f"{words['total']}: {say_counts(report, words)}.")
    return "\n".join(map(one_line, lines)) + "\n"


def _title(label: str) -> list[str]:
    return [label, "=" * len(one_line(label)), ""]


def _heading(group: Group, words: Words, plans: bool) -> Iterator[str]:
    if group.kind is GroupKind.ROW:
        assert group.activity is not None
        place = next((place for place in group.entries[0].places if place.file), group.activity.place)
        where = file_line(place)
        heading = ": ".join(part for part in head_row(group.activity, words) if part)
        yield capital(heading) + (f"  ({where})" if where else "")
    else:
        yield words[group.kind.name.lower() if plans or group.kind is GroupKind.MANY else "findings"]


def _entries(group: Group, report: ValidationReport, words: Words) -> Iterator[str]:
    for entry in group.entries:
        yield from _folded(entry, report, words) if entry.folded else _single(entry, group, report, words)


def _single(entry: Entry, group: Group, report: ValidationReport, words: Words) -> Iterator[str]:
    """Write a finding about one thing: where, what is expected, what is there."""
    spot = entry.spots[0]
    finding = spot.finding
    where = fold_places(spot.places, words.language) or finding.label
    named = "" if group.kind is GroupKind.ROW or where == finding.label else f" – {finding.label}"
    yield f"  {words.severity(entry.severity)} {entry.code}  {where}{named}"
    yield f"    {entry.message}"
    yield from _inside(finding, "    ", report, words)
    if group.kind is not GroupKind.PLAN:
        yield from (f"    {_quote(text, words)}{_cell_of(spot, text)}" for text in spot.texts)
    yield from _fix(entry, words)


def _folded(entry: Entry, report: ValidationReport, words: Words) -> Iterator[str]:
    """Write a cause once, then every place it was found at, told apart where there is something to tell."""
    heading = entry.heading
    size = ", ".join(part for part in (heading, _size(entry, words)) if part)
    yield f"  {words.severity(entry.severity)} {entry.code}  {size}"
    yield f"    {entry.message}"
    plain = not any(spot.finding.shared or spot.finding.value is not None for spot in entry.spots)
    if plain and entry.rows:
        empty = f" ({words['cells empty']})" if all(spot.texts == (None,) for spot in entry.spots) else ""
        yield f"    {fold_places(entry.places, words.language, columns=heading is None)}{empty}"
    elif heading is None and len(entry.spots) > _SEVERAL:
        yield from (f"    {line}" for line in _by_column(entry, words))
    else:
        for spot in entry.spots[:_SPOTS]:
            where = fold_places(spot.places, words.language, columns=heading is None)
            label = spot.finding.label
            yield f"    {where} – {label}" if where else f"    {label}"
            yield from _inside(spot.finding, "      ", report, words)
        if len(entry.spots) > _SPOTS:
            yield f"    {words['more'].format(len(entry.spots) - _SPOTS)}"
    yield from _fix(entry, words)


def _by_column(entry: Entry, words: Words) -> Iterator[str]:
    """Sum up things of many columns: how many in which column, and their rows."""
    by_column: dict[tuple[int, str], list[Spot]] = {}
    for spot in entry.spots:
        place = spot.places[0] if spot.places else Place()
        by_column.setdefault((place.rank, place.heading or ""), []).append(spot)
    for (_, heading), spots in sorted(by_column.items()):
        size = f"{len(spots)} {words.count('spots', len(spots))}"
        where = fold_places(_merge(spots), words.language, columns=False)
        yield ": ".join(part for part in (heading, ", ".join(part for part in (size, where) if part)) if part)


def _merge(spots: Sequence[Spot]) -> list[Place]:
    return sorted({place for spot in spots for place in spot.places}, key=lambda place: place.order)


def _size(entry: Entry, words: Words) -> str:
    """Say how many there are: rows, or things that have no row."""
    if entry.rows:
        return f"{entry.rows} {words.count('rows', entry.rows)}"
    return f"{len(entry.spots)} {words.count('spots', len(entry.spots))}"


def _inside(finding: Finding, indent: str, report: ValidationReport, words: Words) -> Iterator[str]:
    """Write the value that is at fault and the findings inside."""
    if finding.value_label is not None and finding.value != finding.focus:
        yield f"{indent}{words['value']}: {shorten(finding.value_label, _CELL_LENGTH)}"
    for detail in finding.details:
        yield f"{indent}· {shorten(report.message(detail, words.language), 2 * _CELL_LENGTH)}"
        yield from _inside(detail, indent + "  ", report, words)


def _quote(text: str | None, words: Words) -> str:
    return f"({words['empty']})" if text is None else f"«{shorten(text, _CELL_LENGTH)}»"


def _cell_of(spot: Spot, text: str | None) -> str:
    """Name the spreadsheet cell of a text, where the table came in a spreadsheet."""
    cells = dict.fromkeys(place.cell for place in spot.places if place.text == text and place.cell)
    return f"  [{', '.join(cells)}]" if cells else ""


def _fix(entry: Entry, words: Words) -> Iterator[str]:
    if any(spot.finding.fixable for spot in entry.spots):
        yield f"    {words['fix']}"


def _figures(table: PlanTable, words: Words) -> Iterator[str]:
    """Say how full the plan is."""
    counts = ", ".join(
        f"{number} {words.count(f'{filling.value} cells', number)}"
        for filling in Filling
        for number in (table.count(filling),)
    )
    rows = f"{len(table.rows)} {words.count('rows', len(table.rows))}"
    yield words["figures"].format(rows=rows, cells=table.cells, percent=table.percent(), counts=counts)


def _matrix(table: PlanTable, words: Words) -> Iterator[str]:
    """Draw the cells of a plan: one line for each row, one mark for each cell."""
    numbers = [str(number) for number in range(1, len(table.columns) + 1)]
    wheres = [_where(row.place, words) for row in table.rows]
    width = max((len(text) for text in (*wheres, words["filled"], words["doubtful"], words["missing"])), default=0)
    yield f"{'':{width}}  " + "  ".join(f"{number:>3}" for number in numbers)
    for row, where in zip(table.rows, wheres, strict=True):
        marks = "  ".join(f"{_MARKS[cell.filling]:>3}" for cell in row.cells)
        yield f"{where:{width}}  {marks}   {shorten(row.label, 50)}"
    for filling in Filling:
        figures = [str(table.count(filling, column)) for column in range(len(table.columns))]
        yield f"{words[filling.value]:{width}}  " + _line(figures)
    yield f"{'%':{width}}  " + _line([str(table.percent(column)) for column in range(len(table.columns))])
    yield ""
    yield ", ".join(
        f"{number} {column.name(words.language)}" for number, column in zip(numbers, table.columns, strict=True)
    )
    yield ", ".join(f"{mark} {words[filling.value]}" for filling, mark in _MARKS.items())
    yield ""


def _line(figures: Sequence[str]) -> str:
    return "  ".join(f"{figure:>3}" for figure in figures)


def _where(place: Place, words: Words) -> str:
    page = f"{words['page']} {place.page}" if place.page is not None else ""
    row = f"{words.count('row', 1)} {place.row}" if place.row is not None else ""
    return ", ".join(part for part in (page, row) if part)
