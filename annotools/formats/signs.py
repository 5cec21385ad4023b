"""What is seen of a source at once, and which formats it may therefore be of; the module of no other is imported.

Annotations/a.xml           what all members are called, in small letters
ImageSets/Main/train.txt
<annotation>                the root of the first XML, or <?> where its head does not show one
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotools.errors import InputError

if TYPE_CHECKING:
    from annotools.storage import Source

UNSEEN = "<?>"
_HEAD = 1 << 12
_ROOT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:(?:<\?.*?\?>|<!--.*?-->)\s*)*<([A-Za-z]\w*)[\s/>]", re.DOTALL)

# What every source of a format has at least one of.  Sources with a name that has no ending are asked for all.
SIGNS: dict[str, tuple[str, ...]] = {
    "cvat-api": (".json",),
    "cvat-backup": ("task.json",),
    "cvat-images": ("<annotations>", UNSEEN),
    "cvat-video": ("<annotations>", UNSEEN),
    "coco": (".json",),
    "coco-keypoints": (".json",),
    "yolo": (".data", "obj.names", "_darknet.labels", "classes.txt", "labels.txt"),
    "yolo-ultralytics-detection": (".yaml", ".yml"),
    "yolo-ultralytics-detection-track": (".yaml", ".yml"),
    "yolo-ultralytics-obb": (".yaml", ".yml"),
    "yolo-ultralytics-segmentation": (".yaml", ".yml"),
    "yolo-ultralytics-pose": (".yaml", ".yml"),
    "yolo-ultralytics-classification": ("labels.json",),
    "voc": ("<annotation>", UNSEEN),
    "segmentation-mask": ("segmentation", "labelmap", "_classes.csv"),
    "camvid": (".txt", ".csv", "annot/"),
    "cityscapes": ("gtfine", "gtcoarse"),
    "kitti": ("label_2/", "label_02/", "instance/", "semantic/"),
    "mots": ("instances/", "instances_txt/", "gt/gt.txt"),
    "mot": ("gt.txt", "det.txt"),
    "datumaro": (".json",),
    "labelme": ("<annotation>", UNSEEN),
    "open-images": (".csv",),
    "imagenet": ("synsets", "loc_synset"),
    "wider-face": ("wider_face_",),
    "vggface2": (".csv",),
    "lfw": ("pairs",),
    "market-1501": ("images_", "bounding_box"),
    "icdar-recognition": ("gt.txt",),
    "icdar-localization": ("gt_",),
    "icdar-segmentation": ("_gt.txt",),
    "datumaro-3d": (".json",),
    "kitti-raw": ("tracklet", "<boost_serialization>", UNSEEN),
    "sly-pointcloud": ("meta.json",),
    "generic-tsv": (".tsv",),
}


def seen_in(source: Source) -> str:
    """What can be seen, a line each; nothing where that says nothing."""
    members = source.members()
    if any("." not in name[name.rfind("/") + 1 :] for name in members):
        return ""
    names = "\n".join(members).lower()
    first = next((name for name in members if name.lower().endswith(".xml")), "") if ".xml" in names else ""
    return f"{names}\n<{_root(source, first)}>" if first else names


def may_be(slug: str, seen: str) -> bool:
    """Whether a source may be of a format; one that is not of the table is always asked."""
    return not seen or any(sign in seen for sign in SIGNS.get(slug, ("",)))


def _root(source: Source, member: str) -> str:
    try:
        with source.open(member) as stream:
            match = _ROOT.match(stream.read(_HEAD))
    except InputError:  # whoever reads it says so
        return "?"
    return match[1].decode() if match else "?"
