"""Whole conversions by the Python API, on the disk: pictures and videos, contexts, contents that are partly damaged,
strictness, names of labels, several sources; and the same places read with every choice.
"""

from __future__ import annotations

import io
import json
import os
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

import annotools as at
from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.errors import AnnotoolsError
from annotools.formats.base import WriteOptions
from annotools.model import Dataset, DatasetBuilder, Task
from tests.recorded.answers import text_of
from tests.recorded.conversion_choices import CHOICES, READS, WRITES
from tests.recorded.corpus import datasets
from tests.recorded.parts.writing import members_of
from tests.recorded.records import Cases
from tests.storage.videos import STEP, make_video

WRITTEN = {
    "edges": ("edges", "cvat-api"), "edges.xml": ("edges", "cvat-images"), "edges-coco": ("edges", "coco"),
    "drawn": ("drawn-0", "coco"), "yolo": ("small", "yolo"), "voc": ("small", "voc"), "small": ("small", "cvat-api"),
    "jobs": ("jobs-tracks", "cvat-api"), "backup": ("drawn-1", "cvat-backup"), "mot": ("sequence", "mot"),
    "tracks.xml": ("tracks", "cvat-video"), "film-task": ("film", "cvat-api"), "masks": ("edges", "segmentation-mask"),
    "labelme": ("small", "labelme"), "tsv": ("audio", "generic-tsv"), "kitti": ("clouds", "kitti-raw"),
}  # fmt: skip
PHOTOS = {"a.jpg": (40, 30), "b.png": (41, 32), "c/d.jpg": (33, 20), "f.jpg": (9, 64), "other.png": (5, 5)}


def groups() -> Iterator[str]:
    """Conversions by their sources, and places that are read."""
    yield from ("convert", "read", "write")


def cases(group: str) -> Cases:
    """All of a group."""
    if group == "convert":
        for number, (sources, where, slug, choices) in enumerate(CHOICES):
            word = "+".join([sources] if isinstance(sources, str) else sources)
            yield (
                f"{number:03d}-{word}-{slug}",
                partial(_in_a_folder, f"{sources} {choices}", partial(_converted, sources, where, slug, choices)),
            )
    elif group == "read":
        for number, (name, choices) in enumerate(READS):
            yield (
                f"{number:02d}-{name.replace('/', '|')}",
                partial(_in_a_folder, f"{name} {choices}", partial(_read, name, dict(choices))),
            )
    else:
        for number, choices in enumerate(WRITES):
            yield f"{number:02d}", partial(_in_a_folder, f"{choices}", partial(_written, *choices))


def _in_a_folder(words: str, way: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a way does in a folder with the inputs that words name: its answer or error, and what files there are."""
    inputs = {name: data for name, data in _inputs().items() if f"'{name.split('/')[0]}" in f"'{words}"}
    with TemporaryDirectory() as folder, chdir(folder):
        for name, data in inputs.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        Path("nothing").mkdir()
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            try:
                answer = way()
            except (AnnotoolsError, TypeError, ValueError) as error:
                answer = {"error": f"{type(error).__name__}: {error}".replace(os.getcwd(), "<here>")}
        answer["warnings"] = [str(one.message) for one in heard if issubclass(one.category, UserWarning)]
        files = {path.as_posix(): path for path in sorted(Path().rglob("*")) if path.is_file()}
        answer["gone"] = sorted(inputs.keys() - files.keys())
        new = {name: path.read_bytes() for name, path in files.items()}
        answer["files"] = {name: _shown(name, data) for name, data in new.items() if inputs.get(name) != data}
        return answer


def _shown(name: str, data: bytes) -> Any:
    """What is in a file; of pictures of a film how grey they are, as each program packs films in its own way."""
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {inner: _shown(inner, archive.read(inner)) for inner in archive.namelist()}
    if name.endswith(".mp4"):
        return "the film" if data == _film(20) else "another film"
    if "frame_0" in name and data.startswith(b"\x89PNG"):
        with Image.open(io.BytesIO(data)) as picture:
            return f"{name} {picture.mode} {picture.size} {round(np.asarray(picture).mean() / STEP)}"
    return f"{name}: {text_of(data)}"


def _converted(sources: Any, where: str, slug: str, choices: dict[str, Any]) -> dict[str, Any]:
    steps: list[str] = []
    done = at.convert(sources, where, slug, on_step=steps.append, **choices)
    return {"done": done.as_dict(), "losses": list(done.losses), "steps": steps}


def _read(name: str, choices: dict[str, Any]) -> dict[str, Any]:
    result = at.read(name, **choices)
    pictures = {frame: _shown(file.name, file.read()) for frame, file in (result.media or {}).items()}
    return {
        "problems": list(result.problems), "changes": result.losses, "read": result.dataset, "pictures": pictures,
    }  # fmt: skip


def _written(name: str, where: str, slug: str, choices: dict[str, Any]) -> dict[str, Any]:
    dataset = _sizeless() if name == "sizeless" else datasets()[name]
    return {"losses": at.write(dataset, where, slug, **choices)}


def _sizeless() -> Dataset:
    dataset = datasets()["small"]
    frames = dataset.frames.take(range(len(dataset.frames)))  # type: ignore[arg-type]
    none = dataset.frames.width * 0
    return dataset.replace(frames=type(frames).of(frames.names, none, none))


@cache
def _inputs() -> dict[str, bytes]:
    """All the files that there are, made once."""
    files = {
        f"{name}/{member}": data
        for name, pair in WRITTEN.items()
        if "." not in name
        for member, data in _members(*pair).items()
    }
    files |= {name: next(iter(_members(*pair).values())) for name, pair in WRITTEN.items() if "." in name}
    files |= {f"photos/{name}": _picture(*size) for name, size in PHOTOS.items()}
    files |= {"film.mp4": _film(20), "short.mp4": _film(7), "two-films/a.mp4": _film(7), "two-films/b.mp4": _film(7)}
    files |= {
        "elsewhere/no.png": _picture(4, 4),
        "doubles/x/a.jpg": _picture(40, 30),
        "doubles/y/a.jpg": _picture(40, 30),
    }
    files |= {f"pictured/{name}": data for name, data in _members("small", "coco").items()}
    files |= {f"pictured/images/{name}": _picture(*size) for name, size in PHOTOS.items()}
    files |= {f"yolo-pictured/{name}": data for name, data in _members("small", "yolo").items()}
    files |= {f"yolo-pictured/obj_train_data/{name}": _picture(*size) for name, size in PHOTOS.items()}
    files |= {f"with-film/{name}": data for name, data in _members("film", "cvat-api").items()} | {
        "with-film/film.mp4": _film(20)
    }
    files["bare/annotations.json"] = files["edges/annotations.json"]
    document = json.loads(files["edges-coco/annotations/instances_default.json"])
    for number, annotation in enumerate(document["annotations"]):
        annotation |= ({}, {"bbox": "x"}, {"category_id": 99}, {}, {"image_id": None}, {"segmentation": [[1, 2, "y"]]})[
            number % 6
        ]
    files["broken/annotations.json"] = json.dumps(document).encode()
    for image in document["images"]:
        image |= {"width": 0, "height": 0}
    files["nameless/annotations.json"] = json.dumps(document | {"annotations": document["annotations"][::6]}).encode()
    files["damaged/annotations/a.json"] = files["broken/annotations.json"][:900]
    files["damaged/annotations/b.json"] = files["broken/annotations.json"]
    return files | {"empty.json": b"{}", "list.json": b"[]"}


def _members(name: str, slug: str) -> dict[str, bytes]:
    form = formats.get(slug)
    dataset = _of_film() if name == "film" else datasets()[name]
    ready, _ = fit_to_format(dataset, form, WriteOptions())
    return members_of(form, ready, WriteOptions())


def _of_film() -> Dataset:
    """A task of pictures 2, 5, .. 14 of a video."""
    build = DatasetBuilder(
        Task(
            name="film",
            mode="interpolation",
            media_type="video",
            source_name="film.mp4",
            start_frame=2,
            stop_frame=14,
            step=3,
        )
    )
    build.add_label("car")
    for number in range(2, 15, 3):
        build.add_frame(f"frame_{number:06d}", 64, 48)
    track = build.add_track("car", 1)
    for frame in (1, 4):
        build.add_shape("rectangle", frame, points=(1, 2, 20 + frame, 30), track=track)
    build.add_shape("polygon", 2, "car", (1, 1, 9, 1, 9, 9))
    return build.dataset()


def _picture(width: int, height: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (width % 256, height % 256, 9)).save(stream, "PNG")
    return stream.getvalue()


@cache
def _film(pictures: int) -> bytes:
    with TemporaryDirectory() as folder:
        return make_video(Path(folder) / "film.mp4", pictures).read_bytes()
