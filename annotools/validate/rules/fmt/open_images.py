"""Open Images: codes of labels, shares of pictures, and sizes that CVAT's importer wants.

    annotations/train-annotations-bbox.csv   ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax, ...

Source: https://storage.googleapis.com/openimages/web/download_v7.html and what CVAT's importer does with it.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import Problems
from annotools.formats.kernel.csvfile import Table, read_table
from annotools.formats.open_images.tables import META, SIDES, files_of, read_sizes
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault

_MOST_SHOWN = 5


def tables_of(ctx: Context) -> dict[str, list[Table]]:
    """The tables of boxes, labels and masks of the input."""
    if ctx.source is None or ctx.slug != "open-images":
        return {}
    kinds = ("boxes", "labels", "masks")
    files, source = files_of(ctx.source), ctx.source
    return {
        kind: [read_table(source, name, Problems(), ("ImageID",)) for _, name in files.by_kind[kind]] for kind in kinds
    }


@rule(
    "FMT047", "label-without-description", WARNING, needs=SOURCE, proof="source: Datumaro's reader, class descriptions"
)
def label_without_description(ctx: Context) -> Found | None:
    """A code of a label in a table of Open Images is not in class-descriptions.csv.

    Why: codes such as `/m/0k4j` mean nothing without it, so the label is called after its code, and the server finds no
        label of that name in the task.
    Bad:
        {"from": "open-images", "files": {"annotations/class-descriptions.csv": "/m/0k4j,Car\\n",
            "annotations/train-annotations-human-imagelabels.csv":
                "ImageID,Source,LabelName,Confidence\\na,,/m/01bqvp,1\\n"}}

        {"from": "open-images", "files": {"annotations/class-descriptions.csv": "/m/0k4j,Car\\n",
            "annotations/train-annotations-bbox.csv":
                "ImageID,LabelName,XMin,XMax,YMin,YMax\\na,/m/01bqvp,0.1,0.5,0.1,0.5\\n"}}
    Good:
        {"from": "open-images", "files": {"annotations/class-descriptions.csv": "/m/0k4j,Car\\n",
            "annotations/train-annotations-human-imagelabels.csv":
                "ImageID,Source,LabelName,Confidence\\na,,/m/0k4j,1\\n"}}

        {"from": "open-images", "files": {"annotations/train-annotations-human-imagelabels.csv":
                "ImageID,Source,LabelName,Confidence\\na,,/m/01bqvp,1\\n"}}
    Source: https://storage.googleapis.com/openimages/web/download_v7.html
    """
    tables = ctx.once(tables_of)
    if ctx.source is None or not tables or not files_of(ctx.source).classes:
        return None
    head = ("LabelName", "DisplayName")
    known = set(read_table(ctx.source, files_of(ctx.source).classes, Problems(), head, head)["LabelName"])
    faults = []
    for table in (table for several in tables.values() for table in several):
        odd = sorted(set(table["LabelName"]) - known)
        if odd:
            shown = ", ".join(odd[:_MOST_SHOWN])
            faults.append(Fault("FMT047", table.member, "", f"{len(odd):,} codes without description: {shown}"))
    return ctx.found(faults)


@rule("FMT048", "share-outside-picture", INFO, upload=OFF, needs=SOURCE, proof="source: trainers expect 0 to 1")
def share_outside_picture(ctx: Context) -> Found | None:
    """A side of a box in a table of Open Images is less than 0 or more than 1.

    Why: sides are shares of the picture, so the box reaches out of it; that of the original never does.
    Bad:
        {"from": "open-images", "files": {"annotations/train-annotations-bbox.csv":
            "ImageID,LabelName,XMin,XMax,YMin,YMax\\na,car,-0.1,0.5,0.1,0.5\\n"}}

        {"from": "open-images", "files": {"annotations/train-annotations-bbox.csv":
            "ImageID,LabelName,XMin,XMax,YMin,YMax\\na,car,0.1,1.5,0.1,0.5\\n"}}

        {"from": "open-images", "files": {"annotations/train-annotations-bbox.csv":
            "ImageID,LabelName,XMin,XMax,YMin,YMax\\na,car,0.1,0.5,-0.1,0.5\\n"}}

        {"from": "open-images", "files": {"annotations/train-annotations-bbox.csv":
            "ImageID,LabelName,XMin,XMax,YMin,YMax\\na,car,0.1,0.5,0.1,1.5\\n"}}
    Good:
        {"from": "open-images", "files": {"annotations/train-annotations-bbox.csv":
            "ImageID,LabelName,XMin,XMax,YMin,YMax\\na,car,0.1,0.5,0.1,0.5\\n"}}
    Source: https://storage.googleapis.com/openimages/web/download_v7.html
    """
    faults = []
    for table in ctx.once(tables_of).get("boxes", ()):
        good = np.ones(len(table), np.bool_)
        sides = np.stack([table.numbers(name, good, Problems()) for name in SIDES], axis=1)
        odd = np.flatnonzero(good & ((sides < 0) | (sides > 1)).any(axis=1))
        if len(odd):
            message = f"{len(odd):,} boxes reach out of their pictures, the first on line {table.lines[odd[0]]}"
            faults.append(Fault("FMT048", table.member, "", message))
    return ctx.found(faults)


@rule("FMT049", "mask-of-picture-without-size", INFO, upload=ERROR, needs=SOURCE, proof="golden/video, its reimport")
def mask_of_picture_without_size(ctx: Context) -> Found | None:
    """A picture with masks is not in images.meta.

    Why: the server's importer knows its size from there only, and drops the masks without a word. Its own exports list
        only pictures with boxes.
    Bad:
        {"from": "open-images", "files": {"annotations/images.meta": "b 9 9\\n",
            "annotations/train-annotations-object-segmentation.csv": "MaskPath,ImageID,LabelName\\na.png,a,car\\n"}}

        {"from": "open-images", "files": {
            "annotations/train-annotations-object-segmentation.csv": "MaskPath,ImageID,LabelName\\na.png,a,car\\n"}}
    Good:
        {"from": "open-images", "files": {"annotations/images.meta": "a 9 9\\n",
            "annotations/train-annotations-object-segmentation.csv": "MaskPath,ImageID,LabelName\\na.png,a,car\\n"}}

        {"from": "open-images", "files": {"annotations/train-annotations-bbox.csv":
            "ImageID,LabelName,XMin,XMax,YMin,YMax\\na,car,0.1,0.5,0.1,0.5\\n"}}
    Source: golden/video (masks of its export are gone after the import)
    """
    tables = ctx.once(tables_of).get("masks", ())
    if ctx.source is None or not tables:
        return None
    meta = files_of(ctx.source).meta
    known = read_sizes(ctx.source, meta, Problems()) if meta else {}
    odd = sorted({name for table in tables for name in table["ImageID"]} - known.keys())
    if not odd:
        return None
    message = f"lacks the sizes of {len(odd):,} pictures with masks: {', '.join(odd[:_MOST_SHOWN])}"
    return ctx.found([Fault("FMT049", meta or META, "", message)])
