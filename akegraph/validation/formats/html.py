"""A report as one page of HTML that needs nothing else: no scripts, no fonts, no requests.

All that comes from data and shapes is escaped; a link is made only of http and https.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from akegraph.settings import Language
from akegraph.validation.completeness import Filling, PlanTable, TableCell, TableColumn
from akegraph.validation.findings import Finding, Place, ValidationReport
from akegraph.validation.formats.arranging import Entry, Group, GroupKind, Section, Spot, arrange, is_about_plans
from akegraph.validation.formats.words import Words, capital, file_line, fold_places, head_row
from akegraph.validation.shapes import Rule

_MARKS = {Filling.FILLED: "●", Filling.DOUBTFUL: "?", Filling.MISSING: "–"}
_OPEN_SPOTS = 6
_ROWS = 1000
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def report_html(report: ValidationReport, language: Language) -> str:
    """Write a report as a page; what the baseline knows is there, and marked."""
    page = _Page(report, Words(language))
    return "\n".join(page.write()) + "\n"


@cache
def _style() -> str:
    return files("akegraph.validation.formats").joinpath("report.css").read_text(encoding="utf-8")


class _Page:
    """Writes the page of one report."""

    def __init__(self, report: ValidationReport, words: Words) -> None:
        self._report, self._words = report, words
        self._sections = arrange(report, words.language)
        self._names = {id(entry): f"f{number}" for number, entry in enumerate(self._entries(), start=1)}
        self._anchors: dict[tuple[str, str | None, int | None, str | None], str] = {}
        for entry in self._entries():
            for place in entry.places:
                key = (entry.code, place.document, place.row, place.column)
                self._anchors.setdefault(key, self._names[id(entry)])
        # Plans are in Finnish, whatever the language of the report.
        self._plan_language = ' lang="fi"' if report.tables and words.language != "fi" else ""

    def write(self) -> Iterator[str]:
        """Write every line of the page."""
        words, report, tables = self._words, self._report, self._report.tables
        title = tables[0].label if len(tables) == 1 else words["title"]
        yield f'<!doctype html>\n<html lang="{words.language}">\n<head>\n<meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        yield f"<title>{_text(title)} – {_text(words['title'])}</title>"
        yield f"<style>\n{_style()}</style>\n</head>\n<body>\n<main>"
        yield f'<p class="kicker">{_text(words["title"])}</p>' if title != words["title"] else ""
        yield f"<h1{self._plan_language if len(tables) == 1 else ''}>{_text(title)}</h1>"
        yield from self._figures()
        if not report.findings:
            yield f'<p class="none">{_text(words["blind" if report.blind else "nothing"])}</p>'
        for section in self._sections:
            yield from self._section(section, named=len(self._sections) > 1)
        yield from self._rules()
        yield from self._coverage()
        yield f'<p class="foot small soft">{_text(words["made"])}</p>\n</main>\n</body>\n</html>'

    def _entries(self) -> Iterator[Entry]:
        for section in self._sections:
            for group in section.groups:
                yield from group.entries

    def _figures(self) -> Iterator[str]:
        words, report = self._words, self._report
        yield '<dl class="figures">'
        for severity, count in report.counts.items():
            some = f"{severity.word} some" if count else ""
            yield f'<div class="{some}"><dt>{_text(words.count(severity.word, count))}</dt><dd>{count}</dd></div>'
        cells = sum(table.cells for table in report.tables)
        if cells and not report.blind:
            filled = sum(table.count(Filling.FILLED) for table in report.tables)
            yield f"<div><dt>{_text(words['in order'])}</dt><dd>{100 * filled // cells} %</dd></div>"
        if known := sum(finding.known for finding in report.findings):
            yield f"<div><dt>{_text(words['known'])}</dt><dd>{known}</dd></div>"
        yield "</dl>"

    def _section(self, section: Section, *, named: bool) -> Iterator[str]:
        words = self._words
        if named:
            label, language = words["several"], ""
            if section.table is not None:
                label, language = section.table.label, self._plan_language
            yield f"<h2{language}>{_text(label)}</h2>"
        if section.table is not None and section.table.cells and not self._report.blind:
            yield from self._matrix(section.table)
        for group in section.groups:
            yield f"<h3>{self._heading(group)}</h3>"
            for entry in group.entries:
                yield from self._entry(entry, group)

    def _heading(self, group: Group) -> str:
        if group.activity is None:
            is_plan = is_about_plans(self._report) or group.kind is GroupKind.MANY
            return _text(self._words[group.kind.name.lower() if is_plan else "findings"])
        place = next((place for entry in group.entries for place in entry.places if place.file), group.activity.place)
        at = f' <span class="at small"><code>{_text(file_line(place))}</code></span>' if place.file else ""
        where, label = head_row(group.activity, self._words)
        where = f'<span class="at">{_text(where)}</span> ' if where else ""
        return f"{where}<span{self._plan_language}>{_text(label)}</span>{at}"

    def _matrix(self, table: PlanTable) -> Iterator[str]:
        words = self._words
        shown = table.rows if len(table.rows) <= _ROWS else [row for row in table.rows if _is_open(row.cells)][:_ROWS]
        yield f'<table class="matrix">\n<caption class="unseen">{_text(words["matrix"])}</caption>\n<thead><tr>'
        yield f'<th scope="col">{_text(capital(words.count("row", 1)))}</th><th scope="col" class="name"></th>'
        yield "".join(f'<th scope="col">{_text(column.name(words.language))}</th>' for column in table.columns)
        yield "</tr></thead>\n<tbody>"
        for row in shown:
            page = f" <small>{_text(words['page'])} {row.place.page}</small>" if row.place.page is not None else ""
            number = row.place.row if row.place.row is not None else "–"
            cells = "".join(
                self._cell(column, cell, row.place) for column, cell in zip(table.columns, row.cells, strict=True)
            )
            label = f"<td{self._plan_language}>{_text(row.label)}</td>"
            yield f'<tr><th scope="row">{number}{page}</th>{label}{cells}</tr>'
        yield "</tbody>\n<tfoot>"
        for filling in Filling:
            figures = "".join(f"<td>{table.count(filling, number)}</td>" for number in range(len(table.columns)))
            yield f'<tr><th scope="row">{_text(words[filling.value])}</th><td class="name"></td>{figures}</tr>'
        percents = "".join(f"<td>{table.percent(number) or 0}</td>" for number in range(len(table.columns)))
        yield f'<tr class="sum"><th scope="row">%</th><td class="name"></td>{percents}</tr>'
        yield '</tfoot>\n</table>\n<ul class="legend">'
        for filling, mark in _MARKS.items():
            meaning = _text(words[f"{filling.value} means"])
            yield f'<li><span class="mark {filling.value}" aria-hidden="true">{mark}</span> {meaning}</li>'
        if len(shown) < len(table.rows):
            yield f"<li>{_text(words['left out'].format(len(table.rows) - len(shown)))}</li>"
        yield "</ul>"

    def _cell(self, column: TableColumn, cell: TableCell, place: Place) -> str:
        state = self._words[cell.filling.value]
        hint = f"{column.name(self._words.language)}: {', '.join(cell.codes) or state}"
        keys = ((code, place.document, place.row, column.notation) for code in cell.codes)
        anchor = next((self._anchors[key] for key in keys if key in self._anchors), None)
        mark = f'class="mark {cell.filling.value}" title="{_text(hint)}"'
        unseen = f'{_MARKS[cell.filling]}<span class="unseen"> {_text(hint)}</span>'
        return (
            f'<td><a href="#{anchor}" {mark}>{unseen}</a></td>' if anchor else f"<td><span {mark}>{unseen}</span></td>"
        )

    def _entry(self, entry: Entry, group: Group) -> Iterator[str]:
        words = self._words
        name = entry.rule.name(words.language) if entry.rule is not None else None
        yield f'<article class="finding {entry.severity.word}" id="{self._names[id(entry)]}">\n<p class="head">'
        yield f'<span class="severity">{_text(capital(words.severity(entry.severity)))}</span>'
        yield f'<code><a href="#rule-{_anchor(entry.code)}">{_text(entry.code)}</a></code>'
        yield f"<span>{_text(name)}</span>" if name else ""
        yield f"<span>{self._where(entry, group)}</span>"
        if all(spot.finding.known for spot in entry.spots):
            yield f"<span>{_text(words['known'])}</span>"
        yield f'</p>\n<p class="message">{_text(entry.message)}</p>'
        yield from self._folded(entry) if entry.folded else self._single(entry.spots[0], group)
        if any(spot.finding.fixable for spot in entry.spots):
            yield f'<p class="fix">{_text(words["fix"])}</p>'
        yield "</article>"

    def _where(self, entry: Entry, group: Group) -> str:
        """Say where it is; of what is told by its spots, only how much there is."""
        words = self._words
        if entry.folded:
            number, key = (entry.rows, "rows") if entry.rows else (len(entry.spots), "spots")
            size = f"{number} {words.count(key, number)}"
            return ", ".join(_text(part) for part in (entry.heading, size) if part)
        where = fold_places(entry.places, words.language)
        label = "" if group.kind is GroupKind.ROW else entry.spots[0].finding.label
        return " – ".join(_text(part) for part in (where, label) if part)

    def _single(self, spot: Spot, group: Group) -> Iterator[str]:
        yield from self._inside(spot.finding)
        if group.kind is not GroupKind.PLAN:
            for text in spot.texts:
                cells = ", ".join(sorted({place.cell for place in spot.places if place.cell and place.text == text}))
                at = f' <span class="small">[{_text(cells)}]</span>' if cells else ""
                yield f"<blockquote{self._plan_language}>{self._quote(text)}{at}</blockquote>"

    def _quote(self, text: str | None) -> str:
        if text is None:
            return f'<span class="empty" lang="{self._words.language}">{_text(self._words["empty"])}</span>'
        return _text(text)

    def _folded(self, entry: Entry) -> Iterator[str]:
        """Write every spot; many of them behind a summary of the places."""
        items = [f"<li>{self._spot(spot)}</li>" for spot in entry.spots]
        if len(items) <= _OPEN_SPOTS:
            yield '<ul class="spots">' + "\n".join(items) + "</ul>"
            return
        number = f"{len(items)} {self._words.count('spots', len(items))}"
        summary = fold_places(entry.places, self._words.language, columns=False) if entry.rows else number
        yield f"<details><summary>{_text(summary)}</summary>"
        yield '<ul class="spots">' + "\n".join(items) + "</ul></details>"

    def _spot(self, spot: Spot) -> str:
        finding = spot.finding
        rows = finding.activities if not finding.shared else ()
        label = rows[0].label if rows else finding.label
        where = fold_places(
            spot.places, self._words.language, columns=len({place.heading for place in spot.places}) > 1
        )
        inside = " ".join(self._inside(finding))
        texts = [text for text in spot.texts if text is None or (text != label and not finding.shared)]
        quotes = "".join(f"<blockquote{self._plan_language}>{self._quote(text)}</blockquote>" for text in texts)
        named = f"<span{self._plan_language}>{_text(label)}</span>"
        return (f'<span class="soft">{_text(where)}</span> {named}' if where else named) + inside + quotes

    def _inside(self, finding: Finding) -> Iterator[str]:
        """Write the value at fault, and the findings inside a finding."""
        if finding.value_label is not None and finding.value != finding.focus:
            yield f'<p class="small soft">{_text(self._words["value"])}: {_text(finding.value_label)}</p>'
        if finding.details:
            yield '<ul class="small">'
            for detail in finding.details:
                said = self._report.message(detail, self._words.language)
                yield f"<li>{_text(said)}"
                yield from self._inside(detail)
                yield "</li>"
            yield "</ul>"

    def _rules(self) -> Iterator[str]:
        """Tell the story of every rule that found something."""
        rules = {entry.code: entry.rule for entry in self._entries()}
        if not rules:
            return
        yield f'<section class="rules">\n<h2>{_text(self._words["rules"])}</h2>\n<dl>'
        for code, rule in sorted(rules.items()):
            name = rule.name(self._words.language) if rule is not None else None
            heading = f"<code>{_text(code)}</code>{f' {_text(name)}' if name else ''}"
            yield f'<dt id="rule-{_anchor(code)}">{heading}</dt>'
            yield from self._rule(rule) if rule is not None else ()
        yield "</dl>\n</section>"

    def _rule(self, rule: Rule) -> Iterator[str]:
        language = self._words.language
        if text := rule.description(language) or rule.message(language):
            yield f"<dd>{_text(text)}</dd>"
        for reason in rule.reason_in(language):
            yield f'<dd class="small soft">{_text(reason)}</dd>'
        for link in rule.see_also:
            yield f'<dd class="small">{_link(link)}</dd>'

    def _coverage(self) -> Iterator[str]:
        """Say what was not looked at: rules without anything to look at, things without a rule."""
        words, report = self._words, self._report
        lists: Sequence[tuple[str, Iterable[str]]] = (
            ("idle rules", (f"{rule.code} {rule.name(words.language) or ''}" for rule in report.idle)),
            ("unwatched", report.unwatched),
        )
        for key, entries in lists:
            items = [f"<li>{_text(entry)}</li>" for entry in entries]
            if items:
                yield f"<details><summary>{_text(words[key])}: {len(items)}</summary>"
                yield f'<ul class="spots">{"".join(items)}</ul></details>'


def _is_open(cells: Iterable[TableCell]) -> bool:
    return any(cell.filling is not Filling.FILLED for cell in cells)


def _text(text: str) -> str:
    """Escape a text, and take out what would change the direction of what follows or cannot stand in a page."""
    return escape("".join(" " if c in "\r\n\t" else "\ufffd" if _is_command(c) else c for c in text))


def _is_command(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and character != "\u00ad"


def _anchor(code: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else f".{ord(c):x}." for c in code)


def _link(link: str) -> str:
    if link.startswith(("http://", "https://")):
        return f'<a href="{_text(link)}" rel="noreferrer">{_text(link)}</a>'
    return _text(link)
