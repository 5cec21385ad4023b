"""Small datasets of the YOLO family, written by hand."""

from __future__ import annotations

import io

from PIL import Image

from annotools import formats
from annotools.formats.base import Read, ReadOptions, WriteOptions
from annotools.model import Dataset
from annotools.quirks import CVAT
from tests.formats.kernel.sources import zipped

Files = dict[str, bytes | str]


def picture(width: int = 100, height: int = 50) -> bytes:
    """A PNG."""
    stream = io.BytesIO()
    Image.new("L", (width, height)).save(stream, "PNG")
    return stream.getvalue()


def read(slug: str, members: Files, context: Dataset | None = None, *, compat: bool = False) -> Read:
    """What a reader makes of members."""
    options = ReadOptions(quirks=CVAT) if compat else ReadOptions()
    reader = formats.get(slug).dialect(options).read
    assert reader is not None
    return reader(zipped(members), context, options)


def problems_of(slug: str, members: Files) -> list[str]:
    """The problems of members."""
    return [str(problem) for problem in read(slug, members).problems]


def written(slug: str, dataset: Dataset, *, compat: bool = False) -> dict[str, str]:
    """The members that a writer makes of a dataset that fits."""
    options = WriteOptions(quirks=CVAT) if compat else WriteOptions()
    writer = formats.get(slug).dialect(options).write
    assert writer is not None
    return {name: b"".join(pieces).decode() for name, pieces in writer(dataset, None, options)}


def placed(result: Read) -> list[tuple[str, str, str, list[float]]]:
    """Subset, name, label and points of each shape."""
    frames, shapes = result.dataset.frames, result.dataset.shapes
    names = {label.id: label.name for label in result.dataset.labels}
    return sorted(
        (frames.subsets[f], frames.names[f], names[label], shapes.points(row).tolist())
        for row, (f, label) in enumerate(zip(shapes.frame.tolist(), shapes.label.tolist(), strict=True))
    )


def sniffs(slug: str, members: Files) -> bool:
    """Whether members are certainly of a format."""
    sniff = formats.get(slug).sniff
    assert sniff is not None
    return sniff(zipped(members))
