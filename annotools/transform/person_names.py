"""Names of pictures of persons in Market-1501, and the attributes that say the same.

    0002_c1s1_000451_03         person_id 0002, camera_id 0, track_id 1, frame_id 451, bbox_id 3
    0002_c1s1_000451_03img      the same of a picture called img
    -1_c1s1_000401_03           nobody: a box that is no person

Source: Zheng et al., Scalable Person Re-identification (2015); CVAT 2.73 dataset_manager/formats/market1501.py
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from posixpath import splitext

import msgspec

from annotools.model.codes import Owner
from annotools.model.dataset import Dataset
from annotools.storage.picture_names import is_picture

LABEL = "market-1501"
ATTRIBUTES = ("person_id", "camera_id", "track_id", "frame_id", "bbox_id", "query")
_NAME = re.compile(r"(-?\d{1,17})_c(\d{1,17})s(\d{1,17})_(\d{1,17})_(\d{1,17})(?!\d)(.*)", re.DOTALL | re.ASCII)
_PERSON = re.compile(r"-?\d{1,17}", re.ASCII)
_NUMBER = re.compile(r"\d{1,17}", re.ASCII)
_TRUE = ("true", "1", "yes")


class Person(msgspec.Struct, frozen=True):
    """Who is on a picture, and where it comes from."""

    person: str
    camera: int = 0
    track: int = 1
    frame: int = 0
    box: int = 0
    query: bool = False

    @property
    def name(self) -> str:
        """The name of such a picture, without its ending."""
        return f"{self.person}_c{self.camera + 1}s{self.track}_{self.frame:06d}_{self.box:02d}"

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the attributes."""
        numbers = (self.camera, self.track, self.frame, self.box)
        return (self.person, *map(str, numbers), "true" if self.query else "false")


def stem_of(name: str) -> str:
    """The last part of a picture's name, without its ending; some of the dataset's end twice in `.jpg`."""
    base = name.rpartition("/")[2]
    while is_picture(base) and splitext(base)[0] != base:
        base = splitext(base)[0]
    return base


def parsed(name: str, *, query: bool = False) -> tuple[Person, str] | None:
    """Who a picture's name is of, and what stands behind it; None for a name of another kind."""
    match = _NAME.fullmatch(stem_of(name))
    if match is None or not int(match[2]):
        return None
    camera, track, frame, box = (int(match[group]) for group in (2, 3, 4, 5))
    return Person(match[1], camera - 1, track, frame, box, query), match[6]


def is_own_name(text: str) -> bool:
    """Whether what stands behind a person's name is a name of its own."""
    return text[:1] not in ("", ".") and not text[0].isdigit()


def file_name(name: str, person: Person | None) -> str:
    """What the file of a picture is called; of one that is named after its person as it is."""
    parts = parsed(name)
    if person is None or (parts is not None and not parts[1]):
        return name
    above, slash, base = name.rpartition("/")
    return f"{above}{slash}{person.name}{base}"


def persons_by_tag(dataset: Dataset) -> dict[int, Person]:
    """Who is on a picture, by row of tags: the first tag of each frame that says a person."""
    label = dataset.labels.find(LABEL)
    if label is None:
        return {}
    names = {spec.id: spec.name for spec in label.attributes}
    mine = dataset.attributes.of_kind(Owner.TAG)
    values: dict[int, dict[str, str]] = {}
    for row, spec, text in zip(mine.owner.tolist(), mine.spec.tolist(), mine.texts(), strict=True):
        values.setdefault(row, {}).setdefault(names.get(spec, ""), text)
    persons: dict[int, Person] = {}
    frames: set[int] = set()
    used: dict[tuple[str, int, int], int] = {}
    for row, (frame, number) in enumerate(zip(dataset.tags.frame.tolist(), dataset.tags.label.tolist(), strict=True)):
        own = values.get(row, {})
        if number == label.id and frame not in frames and _PERSON.fullmatch(own.get("person_id", "")):
            persons[row] = _person(own, used)
            frames.add(frame)
    return persons


def persons_by_frame(dataset: Dataset) -> dict[int, Person]:
    """Who is on each frame."""
    frames = dataset.tags.frame.tolist()
    return {frames[row]: person for row, person in persons_by_tag(dataset).items()}


def _person(values: Mapping[str, str], used: dict[tuple[str, int, int], int]) -> Person:
    """used: the last frame of each person, camera and track; the next one is that of a tag that says none."""
    camera, track, box = (
        _number(values, name, own) for name, own in (("camera_id", 0), ("track_id", 1), ("bbox_id", 0))
    )
    key = (values["person_id"], camera, track)
    frame = _number(values, "frame_id", used.get(key, -1) + 1)
    used[key] = max(frame, used.get(key, -1))
    return Person(*key, frame, box, values.get("query", "").lower() in _TRUE)


def _number(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name, "")
    return int(text) if _NUMBER.fullmatch(text) else default
