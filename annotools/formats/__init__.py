"""All formats, as one table: slug -> where its `Format` is; `annotools.formats.registry` looks things up in it.

Other packages add rows with an entry point of the group `annotools.formats`, which is named by its slug and points
at a `Format`; a row of this table wins over theirs.
"""

from __future__ import annotations

TABLE: dict[str, str] = {
    "cvat-api": "annotools.formats.cvat_json.api:FORMAT",
    "cvat-backup": "annotools.formats.cvat_json.backup:FORMAT",
    "cvat-images": "annotools.formats.cvat_xml.images:FORMAT",
    "cvat-video": "annotools.formats.cvat_xml.video:FORMAT",
    "coco": "annotools.formats.coco.instances:FORMAT",
    "coco-keypoints": "annotools.formats.coco.keypoints:FORMAT",
    "yolo": "annotools.formats.yolo.darknet:FORMAT",
    "yolo-ultralytics-detection": "annotools.formats.yolo.detection:FORMAT",
    "yolo-ultralytics-detection-track": "annotools.formats.yolo.detection_track:FORMAT",
    "yolo-ultralytics-obb": "annotools.formats.yolo.obb:FORMAT",
    "yolo-ultralytics-segmentation": "annotools.formats.yolo.segmentation:FORMAT",
    "yolo-ultralytics-pose": "annotools.formats.yolo.pose:FORMAT",
    "yolo-ultralytics-classification": "annotools.formats.yolo.classification:FORMAT",
    "voc": "annotools.formats.voc.pascal:FORMAT",
    "segmentation-mask": "annotools.formats.masks.segmentation_mask:FORMAT",
    "camvid": "annotools.formats.masks.camvid:FORMAT",
    "cityscapes": "annotools.formats.masks.cityscapes:FORMAT",
    "kitti": "annotools.formats.masks.kitti:FORMAT",
    "mots": "annotools.formats.masks.mots:FORMAT",
    "mot": "annotools.formats.mot.mot:FORMAT",
    "datumaro": "annotools.formats.datumaro.pictures:FORMAT",
    "labelme": "annotools.formats.labelme.labelme:FORMAT",
    "open-images": "annotools.formats.open_images.open_images:FORMAT",
    "imagenet": "annotools.formats.imagenet.classification:FORMAT",
    "wider-face": "annotools.formats.wider_face.wider_face:FORMAT",
    "vggface2": "annotools.formats.vggface2.faces:FORMAT",
    "lfw": "annotools.formats.lfw.faces:FORMAT",
    "market-1501": "annotools.formats.market.reidentification:FORMAT",
    "icdar-recognition": "annotools.formats.icdar.recognition:FORMAT",
    "icdar-localization": "annotools.formats.icdar.localization:FORMAT",
    "icdar-segmentation": "annotools.formats.icdar.segmentation:FORMAT",
    "datumaro-3d": "annotools.formats.datumaro.point_clouds:FORMAT",
    "kitti-raw": "annotools.formats.pointcloud.kitti_raw:FORMAT",
    "sly-pointcloud": "annotools.formats.pointcloud.supervisely:FORMAT",
    "generic-tsv": "annotools.formats.audio.generic_tsv:FORMAT",
}
