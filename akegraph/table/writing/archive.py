"""Office documents are zip archives whose entries carry the clock; these do not."""

from __future__ import annotations

import io
import re
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)
_CORE = "docProps/core.xml"
_CLOCK = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def freeze_archive(data: bytes, moment: str) -> bytes:
    """Pack a document's archive again with the same time on every entry and in its properties.

    :param moment: the time its properties tell, ``2026-01-01T00:00:00Z``
    """
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as given,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as frozen,
    ):
        for entry in given.infolist():
            content = given.read(entry)
            if entry.filename == _CORE:
                content = _CLOCK.sub(rb"\g<1>" + moment.encode() + rb"\g<3>", content)
            info = zipfile.ZipInfo(entry.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 3
            frozen.writestr(info, content)
    return stream.getvalue()
