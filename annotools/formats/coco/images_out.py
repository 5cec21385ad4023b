"""Frames -> images, as JSON.

    {"id": 7, "width": 640, "height": 480, "file_name": "a/b.jpg", "license": 3}

Other keys are extras of frames.  A key that an image had not when it was read is not written.
"""

from __future__ import annotations

import numpy as np

from annotools.formats.coco.beside import others
from annotools.formats.coco.images import FILE_NAME, IMAGE_KEYS
from annotools.formats.kernel.json_rows import JsonRows, column_texts, number_texts, value_texts
from annotools.formats.kernel.jsonfile import dumped
from annotools.model import Frames
from annotools.model.tables import Ints

_KNOWN = ("width", "height", "file_name")


def plain(table: Frames, frames: Ints, ids: list[bytes]) -> JsonRows:
    """Images as COCO has them.  ids: as JSON."""
    rows, sizes = JsonRows(len(frames)), table.sizes(frames)
    rows.put("id", ids)
    rows.put("width", number_texts(sizes[:, 0]))
    rows.put("height", number_texts(sizes[:, 1]))
    rows.put("file_name", value_texts([table.names[frame] for frame in frames.tolist()]))
    return rows


def put_keys(rows: JsonRows, table: Frames, frames: Ints) -> None:
    """Put in what frames say beside, and take out the keys that their images had not when they were read."""
    for key, extra in others(table.extras, ("image_id",)).items():
        there = np.flatnonzero(extra.present[frames])
        rows.put_at(key, there.tolist(), column_texts(extra.values[frames[there]]))
    _put_names(rows, table, frames)
    if IMAGE_KEYS not in table.extras:
        return
    extra = table.extras[IMAGE_KEYS]
    there = np.flatnonzero(extra.present[frames])
    had = extra.values[frames[there]].tolist()
    for key in _KNOWN:
        rows.drop(key, [place for place, keys in zip(there.tolist(), had, strict=True) if key not in keys])


def _put_names(rows: JsonRows, table: Frames, frames: Ints) -> None:
    """Names as they were, where they had backslashes."""
    if FILE_NAME not in table.extras:
        return
    extra = table.extras[FILE_NAME]
    there = np.flatnonzero(extra.present[frames])
    pairs = zip(there.tolist(), extra.values[frames[there]].tolist(), strict=True)
    same = [(place, name) for place, name in pairs if name.replace("\\", "/") == table.names[frames[place]]]
    rows.put_at("file_name", [place for place, _ in same], [dumped(name) for _, name in same])
