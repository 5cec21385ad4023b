"""Labels renamed, frames left out, numbers rounded."""

from __future__ import annotations

import pytest

from annotools.errors import UsageError
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Job
from annotools.quirks import CVAT, NONE
from annotools.transform import drop_deleted_frames, only_annotated_frames, remap_labels
from annotools.transform.frames import without_honeypots
from annotools.transform.labels import parse_renames
from annotools.transform.numbers import round_numbers
from tests.tracks.documents import plain_frames, texts_of
from tests.transform.build import builder, counts_of, one


def _labelled() -> Dataset:
    build = DatasetBuilder(frames=plain_frames(4))
    color, size = AttributeSpec(0, "color"), AttributeSpec(0, "size")
    build.add_label("car", attributes=(color,))
    build.add_label("truck", attributes=(color, size))
    body = build.add_label("body", type="skeleton", svg='<circle data-node-id="1" data-label-name="head"/>')
    build.add_label("head", parent=body, type="points")
    build.add_shape("rectangle", 0, "car", [0, 0, 1, 1], attributes={"color": "red"})
    build.add_shape("rectangle", 1, "truck", [0, 0, 1, 1], attributes={"color": "blue", "size": "big"})
    build.add_tag(2, "truck")
    row = build.add_shape("skeleton", 3, "body")
    build.add_shape("points", 3, "head", [1, 1], parent=row)
    return build.dataset()


def test_a_label_is_renamed() -> None:
    result, losses = remap_labels(_labelled(), "truck:lorry")
    assert [label.name for label in result.labels.top] == ["car", "lorry", "body"]
    assert result.shapes.label.tolist() == _labelled().shapes.label.tolist()
    assert counts_of(losses) == [
        ("changed", "label", 1),
        ("changed", "label of tag", 1),
        ("changed", "label of shape", 1),
    ]


def test_labels_are_put_together() -> None:
    result, _ = remap_labels(_labelled(), "truck:car")
    assert [label.name for label in result.labels.top] == ["car", "body"]
    names = {spec.id: spec.name for spec in result.labels[0].attributes}
    assert list(names.values()) == ["color", "size"]
    assert result.shapes.label[:2].tolist() == [result.labels[0].id] * 2
    values = {names[spec]: text for spec, text in texts_of(result)[1, 1].items()}
    assert values == {"color": "blue", "size": "big"}
    both, _ = remap_labels(_labelled(), "car:vehicle,truck:vehicle")
    assert [label.name for label in both.labels.top] == ["vehicle", "body"]


@pytest.mark.parametrize(
    ("argument", "names"),
    [
        ("car:truck,truck:car", ["truck", "car"]),
        ("truck:car,car:truck", ["truck", "car"]),
        ("car:truck,truck:lorry", ["truck", "lorry"]),
        ("truck:lorry,car:truck", ["truck", "lorry"]),
        ("car:truck,truck:body,body:car", ["truck", "body"]),  # in a ring
        ("car:truck,truck:", ["truck", None]),
        ("truck:,car:truck", ["truck", None]),
        ("car:truck,truck:truck", ["truck", "truck"]),
    ],
)
def test_old_names_are_those_of_before_whatever_the_order(argument: str, names: list[str | None]) -> None:
    before = _labelled()
    result, losses = remap_labels(before, argument)
    boxes = result.shapes.label[: sum(name is not None for name in names)]
    assert [result.labels.by_id[label].name for label in boxes.tolist()] == [name for name in names if name]
    assert not any("remap-labels" in loss.why for loss in losses)
    assert len(set(result.labels.by_name)) == len(result.labels)


def test_points_of_a_skeleton_change_names_in_the_drawing_too() -> None:
    build = DatasetBuilder()
    svg = "".join(f'<circle data-node-id="{n}" data-label-name="{name}"/>' for n, name in enumerate(("l", "r"), 1))
    body = build.add_label("body", type="skeleton", svg=svg)
    for name in ("l", "r"):
        build.add_label(name, parent=body, type="points")
    result, _ = remap_labels(build.dataset(), "body/l:r,body/r:l")
    assert [label.name for label in result.labels] == ["body", "r", "l"]
    assert result.labels[0].svg.index('data-label-name="r"') < result.labels[0].svg.index('data-label-name="l"')


def test_a_label_is_dropped_with_what_has_it() -> None:
    result, losses = remap_labels(_labelled(), "truck:,body:")
    assert [label.name for label in result.labels] == ["car"]
    assert len(result.shapes) == 1
    assert len(result.tags) == 0
    assert [row for row in counts_of(losses) if row[0] == "lost"] == [
        ("lost", "tag", 1), ("lost", "shape", 1), ("lost", "shape", 1),
    ]  # fmt: skip
    assert [row for row in counts_of(losses) if row[0] == "changed"] == [
        ("changed", "label", 1),
        ("changed", "label", 2),
    ]


def test_a_sublabel_is_renamed_in_the_drawing_too() -> None:
    result, _ = remap_labels(_labelled(), "body/head:face")
    assert result.labels[3].name == "face"
    assert 'data-label-name="face"' in result.labels[2].svg


def test_names_with_separators() -> None:
    assert [tuple(r) for r in parse_renames(r"a\:b:c\,d,x/y\/z:\\")] == [("", "a:b", "c,d"), ("x", "y/z", "\\")]
    for argument in ("", "car", "car:a:b", ":car", "car:a,", "a/b/c:d"):
        with pytest.raises(UsageError):
            parse_renames(argument)
    with pytest.raises(UsageError, match="expected one of car, truck, body"):
        remap_labels(_labelled(), "plane:car")


def _framed() -> Dataset:
    build = builder(6, deleted=(1, 4))
    build.add_shape("rectangle", 0, "car", [0, 0, 1, 1])
    build.add_shape("rectangle", 1, "car", [0, 0, 1, 1])
    build.add_tag(4, "car")
    build.add_tag(5, "bus")
    track = build.add_track("car", 0)
    build.add_shape("rectangle", 0, points=[0, 0, 8, 8], track=track)
    build.add_shape("rectangle", 2, points=[8, 0, 16, 8], track=track)
    build.add_shape("rectangle", 3, points=[8, 0, 16, 8], track=track, outside=True)
    for first in (0, 3):
        build.add_job(Job(first + 1, "annotation", first, first + 2))
    return build.dataset()


def test_deleted_frames_go() -> None:
    result, losses = drop_deleted_frames(_framed())
    assert result.frames.names == ("0.png", "2.png", "3.png", "5.png")
    assert not result.frames.deleted.any()
    assert result.tags.frame.tolist() == [3]
    assert result.shapes.frame.tolist() == [0, 0, 1, 2]
    assert result.shapes.keyframe.all()
    assert [(job.start_frame, job.stop_frame) for job in result.jobs] == [(0, 1), (2, 3)]
    assert counts_of(losses) == [("lost", "frame", 2), ("lost", "tag", 1), ("lost", "shape", 1)]
    assert drop_deleted_frames(result)[0] is result


def test_frames_without_annotations_go() -> None:
    result, _ = only_annotated_frames(_framed())
    assert result.frames.names == ("0.png", "1.png", "2.png", "4.png", "5.png")


def test_a_job_without_frames_goes_with_its_annotations() -> None:
    build = builder(4, deleted=(0, 1))
    for row, first in enumerate((0, 2)):
        build.add_job(Job(first + 1, "annotation", first, first + 1))
        build.add_shape("rectangle", first, "car", [0, 0, 1, 1], job=row)
    result, losses = drop_deleted_frames(build.dataset())
    assert [job.id for job in result.jobs] == [3]
    assert result.shapes.job.tolist() == [0]
    assert result.shapes.frame.tolist() == [0]
    assert ("lost", "job", 1) in counts_of(losses)


def test_what_a_ground_truth_job_lists_is_counted_anew() -> None:
    job = Job(1, "ground_truth", 0, 5, included=(0, 1, 3, 5), disabled=(1, 3), honeypots=((2, 5), (4, 5)))
    result, _ = drop_deleted_frames(_framed().replace(jobs=(job,)))
    kept = result.jobs[0]
    assert (kept.start_frame, kept.stop_frame, kept.included) == (0, 3, (0, 2, 3))
    assert (kept.disabled, kept.honeypots) == ((2,), ((1, 3),))


def test_numbers_are_rounded() -> None:
    result, losses = round_numbers(one("rectangle", [1.005, 2.675, 3.14159, 4], rotation=12.3456))
    assert result.shapes.values.tolist() == [1.0, 2.67, 3.14, 4]
    assert result.shapes.rotation.tolist() == [12.35]
    assert counts_of(losses) == [("changed", "shape", 1)]
    assert round_numbers(result, "2")[0] == result
    assert round_numbers(result, "0")[0].shapes.values.tolist() == [1, 3, 3, 4]
    for argument in ("-1", "x", "13", "²"):
        with pytest.raises(UsageError):
            round_numbers(result, argument)


def test_honeypots_count_as_deleted_at_the_server() -> None:
    build = DatasetBuilder()
    for name in ("d/2.jpg", "d/1.jpg", "d/2.jpg", "d/3.jpg", "d/2.jpg"):  # the last two are the pool
        build.add_frame(name)
    assert without_honeypots(build.dataset(), CVAT).shown_frames.tolist() == [1, 3, 4]
    assert without_honeypots(build.dataset(), NONE).shown_frames.tolist() == [0, 1, 2, 3, 4]


def test_pictures_of_one_name_in_two_subsets_are_no_honeypots() -> None:
    frames = Frames.of(["a", "a", "a", "b"], subsets=["train", "val", "val", "val"])
    assert without_honeypots(Dataset(frames=frames), CVAT).shown_frames.tolist() == [0, 2, 3]
