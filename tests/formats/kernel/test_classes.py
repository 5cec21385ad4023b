"""Labels, class numbers, colours."""

from __future__ import annotations

import numpy as np
import pytest

from annotools.errors import Problems
from annotools.formats.kernel.classes import Classes, Color, color_lines, color_map, hex_color, label_list, voc_palette
from annotools.model import Dataset, Label
from tests.formats.kernel.sources import zipped

LABELS = (
    Label(7, "zebra", color="#ff0000"), Label(3, "person", type="skeleton"), Label(4, "head", parent=3),
    Label(9, "apple", color="#ff0000"),
)  # fmt: skip
DATASET = Dataset(labels=LABELS)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["zebra", "person", "apple"]),
        ({"order": "name"}, ["apple", "person", "zebra"]),
        ({"sublabels": True}, ["zebra", "person", "head", "apple"]),
        ({"background": True}, ["background", "zebra", "person", "apple"]),
    ],
)
def test_classes_are_numbered_in_order(options: dict[str, object], names: list[str]) -> None:
    classes = Classes.of(DATASET, **options)  # type: ignore[arg-type]
    assert list(classes.names) == names
    ids = {label.name: label.id for label in LABELS}
    numbers = classes.index(np.array([ids[name] for name in names if name in ids]))
    assert [names[number] for number in numbers.tolist()] == [name for name in names if name in ids]
    assert classes.index(np.array([99, -5])).tolist() == [-1, -1]


def test_no_labels_have_no_classes() -> None:
    assert Classes.of(Dataset()).index(np.array([1])).tolist() == [-1]


def test_the_palette_has_each_colour_once() -> None:
    palette = Classes.of(DATASET, background=True).palette().tolist()
    assert palette[:2] == [[0, 0, 0], [255, 0, 0]]
    assert len({*map(tuple, palette)}) == 4


def test_the_palette_of_voc() -> None:
    # the first colours of the development kit's table, and the border
    assert voc_palette(5).tolist() == [[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0], [0, 0, 128]]
    assert voc_palette(256)[[20, 255]].tolist() == [[0, 64, 128], [224, 224, 192]]
    assert hex_color((0, 64, 128)) == "#004080"


def test_lists_of_labels() -> None:
    problems = Problems()
    source = zipped({"obj.names": "car\r\ntraffic light\r\n\r\nbus\r\n\r\n"})
    assert label_list(source, "obj.names", problems) == ["car", "traffic light", "", "bus"]
    assert len(problems) == 0


def test_colour_maps_of_both_kinds() -> None:
    problems = Problems()
    source = zipped(
        {
            "labelmap.txt": "# label:color_rgb\nperson:192,128,128:head,hand:jumping\nb:c:1,2,3::\nsky:::\n",
            "label_colors.txt": "64 128 64\tAnimal\n192 0 128 Arch way\n",
            "bad.txt": "car\ncar:300,0,0::\n",
        }
    )
    assert color_map(source, "labelmap.txt", problems) == [
        Color("person", (192, 128, 128), ("head", "hand"), ("jumping",)), Color("b:c", (1, 2, 3)), Color("sky", None),
    ]  # fmt: skip
    assert color_map(source, "label_colors.txt", problems) == [
        Color("Animal", (64, 128, 64)), Color("Arch way", (192, 0, 128)),
    ]  # fmt: skip
    assert len(problems) == 0
    assert color_map(source, "bad.txt", problems) == []
    assert [str(problem) for problem in problems] == [
        "bad.txt:1: is 'car', expected name:r,g,b:parts:actions",
        "bad.txt:2: is 'car:300,0,0::', expected name:r,g,b:parts:actions",
    ]


def test_a_colour_map_comes_back() -> None:
    lines = "\n".join(color_lines(["background", "köln:a"], voc_palette(2)))
    colors = color_map(zipped({"labelmap.txt": lines}), "labelmap.txt", Problems())
    assert colors == [Color("background", (0, 0, 0)), Color("köln:a", (128, 0, 0))]


@pytest.mark.parametrize("channel", range(3))
@pytest.mark.parametrize(("level", "fits"), [(0, True), (255, True), (256, False), (1000, False)])
def test_a_colour_has_three_levels_up_to_255(channel: int, level: int, fits: bool) -> None:
    levels = [1, 1, 1]
    levels[channel] = level
    problems = Problems()
    for line in (f"car:{levels[0]},{levels[1]},{levels[2]}::", f"{levels[0]} {levels[1]} {levels[2]} car"):
        colors = color_map(zipped({"a.txt": line}), "a.txt", problems)
        assert colors == ([Color("car", tuple(levels))] if fits else [])  # type: ignore[arg-type]
    assert len(problems) == (0 if fits else 2)
