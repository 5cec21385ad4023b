"""What a source may be that no format recognises: the words that lead on.

    a.json  {"shapes": [..], "imagePath": ..}     labelme's JSON, which cannot be read
    a.txt   0 0.5 0.5 0.2 0.1                     lines of YOLO, without a list of classes

Only the first members of a kind are looked at, and only their heads.
"""

from __future__ import annotations

import re
from itertools import islice

from annotools.errors import InputError
from annotools.formats.kernel.members import is_note
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

_HEAD = 1 << 14
_FILES = 20
# Tool -> what all of its files have, in any order.
_JSON: dict[str, tuple[bytes, ...]] = {
    "labelme, which cannot be read; labelme2coco makes COCO of it": (b'"shapes"', b'"flags"'),
    "Label Studio, which cannot be read; it exports COCO, VOC and YOLO": (b'"annotations"', b'"result"', b'"data"'),
    "VIA, which cannot be read; it exports COCO": (b'"regions"', b'"file_attributes"'),
    "CreateML, which cannot be read": (b'"annotations"', b'"coordinates"'),
    "Supervisely's pictures, which cannot be read; it exports COCO": (b'"classTitle"', b'"exterior"'),
    "MegaDetector, which cannot be read": (b'"detection_categories"', b'"detections"'),
}
_NUMBER = rb"-?\d*\.?\d+(?:[eE][-+]?\d+)?"
_SHARE = rb"(?:0?\.\d+|[01](?:\.\d*)?)(?:[eE]-\d+)?"
_YOLO = re.compile(rb"\d+(?:[ \t]+" + _SHARE + rb"){4,}\s*")
_DOTA = re.compile(rb"(?:" + _NUMBER + rb"[ \t]+){8}\S.*[ \t][0-3]\s*|imagesource:.*\s*")
_MOT = re.compile(rb"\d+,\s*-?\d+(?:,\s*" + _NUMBER + rb"){4,8}\s*")


def likeness(source: Source) -> str:
    """What a source looks like; empty for nothing that is known."""
    members = [name for name in source.members() if not is_note(name)]
    if members and all(map(is_picture, members)):
        return "pictures without annotations; where folders are labels, its slug is imagenet"
    for name in islice((name for name in members if name.lower().endswith(".json")), _FILES):
        head = _head(source, name)
        tool = next((tool for tool, words in _JSON.items() if all(word in head for word in words)), "")
        if tool:
            return f"JSON of {tool}"
    for name in islice((name for name in members if name.lower().endswith(".txt")), _FILES):
        first = _head(source, name).removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0]
        if _YOLO.fullmatch(first):
            return "labels of YOLO, without data.yaml, obj.data or a list of classes (classes.txt) beside"
        if _DOTA.fullmatch(first):
            return "lines of DOTA, which cannot be read"
        if _MOT.fullmatch(first):
            return "lines of MOT, which are found in gt/gt.txt and det/det.txt, or by the slug mot"
    return ""


def _head(source: Source, name: str) -> bytes:
    try:
        with source.open(name) as stream:
            return stream.read(_HEAD)
    except InputError:
        return b""
