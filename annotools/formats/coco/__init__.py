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

    instances, keypoints     the formats `coco` and `coco-keypoints`, each with the server's as a dialect: what of a
                             dataset comes back, and what becomes what before it is written
    readers                  how programs read, as values, and what the server refuses
    reading                  documents -> a dataset
      document, annotation_list       bytes -> pieces
      images, categories, ids         -> frames and labels, and what ids mean
      annotations_in                  -> columns: decoding, number_lists, odd_fields, shapes_in
    writing                  a dataset -> documents: objects, definitions_out
    attributes, annotation_forms, beside      what CVAT has no word for, and how things were said, both ways
    server                   what the server writes otherwise
"""
