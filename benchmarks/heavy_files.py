"""Inputs that may be slow to read: CVAT's XML and COCO.  As in `heavy_bundles`."""

from __future__ import annotations

import json
import random
from typing import Any

from heavy_bundles import Make, Members

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n<meta><task><id>1</id><name>t</name>'
    "<size>{frames}</size><mode>{mode}</mode><start_frame>0</start_frame><stop_frame>{last}</stop_frame><labels>"
    "{labels}</labels>{more}<original_size><width>1920</width><height>1080</height></original_size></task></meta>\n"
)
LABEL = "<label><name>car</name><type>any</type><attributes><attribute><name>colour</name><mutable>False</mutable>\
<input_type>text</input_type><default_value></default_value><values></values></attribute></attributes></label>"
BOX = '<box label="car" source="manual" occluded="0" xtl="10" ytl="10" xbr="50.5" ybr="40" z_order="0">{}</box>\n'
ROW = '<box frame="{}" keyframe="1" outside="{}" occluded="0" xtl="10" ytl="10" xbr="50.5" ybr="40" z_order="0"/>\n'
COLOUR = '<attribute name="colour">red</attribute>'


def images(body: str, count: int = 1, **more: Any) -> Members:
    """CVAT for images."""
    return {"annotations.xml": (_head(count, "annotation", **more) + body + "</annotations>\n").encode()}


def video(body: str, count: int = 1, **more: Any) -> Members:
    """CVAT for video."""
    return {"annotations.xml": (_head(count, "interpolation", **more) + body + "</annotations>\n").encode()}


def _head(count: int, mode: str, labels: str = LABEL, more: str = "") -> str:
    return HEAD.format(frames=count, mode=mode, last=count - 1, labels=labels, more=more)


def image(number: int, body: str, name: str = "") -> str:
    """An <image>."""
    named = name or f"a/{number:06}.jpg"
    return f'<image id="{number}" name="{named}" width="1920" height="1080">\n{body}</image>\n'


def ordinary_images(count: int) -> Members:
    """Ten boxes and polygons a picture."""
    polygon = '<polygon label="car" source="manual" occluded="0" points="{}" z_order="0"></polygon>\n'
    rng = random.Random(1)
    shapes = [polygon.format(_points(rng, 8)) if i % 2 else BOX.format(COLOUR) for i in range(count)]
    return images("".join(image(i // 10, "".join(shapes[i : i + 10])) for i in range(0, count, 10)), count // 10)


def ordinary_video(count: int) -> Members:
    """Tracks of ten keyframes."""
    rows = "".join(ROW.format(f, int(f == 49)) for f in range(0, 50, 5)) + ROW.format(50, 1)
    return video("".join(f'<track id="{i}" label="car">{rows}</track>\n' for i in range(count // 10)), 100)


def _points(rng: random.Random, count: int) -> str:
    return ";".join(f"{rng.uniform(0, 1900):.2f},{rng.uniform(0, 1000):.2f}" for _ in range(count))


def _outline(kind: str, points: str) -> str:
    return f'<{kind} label="car" source="manual" occluded="0" points="{points}" z_order="0"></{kind}>\n'


def _cloud(kind: str) -> Make:
    return lambda n: images(image(0, _outline(kind, _points(random.Random(n), n))))


def _equal(kind: str) -> Make:
    return lambda n: images(image(0, _outline(kind, ";".join(["10.00,20.50"] * n))))


def _text(kind: str, piece: str) -> Make:
    return lambda n: images(image(0, _outline(kind, piece * n)))


def _mask(count: int) -> Members:
    side = int(count**0.5)
    rle = ", ".join(["1"] * (side * side))
    row = f'<mask label="car" source="manual" occluded="0" rle="{rle}" left="0" top="0" width="{side}" height="{side}" z_order="0"></mask>'
    return images(image(0, row))


def _skeleton(count: int) -> Members:
    parts = "".join(f'<points label="p{i}" source="manual" outside="0" occluded="0" points="{i % 1900}.0,5.00"/>' for i in range(count))
    sub = "".join(f"<label><name>p{i}</name><type>points</type><attributes></attributes><parent>car</parent></label>" for i in range(count))
    labels = f"<label><name>car</name><type>skeleton</type><attributes></attributes></label>{sub}"
    return images(image(0, f'<skeleton label="car" source="manual" z_order="0">{parts}</skeleton>'), labels=labels)


def _values(count: int) -> Members:
    return images(image(0, BOX.format(COLOUR * count)))


def _labels(count: int) -> Members:
    labels = "".join(LABEL.replace("car", f"l{i}") for i in range(count))
    body = "".join(BOX.format("").replace("car", f"l{i}") for i in range(0, count, 3))
    return images(image(0, body), labels=labels)


def _unknown_labels(count: int) -> Members:
    return images(image(0, "".join(BOX.format("").replace("car", f"l{i}") for i in range(count))))


def _unknown_values(count: int) -> Members:
    return images(image(0, "".join(BOX.format(COLOUR.replace("colour", f"c{i}")) for i in range(count))))


def _segments(count: int) -> Members:
    rows = "".join(f"<segment><id>{i}</id><start>{i}</start><stop>{i}</stop><url>http://x</url></segment>" for i in range(count))
    return images("".join(image(i, "") for i in range(count)), count, more=f"<segments>{rows}</segments>")


def _far(count: int) -> Members:
    rows = ROW.format(0, 0) + ROW.format(2**31 - 1, 1)
    return video("".join(f'<track id="{i}" label="car">{rows}</track>\n' for i in range(count)), 100)


def _long_track(count: int) -> Members:
    rows = "".join(ROW.format(i, 0) for i in range(count))
    return video(f'<track id="0" label="car">{rows}</track>\n', count)


def _short_tracks(count: int) -> Members:
    return video("".join(f'<track id="{i}" label="car">{ROW.format(5, 0)}</track>\n' for i in range(count)), 100)


def _unlabelled(body: str) -> Make:
    return lambda n: images(body * n)


def _same_images(count: int) -> Members:
    return images(image(0, BOX.format("")) * count)


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
    return coco([annotation(1, segmentation=runs, iscrowd=1)], images=[{"id": 1, "file_name": "a.jpg", "width": side, "height": side}])


def _coco_string(count: int) -> Members:
    side = int(count**0.5)
    runs = {"size": [side, side], "counts": "10" * (side * side // 2)}
    return coco([annotation(1, segmentation=runs, iscrowd=1)], images=[{"id": 1, "file_name": "a.jpg", "width": side, "height": side}])


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


def _coco_categories(count: int) -> Members:
    categories = [{"id": i + 1, "name": f"c{i}", "supercategory": "x"} for i in range(count)]
    return coco([annotation(i, category_id=i) for i in range(0, count, 3)], categories=categories)


def _coco_same_categories(count: int) -> Members:
    return coco([annotation(1)], categories=[{"id": i + 1, "name": "c"} for i in range(count)])


def _coco_images(count: int) -> Members:
    return coco([annotation(1)], count)


def _coco_same_images(count: int) -> Members:
    return coco([annotation(1)], images=[{"id": i, "file_name": "a.jpg", "width": 9, "height": 9} for i in range(count)])


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
    category = {"id": 1, "name": "car", "supercategory": "", "keypoints": names, "skeleton": [[1, 2]] if points > 1 else []}
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


IMAGES: dict[str, tuple[Make, int]] = {
    "polygon of random points": (_cloud("polygon"), 60_000),
    "polygon of equal points": (_equal("polygon"), 100_000),
    "polyline of random points": (_cloud("polyline"), 60_000),
    "points, random": (_cloud("points"), 60_000),
    "points of blanks": (_text("polygon", " "), 1_000_000),
    "points of semicolons": (_text("polygon", ";"), 1_000_000),
    "points of digits": (_text("polygon", "9"), 1_000_000),
    "points of commas": (_text("polygon", "1,"), 500_000),
    "mask of runs of one": (_mask, 400_000),
    "skeleton of many elements": (_skeleton, 5_000),
    "value given again": (_values, 30_000),
    "labels": (_labels, 4_000),
    "unknown labels": (_unknown_labels, 10_000),
    "unknown attributes": (_unknown_values, 8_000),
    "segments": (_segments, 8_000),
    "images": (_unlabelled(image(0, "")), 15_000),
    "images of one name": (_same_images, 8_000),
    "nested elements": (_unlabelled("<image>"), 100_000),
    "nested metadata": (lambda n: images("", more="<owner>" * n), 100_000),
    "text of blanks": (_unlabelled(" \n"), 1_000_000),
    "comments": (_unlabelled("<!-- a -->"), 100_000),
    "a long comment": (lambda n: images("<!-- " + "a " * n + "-->"), 700_000),
    "an element cut short": (lambda n: images('<image id="' + "1" * n), 1_500_000),
    "instructions": (_unlabelled("<?a b?>"), 200_000),
    "entities": (_unlabelled("&amp;&#65;"), 150_000),
    "attributes of an element": (lambda n: images("<image " + " ".join(f'a{i}="1"' for i in range(n)) + "/>"), 100_000),
}
VIDEO: dict[str, tuple[Make, int]] = {
    "tracks to a far frame": (_far, 4_000),
    "track of many keyframes": (_long_track, 10_000),
    "tracks of one frame": (_short_tracks, 8_000),
    "tracks without rows": (lambda n: video('<track id="0" label="car"></track>\n' * n), 30_000),
    "rows of one frame": (lambda n: video(f'<track id="0" label="car">{ROW.format(1, 0) * n}</track>'), 10_000),
}
COCO: dict[str, tuple[Make, int]] = {
    "polygon of random points": (_coco_cloud, 60_000),
    "polygon of equal points": (_coco_equal, 80_000),
    "parts of an annotation": (_coco_parts, 30_000),
    "annotations of an image": (_coco_on_one, 6_000),
    "runs of one": (_coco_runs, 300_000),
    "runs of one as text": (_coco_string, 1_000_000),
    "masks on 2^31 pixels": (_coco_wide, 20),
    "strips on 10^12 pixels": (_coco_wide_strips, 20),
    "masks of 2 million pixels": (_coco_crowds, 2_000),
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
}
KEYPOINTS: dict[str, tuple[Make, int]] = {
    "keypoints of a row": (_keypoints_wide, 30_000),
    "keypoints that lack": (_keypoints_lacking, 400_000),
    "categories": (_keypoint_categories, 10_000),
    "edges of a skeleton": (_keypoint_edges, 150_000),
}
