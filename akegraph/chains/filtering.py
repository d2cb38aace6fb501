"""Which chains are wanted: what they go through, and the values they are filtered by.

The filters are the parameters of ``queries/internal/chain-activities.rq``; a value gets into the query through them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from akegraph.errors import BadParameterError, UnknownResourceError
from akegraph.graph.iris import AKEID, AKEV, Kind, is_stable_id, shorten_iri
from akegraph.queries import NamedQuery, load_queries
from akegraph.resources import resource
from akegraph.store.base import Store

_ROW = re.compile(r"[0-9]{1,9}")
_NOTATION = re.compile(r"[A-Za-z0-9-]+")
_THINGS = {*get_args(Kind), "input"} - {"record"}
_SCHEMES = {
    "task": "task",
    "path": "path",
    "level": "participation",
    "participation": "participation",
    "timing": "timing",
}
_MOST_CLOSE = 3
_LONGEST = 200
"""Beyond so many characters a name is no slip of the pen, and comparing it would take its time."""


def internal_query(name: str) -> NamedQuery:
    """Return a query of ``queries/internal``."""
    return load_queries(resource("queries", "internal")).get_query(name)


@dataclass(frozen=True, slots=True)
class Name:
    """What somebody calls an element by.

    :param text: as it was given
    :param iri: the IRI it stands for; for a plan's row, the plan's
    :param row: the row of that plan; None for everything else
    """

    text: str
    iri: str
    row: int | None = None


def parse_name(text: str) -> Name:
    """Parse the name of an element: ``kind/id``, an activity's stable id, a plan's id and a row, or an IRI.

    ``task/support``, ``path/3``, ``level/4`` and ``timing/end`` are concepts; ``goal/okm-2026-2`` and
    ``output/uvcd5635`` are resources.

    :raises BadParameterError: if it is none of them
    """
    kind, slash, own = text.partition("/")
    if not slash and is_stable_id(text):
        return Name(text, str(AKEID[f"activity/{text}"]))
    if kind in _SCHEMES and _NOTATION.fullmatch(own):
        return Name(text, str(AKEV[f"{_SCHEMES[kind]}/{own}"]))
    if kind in _THINGS and is_stable_id(own):
        return Name(text, str(AKEID[f"{kind}/{own}"]))
    if is_stable_id(kind) and _ROW.fullmatch(own):
        return Name(text, str(AKEID[f"plan/{kind}"]), int(own))
    if ":" not in text:
        raise BadParameterError("id", f"{text[:_LONGEST]!r} is neither a stable id nor an IRI, PLAN/ROW or KIND/ID")
    try:
        return Name(text, internal_query("chain-through").parameters["element"].to_term(text).value)
    except BadParameterError as error:
        raise BadParameterError("id", error.what) from error


def check_filters(store: Store, values: Mapping[str, str]) -> None:
    """Refuse what nobody knows: a slip would look like an empty answer. Asked only where there is no answer.

    :param values: the texts of the filters by name
    :raises UnknownResourceError: if there is no such plan; with the ids that come close
    :raises BadParameterError: if nothing is known of another value; with those that come close
    """
    try:
        internal_query("chain-activities").check_known(store, values)
    except BadParameterError as error:
        if error.name == "plan":
            raise UnknownResourceError(values["plan"], error.matches) from error
        raise BadParameterError(error.name, error.what, matches=error.matches) from error
    if "year" in values:
        rows = store.select(internal_query("chain-years").bind()).rows
        known = sorted({year for row in rows for year in range(int(row["first"].value), int(row["last"].value) + 1)})
        if int(values["year"]) not in known:
            years = ", ".join(map(str, known)) or "none"
            raise BadParameterError("year", f"no plan covers {values['year']}; known are {years}")


def check_element(store: Store, name: Name) -> None:
    """Refuse an element that nobody knows.

    :raises UnknownResourceError: with the names that come close
    """
    if not store.select(internal_query("chain-elements").bind({"element": name.iri})).rows:
        raise UnknownResourceError(name.text, find_close(store, name))


def find_close(store: Store, name: Name) -> list[str]:
    """Return names of elements that come close to one nobody knows: by their ids, and by their labels."""
    if len(name.text) > _LONGEST:
        return []
    wanted = name.text.casefold()
    labels: dict[str, str] = {}
    for row in store.select(internal_query("chain-elements").bind()).rows:
        labels.setdefault(_call(row["element"].value), row["label"].value.casefold() if "label" in row else "")
    same_kind = [known for known in labels if known.partition("/")[0] == wanted.partition("/")[0]]
    by_id = difflib.get_close_matches(wanted, same_kind or list(labels), n=_MOST_CLOSE)
    by_label = [known for known, label in labels.items() if len(wanted) > 2 and wanted in label]
    return list(dict.fromkeys([*by_id, *by_label]))[:_MOST_CLOSE]


def _call(iri: str) -> str:
    """Return the shortest name that :func:`parse_name` reads as this IRI."""
    for kind, scheme in (("level", "participation"), *_SCHEMES.items()):
        if iri.startswith(f"{AKEV}{scheme}/"):
            return f"{kind}/{iri.removeprefix(f'{AKEV}{scheme}/')}"
    own = iri.removeprefix(str(AKEID))
    if own == iri or own.partition("/")[0] not in _THINGS:
        return shorten_iri(iri)
    return own.removeprefix("activity/")
