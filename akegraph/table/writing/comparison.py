"""What differs between two plans, as text for the terminal, as JSON and as one HTML page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from akegraph.table.diffing import CellChange, Difference, Mark, Match
from akegraph.table.model import Row
from akegraph.table.writing.printout import fit_xml
from akegraph.table.writing.words import load_words


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two plans, as the comparison names it.

    :ivar doubts: cells that nobody has settled yet
    """

    id: str
    label: str
    activities: int
    synthetic: bool = False
    doubts: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans and what differs.

    :ivar headings: the columns' headings by notation
    :ivar labels: the labels of the values of each profile, by list and notation
    """

    before: Side
    after: Side
    difference: Difference
    headings: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]
    language: str = "fi"


def comparison_json(comparison: Comparison) -> str:
    """Write a comparison as JSON: rows by id, cells by column notation."""
    difference = comparison.difference
    content = {
        "before": _side_value(comparison.before),
        "after": _side_value(comparison.after),
        "new": [_row_value(row) for row in difference.new],
        "ended": [_row_value(row) for row in difference.ended],
        "continued": [_match_value(match) for match in difference.matches if match.ground != "proposed"],
        "proposed": [_match_value(match) for match in difference.proposals],
        "profiles": {
            name: [
                {"notation": value, "label": label, "before": one, "after": two}
                for value, label, one, two in _profile(comparison, name)
            ]
            for name in difference.profiles
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def comparison_text(comparison: Comparison) -> str:
    """Write a comparison as text; words removed stand in ``[-…-]``, words added in ``{+…+}``."""
    words, difference = load_words("comparison")[comparison.language], comparison.difference
    lines = [f"{comparison.before.label} → {comparison.after.label}"]
    lines += [f"  {note}" for note in _notes(comparison)]
    lines.append("  " + ", ".join(f"{title.lower()} {count}" for _, title, count in _summary(comparison)))
    for name, mark in (("new", "+"), ("ended", "-")):
        rows = difference.new if name == "new" else difference.ended
        if rows:
            lines += ["", f"{words[name]} ({len(rows)})", *(f"  {mark} {_named(row, words)}" for row in rows)]
    confirmed = [match for match in difference.changed if match.ground != "proposed"]
    for name, matches in (("changed", confirmed), ("proposals", difference.proposals)):
        if matches:
            lines += ["", f"{words[name]} ({len(matches)})"]
            for match in matches:
                lines += _match_lines(match, comparison)
    for name in difference.profiles:
        lines += ["", words[name]]
        listed = _profile(comparison, name)
        width = max(len(_valued(value, label)) for value, label, _, _ in listed)
        for value, label, one, two in listed:
            change = f"  ({two - one:+d})" if one != two else ""
            lines.append(f"  {_valued(value, label):{width}}  {one:3} → {two:<3}{change}".rstrip())
    return "\n".join(lines) + "\n"


def comparison_html(comparison: Comparison) -> str:
    """Write a comparison as one page that needs nothing else."""
    words, difference = load_words("comparison")[comparison.language], comparison.difference
    title = f"{comparison.before.label} → {comparison.after.label}"
    style = Path(__file__).with_name("comparison.css").read_text(encoding="utf-8")
    notes = "".join(f'<p class="notice">{_text(note)}</p>\n' for note in _notes(comparison))
    summary = "".join(
        f'<li><a href="#{name}"><b>{count}</b>{_text(label)}</a></li>' for name, label, count in _summary(comparison)
    )
    confirmed = [match for match in difference.changed if match.ground != "proposed"]
    unchanged = [match for match in difference.matches if not match.changes and match.ground != "proposed"]
    parts = [
        _section("proposals", words, [_article(match, comparison) for match in difference.proposals]),
        _section("new", words, [_rows_html(difference.new, words)] if difference.new else [], len(difference.new)),
        _section(
            "ended", words, [_rows_html(difference.ended, words)] if difference.ended else [], len(difference.ended)
        ),
        _section("changed", words, [_article(match, comparison) for match in confirmed]),
        _section(
            "unchanged", words, [_rows_html([m.after for m in unchanged], words)] if unchanged else [], len(unchanged)
        ),
    ]
    profiles = "".join(_profile_html(comparison, name) for name in difference.profiles)
    return f"""<!doctype html>
<html lang="{comparison.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(title)}</title>
<style>
{style}</style>
</head>
<body>
<p class="soft">{_text(words["title"])}</p>
<h1>{_text(title)}</h1>
{notes}<ul class="sum">{summary}</ul>
<div class="profiles">{profiles}</div>
{"".join(parts)}</body>
</html>
"""


def _summary(comparison: Comparison) -> list[tuple[str, str, int]]:
    words, difference = load_words("comparison")[comparison.language], comparison.difference
    confirmed = [match for match in difference.matches if match.ground != "proposed"]
    changed = [match for match in confirmed if match.changes]
    return [
        ("changed", words["changed"], len(changed)),
        ("unchanged", words["unchanged"], len(confirmed) - len(changed)),
        ("proposals", words["proposals"], len(difference.proposals)),
        ("new", words["new"], len(difference.new)),
        ("ended", words["ended"], len(difference.ended)),
    ]


def _notes(comparison: Comparison) -> Iterator[str]:
    words = load_words("comparison")[comparison.language]
    for side in (comparison.before, comparison.after):
        if side.synthetic:
            yield f"{side.label}: {words['synthetic']}"
        if side.doubts:
            yield f"{side.label}: {side.doubts} {words['doubt']}"


def _profile(comparison: Comparison, name: str) -> list[tuple[str, str, int, int]]:
    """List the values of a profile with their label and how many rows of each plan have them."""
    before, after = comparison.difference.profiles[name]
    labels = comparison.labels[name]
    values = [*labels, *sorted({*before, *after} - set(labels))]
    unknown = load_words("comparison")[comparison.language]["unknown"]
    return [(value, labels.get(value, unknown), before.get(value, 0), after.get(value, 0)) for value in values]


def _valued(value: str, label: str) -> str:
    """Put the number of a path or level before its label; other notations are no words for people."""
    return f"{value}: {label}" if value.isdecimal() else label


def _named(row: Row, words: Mapping[str, str]) -> str:
    return f"{row.text('activity')}  [{row.id}, {words['row']} {row.number}]"


def _match_lines(match: Match, comparison: Comparison) -> Iterator[str]:
    words = load_words("comparison")[comparison.language]
    if match.ground == "proposed":
        alike = f"{words['alike']} {match.likeness:.2f}"
        yield f"  ? {_named(match.before, words)} → {_named(match.after, words)}, {alike}"
        yield f"      {words['confirm'].format(before=match.before.id, after=match.after.id)}"
    else:
        yield f"  ~ {_named(match.after, words)}, {words[match.ground]}"
    for change in match.changes:
        marked = "".join(
            {"same": text, "removed": f"[-{text}-]", "added": f"{{+{text}+}}"}[mark] for mark, text in change.marks
        )
        note = f" ({words['spelling']})" if change.only_spelling else ""
        yield f"      {comparison.headings[change.column]}{note}: {marked}"


def _section(name: str, words: Mapping[str, str], parts: Sequence[str], count: int | None = None) -> str:
    shown = len(parts) if count is None else count
    body = "".join(parts) or f'<p class="soft">{_text(words["none"])}</p>\n'
    return f'<section id="{name}"><h2>{_text(words[name])} <span>{shown}</span></h2>\n{body}</section>\n'


def _rows_html(rows: Sequence[Row], words: Mapping[str, str]) -> str:
    listed = "".join(
        f"<li>{_text(row.text('activity'))} <code>{_text(row.id)}, {_text(words['row'])} {row.number}</code></li>\n"
        for row in rows
    )
    return f'<ul class="rows">{listed}</ul>\n'


def _article(match: Match, comparison: Comparison) -> str:
    words = load_words("comparison")[comparison.language]
    proposed = match.ground == "proposed"
    ground = f"{words[match.ground]}, {words['alike']} {match.likeness:.2f}" if proposed else words[match.ground]
    confirm = words["confirm"].format(before=match.before.id, after=match.after.id)
    notes = f'<p class="soft">{_text(confirm)}</p>\n' if proposed else ""
    changes = "".join(_change_html(change, comparison) for change in match.changes)
    ids = f"{match.before.id} → {match.after.id}"
    return (
        f'<article class="{match.ground}"><h3>{_text(match.after.text("activity"))}</h3>\n'
        f"<code>{_text(ids)}, {_text(ground)}</code>\n{notes}<dl>{changes}</dl></article>\n"
    )


def _change_html(change: CellChange, comparison: Comparison) -> str:
    tags: dict[Mark, str] = {"removed": "del", "added": "ins"}
    words = load_words("comparison")[comparison.language]
    note = f" ({words['spelling']})" if change.only_spelling else ""
    marked = "".join(
        f"<{tags[mark]}>{_text(text)}</{tags[mark]}>" if mark in tags else _text(text) for mark, text in change.marks
    )
    return f"<dt>{_text(comparison.headings[change.column] + note)}</dt><dd>{marked}</dd>\n"


def _profile_html(comparison: Comparison, name: str) -> str:
    rows = "".join(
        f'<tr><th scope="row">{_text(_valued(value, label))}</th><td>{one}</td><td>{two}</td>'
        f"<td>{f'{two - one:+d}' if one != two else ''}</td></tr>\n"
        for value, label, one, two in _profile(comparison, name)
    )
    before, after = (_text(side.label) for side in (comparison.before, comparison.after))
    heading = _text(load_words("comparison")[comparison.language][name])
    return (
        f'<table><thead><tr><th scope="col">{heading}</th><th scope="col">{before}</th><th scope="col">{after}</th>'
        f"<th></th></tr></thead>\n<tbody>{rows}</tbody></table>\n"
    )


def _side_value(side: Side) -> dict[str, Any]:
    value: dict[str, Any] = {"id": side.id, "label": side.label, "activities": side.activities}
    return value | {"synthetic": side.synthetic, "cellsInDoubt": side.doubts}


def _row_value(row: Row) -> dict[str, Any]:
    return {"id": row.id, "row": row.number, "page": row.page, "activity": row.text("activity")}


def _match_value(match: Match) -> dict[str, Any]:
    return {
        "before": _row_value(match.before),
        "after": _row_value(match.after),
        "ground": match.ground,
        "likeness": match.likeness,
        "changes": [
            {
                "column": change.column,
                "before": change.before,
                "after": change.after,
                "spellingOnly": change.only_spelling,
                "marks": [{"mark": mark, "text": text} for mark, text in change.marks],
            }
            for change in match.changes
        ],
    }


def _text(text: str) -> str:
    return escape(fit_xml(text))
