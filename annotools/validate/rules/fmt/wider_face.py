"""WIDER FACE: what CVAT's importer makes of labels.

    10 20 30 40 0 0 0 0 0 0 traffic light

Source: CVAT 2.73, its fork of Datumaro: widerface_format.py
"""

from __future__ import annotations

from annotools.errors import Problems
from annotools.formats.wider_face.listing import listings
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault

_LABEL = 10  # words before that of the label


def lines_of(ctx: Context) -> tuple[tuple[str, int, list[str]], ...]:
    """List, line and words of each face."""
    if ctx.source is None or ctx.slug != "wider-face":
        return ()
    listed = listings(ctx.source, Problems())
    boxes = ((each.member, line, text) for each in listed for _, line, text in each.boxes)
    return tuple((member, line, text.decode("utf-8", "replace").split()) for member, line, text in boxes)


@rule("FMT043", "label-of-several-words", INFO, upload=ERROR, needs=SOURCE, proof="golden/images, its reimport")
def label_of_several_words(ctx: Context) -> Found | None:
    """A face's label in a list of WIDER FACE has a space in it.

    Why: the importer takes its first word, finds no label of that name and says `annotation has no label`.
    Bad:
        {"from": "wider-face", "files": {"labels.txt": "traffic light\\n",
            "wider_face_split/wider_face_train_bbx_gt.txt": "a.jpg\\n1\\n1 2 3 4 0 0 0 0 0 0 traffic light\\n"}}
    Good:
        {"from": "wider-face", "files": {"labels.txt": "light\\n",
            "wider_face_split/wider_face_train_bbx_gt.txt": "a.jpg\\n1\\n1 2 3 4 0 0 0 0 0 0 light\\n"}}
    Source: golden/images (the server's export of such a label cannot be imported)
    """
    message = "the label has a space in it"
    wide = [(member, line) for member, line, words in ctx.once(lines_of) if len(words) > _LABEL + 1]
    return ctx.found([Fault("FMT043", member, "", message, line=line) for member, line in wide])


@rule("FMT044", "face-of-no-size", WARNING, needs=SOURCE, proof="source: trainers divide by width and height")
def face_of_no_size(ctx: Context) -> Found | None:
    """A face in a list of WIDER FACE has no width or no height.

    Why: the original has a few of them, marked as invalid, and trainers that do not leave them out get numbers that are
        none. The server stores the box, and nobody sees it.
    Bad:
        {"from": "wider-face", "files": {
            "wider_face_split/wider_face_train_bbx_gt.txt": "a.jpg\\n1\\n1 2 0 4 0 0 0 0 0 1\\n"}}

        {"from": "wider-face", "files": {
            "wider_face_split/wider_face_train_bbx_gt.txt": "a.jpg\\n1\\n1 2 3 0 0 0 0 0 0 1\\n"}}

        {"from": "wider-face", "files": {
            "wider_face_split/wider_face_train_bbx_gt.txt": "a.jpg\\n1\\n1 2 3 0.0 0 0 0 0 0 1\\n"}}
    Good:
        {"from": "wider-face", "files": {
            "wider_face_split/wider_face_train_bbx_gt.txt": "a.jpg\\n1\\n1 2 3 4 0 0 0 0 0 1\\n"}}
    Source: http://shuoyang1213.me/WIDERFACE/
    """
    flat = [(member, line) for member, line, words in ctx.once(lines_of) if {"0", "0.0"} & {*words[2:4]}]
    return ctx.found([Fault("FMT044", member, "", "a face has no size", line=line) for member, line in flat])
