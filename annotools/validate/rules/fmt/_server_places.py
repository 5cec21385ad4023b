"""Where the server's importers look for the files of a format, and which of an input lie elsewhere.

gt.txt                       expected gt/gt.txt
train/labels/a.txt           expected in a folder labels at the top
street/annotations.json      expected in a folder annotations at the top

Only where annotations lie is looked at, a file of each folder, and never what no importer reads.
Source: the importers of Datumaro: find_sources, detect
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from posixpath import dirname

from annotools.errors import Problems
from annotools.formats.datumaro.documents import json_members
from annotools.formats.masks.kitti_layout import BOXES, places_of
from annotools.formats.mot.sequences import sequences
from annotools.formats.open_images.tables import files_of
from annotools.formats.vggface2.tables import files
from annotools.formats.yolo import data_yaml, obj_data
from annotools.storage import Source
from annotools.storage.zips import ZipSource

_YOLO = "yolo-ultralytics-"


def astray(slug: str, source: Source) -> tuple[list[str], str]:
    """The members that an importer does not find, one of each folder, and where it looks for them."""
    kind = _YOLO if slug.startswith(_YOLO) and not slug.endswith("classification") else slug
    if kind not in _PLACES:
        return [], ""
    members, pattern, expected = _PLACES[kind]
    homes: dict[str, str] = {}
    for name in members(source):
        if re.fullmatch(pattern, name) is None:
            homes.setdefault(dirname(name), name)
    return list(homes.values()), expected


def _lines_of_mot(source: Source) -> Iterable[str]:
    return [sequence.member for sequence in sequences(source, Problems())[0]]


def _boxes_of_kitti(source: Source) -> Iterable[str]:
    return places_of(source)[BOXES].values()


def _tables(source: Source) -> Iterable[str]:
    return files_of(source).tables


def _definition_of_darknet(source: Source) -> Iterable[str]:
    member = obj_data.data_member(source)
    layout = None if member else obj_data.layout_of(source, Problems())
    return [member] if member else [entry.labels for entry in (layout.entries if layout else ()) if entry.labels]


def _labels(source: Source) -> Iterator[str]:
    """Labels by where they lie beside the data.yaml, and that itself."""
    member = data_yaml.yaml_member(source)
    layout = data_yaml.layout_of(source, Problems())
    yield from [member] if member else []
    yield from (entry.labels for entry in (layout.entries if layout else ()) if entry.labels)


def _documents(source: Source) -> Iterable[str]:
    names = json_members(source)  # other JSON beside `annotations` is none of Datumaro's
    return names if len(source.members()) > 1 or isinstance(source, ZipSource) else []  # a lone one is taken as it is


def _tables_of_faces(source: Source) -> Iterable[str]:
    return [file.member for file in files(source)]  # not what is said of persons, in `meta`


def _ending(*ends: str) -> Callable[[Source], Iterable[str]]:
    return lambda source: [name for name in source.members() if name.lower().endswith(ends)]


# Format -> the members in question, where each has to be, and that in words.
_PLACES: dict[str, tuple[Callable[[Source], Iterable[str]], str, str]] = {
    "mot": (_lines_of_mot, r"(.*/)?gt/gt\.txt", "expected gt/gt.txt"),
    "kitti": (_boxes_of_kitti, r"(.*/)?label_2/.*\.txt", "expected in a folder label_2"),
    "yolo": (_definition_of_darknet, r"obj\.data", "expected beside an obj.data at the top"),
    _YOLO: (_labels, r"[^/]+\.yaml|labels/.*\.txt", "expected in a folder labels at the top, its data.yaml above"),
    "datumaro": (_documents, r"annotations/[^/]+\.json", "expected in a folder annotations at the top"),
    "open-images": (_tables, r"(.*/)?annotations/[^/]+\.csv", "expected in a folder annotations"),
    "vggface2": (_tables_of_faces, r"(.*/)?bb_landmark/.*", "expected in a folder bb_landmark"),
    "wider-face": (_ending("_bbx_gt.txt"), r"(.*/)?wider_face_split/.*", "expected in a folder wider_face_split"),
    "lfw": (_ending("pairs.txt"), r"(.*/)?annotations/pairs\.txt", "expected annotations/pairs.txt"),
}
