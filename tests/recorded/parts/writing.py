"""Datasets through every format: the bytes of its members, what is lost on the way, and what its reader gives back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from io import BytesIO
from typing import Any

from annotools import formats
from annotools.convert.choices import options_of
from annotools.convert.pictures import following
from annotools.convert.work import Work
from annotools.formats import TABLE
from annotools.formats.base import Format, ReadOptions, WriteOptions
from annotools.model import Dataset, Losses
from annotools.quirks import Quirks
from annotools.storage import Media, MediaFile
from annotools.transform.pipeline import run
from annotools.transform.steps import STEPS, Transform
from annotools.validate.overlay import Overlay
from tests.recorded.corpus import datasets
from tests.recorded.records import Cases

EVERYWHERE = ("edges", "drawn-0", "drawn-1", "namesakes")
PLAIN, SERVER = "tracks", "jobs-tracks"  # each of them in one language
ALONE: dict[str, tuple[str, ...]] = {
    "cvat-api": ("full", "full-jobs", "video", "audio", "odd", "drawn-2", "drawn-3", "clouds"),
    "cvat-backup": ("full-jobs", "video", "clouds", "drawn-2", "drawn-3"),
    "cvat-images": ("full", "odd", "drawn-2", "full-jobs", "empty"),
    "cvat-video": ("odd", "video", "sequence", "drawn-3", "skeletons"),
    "coco": ("drawn-2", "drawn-3", "odd", "full-jobs", "empty"),
    "coco-keypoints": ("skeletons", "drawn-2", "drawn-3"),
    "datumaro": ("drawn-2", "odd", "skeletons", "video"),
    "datumaro-3d": ("clouds", "solid"),
    "kitti-raw": ("clouds", "solid"),
    "sly-pointcloud": ("clouds", "solid"),
    "generic-tsv": ("audio", "empty"),
    "mot": ("sequence", "video", "drawn-3"),
    "mots": ("sequence", "drawn-3"),
    "kitti": ("sequence", "drawn-2"),
    "lfw": ("faces",),
    "vggface2": ("faces",),
    "wider-face": ("faces", "drawn-2"),
    "market-1501": ("faces",),
    "icdar-recognition": ("texts",),
    "icdar-localization": ("texts",),
    "icdar-segmentation": ("texts",),
    "yolo-ultralytics-pose": ("skeletons", "drawn-2", "drawn-3"),
    "yolo-ultralytics-detection-track": ("sequence", "drawn-3"),
    "open-images": ("drawn-2", "drawn-3"),
    "voc": ("drawn-2", "drawn-3"),
    "labelme": ("drawn-2", "drawn-3"),
}
ONLY = ("datumaro-3d", "kitti-raw", "sly-pointcloud", "generic-tsv")  # what all others have is lost there
SETTINGS: dict[str, tuple[dict[str, str], ...]] = {
    slug: (
        {"masks": "polygons"},
        {"iscrowd": "1"},
        {"rle": "uncompressed"},
        {"parts": "apart"},
        {"masks": "polygons", "parts": "apart"},
    )
    for slug in ("coco", "coco-keypoints")
}


def groups() -> Iterator[str]:
    """Every format of the table."""
    yield from TABLE


def cases(slug: str) -> Cases:
    """Every dataset in both languages; with the options of the format those with the most in them."""
    names = (*(("edges",) if slug in ONLY else EVERYWHERE), *ALONE.get(slug, ()))
    for name in names:
        for compat in (False, True):
            word = "cvat" if compat else "plain"
            yield f"{name}/{word}", partial(written, slug, name, compat, {})
    if slug not in ONLY:
        yield f"{PLAIN}/plain", partial(written, slug, PLAIN, False, {})
        yield f"{SERVER}/cvat", partial(written, slug, SERVER, True, {})
    for name in dict.fromkeys((names[-1], "edges")):
        yield f"{name}/pictures", partial(with_pictures, slug, name, compat=name == "edges")
    for settings in SETTINGS.get(slug, ()):
        word = ",".join(f"{key}={value}" for key, value in settings.items())
        for name in ("edges", "drawn-0"):
            yield f"{name}/{word}", partial(written, slug, name, False, settings)


class _Pipeline(Work):
    """Formats begin with the same steps: what they make of a named dataset is made once."""

    def __init__(self, name: str) -> None:
        super().__init__(datasets()[name])
        self._name = name

    def run(self, names: Iterable[str], quirks: Quirks, known: Mapping[str, Transform] = STEPS) -> None:
        self.dataset, self.losses = _after(self._name, tuple(names), quirks)


@cache
def _after(name: str, steps: tuple[str, ...], quirks: Quirks) -> tuple[Dataset, Losses]:
    if not steps:
        return datasets()[name], Losses()
    before, losses = _after(name, steps[:-1], quirks)
    after, more = run(before, steps[-1:], quirks)
    return after, losses + more


def written(slug: str, name: str, compat: bool, settings: dict[str, str]) -> dict[str, Any]:
    """Members, losses, and the same read again, alone and with the dataset as the task."""
    form = formats.get(slug)
    options = options_of(WriteOptions, compat, settings)
    work = _Pipeline(name)
    work.fit(form, options)
    members = members_of(form, work.dataset, options)
    task = datasets()[name] if "sizes" in form.needs else None
    again = reread(form, members, task, options_of(ReadOptions, compat, settings))
    return {"losses": work.losses, "members": members, **again}


def with_pictures(slug: str, name: str, compat: bool) -> dict[str, Any]:
    """Members where pictures are written along, of every second frame; what they are is no matter."""
    form, dataset = formats.get(slug), datasets()[name]
    files = [
        (frame, MediaFile(f"{name}.jpg", partial(BytesIO, b"picture")))
        for frame, name in enumerate(dataset.frames.names)
    ]
    media = Media(files[::2])
    options = options_of(WriteOptions, compat, {}, images=True)
    work = Work(dataset)
    work.fit(form, options)
    media = following(media, dataset.frames, work.dataset.frames)
    write = form.dialect(options).write
    assert write is not None
    members = {member: b"".join(pieces) for member, pieces in write(work.dataset, media, options)}
    return {"losses": len(work.losses), "members": members}


def members_of(form: Format, ready: Dataset, options: WriteOptions) -> dict[str, bytes]:
    """What the writer gives, late members too."""
    write = form.dialect(options).write
    assert write is not None
    return {name: b"".join(pieces) for name, pieces in write(ready, None, options)}


def reread(form: Format, members: dict[str, bytes], task: Dataset | None, options: ReadOptions) -> dict[str, Any]:
    """What the reader of the format makes of members."""
    reader = form.dialect(options).read or form.read
    assert reader is not None
    known = task and task.replace(**dict.fromkeys(("tags", "shapes", "tracks", "intervals", "attributes")))
    result = reader(Overlay("members", members), known, options)
    return {"again": result.dataset, "problems": list(result.problems), "changes": result.losses}
