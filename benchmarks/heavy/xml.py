"""Inputs that may be slow to read: CVAT's XML.  As in `bundles`."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.heavy.bundles import Make, Members

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n<meta><task><id>1</id>'
    "<name>t</name>"
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
    box = f'left="0" top="0" width="{side}" height="{side}" z_order="0"'
    return images(image(0, f'<mask label="car" source="manual" occluded="0" rle="{rle}" {box}></mask>'))


def _skeleton(count: int) -> Members:
    parts = "".join(
        f'<points label="p{i}" source="manual" outside="0" occluded="0" points="{i % 1900}.0,5.00"/>'
        for i in range(count)
    )
    sub = "".join(
        f"<label><name>p{i}</name><type>points</type><attributes></attributes><parent>car</parent></label>"
        for i in range(count)
    )
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
    rows = "".join(
        f"<segment><id>{i}</id><start>{i}</start><stop>{i}</stop><url>http://x</url></segment>" for i in range(count)
    )
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
