"""COCO documents laid out as tools write them, with every key of their exporters, the numbers our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from pycocotools.mask import encode

Doc = dict[str, Any]
COUNT = 24
PARTS = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")


def box(n: int) -> list[float]:
    """Left, top, width, height, with as many digits as tools write."""
    return [10 + n / 3, 20.25 + n, 30.1 + n, 15 + n / 7]


def outline(n: int) -> list[list[float]]:
    """A polygon; of each third annotation two."""
    one = [10.5 + n, 20.33, 50.1 + n, 22.7, 33.333333333333336, 60.2 + n]
    return [one, [70.0, 20, 80, 20, 80, 31.5]] if n % 3 == 0 else [one]


def coco2017() -> Doc:
    """instances_val2017.json: crowds are uncompressed run lengths, ids are large and in no order.

    Source: https://cocodataset.org/#format-data and the published annotations.
    """
    counts = [6, 4, *[n % 7 + 1 for n in range(20)]]
    counts.append(640 * 48 - sum(counts))
    return {
        "info": {
            "description": "COCO 2017 Dataset", "url": "http://cocodataset.org", "version": "1.0", "year": 2017,
            "contributor": "COCO Consortium", "date_created": "2017/09/01",
        },
        "licenses": [{"url": f"http://creativecommons.org/{n}/", "id": n, "name": f"License {n}"} for n in (1, 2)],
        "images": [
            {
                "license": 1 + n % 2, "file_name": f"{397133 - 7 * n:012d}.jpg", "coco_url": f"http://images/{n}.jpg",
                "height": 48, "width": 640, "date_captured": "2013-11-14 17:02:52", "flickr_url": f"http://f/{n}.jpg",
                "id": 397133 - 7 * n,
            }
            for n in range(6)
        ],
        "annotations": [
            {
                "segmentation": {"counts": counts, "size": [48, 640]} if n % 8 == 7 else outline(n),
                "area": 702.1057499999998 + n, "iscrowd": int(n % 8 == 7), "image_id": 397133 - 7 * (n * 5 % 6),
                "bbox": box(n), "category_id": 18 + n % 2, "id": 900100000000 + 31 * n % 97,
            }
            for n in range(COUNT)
        ],
        "categories": [
            {"supercategory": kind, "id": number, "name": name}
            for kind, number, name in (("person", 1, "person"), ("animal", 18, "dog"), ("animal", 19, "horse"))
        ],
    }  # fmt: skip


def roboflow() -> Doc:
    """_annotations.coco.json: category 0 stands for all, ids count from 0, boxes have an empty segmentation."""
    return {
        "info": {
            "year": "2024", "version": "3", "description": "Exported from roboflow.com", "contributor": "",
            "url": "https://public.roboflow.com/object-detection/undefined",
            "date_created": "2024-05-01T10:00:00+00:00",
        },
        "licenses": [{"id": 1, "url": "https://creativecommons.org/licenses/by/4.0/", "name": "CC BY 4.0"}],
        "categories": [
            {"id": number, "name": name, "supercategory": above}
            for number, name, above in ((0, "pieces", "none"), (1, "bishop", "pieces"), (2, "king", "pieces"))
        ],
        "images": [
            {
                "id": n, "license": 1, "file_name": f"{n}_jpg.rf.{n:032x}.jpg", "height": 640, "width": 640,
                "date_captured": "2024-05-01T10:00:00+00:00", "extra": {"name": f"{n}.jpg", "user_tags": ["a", n]},
            }
            for n in range(5)
        ],
        "annotations": [
            {
                "id": n, "image_id": n % 5, "category_id": 1 + n % 2, "bbox": box(n), "area": 471.37 + n,
                "segmentation": outline(n)[:1] if n % 4 == 1 else [], "iscrowd": 0,
            }
            for n in range(COUNT)
        ],
    }  # fmt: skip


def label_studio() -> Doc:
    """result.json: names of uploads, ids and categories from 0, `ignore`.  Source: label_studio_sdk.converter."""
    return {
        "images": [
            {"width": 800, "height": 600, "id": n, "file_name": f"images\\upload\\{n:08x}-a b.jpg"} for n in range(4)
        ],
        "categories": [{"id": n, "name": name} for n, name in enumerate(("Airplane", "Car"))],
        "annotations": [
            {
                "id": n, "image_id": n % 4, "category_id": n % 2, "segmentation": outline(n)[:1] if n % 2 else [],
                "bbox": box(n), "ignore": 0, "iscrowd": 0, "area": 1234.5678901234 / (n + 1),
            }
            for n in range(COUNT)
        ],
        "info": {
            "year": 2024, "version": "1.0", "description": "", "contributor": "Label Studio", "url": "",
            "date_created": "2024-05-01 10:11:12.131415",
        },
    }  # fmt: skip


def fiftyone() -> Doc:
    """labels.json: null where nothing is known, attributes of detections beside the keys of COCO.

    Source: fiftyone.utils.coco, COCODetectionDatasetExporter and COCOObject.
    """
    return {
        "info": {"year": "", "version": "", "description": "Exported from FiftyOne", "contributor": "",
                 "url": "https://voxel51.com/fiftyone", "date_created": "2024-05-01T10:11:12.131415"},
        "licenses": [],
        "categories": [{"id": n, "name": name, "supercategory": None} for n, name in enumerate(("bird", "cat"))],
        "images": [
            {"id": n + 1, "file_name": f"{n:06d}.jpg", "height": 480, "width": 640, "license": None, "coco_url": None}
            for n in range(4)
        ],
        "annotations": [
            {
                "id": n + 1, "image_id": n % 4 + 1, "category_id": n % 2, "bbox": box(n), "area": 450.1 + n,
                "iscrowd": 0, **({"segmentation": outline(n)} if n % 3 else {}),
                **({"score": 0.1 + n / 100} if n % 2 else {}), "supercategory": "animal", "mood": ["calm", None, n],
                "index": n, "occluded": bool(n % 2),
            }
            for n in range(COUNT)
        ],
    }  # fmt: skip


def detectron2() -> Doc:
    """The cached JSON of a registered dataset: no licences at all, compressed run lengths.

    Source: detectron2.data.datasets.coco, convert_to_coco_dict.
    """
    return {
        "info": {
            "date_created": "2024-05-01 10:11:12.131415",
            "description": "Automatically generated COCO json file for Detectron2.",
        },
        "images": [{"id": n, "width": 20, "height": 10, "file_name": f"/data/{n}.jpg"} for n in range(3)],
        "categories": [{"id": n, "name": name} for n, name in enumerate(("thing", "other thing"))],
        "licenses": None,
        "annotations": [
            {
                "id": n + 1, "image_id": n % 3, "bbox": [3.0, 2.0, 6.0, 4.0], "area": 22.0, "iscrowd": 0,
                "category_id": n % 2,
                "segmentation": _mask(n) if n % 2 else outline(n),
            }
            for n in range(COUNT)
        ],
    }  # fmt: skip


def _mask(n: int) -> Doc:
    """Run lengths as pycocotools packs them."""
    pixels = np.zeros((10, 20), np.uint8, order="F")
    pixels[2:6, 3 : 5 + n % 7] = 1
    packed = encode(pixels)
    return {"size": packed["size"], "counts": packed["counts"].decode()}


def wholebody() -> Doc:
    """coco_wholebody_train_v1.0.json as mmpose reads it: boxes and points of face and hands beside the body's.

    Source: mmpose's page of COCO-WholeBody, https://github.com/jin-s13/COCO-WholeBody.
    """
    return coco2017() | {
        "annotations": [_person(n) for n in range(COUNT)],
        "categories": [
            {
                "supercategory": "person", "id": 1, "name": "person", "keypoints": list(PARTS),
                "skeleton": [[1, 2], [1, 3], [2, 4], [3, 5]],
            }
        ],
    }  # fmt: skip


def _person(n: int) -> Doc:
    """Of each fourth person no point is labelled, of each fifth one that is not has a place."""
    points: list[float] = []
    for index in range(len(PARTS)):
        seen = n % 4 and (index + n) % 3
        points += [20 + n + index, 30.5 + index, 1 + (n + index) % 2] if seen else [0, 0, 0]
    if n % 5 == 1:
        points[3:6] = [7, 8.5, 0]
    return {
        "segmentation": outline(n) if n % 2 else [], "num_keypoints": sum(v > 0 for v in points[2::3]),
        "area": 5463.6864 + n, "iscrowd": 0, "keypoints": points, "image_id": 397133 - 7 * (n % 6), "bbox": box(n),
        "category_id": 1, "id": 183126 + n, "face_box": [1.0, 2.0, 3.0, float(n)], "lefthand_box": [0.0] * 4,
        "righthand_box": [0.0] * 4, "lefthand_kpts": [0.0] * 6, "righthand_kpts": [0, 0, 0, 1.5, 2, 0.3],
        "face_kpts": [n, 2, 0.9], "face_valid": bool(n % 2), "lefthand_valid": False, "righthand_valid": False,
        "foot_valid": True, "foot_kpts": [1, 2, 2, 3, 4, 1],
    }  # fmt: skip


def with_tracks() -> Doc:
    """Tracks as CVAT's users write them, among other annotations; ids of tracks are numbers or texts."""
    rows = [
        {
            "id": 3 * n, "image_id": 1 + n % 6, "category_id": 1, "bbox": box(n), "area": 12.5, "iscrowd": 0,
            "segmentation": [],
            "attributes": {"track_id": "a" if n < 6 else 40, "keyframe": n % 2 == 0, "occluded": False, "speed": n},
        }
        for n in range(12)
    ]  # fmt: skip
    beside = [
        {"id": 3 * n + 1, "image_id": 1 + n % 6, "category_id": 1, "bbox": box(n), "attributes": {"mixed": mixed}}
        for n, mixed in enumerate((1, "one", [1, {"a": 2}], None, True, 2.50, "", {}, -3, 0, "x", 1e5))
    ]
    return {
        "images": [{"id": n, "file_name": f"{n}.png", "width": 900, "height": 90} for n in range(1, 7)],
        "categories": [{"id": 1, "name": "car"}],
        "annotations": [row for pair in zip(rows, beside, strict=True) for row in pair],
    }


def with_tags() -> Doc:
    """Annotations of whole pictures among boxes, as camera-trap files have them."""
    document = roboflow()
    for n, row in enumerate(document["annotations"]):
        if n % 3 == 0:
            for key in ("bbox", "area", "segmentation", "iscrowd"):
                del row[key]
    return document | {"type": "instances", "videos": [{"id": 1, "name": "v"}], "version": 1.5}


TOOLS: dict[str, Callable[[], Doc]] = {
    "coco": coco2017, "roboflow": roboflow, "label-studio": label_studio, "fiftyone": fiftyone,
    "detectron2": detectron2, "wholebody": wholebody, "tracks": with_tracks, "tags": with_tags,
}  # fmt: skip
