"""Labels looked up by parent and name, and drawings of skeletons by strangers."""

from __future__ import annotations

import pytest

from annotools.model import AttributeSpec, Dataset, Keeps, Label, Labels, fit
from annotools.model.skeleton import edges, nodes

LABELS = Labels((
    Label(1, "man", type="skeleton"), Label(2, "head", 1), Label(3, "car"), Label(4, "foot", 1), Label(5, "car"),
))  # fmt: skip


def test_sublabels_in_the_order_of_their_definition() -> None:
    assert [label.id for label in LABELS.sublabels(1)] == [2, 4]
    assert LABELS.sublabels(3) == ()


def test_all_labels_of_a_name() -> None:
    assert [label.id for label in LABELS.named("car")] == [3, 5]
    assert [label.id for label in LABELS.named("foot")] == [4]
    assert LABELS.named("head ") == ()


def test_a_drawing_with_an_element_that_does_not_end() -> None:
    svg = '<circle data-node-id="1" data-label-name="a"/><line data-node-from="1" data-node-to="2"/>'
    for rest in ("", "<circle " * 50_000, '<line data-node-from="1" ', "<circle " + "a" * 100_000):
        assert nodes(svg + rest) == [(1, "a")]
        assert edges(svg + rest) == [(1, 2)]
    assert nodes("<circle " + "data-" * 50_000 + 'x data-node-id="1">') == [(1, "")]


def test_losses_of_labels_count_the_rows_of_all_of_them() -> None:
    person, nose = Label(1, "person", type="skeleton"), Label(2, "nose", parent=1, type="points")
    car = Label(3, "car", color="#ff0000", extras=(("class_id", 7),))
    losses = fit(Dataset(labels=[person, nose, car]), Keeps(labels=frozenset({"name"})))[1]
    assert {loss.column: list(loss.rows) for loss in losses if loss.table == "labels"} == {
        "id": [0, 2], "type": [0], "color": [2], "extras.class_id": [2], "": [1],
    }  # fmt: skip


@pytest.mark.parametrize("number", ["²", "9" * 5000, "x", ""])
def test_a_node_that_is_no_number_is_none(number: str) -> None:
    drawn = f'<circle data-node-id="{number}" data-label-name="a"/><circle data-node-id="2" data-label-name="b"/>'
    lines = f'<line data-node-from="{number}" data-node-to="2"/><line data-node-from="1" data-node-to="2"/>'
    assert (nodes(drawn + lines), edges(drawn + lines)) == ([(2, "b")], [(1, 2)])


def test_attributes_by_the_names_of_their_labels() -> None:
    """Of one name the first counts, as for the label itself; of one id the last label."""
    one = Label(1, "a", attributes=(AttributeSpec(1, "x"), AttributeSpec(2, "y"), AttributeSpec(3, "x")))
    labels = Labels((Label(2, "c", attributes=(AttributeSpec(4, "z"),)), one, Label(2, "b")))
    assert {key: spec.id for key, spec in labels.specs_by_name.items()} == {(1, "x"): 1, (1, "y"): 2}
    for (number, name), spec in labels.specs_by_name.items():
        assert labels.by_id[number].spec(name) is spec
