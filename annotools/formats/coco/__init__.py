"""COCO's JSON: object instances (`coco`) and person keypoints (`coco-keypoints`), read and written.

    {"images": [{"id": 1, "width": 640, "height": 480, "file_name": "a/b.jpg"}],
     "categories": [{"id": 1, "name": "car", "supercategory": ""}],
     "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [x, y, w, h], "area": 12.5, "iscrowd": 0,
                      "segmentation": [[x0, y0, x1, y1, ...], ...] or {"size": [h, w], "counts": ...},
                      "attributes": {"occluded": false}}]}

    annotations/instances_<subset>.json   annotations/person_keypoints_<subset>.json   images/<subset>/<file_name>

Coordinates are pixels, y down, the border of a pixel is a whole number; a box is left, top, width, height.
`attributes` is CVAT's extension; `type`, `color` and `attributes` of a category are ours.
Source: https://cocodataset.org/#format-data, https://docs.cvat.ai/docs/dataset_management/formats/format-coco/

    shown       the frames an export shows, under new numbers
    pipeline    what is turned into what before anything is written
    instances   the format `coco`          keypoints   the format `coco-keypoints`
    objects     one object a row: leader, box, area, segmentation       joined    what the server makes of a group
    values      attributes as JSON         emit        rows to bytes      layout    members of the output
    document    bytes to pieces            cells       pieces to columns  rows      columns to tables
    labels, images   categories and images, there and back
"""
