"""Pascal VOC: what files say of their pictures, and lists of what is not there.

    Annotations/a.xml  <filename>a.jpg</filename>       ImageSets/Main/train.txt  a

What a reader makes of such a file is in the tables; these rules ask what the file itself says.
Source: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html and what CVAT's importer does with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from annotools.errors import InputError, Problems
from annotools.formats.kernel.xmlfile import Document, child_text, parse
from annotools.formats.voc.layout import Entry, layout_of
from annotools.matching import stem
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, OFF, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault

_SLUG = "voc"


def entries(ctx: Context) -> tuple[Entry, ...]:
    """The pictures of the input."""
    if ctx.source is None or ctx.slug != _SLUG:
        return ()
    return tuple(layout_of(ctx.source, Problems()).entries)


def documents(ctx: Context) -> tuple[tuple[Entry, Document], ...]:
    """The annotation files of the input that can be read."""
    return tuple(_documents(ctx))


def _documents(ctx: Context) -> Iterator[tuple[Entry, Document]]:
    for entry in ctx.once(entries):
        if entry.xml and ctx.source is not None:
            try:
                document = parse(ctx.source.read(entry.xml), entry.xml, Problems())
            except InputError:
                continue  # the reader has said what is wrong with it
            if document is not None:
                yield entry, document


@rule(
    "FMT005", "frame-of-a-video-by-another-name", ERROR, needs=SOURCE, proof="source: CVAT's importer, names of frames"
)
def frame_of_a_video_by_another_name(ctx: Context) -> Found | None:
    """An annotation file for a task of a video is not called after the frame's number, as `frame_000012` is.

    Why: frames of a video have no names of their own, so the server goes by the number in that name, six digits at
        least, and refuses the whole import where it finds none.
    Bad:
        {"from": "voc", "task": {"mode": "interpolation"},
         "data_meta": {"frames": [{"name": "a.mp4", "width": 9, "height": 9}]},
         "files": {"Annotations/second.xml": "<annotation><filename>second.png</filename></annotation>"}}

        {"from": "voc", "task": {"mode": "interpolation"},
         "data_meta": {"frames": [{"name": "a.mp4", "width": 9, "height": 9}]},
         "files": {"Annotations/frame_12.xml": "<annotation><filename>frame_12.png</filename></annotation>"}}
    Good:
        {"from": "voc", "task": {"mode": "interpolation"},
         "data_meta": {"frames": [{"name": "a.mp4", "width": 9, "height": 9}]},
         "files": {"Annotations/frame_000001.xml": "<annotation><filename>frame_000001.PNG</filename></annotation>"}}
    Source: https://github.com/cvat-ai/cvat/issues/1658
    """
    if not ctx.dataset.task.is_video:
        return None
    odd = [entry for entry in ctx.once(entries) if entry.xml and not _FRAME.fullmatch(basename(entry.key))]
    return ctx.found(
        [Fault("FMT005", entry.xml, "", "is not called after a frame, as frame_000012 is") for entry in odd]
    )


_FRAME = re.compile(r"frame_\d{6,}")


@rule("FMT014", "filename-of-another-picture", WARNING, needs=SOURCE, proof="source: CVAT's importer goes by the file")
def filename_of_another_picture(ctx: Context) -> Found | None:
    """An annotation file says another `filename` than it is called itself.

    Why: some readers go by the one, CVAT's importer and the development kit by the other, so that annotations come to
        stand on another picture, or on none. It happens when pictures are renamed after they were annotated.
    Bad:
        {"from": "voc", "files": {"Annotations/a.xml": "<annotation><filename>b.jpg</filename></annotation>"}}

        {"from": "voc", "files": {"Annotations/a.xml": "<annotation><filename>street\\\\b.jpg</filename></annotation>"}}
    Good:
        {"from": "voc", "files": {"Annotations/a.xml": "<annotation><filename>a.jpg</filename></annotation>"}}
    Source: source: Datumaro's VOC importer, names of items
    """
    faults = []
    for entry, document in ctx.once(documents):
        filename = child_text(document.root, "filename").replace("\\", "/")
        names = {basename(filename), stem(basename(filename))}
        if filename and basename(entry.key) not in names:
            faults.append(Fault("FMT014", entry.xml, "", f"filename is {filename[:60]!r}, of another picture"))
    return ctx.found(faults)


@rule("FMT015", "no-size-of-picture", INFO, upload=OFF, needs=SOURCE, proof="source: trainers divide by it")
def no_size_of_picture(ctx: Context) -> Found | None:
    """An annotation file does not say how large its picture is.

    Why: whoever turns the boxes into shares of the picture divides by it, and stops, or makes boxes without end.
    Bad:
        {"from": "voc", "files": {"Annotations/a.xml": "<annotation><filename>a.jpg</filename></annotation>"}}

        {"from": "voc", "files": {"Annotations/a.xml":
            "<annotation><size><width>0</width><height>9</height></size></annotation>"}}

        {"from": "voc", "files": {"Annotations/a.xml":
            "<annotation><size><width>9</width><height>0</height></size></annotation>"}}
    Good:
        {"from": "voc", "files": {"Annotations/a.xml":
            "<annotation><size><width>9</width><height>9</height></size></annotation>"}}
    Source: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html
    """
    faults = []
    for entry, document in ctx.once(documents):
        missing = [side for side in ("width", "height") if not _is_length(child_text(document.root, f"size/{side}"))]
        if missing:
            faults.append(Fault("FMT015", entry.xml, "", f"the picture has no {' and no '.join(missing)}"))
    return ctx.found(faults)


def _is_length(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False


@rule("FMT016", "listed-without-annotation", WARNING, needs=SOURCE, proof="source: the development kit opens all")
def listed_without_annotation(ctx: Context) -> Found | None:
    """A picture stands in a list of `ImageSets` and has no annotation file.

    Why: most readers open the file of every picture that is listed, and stop at the first that is not there.
    Bad:
        {"from": "voc", "files": {"Annotations/a.xml": "<annotation><filename>a.jpg</filename></annotation>",
            "ImageSets/Main/train.txt": "a\\nb\\n"}}

        {"from": "voc", "files": {"VOC/Annotations/a.xml": "<annotation><filename>a.jpg</filename></annotation>",
            "VOC/ImageSets/Main/val.txt": "street/a\\n"}}
    Good:
        {"from": "voc", "files": {"Annotations/a.xml": "<annotation><filename>a.jpg</filename></annotation>",
            "ImageSets/Main/train.txt": "a\\n"}}
    Source: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html
    """
    bare = [entry for entry in ctx.once(entries) if not entry.xml]
    list_of = {entry.root: f"{entry.root}ImageSets" for entry in bare}
    text = "lists {!r}, which has no annotation file"
    return ctx.found([Fault("FMT016", list_of[entry.root], "", text.format(entry.key[:60])) for entry in bare])
