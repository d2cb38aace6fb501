"""Fixes that are safe: they change no word and no meaning, and need no knowledge of the plan.

Which there are, ``shapes/codes.ttl`` tells; which rule offers one, ``akesh:fix`` of its shape. A fix is a change to the
text of a file, from one place to another: everything else stays byte for byte, and nothing is written before somebody
asks. In ``rows.csv`` a cell holds the wording of the source; there, white space may change, and a participation level
only where its spelling keeps the row from being read at all.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from akegraph.errors import GraphSyntaxError, SourceError
from akegraph.files import write_files
from akegraph.graph.iris import BASE
from akegraph.graph.loading import new_graph, parse_turtle
from akegraph.graph.schemes import Schemes
from akegraph.table.cells import read_level
from akegraph.table.columns import DASHES, Lexicon, Wording, find
from akegraph.table.plan import LANGUAGE
from akegraph.validation.literals import WrittenLiteral, read_literals, unescape
from akegraph.validation.shapes import Shapes

WHITE_SPACE, LANGUAGE_TAG, LEVEL_SPELLING = "whiteSpace", "languageTag", "levelSpelling"

_BOM = "\ufeff"
_TURTLE = (".ttl", ".nt")
_DELIMITERS = ",;\t"
_NUMBERED = re.compile(r"(\d{1,3})(?:\s*[:.)]|\s|$)\s*(.*)", re.DOTALL)
# Escapes stand for one character each; \\n is an escaped backslash and an n.
_SPACES_AS_WRITTEN = re.compile(r"(?:[ \t\r\n\f\v]|\\[tnrf])+|\\.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fix:
    """A change to one place of a file.

    :param file: the file
    :param line: the line it begins on, counted from 1
    :param where: the place in words: row and column, or subject and property
    :param kinds: what is fixed, local names of ``akesh:Fix``
    :param start: where the text to replace begins, in characters after a byte order mark
    :param before: the text as it is
    :param after: the text as it should be
    """

    file: Path
    line: int
    where: str
    kinds: tuple[str, ...]
    start: int
    before: str
    after: str

    @property
    def end(self) -> int:
        """Where the text to replace ends."""
        return self.start + len(self.before)


def find_fixes(path: Path, shapes: Shapes, schemes: Schemes) -> tuple[Fix, ...]:
    """Find the safe fixes for a plan's folder (its ``rows.csv``), a ``.csv`` file of rows or a Turtle file.

    :param shapes: read for which rule offers which fix
    :param schemes: read for the participation levels
    :returns: in the order of the file; none if there is nothing to mend, or it cannot be located for certain
    :raises SourceError: if the file cannot be read, is not UTF-8 or is of another kind
    :raises GraphSyntaxError: if it is not Turtle
    """
    if path.is_dir():
        path = path / "rows.csv"
    offered = {rule.fix for rule in shapes.rules.values()}
    if path.suffix.lower() == ".csv":
        return tuple(_fixes_of_rows(path, _read(path)[1], schemes.lexicon, offered))
    if path.suffix.lower() in _TURTLE:
        return _fixes_of_turtle(path, _read(path)[1], shapes, schemes)
    raise SourceError("fixes are made in rows.csv and in Turtle files (.ttl) only", file=str(path))


def diff_of(fixes: Iterable[Fix]) -> str:
    """Show what the fixes would change, as a unified diff."""
    shown: list[str] = []
    for path, own in _by_file(fixes):
        text = _read(path)[1]
        old, new = (part.splitlines(keepends=True) for part in (text, _replace(path, text, own)))
        for line in difflib.unified_diff(old, new, str(path), str(path), n=1):
            shown.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(shown)


def mend(fixes: Iterable[Fix]) -> dict[Path, bytes]:
    """Return what the files hold with the fixes made; nothing is written.

    :raises SourceError: if a file has changed since the fixes were found
    """
    mended = {}
    for path, own in _by_file(fixes):
        mark, text = _read(path)
        mended[path] = (mark + _replace(path, text, own)).encode()
    return mended


def apply_fixes(fixes: Iterable[Fix]) -> tuple[Path, ...]:
    """Write the fixes: every file whole or none. Of a link, the file that it leads to is written.

    :returns: the files that were changed
    :raises SourceError: if a file has changed since the fixes were found; then nothing is written
    """
    mended = mend(fixes)
    written = write_files([(path.resolve(), content, True) for path, content in mended.items()])
    return tuple(path for path, done in zip(mended, written, strict=True) if done)


@contextmanager
def applied(fixes: Iterable[Fix]) -> Iterator[tuple[Path, ...]]:
    """Write the fixes, and take them back if what is done with the files meanwhile ends in an error.

    :raises SourceError: if a file has changed since the fixes were found; then nothing is written
    """
    fixes = list(fixes)
    before = [(path.resolve(), path.read_bytes(), True) for path in dict.fromkeys(fix.file for fix in fixes)]
    changed = apply_fixes(fixes)
    try:
        yield changed
    except BaseException:
        write_files(before)
        raise


def find_level(text: str, lexicon: Lexicon) -> Wording | None:
    """Find the participation level that a text surely means, however its number, case, spaces and dash are written.

    A number and a wording that disagree mean no level; a number alone is enough.
    """
    numbered = _NUMBERED.fullmatch(text.strip())
    number, wording = (str(int(numbered[1])), _letters(numbered[2])) if numbered else (None, _letters(text))
    found = [
        level
        for level in lexicon.levels
        if (number is None or level.notation == number)
        and (not wording or wording in {_letters(known) for known in (level.label, *level.variants)})
    ]
    return found[0] if len(found) == 1 and (number or wording) else None


def tidy(text: str) -> str:
    """Leave one space between words and none around them; a space that must not break stays inside."""
    return re.sub(r"[ \t\r\n\f\v]+", " ", text.strip())


def _letters(text: str) -> str:
    kept = (c for c in " ".join(text.split()).casefold() if c not in DASHES)
    return "".join(kept).replace(" ", "")


def _read(path: Path) -> tuple[str, str]:
    """Return the byte order mark, if any, and the text after it, line ends as they are."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}", file=str(path)) from error
    except UnicodeDecodeError as error:
        raise SourceError("is not UTF-8; save it as UTF-8 before it is fixed", file=str(path)) from error
    return (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)


def _by_file(fixes: Iterable[Fix]) -> Iterator[tuple[Path, list[Fix]]]:
    grouped: dict[Path, list[Fix]] = {}
    for fix in fixes:
        grouped.setdefault(fix.file, []).append(fix)
    for path in sorted(grouped):
        yield path, sorted(grouped[path], key=lambda fix: fix.start)


def _replace(path: Path, text: str, fixes: Sequence[Fix]) -> str:
    """Return the text with the fixes made.

    :raises SourceError: if a place no longer reads as it did when its fix was found
    """
    parts: list[str] = []
    at = 0
    for fix in fixes:
        if fix.start < at or text[fix.start : fix.end] != fix.before:
            raise SourceError(f"line {fix.line} has changed since it was read; look for fixes again", file=str(path))
        parts += [text[at : fix.start], fix.after]
        at = fix.end
    return "".join([*parts, text[at:]])


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


# rows.csv


@dataclass(frozen=True, slots=True)
class _Field:
    start: int
    end: int
    source: str
    value: str


def _fixes_of_rows(path: Path, text: str, lexicon: Lexicon, offered: set[str | None]) -> Iterator[Fix]:
    records, delimiter = _read_fields(path, text)
    if not records:
        return
    header = [tidy(field.value) for field in records[0]]
    level_at = {
        at for at, name in enumerate(header) if (w := find(name, lexicon.columns)) and w.notation == "participation"
    }
    for number, fields in enumerate(records[1:], start=1):
        for at, field in enumerate(fields):
            value = tidy(field.value) if WHITE_SPACE in offered else field.value
            kinds = [WHITE_SPACE] if value != field.value else []
            if at in level_at and LEVEL_SPELLING in offered and value and read_level(value, lexicon)[0] is None:
                level = find_level(value, lexicon)
                if level is not None:
                    value, kinds = f"{level.notation}: {level.label}", [*kinds, LEVEL_SPELLING]
            if kinds:
                heading = header[at] if at < len(header) else str(at + 1)
                where, after = f"row {number}, {heading}", _quoted(value, field.source, delimiter)
                yield Fix(path, _line(text, field.start), where, tuple(kinds), field.start, field.source, after)


def _quoted(value: str, source: str, delimiter: str) -> str:
    """Write a field as it was written before, in quotes or not; in quotes also where it needs them."""
    if source.startswith('"') or any(c in value for c in f'{delimiter}"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def _read_fields(path: Path, text: str) -> tuple[list[list[_Field]], str]:
    """Read records of fields with their places; lines without any text are left out, as reading the rows does.

    :raises SourceError: if Python's reader of CSV sees other fields, so that places are not certain
    """
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda known: len(next(csv.reader([header], delimiter=known), [])))
    field = re.compile(rf'(?P<quoted>"(?:[^"]|"")*")|(?P<plain>[^{re.escape(delimiter)}\r\n]*)')
    records: list[list[_Field]] = [[]]
    at = 0
    while at <= len(text):
        match = field.match(text, at)
        assert match is not None
        source = match[0]
        value = source[1:-1].replace('""', '"') if match["quoted"] is not None else source
        records[-1].append(_Field(match.start(), match.end(), source, value))
        at = match.end()
        if at >= len(text):
            break
        if text[at] == delimiter:
            at += 1
        elif text[at] in "\r\n":
            at += 2 if text.startswith("\r\n", at) else 1
            if at >= len(text):
                break
            records.append([])
        else:
            raise SourceError(f"line {_line(text, at)}: is no CSV: a quote is inside a cell", file=str(path))
    try:
        expected = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if any(row)
        ]
    except csv.Error as error:
        raise SourceError(f"is no CSV: {error}", file=str(path)) from error
    found = [fields for fields in records if any(one.value for one in fields)]
    if [[one.value for one in fields] for fields in found] != expected:
        raise SourceError("its cells cannot be located for certain; mend it by hand", file=str(path))
    return found, delimiter


# Turtle


@dataclass(frozen=True, slots=True)
class _Change:
    """A fix of a Turtle file with the triple it takes away and the one it brings."""

    fix: Fix
    old: tuple[Node | None, Node, Node]
    new: tuple[Node | None, Node, Node]


def _fixes_of_turtle(path: Path, text: str, shapes: Shapes, schemes: Schemes) -> tuple[Fix, ...]:
    graph = new_graph()
    parse_turtle(graph, text.encode(), str(path))
    try:
        literals, prefixes = read_literals(text, BASE)
    except (ValueError, RecursionError):
        return ()
    kinds = _Kinds(graph, shapes, schemes)
    changes = [change for literal in literals if (change := _change(path, text, literal, kinds, prefixes)) is not None]
    if not _holds(graph, path, text, changes):
        changes = [change for change in changes if _holds(graph, path, text, [change])]
        if not _holds(graph, path, text, changes):
            return ()
    return tuple(change.fix for change in changes)


class _Kinds:
    """What may be mended at a literal, read from the rules that offer a fix."""

    def __init__(self, graph: Graph, shapes: Shapes, schemes: Schemes) -> None:
        self.schemes = schemes
        self._graph = graph
        rules = shapes.graph
        self._paths: dict[str, set[Node]] = {}
        self._classes: set[Node] = set()
        for rule in shapes.rules.values():
            if rule.fix is not None:
                self._paths.setdefault(rule.fix, set()).update(rules.objects(rule.shape, SH.path))
            if rule.fix == LANGUAGE_TAG:
                for owner in rules.subjects(SH.property, rule.shape):
                    self._classes.update(rules.objects(owner, SH.targetClass))

    def offers(self, kind: str, literal: WrittenLiteral) -> bool:
        """Tell whether a rule about this property offers the fix."""
        return URIRef(literal.predicate) in self._paths.get(kind, ())

    def wants_tag(self, literal: WrittenLiteral) -> bool:
        """Tell whether this is the one text without a language where the schema wants one in the plans' language."""
        if literal.language is not None or literal.typed or literal.subject is None or not literal.text.strip():
            return False
        subject = URIRef(literal.subject)
        if not any(kind in self._classes for kind in self._graph.objects(subject, RDF.type)):
            return False
        texts = [one for one in self._graph.objects(subject, URIRef(literal.predicate)) if isinstance(one, Literal)]
        untagged = [one for one in texts if one.language is None]
        return len(untagged) == 1 and not any(one.language == LANGUAGE for one in texts)


def _change(
    path: Path, text: str, literal: WrittenLiteral, kinds: _Kinds, prefixes: Mapping[str, str]
) -> _Change | None:
    """Return what would be mended at one literal, all of it in one fix."""
    source, language = literal.source, literal.language
    done: list[str] = []
    new: Node
    old = Literal(literal.text, lang=literal.language)
    predicate = URIRef(literal.predicate)
    subject = URIRef(literal.subject) if literal.subject is not None else None
    if kinds.offers(LEVEL_SPELLING, literal) and not literal.typed:
        level = find_level(literal.text, kinds.schemes.lexicon)
        if level is None:
            return None
        concept = kinds.schemes.concept("participation", level.notation)
        written, new, done = _written_iri(concept, prefixes), concept, [LEVEL_SPELLING]
    else:
        if kinds.offers(WHITE_SPACE, literal) and not literal.typed and tidy(literal.text) != literal.text:
            tidied = _SPACES_AS_WRITTEN.sub(_as_one_space, source).strip()
            if tidied and unescape(tidied) == tidy(literal.text):
                source, done = tidied, [WHITE_SPACE]
        if kinds.offers(LANGUAGE_TAG, literal) and kinds.wants_tag(literal):
            language, done = LANGUAGE, [*done, LANGUAGE_TAG]
        written = f"{literal.quote}{source}{literal.quote}" + (f"@{language}" if language is not None else "")
        new = Literal(unescape(source), lang=language)
    if not done:
        return None
    before = text[literal.start : literal.end]
    name = literal.subject.removeprefix(BASE) if literal.subject is not None else "[]"
    where = f"{name} {literal.predicate.replace('#', '/').rpartition('/')[2]}"
    fix = Fix(path, _line(text, literal.start), where, tuple(done), literal.start, before, written)
    return _Change(fix, (subject, predicate, old), (subject, predicate, new))


def _as_one_space(found: re.Match[str]) -> str:
    escaped = found[0].startswith("\\") and found[0][1] not in "tnrf"
    return found[0] if escaped else " "


def _written_iri(iri: URIRef, prefixes: Mapping[str, str]) -> str:
    """Write an IRI with a prefix of the document where that is simple, else whole."""
    for prefix, space in sorted(prefixes.items(), key=lambda known: -len(known[1])):
        if space and iri.startswith(space) and re.fullmatch(r"[A-Za-z0-9_]+", iri[len(space) :]):
            return f"{prefix}:{iri[len(space) :]}"
    return f"<{iri}>"


def _holds(graph: Graph, path: Path, text: str, changes: Sequence[_Change]) -> bool:
    """Tell whether the mended document says all that it said but what the changes are about."""
    after = new_graph()
    try:
        parse_turtle(after, _replace(path, text, [change.fix for change in changes]).encode(), str(path))
    except GraphSyntaxError:
        return False
    expected = _counted(graph)
    for change in changes:
        expected[_ground(change.old)] -= 1
        expected[_ground(change.new)] += 1
    return +expected == _counted(after) and min(expected.values(), default=0) >= 0


def _counted(graph: Graph) -> Counter[tuple[Node | None, ...]]:
    return Counter(_ground(triple) for triple in graph)


def _ground(triple: tuple[Node | None, Node, Node]) -> tuple[Node | None, ...]:
    """Return a triple without the names of blank nodes, which every reading makes anew."""
    return tuple(None if isinstance(node, BNode) else node for node in triple)
