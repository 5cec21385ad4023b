"""What is seen of a source at once, and which formats it may therefore be of; the module of no other is imported.

Annotations/a.xml           what all members are called, in small letters
ImageSets/Main/train.txt
<annotation>                the root of the first XML that may be annotations, or <?> where its head does not show one
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotools.formats.kernel.xml_files import UNSEEN, plain_root, root_of, xml_files

if TYPE_CHECKING:
    from annotools.storage import Source

_UNSEEN = f"<{UNSEEN}>"

# What every source of a format has at least one of.  Sources with a name that has no ending are asked for all.
SIGNS: dict[str, tuple[str, ...]] = {
    "cvat-api": (".json",),
    "cvat-backup": ("task.json",),
    "cvat-images": ("<annotations>", _UNSEEN),
    "cvat-video": ("<annotations>", _UNSEEN),
    "coco": (".json",),
    "coco-keypoints": (".json",),
    "yolo": (".data", "obj.names", "_darknet.labels", ".txt"),
    "yolo-ultralytics-detection": (".yaml", ".yml"),
    "yolo-ultralytics-detection-track": (".yaml", ".yml"),
    "yolo-ultralytics-obb": (".yaml", ".yml"),
    "yolo-ultralytics-segmentation": (".yaml", ".yml"),
    "yolo-ultralytics-pose": (".yaml", ".yml"),
    "yolo-ultralytics-classification": ("labels.json",),
    "voc": ("<annotation>", _UNSEEN),
    "segmentation-mask": ("segmentation", "labelmap", "_classes.csv"),
    "camvid": (".txt", ".csv", "annot/"),
    "cityscapes": ("gtfine", "gtcoarse"),
    "kitti": ("label_2/", "label_02/", "instance/", "semantic/", ".txt"),
    "mots": ("instances/", ".txt"),
    "mot": (".txt",),
    "datumaro": (".json",),
    "labelme": ("<annotation>", _UNSEEN),
    "open-images": (".csv",),
    "imagenet": ("synset",),
    "wider-face": ("wider_face_",),
    "vggface2": (".csv",),
    "lfw": ("pairs", "people"),
    "market-1501": ("images_", "bounding_box"),
    "icdar-recognition": ("gt.txt",),
    "icdar-localization": ("gt_",),
    "icdar-segmentation": ("_gt.txt",),
    "datumaro-3d": (".json",),
    "kitti-raw": ("tracklet", "<boost_serialization>", _UNSEEN),
    "sly-pointcloud": ("\nmeta.json", "/meta.json"),
    "generic-tsv": (".tsv",),
}


def seen_in(source: Source) -> str:
    """What can be seen, each behind a line feed; nothing where that says nothing."""
    members = source.members()
    if any("." not in name[name.rfind("/") + 1 :] for name in members):
        return ""
    names = "\n".join(["", *members]).lower()
    first = next(iter(xml_files(source).annotations), "") if ".xml" in names else ""
    return f"{names}\n<{plain_root(root_of(source, first))}>" if first else names


def may_be(slug: str, seen: str) -> bool:
    """Whether a source may be of a format; one that is not of the table is always asked."""
    return not seen or any(sign in seen for sign in SIGNS.get(slug, ("",)))
