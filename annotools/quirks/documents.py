"""Where the server's documents differ: JSON, XML and tables that say many things of an annotation."""

from __future__ import annotations

from annotools.quirks.entry import Quirk

DOCUMENTS: tuple[Quirk, ...] = (
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
)
