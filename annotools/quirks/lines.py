"""Where the server's lines of text differ: an annotation or a picture on each."""

from __future__ import annotations

from annotools.quirks.entry import Quirk

LINES: tuple[Quirk, ...] = (
    Quirk(
        "yolo-darknet-export",
        "YOLO 1.1 is written as the server does: boxes are rounded to two decimals of a pixel before they become "
        "shares of six, obj.names lists points of skeletons too while a class counts the labels of the top level only, "
        "so that a label behind a skeleton has the number of another name, and pictures of one stem share a label file",
        "a class is the line of its name, and a picture's labels are its own",
        "CVAT 2.73 dataset_manager/formats/yolo.py, its fork of Datumaro: yolo_format/exporter.py",
    ),
    Quirk(
        "yolo-darknet-import",
        "YOLO 1.1 is read as the server does: sources are `file`, coordinates have two decimals, missing attributes "
        "get defaults, and pictures match as its importer matches",
        "a picture should match by its name, not by a number in it",
        "CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: yolo_format/extractor.py",
    ),
    Quirk(
        "yolo-ultralytics-export",
        "YOLO is written as the server does: boxes are rounded to two decimals of a pixel before they become shares "
        "of six, classes are numbered in the order of labels, and pictures of one stem share a label file",
        "numbers that were read stay, and a picture's labels are its own",
        "CVAT 2.73, its fork of Datumaro: yolo_format/exporter.py",
    ),
    Quirk(
        "yolo-ultralytics-import",
        "YOLO is read as the server does: sources are `file`, coordinates have two decimals, missing attributes get "
        "defaults, and pictures match as its importer matches",
        "a picture should match by its name, not by a number in it",
        "CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: yolo_format/extractor.py",
    ),
    Quirk(
        "yolo-segmentation-export",
        "outlines are written as the server does: boxes go, masks and ellipses become polygons through the middles of "
        "pixels, and the parts of a mask or a group are lines of their own",
        "a mask that becomes a polygon keeps its pixels, a box has an outline too, and an object is one line",
        "CVAT 2.73 dataset_manager/formats/yolo.py and transformations.py, its fork of Datumaro: transforms.py",
    ),
    Quirk(
        "yolo-classification-export",
        "pictures are known by their stems, those without a label lie in a folder `no_label` of their subset, and the "
        "path of one with several labels is that of the last",
        "two pictures of one stem are two, and every folder of a subset is a class to a trainer",
        "CVAT 2.73, its fork of Datumaro: yolo_format/exporter.py",
    ),
    Quirk(
        "yolo-obb-import",
        "every four corners are a rectangle, also where they are none, and a rectangle without sides is turned by 90 "
        "degrees",
        "four points that are no rectangle are an outline, and a point is not turned",
        "CVAT 2.73, its fork of Datumaro: yolo_format/extractor.py (cv2.minAreaRect)",
    ),
    Quirk(
        "yolo-pose",
        "a point of a skeleton that is outside keeps its place, although it counts as not there, and points that are "
        "read are those of the task by their places",
        "trainers want 0, 0, 0, and points have names",
        "CVAT 2.73, its fork of Datumaro: yolo_format/exporter.py",
    ),
    Quirk(
        "icdar-export",
        "ICDAR's files are written as the server does: an empty line for what is neither box nor polygon, turned boxes "
        "as if they were not, two decimals, quotes inside of texts as they are, every annotation with a text as a "
        "caption of its picture",
        "a turned box is the outline that is seen, and a text with quotes in it must be read back",
        "CVAT 2.73 dataset_manager/formats/icdar.py, its fork of Datumaro: icdar_format/converter.py",
    ),
    Quirk(
        "icdar-import",
        "ICDAR's files are read as the server does: of an outline the first four corners, of one with three corners a "
        "box, backslashes of captions go, a word without quotes only where nothing else is behind the corners",
        "an outline has as many corners as it has, and a word may have a comma",
        "CVAT 2.73 dataset_manager/formats/icdar.py, its fork of Datumaro: icdar_format/extractor.py",
    ),
    Quirk(
        "mot-export",
        "MOT is written as the server does: frames are counted anew without deleted ones, or called by names that are "
        "numbers, tracks are numbered as they come, boxes are rounded to two decimals and their rotation goes",
        "a frame keeps its number, a track its own, and a box that is turned is in the box round it",
        "CVAT 2.73 dataset_manager/formats/mot.py, its fork of Datumaro: mot_format.py",
    ),
    Quirk(
        "mot-import",
        "MOT is read as the server does: frames and objects count from 1 only, what nobody has said to be visible is "
        "occluded, confidences of ground truth are not scores",
        "trackers write -1 for what they do not know, and files that count from 0 can be told",
        "CVAT 2.73 dataset_manager/formats/mot.py, its fork of Datumaro: mot_format.py",
    ),
    Quirk(
        "imagenet-export",
        "ImageNet is written as the server does: with pictures nothing but these, in folders of labels and by the ends "
        "of their names, without them lists in which points of skeletons have numbers",
        "of pictures of one name none is lost, and lists say what folders cannot",
        "CVAT 2.73 dataset_manager/formats/imagenet.py, its fork of Datumaro: imagenet_format.py",
    ),
    Quirk(
        "imagenet-import",
        "ImageNet is read as the server does: sources are `file`, missing attributes get defaults, and pictures match "
        "as its importer matches",
        "a picture should match by its name, not by a number in it",
        "CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: imagenet_txt_format.py",
    ),
    Quirk(
        "wider-face-export",
        "WIDER FACE is written as the server does: every box has its label behind it, what is not said is `-`, "
        "pictures without faces have no count, all lie in a folder of their first tag or `no_label`, two decimals",
        "readers of the original take numbers only, and a count for every picture",
        "CVAT 2.73 dataset_manager/formats/widerface.py, its fork of Datumaro: widerface_format.py",
    ),
    Quirk(
        "wider-face-import",
        "WIDER FACE is read as the server does: a label is one word and must be there, the folder of an event is no "
        "part of a picture's name",
        "a label may be several words, and a box without one is a face",
        "CVAT 2.73 dataset_manager/formats/widerface.py, its fork of Datumaro: widerface_format.py",
    ),
    Quirk(
        "lfw-export",
        "LFW is written as the server does: of a picture only the first tag, landmarks without their label, and a pair "
        "for every letter of the text that lists pairs",
        "a picture may be of two persons, landmarks are somebody's, and a text lists names",
        "CVAT 2.73 dataset_manager/formats/lfw.py, its fork of Datumaro: lfw_format.py",
    ),
    Quirk(
        "lfw-import",
        "LFW is read as the server does: every first folder is a person, and landmarks without one are of the last "
        "that was named",
        "a folder is a person only if people.txt has it",
        "CVAT 2.73 dataset_manager/formats/lfw.py, its fork of Datumaro: lfw_format.py",
    ),
    Quirk(
        "vggface2-export",
        "VGGFace2 is written as the server does: two boxes or two sets of points on a picture end the export, points "
        "that are not five become a tag, turned boxes are upright, and a label is not put before a folder of its name",
        "a picture may have two faces, and names that differ stay different",
        "CVAT 2.73 dataset_manager/formats/vggface2.py, its fork of Datumaro: vgg_face2_format.py",
    ),
    Quirk(
        "vggface2-import",
        "VGGFace2 is read as the server does: the first folder of a name is never a part of the picture's name",
        "pictures of two persons have equal names below their folders",
        "CVAT 2.73 dataset_manager/formats/vggface2.py, its fork of Datumaro: vgg_face2_format.py",
    ),
    Quirk(
        "market-1501-export",
        "Market-1501 is written as the server does: a picture loses its own name for that of its person, so that two "
        "may meet, and what has more than one tag of the format is named after none",
        "a picture keeps its name behind that of its person",
        "CVAT 2.73 dataset_manager/formats/market1501.py, its fork of Datumaro: market1501_format.py",
    ),
    Quirk(
        "market-1501-import",
        "Market-1501 is read as the server does: what stands behind a person's name is the name of the picture, also "
        "where two meet, and a query is what a list or folder called `query` has",
        "no picture is another for the end of its name",
        "CVAT 2.73 dataset_manager/formats/market1501.py, its fork of Datumaro: market1501_format.py",
    ),
)
