"""Messages with the values of a result filled in, in every language they are written in.

``{$this}``, ``{?value}`` and every other variable of a SPARQL constraint's solution may stand in ``sh:message``
(https://www.w3.org/TR/shacl/#sparql-constraints-messages). pyshacl 0.40 fills them, and drops the language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rdflib import SH, BNode, Graph, Literal
from rdflib.term import Node

from akegraph.validation.naming import describe_blank

MOST = 10_000
"""From how many characters on a text is cut."""
_VARIABLE = re.compile(r"\{[?$](\w+)\}")
# Labels of blank nodes as rdflib and Oxigraph make them; they mean nothing to a reader, and change from run to run.
_BLANK = re.compile(r"(?:_:)?\b(?:N[0-9a-f]{32}|n[0-9a-f]{32}b\d+)\b|_:[0-9a-f]{16,}\b")
_UNBOUND = "–"


def fill_message(message: Literal, values: Mapping[str, Node]) -> Literal:
    """Return a message with its variables filled in; its language is kept.

    A variable without a value stays as it is written, so that a reader sees that something is missing.

    :param values: the term of each variable, by name without its sign
    """
    return Literal(fill_text(str(message), values), lang=message.language)


def fill_text(text: str, values: Mapping[str, object]) -> str:
    """Return a text with its variables filled in."""
    return _VARIABLE.sub(lambda found: clip(str(values.get(found[1], found[0]))), text)


def clip(text: str) -> str:
    """Cut a text that nobody reads to its end, such as a number of a billion digits."""
    return text if len(text) <= MOST else f"{text[:MOST]}… ({len(text)})"


def find_messages(results: Graph, result: Node, shapes: Graph) -> dict[str, str]:
    """Return a result's messages by language, "" for one without, with the values filled in.

    Read are the messages of the SPARQL constraint that the result comes from; where it has none, those of its shape
    that have variables. The values of ``this``, ``path`` and ``value`` are told by the result; those of other variables
    are read out of what the engine has filled in itself.

    :param results: the engine's report; not changed
    :param shapes: the shapes with all their messages; not changed
    :returns: nothing where neither has such a message: then the rule's own are the messages
    """
    constraint = results.value(result, SH.sourceConstraint)
    templates = list(shapes.objects(constraint, SH.message)) if constraint is not None else []
    if not templates:
        shape = results.value(result, SH.sourceShape)
        templates = [text for text in shapes.objects(shape, SH.message) if _VARIABLE.search(str(text))]
    if not templates:
        return {}
    values: dict[str, object] = {}
    names: dict[str, str] = {}
    for name, predicate in (("this", SH.focusNode), ("path", SH.resultPath), ("value", SH.value)):
        value = results.value(result, predicate)
        if value is not None:
            values[name] = _say(results, value, is_path=name == "path")
        if isinstance(value, BNode):
            names[str(value)] = str(values[name])
    if "path" in values:
        values["PATH"] = values["path"]
    texts = sorted(clip(str(text)) for text in results.objects(result, SH.resultMessage))
    found: dict[str, str] = {}
    for template in sorted(t for t in templates if isinstance(t, Literal)):
        written = str(template).replace("{$PATH}", str(values.get("PATH", _UNBOUND)))
        text = _filled_by_engine(str(template), texts) or _filled_by_engine(written, texts)
        text = (text or written).replace("{$PATH}", str(values.get("PATH", _UNBOUND)))
        text = _BLANK.sub(lambda blank: names.get(blank[0].removeprefix("_:"), "[]"), fill_text(text, values))
        # What is left has no value in this solution.
        found[template.language or ""] = _VARIABLE.sub(_UNBOUND, text)
    return found


def _say(results: Graph, node: Node, *, is_path: bool) -> str:
    """Say a value: its text; of a blank node what is known of it, of a path what SPARQL writes."""
    if not isinstance(node, BNode):
        return clip(str(node))
    if is_path:
        # The engine's module reads this one.
        from akegraph.validation.engine import path_text

        return path_text(results, node)
    return describe_blank(results, node)


def _filled_by_engine(template: str, texts: Sequence[str]) -> str | None:
    """Find the text that an engine made of a template; None where none or more than one may be it."""
    parts = _VARIABLE.split(template)
    if len(parts) == 1:
        return None
    pattern = re.compile("(?s:.*?)".join(map(re.escape, parts[::2])))
    fitting = [text for text in texts if pattern.fullmatch(text)]
    return fitting[0] if len(fitting) == 1 else None
