"""Similarities and hidden parts are what a slow and plain computation of the same definition says."""

from __future__ import annotations

import math
from itertools import pairwise, product
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pycocotools import mask

from annotools.model import Dataset, DatasetBuilder, Frames, Job
from annotools.quality import QualitySettings
from annotools.quality.coverage import covered
from annotools.quality.drawings import similarity as by_pixels
from annotools.quality.objects import Objects, keys, objects_of
from annotools.quality.pixels import Pixels
from annotools.quality.similarity import boxes, points, polylines, regions, skeletons

WIDTH, HEIGHT = 60, 48
coordinates = st.integers(0, 470).map(lambda value: value / 10)
corners = st.tuples(coordinates, coordinates)


def objects_on_one_frame(*shapes: tuple[str, list[float], dict[str, Any]]) -> Objects:
    """Shapes of one job on a frame, as comparable objects."""
    build = DatasetBuilder(frames=Frames.of(["a.png"], WIDTH, HEIGHT))
    build.add_job(Job(1))
    car = build.add_label("car")
    for kind, values, columns in shapes:
        build.add_shape(kind, 0, car, values, job=0, **columns)
    return of_job(build.dataset())


def of_job(dataset: Dataset) -> Objects:
    return objects_of(dataset, keys(np.array([0]), np.array([0])))


def flat(line: list[tuple[float, float]]) -> list[float]:
    return [value for point in line for value in point]


FIRST, SECOND, PLACE = np.array([0]), np.array([1]), np.array([0])
lines = st.lists(corners, min_size=2, max_size=6, unique=True)


@settings(max_examples=150, deadline=None)
@given(lines, lines)
def test_polylines(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> None:
    thickness = 0.02
    objects = objects_on_one_frame(("polyline", flat(one), {}), ("polyline", flat(other), {}))
    compared = polylines.similarity(objects, FIRST, SECOND, thickness)
    pairs = walked_together(one, other)
    spread = 2 * WIDTH * HEIGHT * (2 * thickness) ** 2
    turned = [b for _, b in pairs][::-1]
    forward = np.mean([math.exp(-(math.dist(a, b) ** 2) / spread) for a, b in pairs])
    backward = np.mean([math.exp(-(math.dist(a, b) ** 2) / spread) for (a, _), b in zip(pairs, turned, strict=True)])
    slack = reach(one, other, thickness)
    assume(abs(slack) > 1e-6)
    expected = (forward, max(forward, backward)) if slack > 0 else (0, 0)
    assert np.allclose((compared.forward[0], compared.best[0]), expected, rtol=0, atol=1e-9)


def test_a_short_line_keeps_its_digits_among_a_great_many() -> None:
    thickness = 0.02
    line, other = [(0.0, 0.0), (0.1, 0.3), (1.0, 1.0)], [(0.0, 0.5), (0.7, 0.7), (1.0, 1.5)]
    crowd = [("polyline", [0.0, 0.0, 59.0, 47.0] * 200, {})] * 300
    objects = objects_on_one_frame(*crowd, ("polyline", flat(line), {}), ("polyline", flat(other), {}))
    first = np.append(np.zeros(300, np.int64), 300)
    likeness = polylines.similarity(objects, first, np.append(np.arange(300), 301), thickness).forward[-1]
    alone = objects_on_one_frame(("polyline", flat(line), {}), ("polyline", flat(other), {}))
    assert abs(likeness - polylines.similarity(alone, FIRST, SECOND, thickness).forward[0]) < 1e-12


def reach(one: list[tuple[float, float]], other: list[tuple[float, float]], thickness: float) -> float:
    """How much nearer the boxes of two lines are than they may be; negative where they are too far apart."""
    spans = [(np.min(line, axis=0), np.max(line, axis=0)) for line in (one, other)]
    centres = [(low + high) / 2 for low, high in spans]
    radii = sum(float(((high - low) ** 2).sum()) / 4 for low, high in spans)
    return radii + WIDTH * HEIGHT * (6 * thickness) ** 2 - math.dist(*centres) ** 2


def walked_together(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> list[tuple[Any, Any]]:
    """Points of both lines at the relative lengths of all vertices but the last; both starts first."""
    stops = sorted([(stop, 0) for stop in lengths(one)[1:]] + [(stop, 1) for stop in lengths(other)[1:]])
    return [(one[0], other[0]), *((at(one, stop), at(other, stop)) for stop, _ in stops[:-1])]


def lengths(line: list[tuple[float, float]]) -> list[float]:
    steps = [math.dist(a, b) for a, b in pairwise(line)]
    whole = math.fsum(steps)
    return [math.fsum(steps[:n]) / whole for n in range(len(line))]


def at(line: list[tuple[float, float]], length: float) -> tuple[float, float]:
    stops = lengths(line)
    return tuple(float(np.interp(length, stops, [point[axis] for point in line])) for axis in (0, 1))  # type: ignore[return-value]


@settings(max_examples=60, deadline=None)
@given(st.lists(corners, min_size=1, max_size=4), st.lists(corners, min_size=1, max_size=4), st.booleans())
def test_points(one: list[tuple[float, float]], other: list[tuple[float, float]], by_picture: bool) -> None:
    objects = objects_on_one_frame(("points", flat(one), {}), ("points", flat(other), {}))
    sigma, threshold = 0.3, 0.4
    likeness = points.similarity(objects, FIRST, SECOND, points.Scale(sigma, threshold, by_picture, objects.hull))[0]
    areas = [np.prod(np.ptp(side, axis=0)) for side in (one, other)]
    if not any(areas):
        expected = 0.0
        if len(one) == len(other):
            pairs = zip(one, other, strict=True)
            expected = np.mean([near(a, b, WIDTH * HEIGHT * (2 * sigma) ** 2) for a, b in pairs])
        assert math.isclose(likeness, expected, abs_tol=1e-9)
        return
    size = WIDTH * HEIGHT if by_picture else mean_area(objects.box[0], objects.box[1])
    assert math.isclose(likeness, best_share(one, other, size * (2 * sigma) ** 2, threshold), abs_tol=1e-9)


def near(a: tuple[float, float], b: tuple[float, float], spread: float) -> float:
    return math.exp(-(math.dist(a, b) ** 2) / (2 * spread))


def mean_area(first: np.ndarray, second: np.ndarray) -> float:
    overlap = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    mean = (first + second) / 2
    return float((mean[2] - mean[0]) * (mean[3] - mean[1])) if (overlap > 0).all() else 0.0


def best_share(
    one: list[tuple[float, float]], other: list[tuple[float, float]], spread: float, threshold: float
) -> float:
    """The share of the cheapest of all assignments; what is below the threshold is no pair."""
    if not spread:
        return 0.0
    small, large = sorted((one, other), key=len)
    best = (math.inf, 0.0)
    for choice in product(range(-1, len(large)), repeat=len(small)):
        chosen = [number for number in choice if number >= 0]
        if len(set(chosen)) < len(chosen):
            continue
        shares = [near(small[n], large[m], spread) for n, m in enumerate(choice) if m >= 0]
        if any(1 - share > 1 - threshold or share == 0 for share in shares):
            continue
        cost = sum(1 - share for share in shares) + len(large) - len(shares)
        best = min(best, (round(cost, 12), sum(shares) / (len(one) + len(other) - len(shares))))
    return best[1]


drawn = st.lists(
    st.tuples(st.lists(corners, min_size=3, max_size=5, unique=True), st.integers(0, 2), st.integers(0, 1)),
    min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(drawn)
def test_what_is_seen_of_polygons(shapes: list[tuple[list[tuple[float, float]], int, int]]) -> None:
    objects = objects_on_one_frame(
        *(("polygon", flat(corner), {"z_order": z, "group": group}) for corner, z, group in shapes)
    )
    units = regions.units(objects, np.arange(len(objects)), panoptic=True)
    pictures = [decoded(objects, row) for row in range(len(objects))]
    unit = np.repeat(np.arange(len(units.block)), np.diff(units.offsets))
    painted = np.full((HEIGHT, WIDTH), -1)
    order = sorted(range(len(objects)), key=lambda n: (int(objects.z_order[units.members[n]]), int(unit[n])))
    for n in order:
        painted[pictures[units.members[n]]] = unit[n]
    for number in range(len(units.block)):
        assert ((painted == number) == picture(units.pixels, number)).all()


@settings(max_examples=80, deadline=None)
@given(drawn, st.sampled_from([0.05, 0.5, 1.0]))
def test_what_is_covered(shapes: list[tuple[list[tuple[float, float]], int, int]], least: float) -> None:
    objects = objects_on_one_frame(*(("polygon", flat(corner), {"z_order": z}) for corner, z, _ in shapes))
    pictures = [decoded(objects, row) for row in range(len(objects))]
    for row in range(len(objects)):
        above = np.any([np.zeros((HEIGHT, WIDTH), bool), *pictures[row + 1 :]], axis=0)
        shared, size = int((above & pictures[row]).sum()), int(pictures[row].sum())
        expected = shared > 0 and 1 - shared / size < least
        assert covered(objects, np.array([0]), least)[row] == expected


def picture(pixels: Pixels, row: int) -> np.ndarray:
    """One set of pixels as an array."""
    width, height = pixels.sizes[row].tolist()
    inside = np.zeros(width * height, bool)
    for start, stop in pixels.edges[pixels.offsets[row] : pixels.offsets[row + 1]].reshape(-1, 2).tolist():
        assert start < stop
        assert not inside[start:stop].any()
        inside[start:stop] = True
    return inside.reshape(width, height).T


def decoded(objects: Objects, row: int) -> np.ndarray:
    """The picture of a polygon as pycocotools paints it."""
    values = objects.values[objects.offsets[row] : objects.offsets[row + 1]].tolist()
    return np.asarray(mask.decode(mask.frPyObjects([values], HEIGHT, WIDTH))[:, :, 0], bool)


@settings(max_examples=80, deadline=None)
@given(corners, corners, st.sampled_from([0.0, 30.0, 90.0, 360.0]), st.sampled_from(["rectangle", "ellipse"]))
def test_turned_shapes_are_compared_by_their_pixels(
    one: tuple[float, float], other: tuple[float, float], turn: float, kind: str
) -> None:
    sides = [(x, y, x + 12.3, y + 8.1) if kind == "rectangle" else (x, y, x + 9.7, y - 5.2) for x, y in (one, other)]
    objects = objects_on_one_frame((kind, list(sides[0]), {}), (kind, list(sides[1]), {"rotation": turn}))
    if kind == "rectangle" and turn == 0:
        return
    measure = boxes.similarity if kind == "rectangle" else by_pixels
    likeness = measure(objects, FIRST, SECOND, PLACE)[0]
    outlines = [outline(kind, side, angle) for side, angle in zip(sides, (0.0, turn), strict=True)]
    pixels = [mask.frPyObjects([np.around(line, 2).ravel().tolist()], HEIGHT, WIDTH) for line in outlines]
    assert likeness == float(mask.iou(pixels[0], pixels[1], [0])[0, 0])


def outline(kind: str, side: tuple[float, ...], turn: float) -> np.ndarray:
    a, b, c, d = np.around(side, 2).tolist()
    if kind == "rectangle":
        centre, line = np.array([(a + c) / 2, (b + d) / 2]), np.array([(a, b), (c, b), (c, d), (a, d)])
    else:
        centre, angle = np.array([a, b]), np.linspace(0, 2 * np.pi, 720)
        line = centre + np.stack([(c - a) * np.cos(angle), (b - d) * np.sin(angle)], axis=1)
    radians = math.radians(turn)
    rotation = np.array([[math.cos(radians), math.sin(radians)], [-math.sin(radians), math.cos(radians)]])
    return np.asarray((line - centre) @ rotation + centre)


elements = st.lists(st.tuples(corners, st.sampled_from(["outside", "occluded", ""])), min_size=3, max_size=3)


@settings(max_examples=80, deadline=None)
@given(elements, elements)
def test_skeletons(one: list[Any], other: list[Any]) -> None:
    build = DatasetBuilder(frames=Frames.of(["a.png"], WIDTH, HEIGHT))
    build.add_job(Job(1))
    body = build.add_label("body", type="skeleton")
    parts = [build.add_label(name, parent=body, type="points") for name in ("head", "hip", "foot")]
    for side in (one, other):
        row = build.add_shape("skeleton", 0, body, job=0)
        for part, (point, state) in zip(parts, side, strict=True):
            build.add_shape("points", 0, part, list(point), parent=row, job=0, **({state: True} if state else {}))
    objects, sigma = of_job(build.dataset()), QualitySettings().oks_sigma
    likeness = skeletons.similarity(objects, FIRST, SECOND, sigma)[0]
    hulls = [np.array([p for p, state in side if state != "outside"] or [(0, 0)]) for side in (one, other)]
    first, second = (np.concatenate([hull.min(axis=0), hull.max(axis=0)]) for hull in hulls)
    spread = mean_area(first, second) * (2 * sigma) ** 2
    seen = [[not state for _, state in side] for side in (one, other)]
    either = sum(a or b for a, b in zip(*seen, strict=True))
    if not spread or not either:
        assert likeness == 0 if not spread else np.isnan(likeness)
        return
    shares = [near(a, b, spread) for (a, s), (b, t) in zip(one, other, strict=True) if not s and not t]
    assert math.isclose(likeness, sum(shares) / either, abs_tol=1e-9)
