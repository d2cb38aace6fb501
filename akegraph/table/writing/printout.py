"""What a written table shows: the cells, the title, where it comes from, and whether it is made up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from akegraph.table.model import Table
from akegraph.table.plan import LANGUAGE, Document, Plan
from akegraph.table.writing.words import load_words

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Printout:
    """A plan's table ready to be written.

    :ivar language: of the headings and of what is said around the table
    :ivar languages: of the cells by column notation, where it is not the plan's
    :ivar normalised: whether the controlled cells were worded anew
    """

    plan: Plan
    document: Document
    table: Table
    language: str = LANGUAGE
    languages: Mapping[str, str] = field(default_factory=dict)
    normalised: bool = False

    @property
    def words(self) -> Mapping[str, str]:
        """The words around the table."""
        return load_words("table")[self.language]

    @property
    def notice(self) -> str | None:
        """What must be said first: that the plan is made up; None for a real plan."""
        return self.words["synthetic"] if self.plan.synthetic else None

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the table comes from, and whose words its cells are."""
        document, words = self.document, self.words
        pages = "–".join(str(page) for page in dict.fromkeys((document.first_page, document.last_page)))
        issued = f"{document.issued.day}.{document.issued.month}.{document.issued.year}"
        if self.language == "en":
            issued = document.issued.isoformat()
        source = f"{words['source']}: {document.title}, {document.publisher}, {issued}, {words['pages']} {pages}"
        return (source, words["normalised"]) if self.normalised else (source,)

    @property
    def heading_language(self) -> str:
        """The language of the headings, which are as printed unless the table was worded anew."""
        return self.language if self.normalised else self.plan.language

    def language_of(self, column: str) -> str:
        """Return the language of a column's cells."""
        return self.languages.get(column, self.plan.language)


def fit_xml(text: str) -> str:
    """Replace the characters that no XML document can hold by U+FFFD."""
    return _NOT_IN_XML.sub("\ufffd", text)
