"""Steps of formats that know one label, labels as folders, or attributes as texts."""

from __future__ import annotations

import pytest

from annotools.model import AttributeSpec, Dataset, DatasetBuilder
from annotools.transform import run


def built(*names: str) -> Dataset:
    """A rectangle and a tag of each label, with attributes, and a skeleton."""
    build = DatasetBuilder()
    build.add_frame("a.jpg", 9, 9)
    for name in names:
        build.add_label(name, color="#ff0000", attributes=(AttributeSpec(0, "text"), AttributeSpec(0, "size")))
        build.add_shape("rectangle", 0, name, (1, 2, 3, 4), attributes={"text": f"of\r\n{name}", "size": "7"})
        build.add_tag(0, name)
    man = build.add_label("man", type="skeleton")
    head = build.add_label("head", parent=man, type="points")
    row = build.add_shape("skeleton", 0, man)
    build.add_shape("points", 0, head, (1, 2), parent=row)
    return build.dataset()


def labels(dataset: Dataset) -> list[str]:
    return [label.name for label in dataset.labels]


def test_all_rows_are_of_one_label() -> None:
    result, losses = run(built("car", "word"), ["one-label=word"])
    assert labels(result) == ["word"]
    assert [shape.label.name for shape in result.shapes] == ["word"] * 2
    assert [shape.attributes["text"] for shape in result.shapes] == ["of\r\ncar", "of\r\nword"]
    counted = [(loss.kind, loss.table, loss.column, loss.count) for loss in losses]
    assert counted == [
        ("lost", "shapes", "", 1), ("lost", "shapes", "", 1), ("changed", "labels", "", 4),
        ("changed", "tags", "label", 1), ("changed", "shapes", "label", 1),
    ]  # fmt: skip


def test_a_label_that_nobody_has_is_made() -> None:
    assert labels(run(Dataset(), ["one-label=word"])[0]) == ["word"]


def test_rows_of_other_labels_go() -> None:
    result, losses = run(built("car", "bus"), ["only-label=car"])
    assert (labels(result), len(result.shapes), len(result.tags)) == (["car"], 1, 1)
    counted = [(loss.kind, loss.table, loss.count) for loss in losses]
    assert counted == [("lost", "tags", 1), ("lost", "shapes", 3), ("lost", "labels", 3)]
    empty, _ = run(built("car"), ["only-label=tree"])
    assert (labels(empty), len(empty.shapes), len(empty.tags)) == ([], 0, 0)


def test_attributes_are_texts_of_these_names() -> None:
    result, losses = run(built("car"), ["only-attributes=mood,text", "one-line-values"])
    assert [[spec.name for spec in label.attributes] for label in result.labels] == [["mood", "text"]] * 3
    assert result.shapes[0].attributes == {"text": "of car"}
    assert [(loss.kind, loss.table, loss.column, loss.count) for loss in losses] == [
        ("lost", "attributes", "", 1), ("changed", "labels", "attributes", 3), ("changed", "attributes", "", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a/b", "a_b", "none"], ["a_b 2", "a_b", "none 2"]), ([" a  b ", "a b", ""], ["a b 2", "a b", "label"]),
        (["none", "none 2"], ["none 3", "none 2"]), (["car"], ["car"]),
    ],
)  # fmt: skip
def test_labels_can_be_folders(names: list[str], expected: list[str]) -> None:
    after, losses = run(built(*names), ["folder-labels=none"])
    assert labels(after)[: len(names)] == expected
    odd = [row for row, (a, b) in enumerate(zip(names, expected, strict=True)) if a != b]
    assert [row for loss in losses for row in loss.rows.tolist()] == odd
