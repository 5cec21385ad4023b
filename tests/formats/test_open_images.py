"""Open Images as Google publishes it and as CVAT writes it: codes, flags, masks, sizes from wherever they are."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import annotools as at
from annotools import formats
from annotools.storage import open_source
from tests.formats.large_pictures import large_png
from tests.formats.ways import in_folder

BOXES = (
    "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n"
)
LABELS = "ImageID,Source,LabelName,Confidence\n"
LARGE = large_png(40_000, 20_000)
MASKS = "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks\n"
CLASSES = "/m/0k4j,Car\n/m/01bqvp,Sky\n"
META = "# <image name> <height> <width>\n\na 100 200\n'b c' 50 80\n"


def dataset(tmp_path: Path, files: dict[str, str | bytes], **options: Any) -> at.Dataset:
    plain = {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}
    return at.read(in_folder(tmp_path / "in", plain), "open-images", **options).dataset


def picture(width: int, height: int, mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (width, height)).save(stream, "PNG")
    return stream.getvalue()


def mask(pixels: np.ndarray[Any, Any], mode: str = "L") -> bytes:
    stream = io.BytesIO()
    Image.fromarray((pixels * 255).astype(np.uint8)).convert(mode).save(stream, "PNG")
    return stream.getvalue()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


ORIGINAL: dict[str, str | bytes] = {
    "class-descriptions-boxable.csv": CLASSES,
    "oidv6-train-annotations-bbox.csv": BOXES.strip() + ",XClick1X\n"
    "a,xclick,/m/0k4j,1,0.1,0.4,0.25,0.5,1,0,1,-1,0,0.5\nb c,activemil,/m/01bqvp,0.5,0,1,0,1,0,-1,-1,-1,-1,0.5\n",
    "train-annotations-human-imagelabels-boxable.csv": LABELS
    + "a,verification,/m/0k4j,1\na,verification,/m/01bqvp,0\nb c,crowdsource-verification,/m/01bqvp,1\n",
    "train-images-boxable-with-rotation.csv": "ImageID,Subset,OriginalURL,Author,Rotation\n"
    "a,train,https://example.org/a_o.jpg,anna,0.0\nb c,train,https://example.org/b_o.jpg,,\n",
    "bbox_labels_600_hierarchy.json": '{"LabelName": "/m/0bl9f", "Subcategory": [{"LabelName": "/m/0k4j"}]}',
    "images.meta": META,
}


def test_the_original_is_read(tmp_path: Path) -> None:
    where = in_folder(tmp_path / "in", {name: str(text).encode() for name, text in ORIGINAL.items()})
    assert formats.sniff(open_source(where)) == "open-images"
    result = at.read(where).dataset
    assert [(label.name, dict(label.extras)) for label in result.labels] == [
        ("Car", {"mid": "/m/0k4j"}), ("Sky", {"mid": "/m/01bqvp"}),
    ]  # fmt: skip
    assert result.shapes.boxes().tolist() == [[20, 25, 80, 50], [0, 0, 80, 50]]
    assert result.shapes.occluded.tolist() == [True, False]
    assert result.shapes.score.tolist() == [1, 0.5]
    extras = {name: extra.plain() for name, extra in result.extras["shapes"].items()}
    assert extras == {
        "truncated": [0, None], "group_of": [1, None], "inside": [0, None], "box_source": ["xclick", "activemil"],
    }  # fmt: skip
    assert result.frames.names == ("a", "b c")
    assert set(result.frames.subsets) == {"train"}
    assert [tag.label.name for tag in result.tags] == ["Car", "Sky"]
    losses = at.read(where).losses
    assert [(loss.what, loss.count) for loss in losses] == [
        ("column of a table", 1), ("image label of no confidence", 1),
    ]  # fmt: skip


def test_a_flag_that_is_none_is_not_known(tmp_path: Path) -> None:
    line = "a,x,/m/0k4j,1,0.1,0.4,0.25,0.5,0,{},1,0,0\n"
    lines = BOXES + line.format("1e300") + line.format("-1") + line.format("1")
    extras = dataset(tmp_path, ORIGINAL | {"oidv6-train-annotations-bbox.csv": lines}).extras["shapes"]
    assert extras["truncated"].plain() == [None, None, 1]
    assert extras["group_of"].plain() == [1, 1, 1]


def test_the_original_comes_back(tmp_path: Path) -> None:
    at.write(dataset(tmp_path, ORIGINAL), tmp_path / "out", "open-images")
    folder = tmp_path / "out" / "annotations"
    assert (folder / "class-descriptions.csv").read_text() == CLASSES
    given, written = (
        list(csv.DictReader(io.StringIO(text)))
        for text in (
            str(ORIGINAL["oidv6-train-annotations-bbox.csv"]),
            (folder / "train-annotations-bbox.csv").read_text(),
        )
    )
    numbers = ("Confidence", "XMin", "XMax", "YMin", "YMax")
    for old, new in zip(given, written, strict=True):
        assert {name: float(old[name]) for name in numbers} == {name: float(new[name]) for name in numbers}
        rest = [name for name in new if name not in numbers]
        assert {name: old[name] for name in rest} == {name: new[name] for name in rest}
    images = table(folder / "train-images-with-rotation.csv")
    assert (images[0]["OriginalURL"], images[0]["Author"], images[1]["Rotation"]) == (
        "https://example.org/a_o.jpg",
        "anna",
        "",
    )
    assert "/m/0k4j" in (folder / "bbox_labels_600_hierarchy.json").read_text()
    assert (folder / "images.meta").read_text() == META
    assert [row["Source"] for row in table(folder / "train-annotations-human-imagelabels.csv")] == [
        "verification", "crowdsource-verification",
    ]  # fmt: skip


def test_sizes_come_from_pictures_or_the_task(tmp_path: Path) -> None:
    line = BOXES + "x/a,,car,1,0.1,0.4,0.25,0.5,0,0,0,0,0\n"
    files: dict[str, str | bytes] = {"annotations/val-annotations-bbox.csv": line}
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    build.add_frame("x/a.jpg", 200, 100)
    assert dataset(tmp_path, files, context=build.dataset()).shapes.boxes().tolist() == [[20, 25, 80, 50]]
    with pytest.raises((at.InputError, at.UsageError), match="size of"):
        dataset(tmp_path, files)
    result = dataset(tmp_path, files | {"images/val/x/a.png": picture(200, 100)})
    assert result.shapes.boxes().tolist() == [[20, 25, 80, 50]]
    assert result.frames.names == ("x/a.png",)


CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])


@pytest.mark.parametrize("mode", ["L", "1", "RGB"])
@pytest.mark.parametrize("member", ["masks/train/m.png", "train-masks/m.png", "m.png"])
def test_masks_lie_anywhere_and_are_as_large_as_their_picture(tmp_path: Path, mode: str, member: str) -> None:
    files = {
        "train-annotations-object-segmentation.csv": MASKS
        + "m.png,a,car,9a041d52,0,1,0,1,0.86,0.65 0.19 1;0.8 0.5 0\n",
        "images.meta": "a 6 6\n", member: mask(CROSS, mode),
    }  # fmt: skip
    result = dataset(tmp_path, files)
    pixels = np.kron(CROSS, np.ones((2, 2), int))
    runs = result.shapes.points(0)[:-4]
    drawn = np.repeat(np.arange(len(runs)) % 2, runs.astype(int)).reshape(6, 6)
    assert drawn.tolist() == pixels.tolist()
    extras = {name: extra.plain() for name, extra in result.extras["shapes"].items()}
    assert extras == {"box_id": ["9a041d52"], "predicted_iou": ["0.86"], "clicks": ["0.65 0.19 1;0.8 0.5 0"]}
    at.write(result, tmp_path / "out", "open-images")
    row = table(tmp_path / "out/annotations/train-annotations-object-segmentation.csv")[0]
    assert (row["MaskPath"], row["BoxID"], row["PredictedIoU"]) == ("a_car_9a041d52.png", "9a041d52", "0.86")
    assert [float(row[name]) for name in ("BoxXMin", "BoxXMax", "BoxYMin", "BoxYMax")] == [0, 1, 0, 1]
    assert at.read(tmp_path / "out").dataset == result


def test_a_picture_of_no_known_size_is_as_large_as_its_mask(tmp_path: Path) -> None:
    files = {"train-annotations-object-segmentation.csv": MASKS + "m.png,a,car,,,,,,,\n", "m.png": mask(CROSS)}
    result = dataset(tmp_path, files)
    assert result.frames.sizes(np.array([0])).tolist() == [[3, 3]]
    assert result.shapes.points(0).tolist() == [1, 1, 1, 3, 1, 1, 1, 0, 0, 2, 2]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("bbox", BOXES + "a,,car,1,x,0.4,0.25,0.5,0,0,0,0,0\n", "bbox.csv:2: XMin is 'x', expected a number"),
        ("bbox", BOXES + "a,,car,1\n", "bbox.csv:2: 4 columns, expected 13 columns"),
        ("bbox", "ImageID,LabelName,XMin\na,car,1\n", "bbox.csv:1: has no column XMax, YMin, YMax"),
        (
            "object-segmentation",
            MASKS + "no.png,a,car,,,,,,,\n",
            "segmentation.csv:2: mask 'train/no.png' is not there",
        ),
        ("object-segmentation", MASKS + "bad.png,a,car,,,,,,,\n", "segmentation.csv:2: bad.png is not a picture"),
        ("object-segmentation", MASKS + "large.png,a,car,,,,,,,\n", "large.png is of 40,000 x 20,000 pixels, expected"),
        ("human-imagelabels", LABELS + "a,,car,much\n", "imagelabels.csv:2: Confidence is 'much', expected a number"),
    ],
)
def test_a_fault_is_one_problem_with_its_line(tmp_path: Path, name: str, text: str, message: str) -> None:
    files = {f"train-annotations-{name}.csv": text, "images.meta": "a 100 200\n"}
    files |= {"bad.png": b"no picture", "large.png": LARGE}
    with pytest.raises(at.InputError) as caught:
        dataset(tmp_path, files)
    problems = [str(problem) for problem in caught.value.problems]
    assert len(problems) == 1
    assert message in problems[0]


def test_semicolons_are_read_though_not_by_the_importer(tmp_path: Path) -> None:
    text = "ImageID;LabelName;Confidence\na;car;1\n"
    name = "annotations/train-annotations-human-imagelabels.csv"
    assert dataset(tmp_path / "ours", {name: text}).frames.names == ("a",)
    with pytest.raises(at.InputError, match="has semicolons between its cells, expected commas"):
        dataset(tmp_path / "server", {name: text}, compat="cvat")


def test_masks_of_equal_names_have_files_of_their_own(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    for name in ("a/b.jpg", "ab.jpg", "日本.png", "中国.png"):
        build.add_frame(name, 9, 9)
        build.add_shape("mask", len(build.dataset().frames) - 1, "car", (0, 1, 2, 2, 2, 2))
    at.write(build.dataset(), tmp_path / "out", "open-images")
    assert len([*(tmp_path / "out/masks/default").iterdir()]) == 4
    assert len(at.read(tmp_path / "out").dataset.shapes) == 4


def test_a_turned_box_is_a_mask(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    build.add_frame("a.jpg", 100, 100)
    build.add_shape("rectangle", 0, "car", (10, 20, 50, 40), rotation=30)
    at.write(build.dataset(), tmp_path / "out", "open-images")
    assert at.read(tmp_path / "out").dataset.shapes.type.tolist() == [at.ShapeType.MASK]


def test_coordinates_come_back_to_six_decimals(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    rng = np.random.default_rng(5)
    for frame in range(40):
        build.add_frame(f"{frame}.jpg", *rng.integers(3, 9000, 2).tolist())
        build.add_shape("rectangle", frame, "car", np.around(rng.random(4) * 3000, 6))
    at.write(build.dataset(), tmp_path / "out", "open-images")
    assert np.array_equal(
        np.sort(at.read(tmp_path / "out").dataset.shapes.values), np.sort(build.dataset().shapes.values)
    )


def test_a_name_with_a_dot_is_the_picture_of_the_task_that_ends_later(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    for name in ("b/street.jpg", "b/street.02.jpg", "c.jpg"):
        build.add_frame(name, 100, 100)
    build.add_shape("rectangle", 1, "car", (10, 20, 50, 40))
    build.add_shape("rectangle", 2, "car", (10, 20, 50, 40))
    task = build.dataset()
    at.write(task, tmp_path / "out", "open-images")
    assert at.read(tmp_path / "out", context=task).dataset.shapes.frame.tolist() == [1, 2]


def test_a_size_beyond_64_bits_is_none(tmp_path: Path) -> None:
    files = {"train-annotations-human-imagelabels.csv": LABELS + "a,,car,1\n", "images.meta": f"a {10**30} 10\n"}
    assert dataset(tmp_path, files).frames.sizes(np.array([0])).tolist() == [[0, 0]]
