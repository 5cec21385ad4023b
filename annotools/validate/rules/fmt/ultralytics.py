"""data.yaml of Ultralytics' YOLO: what trainers and CVAT's importer refuse.

    {"nc": 2, "names": ["car", "bus"], "train": "images/train", "val": "images/val"}

What a reader makes of such a file is in the tables; these rules ask what the file itself says.
Source: https://docs.ultralytics.com/datasets/detect/ and what CVAT's importer does with it.
"""

from __future__ import annotations

from typing import Any

from annotools.errors import Problems
from annotools.formats.kernel import yamlfile
from annotools.formats.yolo.data_yaml import SPLITS, class_names, subset_keys, yaml_member
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault

_SLUGS = frozenset(
    f"yolo-ultralytics-{kind}" for kind in ("detection", "detection-track", "obb", "pose", "segmentation")
)
# What CVAT's importer knows; every other key is a subset to it.
_CVAT_KEYS = frozenset({"backup", "classes", "names", "path", "kpt_shape", "flip_idx"})


def has_data_yaml(ctx: Context) -> bool:
    """Whether the input is of one of the formats that have one."""
    return ctx.slug in _SLUGS


def data_yaml(ctx: Context) -> tuple[str, dict[Any, Any]]:
    """The data.yaml of the input and what it says; nothing where there is none."""
    if ctx.source is None or not has_data_yaml(ctx):
        return "", {}
    member = yaml_member(ctx.source)
    content = yamlfile.read(ctx.source, member, Problems(), texts=True) if member else None
    return (member, content) if isinstance(content, dict) else ("", {})


@rule("FMT011", "number-of-classes-unlike-names", ERROR, needs=SOURCE, proof="source: Ultralytics, check of datasets")
def number_of_classes_unlike_names(ctx: Context) -> Found | None:
    """`nc` of a data.yaml is not the number of its names.

    Why: trainers stop before the first picture, and which of the two is right only its author knows.
    Bad:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "nc: 3\\nnames: [car, bus]\\ntrain: images/train",
            "images/train/a.jpg": "picture"}}

        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "nc: 1\\nnames: [car, bus]\\ntrain: images/train",
            "images/train/a.jpg": "picture"}}
    Good:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "nc: 2\\nnames: [car, bus]\\ntrain: images/train",
            "images/train/a.jpg": "picture"}}

        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car, bus]\\ntrain: images/train",
            "images/train/a.jpg": "picture"}}

        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "nc: 2\\ntrain: images/train",
            "images/train/a.jpg": "picture"}}
    Source: https://docs.ultralytics.com/datasets/detect/
    """
    member, content = ctx.once(data_yaml)
    count = str(content.get("nc", ""))
    if ctx.source is None or not count or "names" not in content:
        return None
    names = class_names(content, ctx.source, member, Problems())
    if not names or count == str(len(names)):
        return None
    return ctx.found([Fault("FMT011", member, "", f"nc is {count[:20]}, but there are {len(names)} names")])


@rule(
    "FMT012", "no-subset-to-validate", WARNING, upload=OFF, needs=SOURCE, proof="source: Ultralytics, check of datasets"
)
def no_subset_to_validate(ctx: Context) -> Found | None:
    """A data.yaml names no pictures to train on, or none to validate on.

    Why: trainers want `train` and `val`, be it the same pictures twice, and stop where one is missing.
    Bad:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture"}}

        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\nval: images/val",
            "images/val/a.jpg": "picture"}}
    Good:
        {"from": "yolo-ultralytics-detection", "files": {
            "data.yaml": "names: [car]\\ntrain: images/train\\nval: images/train", "images/train/a.jpg": "picture"}}
    Source: https://docs.ultralytics.com/datasets/detect/
    """
    member, content = ctx.once(data_yaml)
    given = {"val" if key in ("validation", "valid") else key for key in content if content[key]}
    missing = [key for key in ("train", "val") if key not in given]
    text = f"names no pictures for {' and '.join(missing)}"
    return ctx.found([Fault("FMT012", member, "", text)] if member and missing else [])


@rule("FMT013", "key-taken-for-a-subset", INFO, upload=ERROR, needs=SOURCE, proof="source: CVAT's importer, its keys")
def key_taken_for_a_subset(ctx: Context) -> Found | None:
    """A data.yaml has a key that CVAT's importer takes for the name of a subset.

    Why: the server's importer takes every key for a subset but the few that it knows, and fails on what is not a
        list of pictures: `'int' object is not iterable` for `nc: 1`. Leave such keys out before the upload.
    Bad:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "nc: 1\\nnames: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture"}}

        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: a\\n2024: street",
            "a/a.jpg": "picture"}}
    Good:
        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: images/train",
            "images/train/a.jpg": "picture"}}
    Source: https://github.com/cvat-ai/cvat/issues/8958
    """
    member, content = ctx.once(data_yaml)
    subsets = {*SPLITS, *subset_keys(content)}
    strange = [key for key in content if key not in _CVAT_KEYS and key not in subsets]
    return ctx.found(
        [Fault("FMT013", member, "", f"{str(key)[:40]} would be a subset to an import") for key in strange]
    )
