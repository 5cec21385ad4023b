"""The parts of a report, each with its question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from annotools.errors import InputError, UsageError
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Frames, Job
from annotools.quality import ConsensusSettings, QualitySettings, merge_replicas, project_report, report, with_truth
from annotools.quality.aggregation import of_job
from annotools.quality.assignment import assign
from annotools.quality.attribute_values import typed
from annotools.quality.job_filter import chosen
from annotools.quality.job_numbers import with_job_numbers
from annotools.quality.merged_groups import merged_groups
from annotools.quality.numbers import Numbers
from annotools.quality.similarity.boxes import upright
from tests.quality.tasks import KINDS, Thing, task, with_jobs

BOX = Thing("rectangle", 0, 0)
BOXES = [BOX, Thing("rectangle", 1, 1)]


def conflicts_of(result: Any) -> dict[str, int]:
    kinds: dict[str, int] = result.task["comparison_summary"]["conflicts_by_type"]
    return kinds


@pytest.mark.parametrize(
    ("changes", "conflicts"),
    [
        ({}, {}),
        ({"doors": "2.0"}, {}),
        ({"doors": "3"}, {"mismatching_attributes": 1}),
        ({"occluded": True}, {"mismatching_attributes": 1}),
        ({"label": 1}, {"mismatching_label": 1}),
        ({"shift": 2.0}, {"low_overlap": 1}),
        ({"shift": 19.0}, {"missing_annotation": 1, "extra_annotation": 1}),
        ({"rotation": 360.0}, {}),
        ({"rotation": 90.0}, {"low_overlap": 1}),
    ],
)
def test_one_box_that_is_a_little_off(changes: dict[str, Any], conflicts: dict[str, int]) -> None:
    assert conflicts_of(report(task([replace(BOX, **changes)], [BOX]))) == conflicts


def test_settings_decide_what_is_said() -> None:
    given = task([replace(BOX, shift=2.0, occluded=True)], [BOX])
    assert conflicts_of(report(given, QualitySettings(compare_attributes=False))) == {"low_overlap": 1}
    assert conflicts_of(report(given, QualitySettings(iou_threshold=0.9))) == {
        "missing_annotation": 1,
        "extra_annotation": 1,
    }
    assert conflicts_of(report(given, QualitySettings(low_overlap_threshold=0.5))) == {"mismatching_attributes": 1}


def test_kinds_never_match_each_other_but_polygons_and_masks() -> None:
    for one in KINDS:
        for other in KINDS:
            kinds = conflicts_of(report(task([Thing(one, 0, 0)], [Thing(other, 0, 0)])))
            pooled = {one, other} == {"polygon", "mask"}
            assert ("missing_annotation" in kinds) == (one != other and not pooled), (one, other)


@pytest.mark.parametrize("stage", ["annotation", "validation"])
def test_a_ground_truth_that_is_not_accepted_is_none(stage: str) -> None:
    with pytest.raises(
        InputError, match=f"^Quality reports require a Ground Truth job .*job 2 is at the {stage} stage"
    ):
        report(task([BOX], [BOX], stage=stage))


def test_what_cannot_be_judged_is_said_in_one_line() -> None:
    given = task([BOX], [BOX])
    with pytest.raises(InputError, match="only supported in 2d tasks: this one is 3d"):
        report(given.replace(task=replace(given.task, dimension="3d")))
    with pytest.raises(InputError, match=r"require a Ground Truth job .*: there is none"):
        report(given.replace(jobs=given.jobs[:1]).select(shapes=given.shapes.job == 0))
    whole = given.replace(shapes=given.shapes.replace(job=np.full(2, -1)))
    with pytest.raises(
        InputError, match="job 2 has no annotations of its own, expected a task that was read job by job"
    ):
        report(whole)


def test_everything_that_is_wrong_with_the_input_is_collected() -> None:
    given = task([BOX, Thing("polygon", 1, 3)], [BOX])
    frames = Frames.of(["a.png", "b.png"], [240, 0], 240)
    shapes = given.shapes.replace(label=np.array([given.shapes.label[0], given.shapes.label[1], 99]))
    values = shapes.values.copy()
    values[0] = np.nan
    with pytest.raises(InputError) as raised:
        report(given.replace(frames=frames, shapes=shapes.with_points(values)))
    assert [str(problem) for problem in raised.value.problems] == [
        "frame 0: an annotation has label 99, expected a label of the task",
        "frame 0: rectangle 0: a coordinate is not below 1e9 px, expected points as CVAT has them",
        "frame 1: its size is not known, expected width and height of every frame",
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"iou_threshold": 1.5}, r"iou_threshold is 1.5: Value must be in the range \[0; 1\]"),
        ({"oks_sigma": -0.1}, r"oks_sigma is -0.1: Value must be in the range \[0; 1\]"),
        ({"iou_threshold": "high"}, "iou_threshold is 'high', expected a number"),
        ({"compare_groups": 1}, "compare_groups is 1, expected true or false"),
        ({"target_metric": "f1"}, "target_metric is 'f1', expected one of accuracy, precision, recall"),
        ({"iou_treshold": 0.5}, "no setting is called 'iou_treshold', expected"),
    ],
)
def test_settings_out_of_range_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        QualitySettings.of(values)


def test_an_answer_of_the_api_is_settings() -> None:
    given = {"id": 3, "task_id": 7, "project_id": None, "iou_threshold": 1, "inherit": False}
    assert QualitySettings.of(given) == QualitySettings(iou_threshold=1.0, inherit=False)
    assert ConsensusSettings.of({"iou_threshold": 0.5}) == ConsensusSettings(0.5)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("", [True, True]),
        ('{"==":[{"var":"id"},2]}', [False, True]),
        ('{"!":{"in":[{"var":"state"},["new"]]}}', [False, True]),
        ('{"in":["NN",{"var":"assignee"}]}', [True, False]),
        ('{"and":[{"<=":[1,{"var":"id"},1]},{"var":"assignee"}]}', [True, False]),
        ('{"or":[{"==":[{"var":"task_name"},"x"]},{"<":[{"var":"id"},2]}]}', [True, False]),
        ('{"<=":[1,{"var":"id"},1]}', [True, False]),
        ('{"<=":[2,{"var":"id"},3]}', [False, True]),
        ('{"<":[0,{"var":"id"},2]}', [True, False]),
        ('{">":[3,{"var":"id"},1]}', [False, True]),
        ('{">=":[{"var":"id"},2]}', [False, True]),
    ],
)
def test_a_filter_chooses_jobs(rules: str, expected: list[bool]) -> None:
    jobs = [Job(1, assignee="ann"), Job(2, state="completed")]
    assert chosen(rules, jobs, Dataset().task) == expected


@pytest.mark.parametrize("rules", ["{", "3", '{"xor":[1]}', '{"==":[1]}', '{"==":[{"var":"size"},1]}'])
def test_a_filter_that_is_none_is_refused(rules: str) -> None:
    with pytest.raises(UsageError, match="job_filter"):
        chosen(rules, [Job(1)], Dataset().task)


@pytest.mark.parametrize(
    ("kind", "text", "form"),
    [
        ("number", "2", "2.0"), ("number", "2.00", "2.0"), ("number", "-0", "0.0"), ("number", "two", "two"),
        ("checkbox", "True", "true"), ("checkbox", "yes", "false"), ("text", "True", "True"),
    ],
)  # fmt: skip
def test_values_in_their_typed_form(kind: str, text: str, form: str) -> None:
    assert typed(AttributeSpec(1, "a", input_type=kind), text) == form


def test_assignment_is_of_least_cost_and_within_the_threshold() -> None:
    rows, columns = assign(np.array([[0.9, 0.85], [0.85, 0.1]]), 0.4)
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [1, 0]), "0.85 twice is better than 0.9 and 0.1"
    assert [len(side) for side in assign(np.array([[0.4], [0.39]]), 0.4)] == [1, 1], "equal to the threshold is enough"
    assert [len(side) for side in assign(np.array([[0.0, np.nan]]), 0.0)] == [0, 0], "nothing is never enough"


def test_boxes_that_touch_share_nothing() -> None:
    box = np.array([[0.0, 0.0, 10.0, 10.0]])
    assert upright(box, np.array([[10.0, 0.0, 20.0, 10.0]])).tolist() == [0.0]
    assert upright(box, np.array([[0.0, 0.0, 10.0, 4.0]])).tolist() == [0.4]


def test_groups_of_zero_join_when_one_replica_groups() -> None:
    assert merged_groups([{0}, {0}], [True, True]) == [0, 0]
    assert merged_groups([{1}, {1}, {0}], [True] * 3) == [1, 1, 0]
    assert merged_groups([{1, 0}, {1, 0}, {0}], [True] * 3) == [1, 1, 1]
    assert merged_groups([{4}, {4}, {5}], [False, True, True]) == [0, 0, 0], "one shape is no group"


def test_a_truth_from_elsewhere_is_one_more_job() -> None:
    right = task([BOX, Thing("ellipse", 1, 3)], []).replace(jobs=())
    names = Frames.of(["sub/b.png", "c.png"], 240, 240)
    build = DatasetBuilder(frames=names)
    build.add_shape("rectangle", 0, build.add_label("car"), [8, 8, 28, 22], id=5)
    build.add_shape("rectangle", 1, build.add_label("van"), [8, 8, 28, 22], id=6)
    judged = with_truth(build.dataset(), right.replace(shapes=right.shapes.replace(job=np.full(2, -1))))
    assert judged.frames.names == ("sub/b.png", "c.png", "a.png")
    assert [(job.id, job.type, job.included) for job in judged.jobs] == [
        (1, "annotation", None),
        (2, "ground_truth", (0, 2)),
    ]
    assert judged.shapes.frame.tolist() == [0, 1, 2, 0]
    assert judged.shapes.id.tolist() == [5, 6, 0, 1]
    result = report(judged)
    assert conflicts_of(result) == {"missing_annotation": 1, "extra_annotation": 1}, "a.png is not in the job's range"
    assert result.labels[:2] == ["car", "van"]


def test_pictures_of_other_names_cannot_be_judged() -> None:
    given = task([BOX], []).replace(jobs=())
    other = given.replace(frames=Frames.of(["x.png", "y.png"], 240, 240))
    with pytest.raises(InputError, match="no picture of the ground truth has the name of one that is judged"):
        with_truth(other, given)


def test_a_task_without_ground_truth_is_not_configured() -> None:
    given = task([BOX], [BOX])
    none = given.replace(jobs=given.jobs[:1]).select(shapes=given.shapes.job == 0)
    result = project_report([(7, given), (8, none)], QualitySettings())
    tasks = result.project["comparison_summary"]["tasks"]
    assert (tasks["not_configured"], tasks["included_count"]) == ([8], 1)
    assert result.as_dict()["corrected"]["project"]["accuracy"] == 1


def replicas(*things: list[Thing], **changes: Any) -> Dataset:
    """Replicas of one job."""
    jobs = [Job(2 + row, "consensus_replica", 0, 1, parent_job=1, state="completed") for row in range(len(things))]
    each = [Job(1, start_frame=0, stop_frame=1), replace(jobs[0], **changes), *jobs[1:]]
    return with_jobs(dict(zip(each, ([], *things), strict=True)))


def test_attributes_that_most_replicas_say_are_those_of_the_merged_object() -> None:
    merged, _ = merge_replicas(replicas([replace(BOX, doors="4")], [BOX], [replace(BOX, doors="4")]))
    (shape,) = merged.in_job(0).shapes
    assert dict(shape.attributes) == {"doors": "4.0"}  # as the server has numbers


def test_replicas_of_a_newer_server_are_replicas_by_another_word() -> None:
    dataset = replicas([BOX], [BOX])
    jobs = tuple(replace(job, type=job.type.replace("consensus_replica", "replica")) for job in dataset.jobs)
    assert [job.type for job in jobs] == ["annotation", "replica", "replica"]
    assert merge_replicas(dataset.replace(jobs=jobs))[0].in_job(0).shapes.score.tolist() == [1.0]


@pytest.mark.parametrize(("threshold", "scores"), [(0.5, [1.0]), (0.51, [0.5, 0.5])])
def test_what_is_just_alike_enough_is_one_object(threshold: float, scores: list[float]) -> None:
    """One box is half of the other; below the threshold, not at it, they are two."""
    dataset = replicas([BOX], [BOX])
    shapes = dataset.shapes.replace(values=np.array([10.0, 10, 20, 20, 10, 10, 20, 15]))
    merged, _ = merge_replicas(dataset.replace(shapes=shapes), ConsensusSettings(iou_threshold=threshold))
    assert merged.in_job(0).shapes.score.tolist() == scores


def test_who_joins_a_cluster_is_like_each_of_it() -> None:
    """The third is like the second, which is like the first: a chain is no object."""
    shapes = (dataset := replicas([BOX], [BOX], [BOX])).shapes
    boxes = np.array([number for left in (10.0, 40.0, 70.0) for number in (left, 10, left + 100, 90)])
    settings = ConsensusSettings(iou_threshold=0.5)
    merged, _ = merge_replicas(dataset.replace(shapes=shapes.replace(values=boxes)), settings)
    assert merged.in_job(0).shapes.score.tolist() == [0.67, 0.33]
    assert merged.in_job(0).shapes.boxes()[:, 0].tolist() == [10, 70]


def test_two_of_one_replica_in_a_cluster_are_one_voice() -> None:
    """The third replica has two boxes: the first's finds one of them and the second's the other, both in one go."""
    dataset = replicas([BOX], [BOX], [BOX, BOX])
    edges = [(10.0, 110.0), (20.0, 120.0), (8.0, 108.0), (22.0, 122.0)]
    shapes = dataset.shapes.replace(values=np.array([number for x, to in edges for number in (x, 0, to, 10)]))
    merged, _ = merge_replicas(dataset.replace(shapes=shapes), ConsensusSettings(iou_threshold=0.5))
    assert merged.in_job(0).shapes.score.tolist() == [1.0]


def test_a_merge_takes_one_of_each_and_says_what_it_stands_for() -> None:
    merged, losses = merge_replicas(replicas([BOX], [replace(BOX, shift=1.0)], [Thing("rectangle", 1, 9)]))
    own = merged.in_job(0)
    assert own.shapes.score.tolist() == [0.67, 0.33]
    assert own.shapes.frame.tolist() == [0, 1]
    assert [str(loss) for loss in losses] == [
        "changed: 1 x shape: another replica's stands for it in the consensus (frames 0)"
    ]
    assert merged.jobs[0].state == "completed"
    assert len(merged.shapes) == 5, "the replicas stay"


def test_one_replica_is_enough() -> None:
    merged, losses = merge_replicas(replicas([Thing(kind, 0, cell) for cell, kind in enumerate(KINDS)]))
    own = merged.in_job(0).shapes
    assert own.score[own.parent < 0].tolist() == [1.0] * len(KINDS)
    assert not losses


def test_ellipses_have_two_decimals_as_boxes() -> None:
    merged, _ = merge_replicas(replicas([Thing("ellipse", 0, 0, shift=0.004)]))
    assert merged.in_job(0).shapes.values.tolist() == [18.0, 16.0, 28.0, 9.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parent_job": None}, "the parent of replica 2 is none, expected an annotation job of the task"),
        ({"parent_job": 9}, "the parent of replica 2 is job 9, which is not there, expected"),
        ({"state": "new"}, "No annotation jobs in the annotation stage or no consensus_replica jobs"),
    ],
)
def test_replicas_that_cannot_be_merged(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        merge_replicas(replicas([BOX], **changes))


def test_no_replicas_no_consensus() -> None:
    with pytest.raises(InputError, match="Consensus is not enabled in this task"):
        merge_replicas(task([BOX], []))


def test_frames_that_are_empty_on_one_side_count_for_that_side() -> None:
    """Three frames of a label and of none: two objects of the ground truth alone, one of both, and nothing."""
    matrix = np.zeros((3, 3, 3), np.int64)
    matrix[0, 0, 2], matrix[1, 1, 1] = 2, 1
    none = np.zeros((3, 4), np.int64)
    numbers = Numbers(matrix, none, none, np.ones(3))
    counts = of_job(numbers, np.arange(3), 3, (), empty=True).counts
    assert counts == {
        "valid_count": 2, "missing_count": 0, "extra_count": 2, "total_count": 5, "ds_count": 4, "gt_count": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ids", "numbers"),
    [
        (([-1, -1], [-1]), ([1, 2], [3])), (([4, 5], [6, 7]), ([4, 5], [6, 7])), (([4, 5], [5, 6]), ([4, 1], [5, 6])),
        (([3, 3], [1, -1]), ([3, 2], [1, 4])), (([0, -1], []), ([0, 1], [])), (([], []), ([], [])),
    ],
)  # fmt: skip
def test_each_job_has_a_number_of_its_own(ids: tuple[list[int], ...], numbers: tuple[list[int], ...]) -> None:
    last = {True: "ground_truth", False: "annotation"}
    tasks = [
        Dataset(jobs=tuple(Job(job, last[job == 5 and row > 0]) for row, job in enumerate(of_task))) for of_task in ids
    ]
    assert tuple([job.id for job in dataset.jobs] for dataset in with_job_numbers(tasks)) == numbers


def test_jobs_without_numbers_are_all_in_the_report() -> None:
    whole = task(BOXES, BOXES)
    first, truth = whole.jobs
    jobs = (replace(first, id=-1, stop_frame=0), replace(truth, id=-1), replace(first, id=-1, start_frame=1))
    result = report(whole.replace(jobs=jobs))
    assert [*result.jobs] == [1, 3]
    assert [*project_report([(1, whole), (2, whole)], QualitySettings()).as_dict()["jobs"]] == ["1", "3"]
