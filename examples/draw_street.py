"""Draws the pictures of `examples/street` after what is annotated on them."""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageDraw

Row = dict[str, Any]
WIDTH, HEIGHT = 320, 240

# Label ids.
CAR, LIGHT, ROAD, MARKING, WHEEL, BUS, TREE, BOLT, PERSON, SCENE, SIGN = range(1, 12)
HEAD, HIP, LEFT, RIGHT = 21, 22, 23, 24

HOUSES = ((0, 60, "#b08968"), (70, 90, "#a3a380"), (150, 70, "#cb997e"), (240, 85, "#8d99ae"))
LIMBS = ((HEAD, HIP), (HIP, LEFT), (HIP, RIGHT))


def person(at: tuple[float, float], stride: float = 4.0) -> dict[int, tuple[float, float]]:
    """The joints of a person whose head is at a place."""
    x, y = at
    return {HEAD: (x, y), HIP: (x + 0.5, y + 22), LEFT: (x - stride, y + 45), RIGHT: (x + stride + 1, y + 45.5)}


def box(x: float, y: float) -> list[float]:
    """The box of the moving car."""
    return [x + 0.25, y - 12.5, x + 58.75, y + 14.25]


def cuboid(x: float, y: float) -> list[float]:
    """Sixteen numbers: the four vertical edges of a bus, from the side that is seen."""
    edges = ((0, 0), (62.5, 2.25), (88.25, -3.5), (26.5, -5.75))
    return [v for dx, dy in edges for v in (x + dx, y + dy, x + dx, y + dy + 40.5)]


def disc(left: int, top: int, size: int) -> list[float]:
    """A mask of a round tree top: CVAT's run lengths within the box, then the box."""
    middle, runs, value, length = (size - 1) / 2, [], 0, 0
    for row in range(size):
        for column in range(size):
            inside = int((row - middle) ** 2 + (column - middle) ** 2 <= middle**2 + 0.5)
            if inside != value:
                runs.append(length)
                value, length = inside, 0
            length += 1
    return [float(v) for v in (*runs, length, left, top, left + size - 1, top + size - 1)]


def picture(frame: int, shapes: list[Row]) -> Image.Image:
    """The street on one frame, drawn after what is annotated there."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#bfd7ea")
    draw = ImageDraw.Draw(image)
    for x, height, color in HOUSES:
        draw.rectangle((x, 185 - height - 40, x + 66, 190), fill=color)
        for row in range(2):
            for column in range(3):
                corner = (x + 8 + 20 * column, 155 - height + 32 * row)
                draw.rectangle((*corner, corner[0] + 11, corner[1] + 17), fill="#f1faee")
    for row in shapes:
        if row["frame"] == frame:
            draw_shape(draw, row)
    for x, y in {0: [(150, 180)], 1: [(180, 179)], 2: [(210, 178)]}.get(frame, []):
        draw.rectangle(box(x, y), fill="#c1121f", outline="black")
    for x, y in {4: [(60.5, 142.25)], 5: [(84.25, 141.5)], 7: [(131.75, 140.25)]}.get(frame, []):
        draw_person(draw, person((x, y)))
    return image


def draw_shape(draw: ImageDraw.ImageDraw, row: Row) -> None:
    """One plain shape."""
    points, kind = row["points"], row["type"]
    if kind == "polygon":
        draw.polygon(points, fill="#6c757d")
    elif kind == "polyline":
        draw.line(points, fill="white", width=3)
    elif kind == "rectangle":
        fill = {CAR: "#1d4ed8", LIGHT: "#222222", SIGN: "#003399"}[row["label_id"]]
        draw.rectangle(points, fill=fill, outline="black")
    elif kind == "ellipse":
        x, y, right, top = points
        draw.ellipse((2 * x - right, top, right, 2 * y - top), fill="#111111")
    elif kind == "points":
        draw.point(points, fill="white")
    elif kind == "mask":
        draw.ellipse(points[-4:], fill="#2d6a4f")
    elif kind == "cuboid":
        draw.polygon([*points[0:2], *points[4:6], *points[6:8], *points[2:4]], fill="#f4a261", outline="black")
        draw.polygon([*points[4:6], *points[8:10], *points[10:12], *points[6:8]], fill="#e76f51", outline="black")
    else:
        draw_person(draw, {part["label_id"]: tuple(part["points"]) for part in row["elements"]})


def draw_person(draw: ImageDraw.ImageDraw, joints: dict[int, Any]) -> None:
    """A person of sticks."""
    for a, b in LIMBS:
        draw.line([joints[a], joints[b]], fill="#6a040f", width=4)
    x, y = joints[HEAD]
    draw.ellipse((x - 6, y - 6, x + 6, y + 6), fill="#ffb703")
