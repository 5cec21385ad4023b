"""Which pictures a KITTI dataset has: those that boxes, masks or pictures are of.

    train/label_2/a/b.txt   train/instance/a/b.png   train/semantic/..   train/semantic_rgb/..   train/image_2/a/b.jpg

    training/label_02/0000.txt   of KITTI's tracking: a file a video

    labels/a.txt   images/a.jpg  or a.txt  a.jpg   without the folders of their own: known by their lines

The folder above is the subset; `training` and `testing` of the challenge are subsets like any other.
"""

from __future__ import annotations

from posixpath import splitext

from annotools.formats.masks.kitti_loose import Place, are_boxes, loose_files
from annotools.formats.masks.kitti_tracking import videos_of
from annotools.formats.masks.scenes import NO_SUBSET
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

BOXES, INSTANCES, CLASSES, COLORS, PICTURES = "label_2", "instance", "semantic", "semantic_rgb", "image_2"
MASKS = (INSTANCES, CLASSES, COLORS)


def is_kitti(source: Source) -> bool:
    """Whether a source is certainly of KITTI: a folder of boxes or of masks that is called as its own."""
    folders = {part for name in source.members() for part in name.split("/")[:-1]}
    if BOXES not in folders and "label_02" in folders and videos_of(source):
        return True
    if BOXES in folders or {INSTANCES, CLASSES} <= folders or (INSTANCES in folders and PICTURES in folders):
        return True
    return are_boxes(source)


def places_of(source: Source) -> dict[str, dict[Place, str]]:
    """The members of each kind of folder, by what picture they are of."""
    members: dict[str, dict[Place, str]] = {kind: {} for kind in (BOXES, *MASKS, PICTURES)}
    for name in source.members():
        parts = name.split("/")
        home = next((n for n, part in enumerate(parts[:-1]) if part in members), -1)
        if home >= 0 and (name.lower().endswith(".txt") if parts[home] == BOXES else is_picture(name)):
            subset = parts[home - 1] if home else ""
            key = "" if subset == NO_SUBSET else subset, splitext("/".join(parts[home + 1 :]))[0]
            members[parts[home]].setdefault(key, name)
    if not any(members.values()) and are_boxes(source):
        members[BOXES], members[PICTURES] = loose_files(source)
    return members
