"""What one reader leaves for that of a dialect: the same dataset and problems as from the source itself."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.errors import AnnotoolsError
from annotools.formats.base import Options, Read, ReadOptions, Shared, WriteOptions
from annotools.model import Dataset, Frames, Owner
from annotools.quirks import CVAT
from annotools.validate.overlay import Overlay
from tests.damaged.damage import damaged
from tests.damaged.inputs import sound_input
from tests.datasets import EVERYTHING
from tests.paths import DATA

SLUGS = ("coco", "cvat-images", "cvat-video")
HURT = 150  # damaged inputs of each format
Members = dict[str, bytes]


class Counting(Overlay):
    """Counts how often a member is opened."""

    opened = 0

    def open(self, name: str) -> Any:
        self.opened += 1
        return super().open(name)


def both(slug: str, members: Members, context: Dataset | None = None) -> bool:
    """Read as the server does, of what was shared and of the source; whether the source was left alone."""
    form = formats.get(slug)
    server = form.dialect(Options(quirks=CVAT))
    assert form.read is not None
    assert server.read is not None
    source = Counting("source", members)
    try:
        read = form.read(source, context, ReadOptions(origin=True, share=True))
    except AnnotoolsError:
        return False  # there is nothing to be shared
    expected = outcome(server, source, context, None)
    before = source.opened
    fixed = outcome(server, source, context, read.shared)
    assert fixed == expected
    return source.opened == before


def outcome(server: Any, source: Overlay, context: Dataset | None, earlier: Shared | None) -> Any:
    """All that reading gives, as plain values."""
    try:
        with np.errstate(all="ignore"):  # as where rules are asked: damaged coordinates may be endless
            return plain(server.read(source, context, ReadOptions(quirks=CVAT, earlier=earlier)))
    except AnnotoolsError as error:
        return str(error)


def plain(read: Read) -> Any:
    """Tables, definitions, problems and losses as values that can be compared."""
    dataset = read.dataset
    tables = {owner: columns(dataset.table(owner)) for owner in Owner}
    known = (dataset.task, list(dataset.labels), columns(dataset.frames), dataset.jobs)
    counted = [[str(one) for one in part] for part in (read.problems, read.losses)]
    return tables, columns(dataset.attributes), repr(known), counted


def columns(table: Any) -> dict[str, str]:
    """The columns of a table with their types; NaN is like NaN."""
    return {one.name: text(getattr(table, one.name)) for one in fields(table) if one.name != "extras"} | {
        name: f"{text(extra.values)} {text(extra.present)}" for name, extra in getattr(table, "extras", {}).items()
    }


def text(column: Any) -> str:
    return f"{column.dtype} {column.tolist()!r}" if isinstance(column, np.ndarray) else repr(column)


@cache
def untracked(slug: str, name: str) -> Members:
    """A dataset that holds everything but tracks, as members."""
    form, dataset = formats.get(slug), EVERYTHING[name]
    assert form.write is not None
    plain, _ = fit_to_format(dataset.select(tracks=np.zeros(len(dataset.tracks), np.bool_)), form, WriteOptions())
    return {member: b"".join(pieces) for member, pieces in form.write(plain, None, WriteOptions())}


@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_written_here(slug: str, name: str) -> None:
    for members in (sound_input(slug, name), untracked(slug, name)):
        both(slug, members)
        both(slug, members, EVERYTHING[name])


@pytest.mark.parametrize("folder", ["cvat_xml"])
def test_files_of_people(folder: str) -> None:
    paths = sorted((DATA / folder).glob("*.xml"))
    assert paths
    for path in paths:
        both("cvat-images", {path.name: path.read_bytes()})


@pytest.mark.parametrize("slug", SLUGS)
def test_damaged_inputs(slug: str) -> None:
    random, names = Random(7), [*EVERYTHING]
    shared = 0
    for _ in range(HURT):
        name = random.choice(names)
        context = random.choice((None, EVERYTHING[name]))
        shared += both(slug, damaged(random.choice((sound_input, untracked))(slug, name), random), context)
    assert 0 < shared < HURT


IMAGE = '<image id="0" name="a.jpg" width="90" height="90">{}</image>'
BOX = '<box label="car" occluded="{}" xtl="1" ytl="2" xbr="3" ybr="4"/>'
TRACK = '<track id="0" label="car">{}</track>'
KEYFRAME = '<box frame="{}" outside="0" occluded="0" keyframe="1" xtl="1" ytl="2" xbr="3" ybr="4"/>'
SKELETON = '<skeleton label="pose"><points label="head"{} points="1,2"/></skeleton>'
SHARED = {
    "plain": IMAGE.format(BOX.format("1")),
    "false": IMAGE.format(BOX.format("false")),
    "no flags": IMAGE.format('<box label="car" xtl="1" ytl="2" xbr="3" ybr="4"/>'),
    "track": TRACK.format(KEYFRAME.format(0) + KEYFRAME.format(5)),
    "element": IMAGE.format(SKELETON.format(' occluded="0" outside="1"')),
    "masks of a track": TRACK.format(
        '<mask frame="0" keyframe="1" occluded="0" outside="0" rle="1, 2, 1" left="1" top="1" width="2" height="2"/>'
        '<mask frame="3" keyframe="1" occluded="0" outside="0" rle="1, 2, 1" left="1" top="1" width="2" height="2"/>'
    ),
}
APART = {
    "True": IMAGE.format(BOX.format("True")),
    "a word": IMAGE.format(BOX.format("yes")),
    "an ellipse": IMAGE.format('<ellipse label="car" cx="1.125" cy="2" rx="3.0625" ry="4"/>'),
    "no keyframe": TRACK.format(KEYFRAME.format(0).replace(' keyframe="1"', "")),
    "an element without flags": IMAGE.format(SKELETON.format("")),
}


@pytest.mark.parametrize("name", [*SHARED, *APART])
def test_xml_is_read_once_where_both_read_it_alike(name: str) -> None:
    body = (SHARED | APART)[name]
    for between in ("\n", "<!-- one at a time -->"):  # without the parser, and with it
        text = f"<annotations>{between}{body}{between}</annotations>"
        assert both("cvat-images", {"annotations.xml": text.encode()}) is (name in SHARED)


@pytest.mark.parametrize("name", APART)
@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
def test_xml_is_read_again_where_one_of_two_files_asks_for_it(name: str, first: bool) -> None:
    bodies = [APART[name], SHARED["plain"].replace("a.jpg", "b.jpg").replace('id="0"', 'id="1"')]
    members = {
        f"{n}.xml": f"<annotations>\n{body}\n</annotations>".encode()
        for n, body in enumerate(bodies if first else bodies[::-1])
    }
    assert not both("cvat-images", members)


ANNOTATION: dict[str, Any] = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "segmentation": []}
COCO: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 90, "height": 90}],
    "categories": [{"id": 1, "name": "car"}], "annotations": [ANNOTATION],
}  # fmt: skip
OUTLINE = {"segmentation": [[1, 1, 5, 1, 5, 5]], "area": 8, "odd": 1e300, "score": 0.5}
RUNS = {"segmentation": {"size": [90, 90], "counts": [0, 10, 8090]}, "iscrowd": 1}
SAID = {"attributes": {"z_order": 3, "occluded": True, "moving": True, "score": 1}}
LIKE: dict[str, dict[str, Any]] = {
    "box": {}, "outline": OUTLINE, "runs": RUNS, "attributes": SAID, "without a size": {"images": [{"width": None}]},
}  # fmt: skip
UNLIKE: dict[str, dict[str, Any]] = {
    "id is text": {"id": "1"}, "no outline": {"segmentation": None}, "flat": {"segmentation": [1, 1, 5, 1, 5, 5]},
    "attributes is null": {"attributes": None}, "no such image": {"image_id": 2},
    "track": {"attributes": {"track_id": 1}},
    "image twice": {"images": [{}, {}]}, "image of no size": {"images": [{"width": -1}]},
    "category twice": {"categories": [{}, {"id": 2}]}, "category is a number": {"categories": [{"name": 7}]},
    "category zero": {"category_id": 0, "categories": [{"id": 0}]},
}  # fmt: skip


def coco(change: dict[str, Any]) -> Members:
    """A document of one annotation.  change: of it, or of images and categories, each like the first."""
    document = {key: [COCO[key][0] | one for one in change[key]] for key in ("images", "categories") if key in change}
    fields = {key: value for key, value in change.items() if key not in document}
    whole = COCO | document | {"annotations": [ANNOTATION, ANNOTATION | {"id": 2} | fields]}
    return {"a.json": json.dumps(whole).encode()}


@pytest.mark.parametrize("name", [*LIKE, *UNLIKE])
def test_coco_is_read_once_where_both_read_it_alike(name: str) -> None:
    assert both("coco", coco((LIKE | UNLIKE)[name])) is (name in LIKE)


@pytest.mark.parametrize(("frame", "alike"), [("a.jpg", True), ("street/a.jpg", True), ("b.jpg", False)])
def test_coco_is_read_once_where_its_images_are_on_the_same_frames(frame: str, alike: bool) -> None:
    context = Dataset(frames=Frames.of([frame], [90], [90]))
    assert both("coco", coco({}), context) is alike
