"""Variants that our writers do not write, cut short anywhere: problems, and never a stray exception."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from annotools import formats
from annotools.errors import InputError, Problem
from annotools.formats.base import ReadOptions
from annotools.validate.overlay import Overlay
from tests.formats.mask_files import CITY, ROAD, TRACKING, outlines, runs
from tests.formats.pointcloud_files import META, car, episode, figure

OPTIONS, END = ReadOptions(origin=True), Problem("what could be read was read")
EPISODE = episode([figure("o1", "a")], [figure("o1", "b")], objects=[car("o1")], tags=[{"name": "rain"}])
MASKS = f"1 1005 1 6 8 {runs((1, 2), (2, 2))}\n1 10000 10 6 8 {runs((7, 5))}\n3 2001 2 6 8 {runs((3, 4))}\n"
# The format, its other files, and the file that is cut.
VARIANTS: dict[str, tuple[str, dict[str, str], str, str]] = {
    "tracking of KITTI": ("kitti", {}, "training/label_02/0000.txt", TRACKING),
    "MOTS as text": ("mots", {}, "MOTS20-02/gt/gt.txt", MASKS),
    "outlines of Cityscapes": ("cityscapes", {}, CITY, outlines(ROAD, ROAD)),
    "episodes of Supervisely": (
        "sly-pointcloud", {"meta.json": json.dumps(META), "ep/frame_pointcloud_map.json": '{"0": "a.pcd"}'},
        "ep/annotation.json", json.dumps(EPISODE),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", VARIANTS)
def test_a_variant_that_is_cut_short_gives_problems(what: str) -> None:
    slug, others, member, text = VARIANTS[what]
    read = formats.get(slug).read
    assert read is not None
    known = {name: content.encode() for name, content in others.items()}
    for length in range(0, len(text), 5):
        problems: tuple[Problem, ...] = ()
        with suppress(InputError):
            problems = (*read(Overlay("in", {**known, member: text[:length].encode()}), None, OPTIONS).problems, END)
        assert problems != (END,) or "\n" in text  # lines before the cut may be whole
    result = read(Overlay("in", {**known, member: text.encode()}), None, OPTIONS)
    assert result.problems == ()
    assert len(result.dataset.shapes) > 0
