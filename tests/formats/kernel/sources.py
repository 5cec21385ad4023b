"""Members in memory, as a source."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from annotools.storage import Limits, Source
from annotools.storage.zips import ZipSource


def zipped(members: Mapping[str, bytes | str]) -> Source:
    """A source of some members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return ZipSource("made.zip", io.BytesIO(stream.getvalue()), Limits())
