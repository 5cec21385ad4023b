"""Files of every format as people have them, read: the dataset, and what is said of it with its place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import annotools as at
from annotools import formats
from annotools.convert.choices import options_of
from annotools.convert.writing import fit_to_format
from annotools.errors import AnnotoolsError
from annotools.formats import TABLE
from annotools.formats.base import ReadOptions, WriteOptions
from annotools.model import Dataset
from annotools.validate.overlay import Overlay
from tests.paths import DATA
from tests.recorded.corpus import datasets
from tests.recorded.odd_files import Members, variations
from tests.recorded.parts.writing import members_of
from tests.recorded.records import Cases

BASES: dict[str, str] = {
    "datumaro-3d": "clouds", "kitti-raw": "clouds", "sly-pointcloud": "clouds", "generic-tsv": "audio", "lfw": "faces",
    "vggface2": "faces", "wider-face": "faces", "market-1501": "faces", "icdar-recognition": "texts", "mot": "sequence",
    "icdar-localization": "texts", "icdar-segmentation": "texts", "mots": "sequence", "kitti": "sequence",
        "cvat-video": "tracks",
    "yolo-ultralytics-detection-track": "sequence", "coco-keypoints": "skeletons", "cvat-backup": "drawn-1",
    "labelme": "small", "voc": "small", "open-images": "small", "segmentation-mask": "edges",
}  # fmt: skip
STRUCTURE = ("sound", "without", "empty", "capital", "in-a-folder", "only", "flat", "half", "utf-16", "with-others")
SHARED, EXPORTS = "shared-cases", "exports"


def groups() -> Iterator[str]:
    """Every format of the table, the files in tests/data/cases, and exports of a server in tests/data/exports."""
    yield from (*TABLE, SHARED, EXPORTS)


def cases(slug: str) -> Cases:
    """Every variation, read plainly, or every third as the server's importer does, into the task; some in both ways."""
    if slug in (SHARED, EXPORTS):
        for path in sorted((DATA / slug.removeprefix("shared-")).glob("*/*")):
            if path.name not in ("inputs.zip", "imports.zip") and path.parent.name != "deleted_frames":
                yield f"{path.parent.name}/{path.name}", partial(_of_place, str(path))
        return
    for number, (word, members) in enumerate(variations(_sound(slug))):
        whole = word.startswith(STRUCTURE)
        if whole or number % 3:
            yield f"{word}/plain", partial(_read, slug, members, False, number % 2 == 1)
        if whole or number % 3 == 0:
            yield f"{word}/cvat", partial(_read, slug, members, True, True)
        if whole:
            yield f"{word}/guessed", partial(_guessed, members)


@cache
def _sound(slug: str) -> Members:
    form = formats.get(slug)
    ready, _ = fit_to_format(datasets()[_base(slug)], form, WriteOptions())
    return members_of(form, ready, WriteOptions())


def _base(slug: str) -> str:
    return BASES.get(slug, "drawn-0")


def _read(slug: str, members: Members, compat: bool, into_task: bool) -> dict[str, Any]:
    form = formats.get(slug)
    options = options_of(ReadOptions, compat, {}, extras=not compat, origin=True)
    reader = form.dialect(options).read or form.read
    assert reader is not None
    known = _task(_base(slug)) if into_task or form.needs else None
    result = reader(Overlay("odd", members), known, options)
    return {"problems": list(result.problems), "changes": result.losses, "read": result.dataset}


@cache
def _task(name: str) -> Dataset:
    return datasets()[name].replace(**dict.fromkeys(("tags", "shapes", "tracks", "intervals", "attributes")))


def _guessed(members: Members) -> str:
    return formats.sniff(Overlay("odd", members))


def _of_place(path: str) -> dict[str, Any]:
    """What is read of a place on the disk, of which the answer says nothing but the last name."""
    try:
        result = at.read(path, on_error="skip", extras=True)
    except AnnotoolsError as error:
        return {"error": f"{type(error).__name__}: {error}".replace(str(DATA), "")}
    messages = [str(problem).replace(str(DATA), "") for problem in result.problems]
    return {
        "problems": messages,
        "changes": [str(loss).replace(str(DATA), "") for loss in result.losses],
        "read": result.dataset,
    }
