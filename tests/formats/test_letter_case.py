"""Files of fixed names in other letters, as disks that are blind to case leave them: nothing of them goes unread."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats.base import ReadOptions, WriteOptions
from annotools.validate.overlay import Overlay
from tests.datasets import EVERYTHING, FULL_CLOUDS

# What lists of their own say labels, or colours of classes.
SLUGS = (
    "voc", "segmentation-mask", "camvid", "cityscapes", "kitti", "mots", "mot", "wider-face", "vggface2", "lfw",
    "kitti-raw", "icdar-recognition", "imagenet", "market-1501", "sly-pointcloud",
)  # fmt: skip
LISTS = ("labels.txt", "labelmap.txt", "label_colors.txt", "synsets.txt", "frame_list.txt", "seqinfo.ini", "meta.json")


def ending(name: str) -> str:
    """A.TXT: an ending in capitals; that of JSON is never, as it says what documents are."""
    start, dot, end = name.rpartition(".")
    return name if end == "json" else start + dot + end.upper()


def lists(name: str) -> str:
    """LABELS.TXT: lists in capitals."""
    folder, slash, base = name.rpartition("/")
    return folder + slash + (base.upper() if base in LISTS else base)


def told(slug: str, members: dict[str, bytes]) -> tuple[list[str], int, int, int, int]:
    """The names of labels, and how many rows there are."""
    assert formats.sniff(Overlay("x", members)) == slug
    reader = formats.get(slug).read
    assert reader is not None
    result = reader(Overlay("x", members), None, ReadOptions())
    assert [str(problem) for problem in result.problems] == []
    dataset = result.dataset
    names = sorted(label.name for label in dataset.labels.top)
    return names, len(dataset.shapes), len(dataset.tags), len(dataset.tracks), len(dataset.frames)


@pytest.mark.parametrize("renamed", [ending, lists])
@pytest.mark.parametrize("slug", SLUGS)
def test_names_in_other_letters_say_the_same(slug: str, renamed: Callable[[str], str]) -> None:
    form = formats.get(slug)
    known = FULL_CLOUDS if slug in ("kitti-raw", "sly-pointcloud") else next(iter(EVERYTHING.values()))
    dataset, _ = fit_to_format(known, form, WriteOptions())
    assert form.write is not None
    members = {name: b"".join(pieces) for name, pieces in form.write(dataset, None, WriteOptions())}
    assert told(slug, {renamed(name): data for name, data in members.items()}) == told(slug, members)


@pytest.mark.parametrize("folder", [str.lower, str.title])
def test_masks_in_folders_of_other_letters(folder: Callable[[str], str]) -> None:
    dataset, _ = fit_to_format(next(iter(EVERYTHING.values())), formats.get("voc"), WriteOptions())
    writer = formats.get("voc").write
    assert writer is not None
    own = {"Annotations", "ImageSets", "Main", "SegmentationClass", "SegmentationObject"}
    members = {name: b"".join(pieces) for name, pieces in writer(dataset, None, WriteOptions())}
    other = {
        "/".join(folder(part) if part in own else part for part in name.split("/")): data
        for name, data in members.items()
    }
    assert told("voc", other) == told("voc", members)
