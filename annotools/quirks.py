"""Where the CVAT server's output or its reading is not what annotools does by default: one table.

`--compat cvat` switches all of them on; formats and tracks ask `"name" in options.quirks`.  A quirk is a behaviour of
CVAT 2.73, bugs included; the default of annotools is what a user would call right.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quirk:
    """One behaviour of the server that we only copy when asked to."""

    name: str
    what: str
    why: str
    source: str


QUIRKS: tuple[Quirk, ...] = (
    Quirk(
        "half-turn",
        "a rotation of exactly 180 degrees between two keyframes is interpolated as a turn of 1 degree",
        "the object turns by 180 degrees",
        "CVAT 2.73 dataset_manager/annotation.py, difference of angles",
    ),
    Quirk(
        "closed-by-deleted-frame",
        "a track that is read frame by frame is closed on a deleted frame and begins anew after it",
        "the track goes on over deleted frames",
        "CVAT 2.73 dataset_manager/bindings.py, import of tracks",
    ),
    Quirk(
        "only-keyframes-read",
        "of a track that is read frame by frame only keyframes, and where it enters or leaves, are stored",
        "a row that does not follow from the keyframes around it is one itself, so that nothing moves",
        "CVAT 2.73 dataset_manager/bindings.py, import of tracks",
    ),
    Quirk(
        "coco-export",
        "COCO is written as the server does: masks are crowds with uncompressed run lengths, ellipses are painted on "
        "rounded centres and radii, all shapes of a group are one annotation, they stand in the order of z_order, "
        "sublabels take category numbers, pictures of one stem share an id, absent keypoints keep their place",
        "trainers skip crowds, a group of unlike shapes is not an object, and ids that two share mix up pictures",
        "CVAT 2.73 dataset_manager/formats/coco.py and bindings.py, its fork of Datumaro: coco_format/converter.py",
    ),
    Quirk(
        "coco-import",
        "COCO is read as the server does: sources are `file`, a group of one is dissolved, numbers of attributes are "
        "floats, missing attributes get defaults, unknown ones are dropped, pictures match as its importer matches",
        "an unknown attribute is worth keeping and a picture should match by its name, not by a number in it",
        "CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: coco_format/extractor.py",
    ),
    Quirk(
        "datumaro-export",
        "Datumaro is written as the server does: every id is 0, coordinates have two decimals, attributes are typed "
        "with their defaults, shapes stand in the order of z_order, source and score are left out, and in point clouds "
        "cuboids on pictures are taken for cuboids in space, under names without folders",
        "ids tell annotations apart, and a corner in px is no place in metres",
        "CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: datumaro_format/exporter.py",
    ),
    Quirk(
        "datumaro-import",
        "Datumaro is read as the server does: sources are `file`, groups are numbered by frame, all rows of points of "
        "skeletons in tracks are keyframes, attributes that labels lack go, pictures match as its importer matches",
        "what is written is read, and what cannot be read is told",
        "CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: datumaro_format/base.py",
    ),
    Quirk(
        "generic-tsv-export",
        "tables of intervals are written as the server does: a task without audio is refused, every attribute of every "
        "label is a column, groups are left out, lines end as in CSV",
        "intervals are intervals wherever they stand, and a column that nothing uses says nothing",
        "CVAT 2.73 dataset_manager/formats/audio_tsv.py",
    ),
    Quirk(
        "generic-tsv-import",
        "tables of intervals are read as the server does: every line names the recording, sources are `file`, and "
        "attributes that labels lack go",
        "a table of one recording need not repeat its name, and a source is worth keeping",
        "CVAT 2.73 dataset_manager/formats/audio_tsv.py",
    ),
    Quirk(
        "honeypots-hidden",
        "exports leave out honeypots: frames of jobs that show what a frame of the validation pool shows",
        "what people drew on a honeypot is there to be compared",
        "CVAT 2.73 dataset_manager/bindings.py, included frames",
    ),
    Quirk(
        "xml-bare-skeletons",
        "CVAT's XML says neither occluded nor outside of a skeleton as a whole, nor the group of its points",
        "both are written where they are true; the importer reads them",
        "CVAT 2.73 dataset_manager/formats/cvat.py, writers",
    ),
    Quirk(
        "xml-closing-frames",
        "in CVAT's XML for video a plain shape ends on the next frame, also where that is deleted, and does not end "
        "on the last frame",
        "it ends on the next frame that is shown, so that it is seen on its own frame only",
        "CVAT 2.73 dataset_manager/formats/cvat.py, dump_as_cvat_interpolation",
    ),
    Quirk(
        "xml-default-attributes",
        "CVAT's XML is written with the defaults of attributes that nobody has set",
        "it holds the attributes that the annotations have",
        "CVAT 2.73 dataset_manager/task.py, default attributes",
    ),
    Quirk(
        "xml-import",
        "annotations from CVAT's XML come from a file whatever their source says, attributes that a label lacks go, "
        "of a track of masks only the first is read, ellipses are added up to two decimals, and images are found by "
        "name or else by number",
        "what is written is read, and what cannot be read is told",
        "CVAT 2.73 dataset_manager/formats/cvat.py, load_anno",
    ),
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
        "kitti-raw-export",
        "Kitti Raw is written as the server does: every cuboid is a tracklet of one pose, cuboids on pictures are "
        "taken for cuboids in space, and frames are called without folders and endings",
        "a track is one tracklet, and a corner in px is no place in metres",
        "CVAT 2.73 dataset_manager/formats/velodynepoint.py, its fork of Datumaro: kitti_raw_format/converter.py",
    ),
    Quirk(
        "kitti-raw-import",
        "Kitti Raw is read as the server does: every pose is a shape by itself, sources are `file`, and clouds match "
        "by name or else by their number",
        "the poses of a tracklet are one object, and a number may be another frame's",
        "CVAT 2.73 dataset_manager/formats/velodynepoint.py and bindings.py",
    ),
    Quirk(
        "sly-pointcloud-export",
        "Supervisely's point clouds are written as the server does: cuboids on pictures are taken for cuboids in "
        "space, clouds are called as frames without folders, every cloud says the owner and the labels of "
        "the task as tags, and labels of frames, colours and subsets are left out",
        "a corner in px is no place in metres, and two frames of one name are two clouds",
        "CVAT 2.73 dataset_manager/formats/pointcloud.py, its fork of Datumaro: sly_pointcloud_format/converter.py",
    ),
    Quirk(
        "sly-pointcloud-import",
        "Supervisely's point clouds are read as the server does: only objects that say `keyframe` are tracks, tags of "
        "clouds go, sources are `file`, and clouds match by name or else by their number",
        "an object with figures in several clouds is a track, and a number may be another frame's",
        "CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: sly_pointcloud_format/extractor.py",
    ),
    Quirk(
        "voc-export",
        "Pascal VOC is written as the server does: polygons go, ellipses and masks are RGB pictures without borders, "
        "attributes are typed texts with their defaults, tracks are numbers in attributes, lists of classes name "
        "points of skeletons too, and pictures with nothing on them stand in the lists for actions and layout",
        "a polygon is worth its pixels, and a picture of numbers has a palette",
        "CVAT 2.73 dataset_manager/bindings.py, its fork of Datumaro: voc_format/converter.py",
    ),
    Quirk(
        "voc-import",
        "Pascal VOC is read as the server does: masks are polygons through the middles of pixels, objects and masks of "
        "one number are a group, an empty attribute is `None`, and pictures match as its importer matches",
        "a mask is a mask, and nothing is called `None`",
        "CVAT 2.73 dataset_manager/formats/pascal_voc.py, its fork of Datumaro: voc_format/extractor.py",
    ),
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
        "cityscapes-import",
        "Cityscapes is only read where no name in label_colors.txt has a space and the task has a label `background`, "
        "as the server's importer stops otherwise",
        "a name may have spaces, and what is not a mask is none",
        "CVAT 2.73 dataset_manager/formats/cityscapes.py, its fork of Datumaro: cityscapes_format.py",
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
    Quirk(
        "labelme-export",
        "LabelMe is written as the server does: two decimals, every attribute of a label with its default, rotation "
        "and numbers of tracks among them, the lowest object first, masks in a half see-through colour",
        "numbers that were read stay, and attributes are those that the annotations have",
        "CVAT 2.73 dataset_manager/formats/labelme.py, its fork of Datumaro: labelme_format.py",
    ),
    Quirk(
        "labelme-import",
        "LabelMe is read as the server does: masks are polygons through the middles of pixels, tracks are shapes, and "
        "pictures match as its importer matches",
        "a mask is a mask, and what was a track is one again",
        "CVAT 2.73 dataset_manager/formats/labelme.py, its fork of Datumaro: labelme_format.py",
    ),
    Quirk(
        "open-images-export",
        "Open Images is written as the server does: tables and sizes of pictures only where something stands in them, "
        "a group is one mask, two decimals of a pixel before they become shares, names of masks that two may have",
        "every picture has a size, every mask a file of its own, and masks of a group are masks of their own",
        "CVAT 2.73 dataset_manager/formats/openimages.py, its fork of Datumaro: open_images_format.py",
    ),
    Quirk(
        "open-images-import",
        "Open Images is read as the server does: masks are polygons through the middles of pixels, labels of "
        "confidence 0 are tags, and pictures match as its importer matches",
        "a picture is not tagged with what it is said not to show",
        "CVAT 2.73 dataset_manager/formats/openimages.py, its fork of Datumaro: open_images_format.py",
    ),
    Quirk(
        "merge-counts-outside",
        "outside keyframes of only one job count against tracks of two jobs being the same; then they are there twice",
        "tracks are compared where either is to be seen",
        "CVAT 2.73 dataset_manager/annotation.py, merging of segments",
    ),
    Quirk(
        "cut-drops-outside",
        "where a track that is cut leaves the view and comes back, the outside keyframe between is dropped",
        "the track stays out of view",
        "CVAT 2.73 dataset_manager/annotation.py, slicing of tracks",
    ),
    Quirk(
        "cut-forgets-rotation",
        "a track that is cut gets no keyframe at the border if only its rotation changes on the way there",
        "the shape turns as it did",
        "CVAT 2.73 dataset_manager/annotation.py, slicing of tracks",
    ),
)

Quirks = frozenset[str]
NONE: Quirks = frozenset()
CVAT: Quirks = frozenset(quirk.name for quirk in QUIRKS)
