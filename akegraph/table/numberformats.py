"""Numbers of a spreadsheet as its cells show them: a share as ``45 %``, a day as ``2026-05-01``.

A spreadsheet stores a number and, apart from it, the form to show it in. Signs that depend on the reader's language
are put as Finnish has them. Where a form shows something else than what is stored, or cannot be told, a doubt says so.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext

from akegraph.table.grids import Doubted

SHOWN = "number-format"
"""The code of the doubt about a number that is read as it is shown: all of it is there, in another form."""
_NO_TEXT = "no-text"
_DAY = "d/m/yyyy"
_BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0 %",
    10: "0.00 %",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    49: "@",
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), _DAY),
}
"""The forms that every program knows by their number."""

_PIECE = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[(?P<inside>[^\]]*)\]|(?P<plain>.)', re.DOTALL)
_DIGITS = re.compile(r"([0#?,]*)(?:\.([0#?]*))?(,*)")
_LONGEST_FORM = 255
_MOST_DIGITS = 15
"""How many digits of a number a spreadsheet keeps; what its file holds beyond them is noise."""

_Section = list[tuple[str, str]]


def form_of(number: int, own: dict[int, str]) -> str | None:
    """Return the form that a style names by number; None where only the program that made the workbook knows it."""
    return own.get(number) or _BUILT_IN.get(number)


def show_number(value: str, form: str | None, *, since_1904: bool = False) -> tuple[str, list[Doubted]]:
    """Write a stored number as its cell shows it.

    :param value: the number as the file has it
    :param form: ``#,##0.00 "€"``; None where it is not known
    :param since_1904: whether days are counted from 1904
    :returns: what is shown, and the doubts about it; none for a whole number that is shown as it is
    """
    try:
        number = Context(prec=_MOST_DIGITS).create_decimal(value)
    except InvalidOperation:
        return value, []
    if not number.is_finite() or abs(number.adjusted()) > 300:
        return value, [(_NO_TEXT, f"the cell holds {value[:40]!r}, which is no number")]
    sections = list(_sections(form[:_LONGEST_FORM])) if form else []
    if sections and _is_date(sections[0]):
        return _show_date(number, sections[0], since_1904)
    shown = _fill(number, sections) if sections else None
    plain = _plain(number)
    if shown is None:
        return plain, [(_NO_TEXT, f"the cell holds the number {plain}, and how the workbook shows it cannot be told")]
    text, held = shown
    if held is not None:
        return text, [("rounded", f"the cell shows {text!r}, but holds {held}; show all of it, or round it")]
    if text == plain and "," not in text:
        return text, []
    return text, [(SHOWN, f"the cell holds the number {plain}, which is shown as {text!r} in Finnish")]


def _plain(number: Decimal) -> str:
    """Write a number with all its digits, with a decimal comma."""
    text = f"{number:f}" if -_MOST_DIGITS < number.adjusted() < 3 * _MOST_DIGITS else str(number)
    return (text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text).replace(".", ",")


def _sections(form: str) -> Iterator[_Section]:
    """Part a form into those for positive numbers, negative ones and zero, each as its signs."""
    section: _Section = []
    for found in _PIECE.finditer(form):
        kind = found.lastgroup
        if found["plain"] == ";":
            yield section
            section = []
        elif kind in ("quoted", "escaped"):
            section.append(("text", found[kind]))
        elif kind == "inside":
            inside = found["inside"]
            if inside.startswith("$"):
                section.append(("text", inside[1:].partition("-")[0]))
            elif inside[:1] in "<>=":
                section.append(("condition", inside))
            elif set(inside.casefold()) <= set("hms"):
                section.append(("sign", inside))
        else:
            section += [("sign", found["plain"])] if kind else [("text", " ")]
    yield section


def _signs(section: _Section) -> str:
    return "".join(sign for kind, sign in section if kind == "sign").strip().casefold()


def _is_date(section: _Section) -> bool:
    return bool(set(_signs(section).replace("general", "")) & set("dmyhs"))


def _show_date(number: Decimal, section: _Section, since_1904: bool) -> tuple[str, list[Doubted]]:
    """Write a day as its form does where that holds numbers alone; else as Finnish has it."""
    start = datetime.datetime(1904, 1, 1) if since_1904 else datetime.datetime(1899, 12, 30)
    try:
        at = start + datetime.timedelta(days=float(number))
    except (OverflowError, ValueError):
        return _plain(number), [(_NO_TEXT, "the cell holds a date that no calendar has")]
    known = {
        "d": f"{at.day}",
        "dd": f"{at.day:02}",
        "m": f"{at.month}",
        "mm": f"{at.month:02}",
        "yyyy": f"{at.year:04}",
    }
    parts = [found[0] for found in re.finditer(r"([a-z/:])\1*|[^a-z/:]", _joined(section))]
    if all(part in known or not re.match("[a-z/:]", part) for part in parts) and not number % 1:
        text = " ".join("".join(known.get(part, part) for part in parts).split())
        return text, [(SHOWN, f"the cell holds a date, which is shown as {text!r}")]
    clock = f"{at.hour}.{at.minute:02}"
    day = f"{at.day}.{at.month}.{at.year}"
    text = clock if abs(number) < 1 else f"{day} {clock}" if number % 1 else day
    return text, [(_NO_TEXT, "the cell holds a date, which the workbook may show in another form")]


def _joined(section: _Section) -> str:
    """Join the signs of a form for days, a text within it as one that is no letter of a day."""
    return "".join(text.casefold() if kind == "sign" or not text.isalpha() else "/" for kind, text in section)


def _fill(number: Decimal, sections: list[_Section]) -> tuple[str, str | None] | None:
    """Put a number into its form.

    :returns: what is shown, and what the cell holds where that is another number; None where it cannot be told
    """
    if any(kind == "condition" for section in sections for kind, _ in section):
        return None
    at = 0 if number > 0 else 1 if number < 0 else 2
    section = sections[at] if at < len(sections) else sections[0]
    signed = number < 0 and at >= len(sections)
    if _signs(section) in ("general", "@"):
        words = [text if kind == "text" else "\0" for kind, text in section]
        text = re.sub("\0+", _plain(number if signed or number >= 0 else -number), "".join(words))
        return " ".join(text.split()), None
    return _fill_digits(number, section, signed=signed)


def _fill_digits(number: Decimal, section: _Section, *, signed: bool) -> tuple[str, str | None] | None:
    form = "".join(
        "\0" if kind == "sign" and sign in "0#?.," else "" if kind == "text" else sign for kind, sign in section
    )
    if re.search(r"[a-z/]", form, re.IGNORECASE) or len(re.findall("\0+", form)) > 1:
        return None
    digits = "".join(sign for kind, sign in section if kind == "sign" and sign in "0#?.,")
    found = _DIGITS.fullmatch(digits)
    if found is None:
        return None
    whole, part, more = found[1].rstrip(","), found[2] or "", found[3]
    thousands = len(found[1]) - len(whole) + len(more)
    shares = sum(kind == "sign" and sign == "%" for kind, sign in section)
    with localcontext(prec=700):
        scaled = number.scaleb(2 * shares - 3 * thousands)
        shown = abs(scaled).quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP)
    units, _, rest = f"{shown:f}".partition(".")
    rest = rest[: max(len(rest.rstrip("0")), part.count("0"))]
    units = units.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole:
        units = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", " ", units)
    made = iter([f"{units},{rest}" if rest else units])
    texts = [next(made, "") if kind == "sign" and sign in "0#?.," else sign for kind, sign in section]
    text = " ".join(("-" * (signed and bool(shown)) + "".join(texts)).split())
    if digits and shown == abs(scaled) and (number >= 0 or signed or "-" in text or "(" in text):
        return text, None
    return text, f"{_plain(scaled)} %" if shares == 1 and not thousands else _plain(number)
