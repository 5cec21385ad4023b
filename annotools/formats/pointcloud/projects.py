"""What a project of Supervisely says: its classes, and the file of each cloud, as columns.

    meta.json                       {"classes": [{"title": "car", "color": "#ff0000"}], "tags": [..], "projectType": ..}
    key_id_map.json                 {"videos": {"<key of a cloud>": 0}, "objects": {..}, ..}      numbers of keys
    ds0/ann/1.pcd.json              {"key": .., "tags": [..], "objects": [..], "figures": [..]}

An object says its class and its attributes (`tags`), a figure of it where it is.  An object with figures in several
files is a track, and so is one that says `keyframe`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel import jsonfile
from annotools.formats.kernel.jsonfile import UNDECODABLE, dumped, reason_of
from annotools.formats.kernel.members import member_named
from annotools.formats.kernel.places import At, WrongRows
from annotools.model.columns import Floats, Ints
from annotools.storage import Source

ANN = re.compile(r"(?P<root>(?:.*?/)?)(?P<folder>[^/]+)/ann/(?P<name>.+)\.json", re.DOTALL)
FOLDER = "ds0"
CUBOID = "cuboid_3d"
_SHORT, _KINDS = 16, 64  # bytes of a value that says nothing of a figure, and how many of them are kept in mind
KIND = re.compile(rb'"projectType"\s*:\s*"point_cloud')


class Tag(msgspec.Struct, gc=False, rename="camel"):
    """A tag.  frame_range: the first and the last frame of an episode that it is of; None for all."""

    name: str = ""
    value: Any = None
    frame_range: list[int] | None = None

    def covers(self, number: int | None) -> bool:
        """Whether it is of a frame."""
        ends = self.frame_range
        return number is None or not ends or ends[0] <= number <= ends[-1]


class _Object(msgspec.Struct, gc=False, rename="camel"):
    key: str
    class_title: str = ""
    tags: list[Tag] | None = None


class _Place(msgspec.Struct, gc=False, frozen=True):
    x: float = 0
    y: float = 0
    z: float = 0


class _Cuboid(msgspec.Struct, gc=False):
    position: _Place
    rotation: _Place = _Place()
    dimensions: _Place = _Place(1, 1, 1)


class _Figure(msgspec.Struct, gc=False, rename="camel"):
    object_key: str
    key: str = ""
    geometry_type: str = CUBOID
    geometry: msgspec.Raw = msgspec.Raw()


class CloudFile(msgspec.Struct, gc=False):
    """What is said of a cloud."""

    key: str = ""
    tags: list[Tag] | None = None
    objects: list[msgspec.Raw] | None = None
    figures: list[msgspec.Raw] | None = None


class Cloud(msgspec.Struct):
    """The file of a cloud.  number: of its frame, as `key_id_map.json` has it.  pointer: of the frame in the file of an
    episode.
    """

    member: str
    root: str
    folder: str
    name: str
    file: CloudFile
    number: int | None = None
    pointer: str = ""


class Figures(msgspec.Struct):
    """Cuboids as columns.  cloud: the place of each one's file.  blobs: attributes of their objects as JSON."""

    cloud: list[int] = msgspec.field(default_factory=list)
    place: list[int] = msgspec.field(default_factory=list)
    title: list[str] = msgspec.field(default_factory=list)
    key: list[str] = msgspec.field(default_factory=list)
    object: list[str] = msgspec.field(default_factory=list)
    tags: list[dict[str, Any]] = msgspec.field(default_factory=list)
    numbers: list[list[float]] = msgspec.field(default_factory=list)
    unknown: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def points(self) -> Floats:
        """(n, 16) as the hub has cuboids in space."""
        values = np.array(self.numbers, np.float64).reshape(-1, 9)
        return np.concatenate([values, np.zeros((len(values), 7))], axis=1)

    def blobs(self, strict: bool) -> list[bytes]:
        """Attributes of each, with the number of its track.  strict: whether only what says `keyframe` is of one."""
        several = {key for key, clouds in self._clouds().items() if len(clouds) > 1 and not strict}
        return [
            dumped(tags | ({"track_id": key} if key in several or "keyframe" in tags else {}))
            for key, tags in zip(self.object, self.tags, strict=True)
        ]

    def _clouds(self) -> dict[str, set[int]]:
        clouds: dict[str, set[int]] = {}
        for key, cloud in zip(self.object, self.cloud, strict=True):
            clouds.setdefault(key, set()).add(cloud)
        return clouds


def meta_of(source: Source, root: str, problems: Problems) -> dict[str, Any]:
    """The classes of a project; nothing where it has none."""
    name = member_named(source, f"{root}meta.json")
    content = jsonfile.read(source, name, problems, dict[str, Any]) if name else None
    return content if isinstance(content, dict) else {}


def clouds_of(source: Source, problems: Problems) -> list[Cloud]:
    """The files of clouds, those of a folder by number, or else by name."""
    clouds = []
    numbers: dict[str, dict[str, Any]] = {}
    for member in source.members():
        parts = ANN.fullmatch(member)
        file = jsonfile.read(source, member, problems, CloudFile) if parts else None
        if parts is None or file is None:
            continue
        root = parts["root"]
        if root not in numbers:
            numbers[root] = _numbers(source, root, problems)
        number = numbers[root].get(file.key)
        known = number if isinstance(number, int) and 0 <= number < 1 << 53 else None
        clouds.append(Cloud(member, root, parts["folder"], parts["name"], file, known))
    last = 1 << 60
    return sorted(clouds, key=lambda each: (each.folder, last if each.number is None else each.number, each.member))


def _numbers(source: Source, root: str, problems: Problems) -> dict[str, Any]:
    name = member_named(source, f"{root}key_id_map.json")
    content = jsonfile.read(source, name, problems, dict[str, Any]) if name else None
    videos = content.get("videos") if isinstance(content, dict) else None
    return videos if isinstance(videos, dict) else {}


def figures_of(clouds: list[Cloud], problems: Problems) -> Figures:
    """All cuboids; what cannot be one is a problem with its place."""
    figures = Figures()
    objects: dict[str, _Object] = {}
    for number, cloud in enumerate(clouds):
        if not number or cloud.file.objects is not clouds[number - 1].file.objects:  # or it is of the same episode
            objects = dict(_objects(cloud, problems))
        wrong = _wrong(cloud, f"{cloud.pointer}/figures/{{}}", len(cloud.file.figures or ()))
        for index, figure in _each(cloud.file.figures or (), _Figure, wrong, "a figure"):
            one = objects.get(figure.object_key)
            _add(figures, figure, one and _covering(one, cloud), (number, index), wrong)
        problems.extend(wrong.all())
    return figures


def _wrong(cloud: Cloud, pattern: str, rows: int) -> WrongRows:
    return WrongRows(At(cloud.member, np.arange(rows), pattern))


def _objects(cloud: Cloud, problems: Problems) -> Iterator[tuple[str, _Object]]:
    wrong = _wrong(cloud, "/objects/{}", len(cloud.file.objects or ()))
    for _, item in _each(cloud.file.objects or (), _Object, wrong, "an object"):
        yield item.key, item
    problems.extend(wrong.all())


def _add(figures: Figures, figure: _Figure, owner: _Object | None, where: tuple[int, int], wrong: WrongRows) -> None:
    if figure.geometry_type != CUBOID:
        figures.unknown[figure.geometry_type] = figures.unknown.get(figure.geometry_type, 0) + 1
        return
    row = where[1]
    if owner is None:
        expected = "the key of an object of the file"
        wrong.add(row, f"objectKey is {figure.object_key[:60]!r}", expected, below="/objectKey")
        return
    if not owner.class_title:
        nameless = f"its object {owner.key[:60]!r} has no classTitle"
        wrong.add(row, nameless, "the name of a class")
        return
    cuboid, fault = _read(figure.geometry, _Cuboid)
    if cuboid is None:
        wrong.add(row, f"cannot be read: {fault}", "position, rotation and dimensions")
        return
    figures.cloud.append(where[0])
    figures.place.append(where[1])
    figures.title.append(owner.class_title)
    figures.key.append(figure.key)
    figures.object.append(owner.key)
    figures.tags.append({tag.name: True if tag.value is None else tag.value for tag in owner.tags or ()})
    figures.numbers.append(
        [n for part in (cuboid.position, cuboid.rotation, cuboid.dimensions) for n in (part.x, part.y, part.z)]
    )


def _each(raws: Iterable[msgspec.Raw], kind: Any, wrong: WrongRows, expected: str) -> Iterator[tuple[int, Any]]:
    """The items of a list that can be read, with their numbers; of those that are alike, as junk is, one is read."""
    index = 0
    for raw, alike in groupby(raws):
        rows = range(index, index := index + len(list(alike)))
        value, fault = _short(bytes(raw), kind) if memoryview(raw).nbytes < _SHORT else _read(raw, kind)
        if fault and len(rows) == 1:
            wrong.add(rows[0], f"cannot be read: {fault}", expected)
        elif fault:
            wrong.add_all(rows, f"cannot be read: {fault}", expected)
        else:
            yield from ((row, value) for row in rows)


def _read(raw: msgspec.Raw | bytes, kind: Any) -> tuple[Any, str]:
    """A value, or why it cannot be read."""
    try:
        return msgspec.json.decode(raw, type=kind), ""
    except UNDECODABLE as error:
        return None, reason_of(error).removeprefix("is not JSON: ")


_short = lru_cache(_KINDS)(_read)  # junk of a few kinds, however they follow each other, is read once


def _covering(owner: _Object, cloud: Cloud) -> _Object:
    """An object with the tags that it has on the frame of a cloud."""
    number = cloud.number if cloud.pointer else None
    return _Object(owner.key, owner.class_title, [tag for tag in owner.tags or () if tag.covers(number)])


def places_of(clouds: list[Cloud], figures: Figures) -> At:
    """Where the figures stand."""
    members = [cloud.member for cloud in clouds]
    index, which = np.array(figures.place, np.int64), np.array(figures.cloud, np.int64)
    frames = np.array([int(cloud.pointer.rpartition("/")[2] or -1) for cloud in clouds], np.int64)[which]
    steps, pointers = np.stack([index, frames], axis=1), ("/figures/{0}", "/frames/{1}/figures/{0}")
    return At(members, steps, pointers, which=which, pattern=(frames >= 0).astype(np.int64))


def nothing(source: Source) -> Problem:
    """What is wrong with a source without files of clouds."""
    return Problem("holds no project of point clouds", source.name, expected="ds0/ann/*.json and meta.json")


def numbers_of(clouds: list[Cloud]) -> Ints:
    """The number of each cloud's frame, -1 for none."""
    return np.array([-1 if cloud.number is None else cloud.number for cloud in clouds], np.int64)
