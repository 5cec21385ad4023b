"""Inputs that may be slow to read: COCO.  As in `bundles`."""

from __future__ import annotations

import json
import random
from typing import Any

from benchmarks.heavy.bundles import Make, Members


def coco(annotations: Any, pictures: int = 100, **more: Any) -> Members:
    """A COCO document."""
    rows = [{"id": i + 1, "file_name": f"a/{i:06}.jpg", "width": 1920, "height": 1080} for i in range(pictures)]
    document = {"images": rows, "categories": [{"id": 1, "name": "car", "supercategory": ""}]}
    return {"instances_default.json": json.dumps(document | {"annotations": list(annotations)} | more).encode()}


def annotation(number: int, image_id: int = 1, **more: Any) -> dict[str, Any]:
    """An annotation with a box."""
    head = {"id": number, "image_id": image_id, "category_id": 1, "bbox": [10, 10, 40, 30], "area": 1200, "iscrowd": 0}
    return head | {"segmentation": [[10, 10, 50, 10, 50, 40, 10, 40]]} | more


def ordinary_coco(count: int) -> Members:
    """Ten polygons a picture."""
    rng = random.Random(1)
    outline = [0, 0, 9, 2, 18, 0, 19, 9, 20, 19, 9, 17, 0, 20, 2, 10]
    rows = []
    for i in range(count):
        x = round(rng.uniform(0, 1800), 2)
        rows.append(annotation(i + 1, 1 + i // 10, segmentation=[[x + v for v in outline]], bbox=[x, 0, 20, 20]))
    return coco(rows, max(count // 10, 1))


def _coco_cloud(count: int) -> Members:
    rng = random.Random(count)
    points = [round(rng.uniform(0, 1000), 2) for _ in range(2 * count)]
    return coco([annotation(1, segmentation=[points])])


def _coco_equal(count: int) -> Members:
    return coco([annotation(1, segmentation=[[10.5, 20.5] * count])])


def _coco_parts(count: int) -> Members:
    return coco([annotation(1, segmentation=[[10 + i % 9, 10, 50, 10, 50, 40 + i % 7] for i in range(count)])])


def _coco_on_one(count: int) -> Members:
    return coco([annotation(i + 1) for i in range(count)])


def _coco_runs(count: int) -> Members:
    side = int(count**0.5)
    runs = {"size": [side, side], "counts": [1] * (side * side)}
    return coco(
        [annotation(1, segmentation=runs, iscrowd=1)],
        images=[{"id": 1, "file_name": "a.jpg", "width": side, "height": side}],
    )


def _coco_string(count: int) -> Members:
    side = int(count**0.5)
    runs = {"size": [side, side], "counts": "10" * (side * side // 2)}
    return coco(
        [annotation(1, segmentation=runs, iscrowd=1)],
        images=[{"id": 1, "file_name": "a.jpg", "width": side, "height": side}],
    )


def _coco_wide(count: int) -> Members:
    side = 2**31 - 1
    runs = {"size": [side, side], "counts": [0, side * side]}
    picture = {"id": 1, "file_name": "a.jpg", "width": side, "height": side}
    return coco([annotation(i, segmentation=runs, iscrowd=1) for i in range(count)], images=[picture])


def _coco_wide_strips(count: int) -> Members:
    side = 10**6
    runs = {"size": [side, side], "counts": [5, side * side - 10, 5]}
    picture = {"id": 1, "file_name": "a.jpg", "width": side, "height": side}
    return coco([annotation(i, segmentation=runs, iscrowd=1) for i in range(count)], images=[picture])


def _coco_crowds(count: int) -> Members:
    runs = {"size": [1080, 1920], "counts": [5, 1080 * 1920 - 10, 5]}
    return coco([annotation(i, segmentation=runs, iscrowd=1) for i in range(count)])


def _coco_stripes(count: int) -> Members:
    runs = {"size": [1080, 1920], "counts": [540, 540] * 1920}
    return coco([annotation(i, i % 100 + 1, segmentation=runs, iscrowd=1) for i in range(count)])


def _coco_numbers(count: int) -> Members:
    return coco([1] * count)


def _coco_categories(count: int) -> Members:
    categories = [{"id": i + 1, "name": f"c{i}", "supercategory": "x"} for i in range(count)]
    return coco([annotation(i, category_id=i) for i in range(0, count, 3)], categories=categories)


def _coco_same_categories(count: int) -> Members:
    return coco([annotation(1)], categories=[{"id": i + 1, "name": "c"} for i in range(count)])


def _coco_images(count: int) -> Members:
    return coco([annotation(1)], count)


def _coco_same_images(count: int) -> Members:
    return coco(
        [annotation(1)], images=[{"id": i, "file_name": "a.jpg", "width": 9, "height": 9} for i in range(count)]
    )


def _coco_same_ids(count: int) -> Members:
    return coco([annotation(1) for _ in range(count)])


def _coco_lost(count: int) -> Members:
    return coco([annotation(i, image_id=10**6 + i) for i in range(count)])


def _coco_tracks(count: int) -> Members:
    return coco([annotation(i, 1 + i, attributes={"track_id": i % 7}) for i in range(count)], count)


def _coco_attributes(count: int) -> Members:
    return coco([annotation(i, attributes={f"a{i}": "x"}) for i in range(count)])


def _coco_many_attributes(count: int) -> Members:
    return coco([annotation(1, attributes={f"a{i}": "x" for i in range(count)})])


def _coco_unknown(count: int) -> Members:
    return coco([annotation(i, **{f"k{i}": 1}) for i in range(count)])


def keypoints(annotations: Any, points: int, **more: Any) -> Members:
    """A COCO document of persons."""
    names = [f"p{i}" for i in range(points)]
    category = {
        "id": 1,
        "name": "car",
        "supercategory": "",
        "keypoints": names,
        "skeleton": [[1, 2]] if points > 1 else [],
    }
    members = coco(annotations, categories=[category], **more)
    return {"person_keypoints_default.json": members["instances_default.json"]}


def person(number: int, points: int, image_id: int = 1) -> dict[str, Any]:
    """An annotation with keypoints."""
    flat = [v for i in range(points) for v in (10.5 + i % 900, 20.5, 2)]
    return annotation(number, image_id, keypoints=flat, num_keypoints=points, segmentation=[])


def ordinary_keypoints(count: int) -> Members:
    """Persons of 17 points."""
    return keypoints([person(i + 1, 17, 1 + i % 100) for i in range(count)], 17)


def _keypoints_wide(count: int) -> Members:
    return keypoints([person(1, count)], count)


def _keypoints_lacking(count: int) -> Members:
    side = int(count**0.5)
    return keypoints([person(i, 1) for i in range(side)], side)


def _keypoint_categories(count: int) -> Members:
    categories = [{"id": i + 1, "name": f"c{i}", "keypoints": ["a", "b"], "skeleton": [[1, 2]]} for i in range(count)]
    return keypoints([person(1, 2)], 2) | {
        "person_keypoints_default.json": coco([person(1, 2)], categories=categories)["instances_default.json"]
    }


def _keypoint_edges(count: int) -> Members:
    category = {"id": 1, "name": "c", "keypoints": ["a", "b"], "skeleton": [[1, 2]] * count}
    return {"person_keypoints_default.json": coco([person(1, 2)], categories=[category])["instances_default.json"]}


def _noise(letters: range) -> Make:
    def make(count: int) -> Members:
        rng = random.Random(count)
        return {"instances_default.json": bytes(rng.choices(letters, k=count))}

    return make


def _ones(head: bytes = b"", tail: bytes = b"") -> Make:
    return lambda count: {"instances_default.json": head + b"1," * count + tail}


COCO: dict[str, tuple[Make, int]] = {
    "polygon of random points": (_coco_cloud, 60_000),
    "polygon of very many random points": (_coco_cloud, 200_000),
    "polygon of equal points": (_coco_equal, 80_000),
    "parts of an annotation": (_coco_parts, 30_000),
    "annotations of an image": (_coco_on_one, 6_000),
    "runs of one": (_coco_runs, 300_000),
    "runs of one as text": (_coco_string, 1_000_000),
    "masks on 2^31 pixels": (_coco_wide, 20),
    "strips on 10^12 pixels": (_coco_wide_strips, 20),
    "masks of 2 million pixels": (_coco_crowds, 2_000),
    "stripes over whole pictures": (_coco_stripes, 50),
    "numbers for annotations": (_coco_numbers, 300_000),
    "categories": (_coco_categories, 10_000),
    "categories of one name": (_coco_same_categories, 30_000),
    "images": (_coco_images, 15_000),
    "images of one name": (_coco_same_images, 15_000),
    "ids given again": (_coco_same_ids, 8_000),
    "unknown images": (_coco_lost, 8_000),
    "tracks": (_coco_tracks, 5_000),
    "an attribute each": (_coco_attributes, 8_000),
    "attributes of a row": (_coco_many_attributes, 80_000),
    "an unknown key each": (_coco_unknown, 8_000),
    "noise": (_noise(range(256)), 1_000_000),
    "noise of letters": (_noise(range(32, 127)), 1_000_000),
    "ones and commas": (_ones(), 500_000),
    "a list of ones": (_ones(b"[", b"1]"), 500_000),
}
KEYPOINTS: dict[str, tuple[Make, int]] = {
    "keypoints of a row": (_keypoints_wide, 30_000),
    "keypoints that lack": (_keypoints_lacking, 400_000),
    "categories": (_keypoint_categories, 10_000),
    "edges of a skeleton": (_keypoint_edges, 150_000),
}
