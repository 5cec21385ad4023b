"""What a file loses on its way: the layout of an archive, kinds that a target format has not, rounded coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from annotools import formats
from annotools.formats.base import Options
from annotools.geometry.ragged import segment_max
from annotools.model import MASK, ShapeType
from annotools.quirks import CVAT
from annotools.storage.zips import ZipSource
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.rules.fmt import _server_places
from annotools.validate.structure import Fault

_COCO = ("coco", "coco-keypoints")
_HEAD = 1 << 16
_LISTS = re.compile(rb'"(?:images|annotations|categories)"\s*:')


@rule("FMT006", "wrong-archive-layout", ERROR, needs=SOURCE, proof="io/import-wrong-content-for-the-format")
def wrong_archive_layout(ctx: Context) -> Found | None:
    """A file of the input lies where the server's importer does not look for it.

    Why: the import fails with `Dataset must contain a file ...`. COCO wants its JSON in a folder `annotations` at the
        top of the archive, in small letters; names with backslashes are no folders there. A backup has its task.json at
        the top (`There is no item named 'task.json' in the archive`), that of a project a project.json there and its
        tasks in folders beside it.
        Other formats have folders and files of fixed names, which are found in whatever order or letters here.
    Bad:
        {"from": "coco", "files": {"instances.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9,
            "height": 9}], "categories": [{"id": 1, "name": "car"}], "annotations": []}, "images/a.jpg": "picture"}}

        {"from": "coco", "files": {"Annotations/a.json": {"images": [{"id": 1, "file_name": "a.jpg"}],
            "categories": [{"id": 1, "name": "car"}], "annotations": []}, "images/a.jpg": "picture"}}

        {"from": "cvat-backup", "files": {"mine/task.json": {"name": "t", "labels": [], "data": {}, "jobs": []},
            "mine/annotations.json": [], "mine/data/manifest.jsonl": ""}}

        {"from": "cvat-backup", "files": {"mine/project.json": {"name": "p"}, "mine/task_0/task.json": {"name": "t",
            "labels": [], "data": {}, "jobs": []}, "mine/task_0/annotations.json": [],
            "mine/task_0/data/manifest.jsonl": ""}}

        {"from": "mot", "files": {"gt.txt": "1,1,10,20,30,40,1,1,1\\n", "labels.txt": "car\\n"}}

        {"from": "kitti", "files": {"labels/a.txt": "car 0 0 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10\\n"}}

        {"from": "yolo", "files": {"classes.txt": "car\\n", "a.txt": "0 0.5 0.5 0.2 0.1\\n", "a.jpg": "picture"}}

        {"from": "yolo-ultralytics-detection", "files": {"data.yaml": "names: [car]\\ntrain: train/images",
            "train/images/a.jpg": "picture", "train/labels/a.txt": "0 0.5 0.5 0.2 0.1"}}

        {"from": "datumaro", "files": {"a.json": {"categories": {"label": {"labels": []}}, "items": []},
            "images/a.jpg": "picture"}}

        {"from": "open-images", "files": {"labels/classifications.csv":
            "ImageID,Source,LabelName,Confidence\\na,,/m/0k4j,1\\n", "metadata/classes.csv": "/m/0k4j,Car\\n"}}

        {"from": "vggface2", "files": {"loose_bb_train.csv": "NAME_ID,X,Y,W,H\\nn1/a,1,2,30,40\\n"}}

        {"from": "wider-face", "files": {"wider_face_train_bbx_gt.txt": "a.jpg\\n1\\n1 2 30 40 0 0 0 0 0 0\\n"}}

        {"from": "lfw", "files": {"pairs.txt": "1\\t0\\nAnna\\t1\\t2\\n"}}
    Good:
        {"from": "coco", "files": {"annotations/instances.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9,
            "height": 9}], "categories": [{"id": 1, "name": "car"}], "annotations": []}, "images/a.jpg": "picture"}}

        {"from": "coco", "files": {"instances.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9,
            "height": 9}], "categories": [{"id": 1, "name": "car"}], "annotations": []}}}

        {"from": "coco", "files": {"annotations/a.json": {"images": [{"id": 1, "file_name": "a.jpg", "width": 9,
            "height": 9}], "categories": [{"id": 1, "name": "car"}], "annotations": []}, "package.json": {"name": "x"}}}

        {"from": "cvat-backup", "files": {"project.json": {"name": "p"}, "task_0/task.json": {"name": "t", "labels": [],
            "data": {}, "jobs": []}, "task_0/annotations.json": [], "task_0/data/manifest.jsonl": ""}}
    Source: io/import-wrong-content-for-the-format (the request fails)
    """
    names = [] if ctx.source is None else ctx.source.members()
    astray: list[str] = []
    expected = "expected in a folder annotations at the top"
    if ctx.slug in _COCO and (len(names) > 1 or isinstance(ctx.source, ZipSource)):  # a lone JSON is taken as it is
        documents = [name for name in names if name.lower().endswith(".json") and not name.startswith("annotations/")]
        astray = [name for name in documents if _is_coco(ctx, name)]
    elif ctx.slug == "cvat-backup" and "task.json" not in names:
        depth = 1 if "project.json" in names else 0  # of a project, its tasks are folders
        tasks = [name for name in names if name.endswith("/task.json")]
        astray, expected = [name for name in tasks if name.count("/") > depth], "expected at the top"
    elif ctx.source is not None:
        astray, expected = _server_places.astray(ctx.slug, ctx.source)
    return ctx.found([Fault("FMT006", name, "", f"an importer does not look here, {expected}") for name in astray])


def _is_coco(ctx: Context, name: str) -> bool:
    """Whether a JSON may be of COCO, as others lie about that programs have for themselves."""
    assert ctx.source is not None
    with ctx.source.open(name) as stream:
        head = stream.read(_HEAD)
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[" or _LISTS.search(head) is not None


@rule("FMT007", "not-carried-by-target", WARNING, upload=OFF, coco=WARNING, proof="source: COCO's exporter skips them")
def not_carried_by_target(ctx: Context, target: str = "coco") -> Iterator[Found]:
    """Annotations of a kind that the target format does not have.

    Why: an export drops them without a word. `annotools formats SLUG` says what a format carries.
    Bad:
        {"tags": [{"label_id": 6, "frame": 0}]}

        {"shapes": [{"type": "polyline", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}

        {"intervals": [{"label_id": 7, "start": 3, "stop": 8}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Options: target: the format that is meant.
    Source: source: what the server's exporter of the format writes; the table of formats
    """
    form = formats.get(target).dialect(Options(quirks=CVAT))
    keeps = form.keeps
    known = np.array([kind in keeps.shapes for kind in ShapeType], np.bool_)
    rows = np.flatnonzero(~known[ctx.shapes.type] & ~ctx.elements)
    message = "{target} has no {what}"
    yield ctx.at("shape", rows, message, target=form.name, what=ctx.type_words(rows))
    for kind, kept, table in (("tag", keeps.tags, ctx.tags), ("interval", keeps.intervals, ctx.intervals)):
        if kept is None:
            yield ctx.at(kind, np.arange(len(table)), message, target=form.name, what=f"{kind}s")


@rule("FMT008", "rounded-by-exports", INFO, upload=OFF, proof="source: exports write 2 decimals")
def rounded_by_exports(ctx: Context, pixels: float = 0.001) -> Found:
    """Coordinates have more decimals than exports write.

    Why: most formats of CVAT write two decimals, so a round trip moves the shape by up to half a hundredth of a pixel.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10.123, 10.456, 60, 40]}]}

        {"tracks": [{"label_id": 3, "frame": 0, "shapes": [
            {"type": "polygon", "frame": 0, "points": [10, 10, 60, 10, 60, 40.005]}]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10.12, 10.46, 60, 40]}]}
    Options: pixels: how far a coordinate may move.
    Source: source: CVAT's cvat.py writes two decimals, Datumaro rounds to two
    """
    values = ctx.shapes.values
    moved = np.abs(np.round(values, 2) - values)
    far = segment_max(np.nan_to_num(moved), ctx.shapes.offsets, 0.0)
    rows = np.flatnonzero((far > pixels) & ctx.sound & ~ctx.are(MASK))
    return ctx.at("shape", rows, "an export moves a coordinate by {far:.4f} px", far=far[rows])
