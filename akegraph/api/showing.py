"""Tables as HTML for notebooks: every text escaped, no script, no style from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

MOST_ROWS = 200
"""A longer table is shown up to here, and says so."""

Shown = tuple[str, str | None]
"""What a cell shows, and the address it links to."""


def show_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Shown]],
    *,
    title: str = "",
    meanings: Mapping[str, str] | None = None,
    note: str = "",
) -> str:
    """Write a table as HTML.

    :param meanings: by column, what appears when one points at its heading
    :param note: what stands below the table
    """
    meanings = meanings or {}
    lines = ["<table>"]
    if title:
        lines.append(f"<caption>{escape(title)}</caption>")
    heads = "".join(f'<th{_title(meanings.get(name))} style="text-align: left">{escape(name)}</th>' for name in columns)
    lines.append(f"<thead><tr>{heads}</tr></thead>")
    lines.append("<tbody>")
    lines += (f"<tr>{''.join(_cell(*shown) for shown in row)}</tr>" for row in rows[:MOST_ROWS])
    lines.append("</tbody>")
    lines.append("</table>")
    if len(rows) > MOST_ROWS:
        lines.append(f"<p>{MOST_ROWS} of {len(rows)} rows are shown.</p>")
    if note:
        lines.append(f"<p>{escape(note)}</p>")
    return "\n".join(lines)


def _title(text: str | None) -> str:
    return f' title="{escape(text)}"' if text else ""


def _cell(text: str, address: str | None) -> str:
    shown = escape(text)
    # Only these cannot run anything in the page that shows them.
    if address is not None and address.startswith(("http://", "https://")):
        shown = f'<a href="{escape(address)}">{shown}</a>'
    return f'<td style="text-align: left">{shown}</td>'
