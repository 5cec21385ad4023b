"""Where the server's pictures of masks differ."""

from __future__ import annotations

from annotools.quirks.entry import Quirk

MASKS: tuple[Quirk, ...] = (
    Quirk(
        "mask-export",
        "formats of masks are written as the server does: labels by name and points of skeletons too, a group is one "
        "instance of the label of its largest, ellipses are OpenCV's, rotated boxes come last, the highest covers the "
        "others, and pictures with nothing to paint have no file",
        "masks of a group are instances of their own, and an empty picture says that nothing is there",
        "CVAT 2.73 dataset_manager/formats/mask.py and transformations.py, its fork of Datumaro: transforms.py",
    ),
    Quirk(
        "mask-import",
        "formats of masks are read as the server does: masks are polygons through the middles of pixels, so that thin "
        "ones go, parts of one instance are a group, and pictures match as its importer matches",
        "a mask is a mask, and it comes back as it was",
        "CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: util/mask_tools.py",
    ),
    Quirk(
        "cityscapes-import",
        "Cityscapes is only read where no name in label_colors.txt has a space and the task has a label `background`, "
        "as the server's importer stops otherwise",
        "a name may have spaces, and what is not a mask is none",
        "CVAT 2.73 dataset_manager/formats/cityscapes.py, its fork of Datumaro: cityscapes_format.py",
    ),
    Quirk(
        "mots-export",
        "MOTS is written as the server does: only tracks, numbered from 0 as the task has them, and numbers "
        "over 65535 start anew",
        "a shape is a track of one frame, and what has no room is lost and said to be",
        "CVAT 2.73 dataset_manager/formats/mots.py, its fork of Datumaro: mots_format.py",
    ),
    Quirk(
        "mots-import",
        "MOTS is read as the server does: masks are polygons through the middles of pixels, and of a mask of several "
        "parts every further part is a track of its own; sources are `manual`",
        "a mask is a mask, and one object one track",
        "CVAT 2.73 dataset_manager/formats/mots.py",
    ),
    Quirk(
        "kitti-export",
        "KITTI is written as the server does: all instances of a class on a picture have one number, boxes have two "
        "decimals, and every box is sure",
        "instances that are apart stay apart",
        "CVAT 2.73 dataset_manager/formats/kitti.py, its fork of Datumaro: kitti_format/converter.py",
    ),
    Quirk(
        "kitti-import",
        "KITTI is read as the server does: only boxes, and not at all where a name has a space",
        "masks are read too, and a name is what stands before the numbers",
        "CVAT 2.73 dataset_manager/formats/kitti.py, its fork of Datumaro: kitti_format/extractor.py",
    ),
)
