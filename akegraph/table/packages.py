"""Opening DOCX and XLSX files, which are zip archives of XML, without trusting what they say of themselves.

Sizes are checked twice: as the archive declares them, and as they come out. XML with a document type is refused
before it is parsed, because Office files have none and an entity bomb needs one.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Collection, Iterator
from typing import Literal
from xml.etree import ElementTree as ET

from akegraph.errors import SourceError

MEGABYTE = 1024 * 1024
_MOST_PARTS = 10_000
_PICTURES = 10
"""How many times the limit everything may come to, with the pictures, which are never taken out."""
_CHUNK = 1 << 18
_DEEPEST = 500
_BYTES_AN_ELEMENT = 25
"""How many bytes of the limit an element takes up at least: an empty one of four bytes needs far more when read."""
_DOCUMENT_TYPES = tuple("<!D".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_ENTITIES = tuple("<!E".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


class Package:
    """An Office file whose parts are taken out one by one, within one limit for all of them.

    :param limit: bytes that the parts taken out may come to together
    """

    def __init__(self, data: bytes, file: str, limit: int) -> None:
        self.file, self.limit = file, limit
        self._taken = self._elements = 0
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            infos = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise self._damaged(str(error)) from error
        self.names: Collection[str] = {info.filename for info in infos}
        texts = sum(info.file_size for info in infos if info.filename.endswith((".xml", ".rels")))
        if len(infos) > _MOST_PARTS or texts > limit or sum(info.file_size for info in infos) > _PICTURES * limit:
            raise self.too_large()
        if any(info.flag_bits & 1 for info in infos):
            raise SourceError("is protected by a password; save it without one", file=file)

    def read(self, name: str) -> bytes:
        """Take out one part.

        :raises SourceError: if it is missing, damaged, or more than the limit allows
        """
        chunks: list[bytes] = []
        try:
            with self._archive.open(name) as part:
                while chunk := part.read(_CHUNK):
                    self._taken += len(chunk)
                    if self._taken > self.limit:
                        raise self.too_large()
                    chunks.append(chunk)
        except KeyError:
            raise self._damaged(f"the part {name!r} is missing") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
            raise self._damaged(str(error)) from error
        return b"".join(chunks)

    def read_xml(self, name: str) -> ET.Element:
        """Take out one part and parse it.

        :raises SourceError: if it cannot be, or has a document type
        """
        for _, element in self.iter_xml(name, None):
            root = element
        return root

    def iter_xml(
        self, name: str, whole: Collection[str] | None
    ) -> Iterator[tuple[Literal["start", "end"], ET.Element]]:
        """Take out one part and parse it piece by piece, yielding each element as it begins and as it ends.

        :param whole: the names of the elements that are wanted with all that is in them; others are forgotten as they
            end. None: all are kept
        :raises SourceError: if it cannot be, has a document type, or holds more elements than the limit allows
        """
        data = self.read(name)
        if any(mark in data for mark in (*_DOCUMENT_TYPES, *_ENTITIES)):
            raise SourceError(f"the part {name!r} declares a document type, which no Office file has", file=self.file)
        path: list[ET.Element] = []
        inside = 0
        try:
            # it declares no entity and no document type, so nothing in it can grow
            for event, element in ET.iterparse(io.BytesIO(data), ("start", "end")):  # noqa: S314
                if event == "start":
                    path.append(element)
                    self._elements += 1
                    if self._elements * _BYTES_AN_ELEMENT > self.limit:
                        raise self.too_large()
                    if len(path) > _DEEPEST:
                        raise SourceError(f"the part {name!r} is nested too deeply; save it again", file=self.file)
                    if inside or whole is None or local_name(element) in whole:
                        inside += 1
                    yield "start", element
                    continue
                path.pop()
                yield "end", element
                inside -= bool(inside)
                if path and not inside:
                    path[-1].remove(element)
        except (ET.ParseError, ValueError, LookupError) as error:
            raise self._damaged(f"the part {name!r} is no XML: {error}") from error

    def _damaged(self, why: str) -> SourceError:
        return SourceError(f"the file is damaged: {why}; save it again from its program", file=self.file)

    def too_large(self) -> SourceError:
        """Make the error for what comes to more than the limit, in the archive or out of it."""
        what = (
            f"unpacks to more than {self.limit // MEGABYTE} MB, far more than a plan needs; "
            "if it is one, raise the limit with --max-size"
        )
        return SourceError(what, file=self.file)


def local_name(element: ET.Element) -> str:
    """Return an element's name without its namespace, of which Office files have two."""
    return str(element.tag).rpartition("}")[2]
