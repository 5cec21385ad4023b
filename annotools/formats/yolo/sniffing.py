"""What the lines of a dataset with a data.yaml are certainly of.

boxes      4 numbers behind the class, one or two more for predictions and tracks
corners    8 numbers: four corners, opposite sides alike
outlines   6 or more, an even number
points     a data.yaml that says how many keypoints there are
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from annotools.errors import Problems
from annotools.formats.kernel import yamlfile
from annotools.formats.kernel.lines import text_lines
from annotools.formats.yolo.data_yaml import subset_keys, yaml_member
from annotools.storage import Source

BOXES, TRACKS, CORNERS, OUTLINES, POINTS = "boxes", "tracks", "corners", "outlines", "points"
_LOOKED_AT = 100  # files that may have no line, to tell what the others are
_NEAR = 1e-3  # shares


def is_of(source: Source, kind: str) -> bool:
    """Whether a source is certainly of a kind; without any line it is taken for boxes."""
    member = yaml_member(source)
    said = yamlfile.read(source, member, Problems(), texts=True) if member else None
    if not isinstance(said, dict) or not {"names", "nc"} & said.keys() or not subset_keys(said):
        return False
    if "kpt_shape" in said or kind == POINTS:
        return "kpt_shape" in said and kind == POINTS
    return kind in (kinds(next(_lines(source), [])) or (BOXES,))


def _lines(source: Source) -> Iterator[list[list[bytes]]]:
    """The cells of the lines of each file that has any."""
    files = (name for name in source.members() if name.endswith(".txt") and "/" in name)
    for name in islice(files, _LOOKED_AT):
        cells = [line.split() for line in text_lines(source, name, Problems())]
        if any(cells) and "labels" in name.split("/"):
            yield list(filter(None, cells))


def kinds(lines: list[list[bytes]]) -> tuple[str, ...]:
    """What lines may be; several where that cannot be told."""
    counts = {len(cells) for cells in lines}
    if not lines or counts & {5, 6}:
        return (BOXES,) if lines else ()
    if counts == {9}:
        return (CORNERS,) if all(map(_is_parallelogram, lines)) else (CORNERS, OUTLINES)
    return (OUTLINES,)


def _is_parallelogram(cells: list[bytes]) -> bool:
    try:
        x1, y1, x2, y2, x3, y3, x4, y4 = map(float, cells[1:9])
    except ValueError:
        return False
    return abs(x1 + x3 - x2 - x4) < _NEAR and abs(y1 + y3 - y2 - y4) < _NEAR
