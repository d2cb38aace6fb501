"""The table as one HTML page that needs nothing else: readable on paper, on a wide screen and on a narrow one."""

from __future__ import annotations

from html import escape
from pathlib import Path

from akegraph.table.model import Column, Row
from akegraph.table.writing.printout import Printout, fit_xml


def write_html(printout: Printout) -> bytes:
    """Write one page with its style inside; every cell tells its language, every row can be linked to by its id."""
    table, plan = printout.table, printout.plan
    title = _text(plan.title)
    style = Path(__file__).with_name("table.css").read_text(encoding="utf-8")
    notice = f'<p class="notice">{_text(printout.notice)}</p>\n' if printout.notice else ""
    notes = "".join(f"<p>{_text(note)}</p>\n" for note in printout.notes)
    columns = "".join(f'<col class="{column}">' for column in Column)
    spoken = f' lang="{printout.heading_language}"' if printout.heading_language != printout.language else ""
    headings = "".join(f'<th scope="col"{spoken}>{_text(table.headings[column])}</th>' for column in Column)
    rows = "\n".join(_row(row, printout) for row in table.rows)
    return f"""<!doctype html>
<html lang="{printout.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{notice}<h1 lang="{plan.language}">{title}</h1>
{notes}<table>
<colgroup>{columns}</colgroup>
<thead><tr>{headings}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
""".encode("utf-8", "replace")


def _row(row: Row, printout: Printout) -> str:
    cells = []
    for column in Column:
        language, text = printout.language_of(column), row.text(column)
        spoken = f' lang="{language}"' if language != printout.language else ""
        body = (
            _text(text).replace("/", "/<wbr>")
            if text
            else f'<span class="missing">{_text(printout.words["missing"])}</span>'
        )
        heading = _text(printout.table.headings[column])
        cells.append(f'<td class="{column}" data-heading="{heading}"{spoken if text else ""}>{body}</td>')
    return f'<tr id="{_text(row.id)}" data-page="{row.page}" data-row="{row.number}">{"".join(cells)}</tr>'


def _text(text: str) -> str:
    return escape(fit_xml(text))
