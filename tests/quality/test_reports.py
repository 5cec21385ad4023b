"""Reports as text, of a task whose numbers were counted by hand.

Frame 0: a car that agrees, one taken for a person, two that are 2 px off, one missing.
Frame 1: a mask of a person that agrees, three lines too many.
Of 9 objects 4 are right, 8 are in the job and 6 in the ground truth; a box of 20 x 14 px that is 2 px off both ways
shares 18 * 12 of 2 * 20 * 14 - 18 * 12 px.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from xml.etree import ElementTree

import pytest

from annotools.quality import QualitySettings, project_report, report
from annotools.quality.reports import FORMATS, Goal, Judged, render, summary
from annotools.quality.reports.drawing import sides
from annotools.quality.reports.html import _is_number
from annotools.quality.reports.markdown import code
from tests.quality.tasks import KINDS, Thing, task

BOXES = [Thing("rectangle", 0, 0), Thing("rectangle", 0, 1), Thing("rectangle", 0, 2), Thing("rectangle", 0, 7)]
TRUTH = [*BOXES, Thing("rectangle", 0, 3), Thing("mask", 1, 5, label=1)]
JOB = [
    Thing("rectangle", 0, 0), Thing("rectangle", 0, 1, label=1), Thing("rectangle", 0, 2, shift=2),
    Thing("rectangle", 0, 7, shift=2), Thing("mask", 1, 5, label=1),
    *(Thing("polyline", 1, cell, label=2) for cell in (8, 9, 10)),
]  # fmt: skip
REPORT = report(task(JOB, TRUTH))
STREET = [Judged("street", REPORT)]
BARE = [*STREET, Judged("bare", None)]


def _text(form: str, judged: list[Judged] = STREET, goal: Goal | None = None) -> str:
    return "".join(render(form, judged, None, goal))


def test_jobs_and_the_task() -> None:
    one = ("2 of 2", "0.444", "0.500", "0.667", "0.451", 5, 2)  # (3.256 / 5 + 1 / 4) / 2
    assert summary.job_rows(REPORT) == [("1", *one), ("task", *one)]
    assert summary.headline(REPORT) == (
        "accuracy 0.444, precision 0.500, recall 0.667; 5 errors, 2 warnings on 2 of 2 frames"
    )


def test_labels_that_occur_and_what_they_are_taken_for() -> None:
    assert summary.label_rows(REPORT) == [
        ("car", 5, 3, 3, "1.000", "0.600", "person (1)"), ("person", 1, 2, 1, "0.500", "1.000", ""),
        ("road", 0, 3, 0, "0.000", "0.000", ""),
    ]  # fmt: skip


def test_conflicts_with_errors_and_many_of_them_first() -> None:
    rows = [
        ("error", "extra annotation", "road", 3, "1"), ("error", "missing annotation", "car", 1, "0"),
        ("error", "mismatching label", "car", 1, "0"), ("warning", "low overlap", "car", 2, "0"),
    ]  # fmt: skip
    assert summary.conflict_rows(REPORT) == rows
    assert summary.conflict_rows(REPORT, 2) == rows[:2]


def test_conflicts_as_frequent_stand_in_the_order_of_labels() -> None:
    truth = [Thing("rectangle", 0, cell, label=label) for cell, label in ((0, 2), (1, 0), (2, 1))]
    assert [row[2] for row in summary.conflict_rows(report(task([], truth)))] == ["car", "person", "road"]


def test_a_goal_that_nobody_sets_is_that_of_the_settings() -> None:
    settings = QualitySettings()
    assert Goal() == Goal(settings.target_metric, settings.target_metric_threshold) == Goal("accuracy", 0.7)


def test_frames_with_most_errors_first_whatever_the_warnings() -> None:
    rows = [
        (1, "b.png", "1", "0.250", 3, 0, "3 extra annotation"),
        (0, "a.png", "1", "0.600", 2, 2, "2 low overlap, missing annotation, mismatching label"),
    ]
    assert summary.frame_rows(REPORT) == rows
    assert summary.frame_rows(REPORT, 1) == rows[:1]
    assert summary.frame_rows(report(task(BOXES, BOXES))) == []


def test_of_frames_with_as_many_errors_that_with_more_conflicts_and_then_the_first_is_worst() -> None:
    truth = [Thing("rectangle", frame, 0) for frame in (0, 1)]
    worse = report(task([Thing("rectangle", 1, 2, shift=2)], [*truth, Thing("rectangle", 1, 2)]))
    assert [frame.frame for frame in summary.worst_frames(worse)] == [1, 0]
    assert [frame.frame for frame in summary.worst_frames(report(task([], truth)))] == [0, 1]


def test_the_table_of_numbers() -> None:
    rows = [row for row in csv.reader(_text("csv").splitlines()) if row]
    assert [row[0] for row in rows] == [
        "label", "car", "person", "road", "body", "unmatched", "recall", "dice coefficient", "jaccard index", "",
        "avg. accuracy (micro)", "avg. dice coefficient (macro)",
    ]  # fmt: skip
    assert rows[0] == ["label", "car", "person", "road", "body", "unmatched", "precision"]
    numbers = {row[0]: [float(cell) for cell in row[1:]] for row in rows[1:] if row[0]}
    nan = float("nan")
    assert numbers == {
        "car": [3, 0, 0, 0, 0, 1], "person": [1, 1, 0, 0, 0, 0.5], "road": [0, 0, 0, 0, 3, 0],
        "body": [0, 0, 0, 0, 0, 0], "unmatched": [1, 0, 0, 0, 0, 0],
        "recall": pytest.approx([0.6, 1, 0, 0, 0]),
        "dice coefficient": pytest.approx([6 / 8, 2 / 3, 0, nan, nan], nan_ok=True),
        "jaccard index": pytest.approx([3 / 5, 1 / 2, 0, 0, 0]),
        "avg. accuracy (micro)": pytest.approx([4 / 9]),
        "avg. dice coefficient (macro)": pytest.approx([(6 / 8 + 2 / 3) / 3]),
    }  # fmt: skip


def test_a_table_without_jobs_has_no_mean() -> None:
    rows = list(csv.reader(_text("csv", [Judged("empty", report(task([], BOXES)))]).splitlines()))
    assert rows[-1] == ["avg. dice coefficient (macro)", "nan"]


@pytest.mark.parametrize(("metric", "least", "low"), [
    ("accuracy", 0.444, False), ("accuracy", 4 / 9, False), ("accuracy", 0.445, True), ("precision", 0.5, False),
    ("precision", 0.51, True), ("recall", 0.66, False), ("recall", 0.67, True),
])  # fmt: skip
def test_suites_fail_below_the_goal_and_on_frames_with_errors(metric: str, least: float, low: bool) -> None:
    suites = ElementTree.fromstring(_text("junit", BARE, Goal(metric, least)).partition("\n")[2])
    assert [dict(suite.attrib) for suite in suites] == [
        {"name": "street: job 1", "tests": "3", "failures": f"{2 + low}"},
        {"name": "bare", "tests": "1", "failures": "1"},
    ]
    first, *frames = suites[0]
    assert first.attrib == {"classname": "street: job 1", "name": metric}
    value = {"accuracy": "0.444", "precision": "0.500", "recall": "0.667"}[metric]
    messages = [failure.attrib["message"] for failure in first]
    assert messages == ([f"{metric} is {value}, expected {least:g} or more"] if low else [])
    assert [(case.attrib["name"], case[0].attrib["message"]) for case in frames] == [
        ("frame 0 a.png", "2 errors"), ("frame 1 b.png", "3 errors"),
    ]  # fmt: skip
    assert (frames[0][0].text or "").splitlines()[-1] == (
        "error: mismatching_label: shape 1 of job 1, shape 101 of job 2"
    )


def test_a_frame_with_warnings_alone_passes_and_says_them() -> None:
    near = [Judged("near", report(task([Thing("rectangle", 0, 2, shift=2)], [Thing("rectangle", 0, 2)])))]
    suite = ElementTree.fromstring(_text("junit", near).partition("\n")[2])[0]
    assert [[child.tag for child in case] for case in suite] == [[], ["system-out"], []]
    assert suite[1][0].text == "warning: low_overlap: shape 0 of job 1, shape 100 of job 2"


def test_markdown() -> None:
    text = _text("markdown", BARE, Goal("accuracy", 4 / 9))
    assert "✅ **accuracy 0.444" in text
    assert "❌ **accuracy 0.444" in _text("markdown", goal=Goal("accuracy", 0.45))
    for line in (
        "### annotools quality `street`", "### annotools quality `bare`", "no accepted ground truth",
        "| 1 | 2 of 2 | 0.444 | 0.500 | 0.667 | 0.451 | 5 | 2 |", "|---|---|---|---|---|---|---|---|",
        "| `car` | 5 | 3 | 3 | 1.000 | 0.600 | `person (1)` |", "| `road` | 0 | 3 | 0 | 0.000 | 0.000 |  |",
        "| error | extra annotation | `road` | 3 | 1 |", "| 1 | `b.png` | 1 | 0.250 | 3 | 0 | 3 extra annotation |",
    ):  # fmt: skip
        assert line in text.splitlines()
    assert re.findall("<summary>(.*?)</summary>", text) == ["What to look at", "Worst frames"]
    assert "<details>" not in _text("markdown", [Judged("good", report(task(BOXES, BOXES)))])


@pytest.mark.parametrize(("text", "expected"), [
    ("car", "`car`"), ("a|b", "`a\\|b`"), ("`", "`` ` ``"), ("a``b`", "``` a``b` ```"), (" ", "`   `"), ("", "`  `"),
])  # fmt: skip
def test_code_spans(text: str, expected: str) -> None:
    assert code(text) == expected


def test_the_page() -> None:
    page = _text("html", BARE, Goal("recall", 0.5))
    assert re.findall(r'<div class="card(.*?)"><b>([\d.]+)</b>(\w+)', page) == [
        ("", "0.444", "accuracy"), ("", "0.500", "precision"), (" good", "0.667", "recall"),
    ]  # fmt: skip
    assert '<div class="card bad"><b>0.667</b>recall' in _text("html", goal=Goal("recall", 0.7))
    assert re.findall("<h2>(.*?)</h2>", page) == [
        "Jobs",
        "Labels",
        "Confusion matrix",
        "What to look at",
        "Worst frames",
    ]
    assert re.findall("<h1>(.*?)</h1>", page) == ["street", "bare"]
    # a row a label that occurs: body does not; the share is that of the column
    assert re.findall(r'<td class="n (\w+)" style="--share:([\d.]+)">(\d+)', page) == [
        ("right", "0.60", "3"), ("off", "0.20", "1"), ("right", "1.00", "1"), ("off", "1.00", "3"),
        ("off", "0.20", "1"),
    ]  # fmt: skip
    assert re.findall("<h3>(.*?)</h3>", page) == ["frame 1 b.png, job 1", "frame 0 a.png, job 1"]
    assert "<tr><td>car<td class=n>5<td class=n>3<td class=n>3<td class=n>1.000<td class=n>0.600<td>person (1)" in page
    assert "No conflict on any frame." in _text("html", [Judged("good", report(task(BOXES, BOXES)))])


def _classes(picture: str) -> Counter[str]:
    return Counter(re.findall('<g class="(.*?)">', picture))


def test_objects_are_drawn_in_the_colour_of_their_fate() -> None:
    truth, job = sides(REPORT, 0, None)
    assert _classes(truth) == {"agrees": 1, "wrong": 1, "warning": 2, "alone": 1}
    assert _classes(job) == {"agrees": 1, "wrong": 1, "warning": 2}
    truth, job = sides(REPORT, 1, None)
    assert (_classes(truth), _classes(job)) == ({"agrees": 1}, {"agrees": 1, "alone line": 3})
    assert truth.startswith(
        '<svg viewBox="0 0 240 240" width="520" role=img><g class="agrees"><title>person 105: agrees'
    )


def test_every_kind_is_drawn() -> None:
    things = [Thing(kind, 0, 0, label=1) for kind in KINDS]
    truth, _ = sides(report(task([], things)), 0, None)
    corners = [path.count(",") for path in re.findall('<path d="M?(.*?)"', truth)]
    rectangle, ellipse, *others = corners
    assert (rectangle, others) == (5, [4, 5, 3, 0, 0])  # closed but for the line; points and skeletons are dots
    assert ellipse > 16
    assert re.findall('<circle cx="(.*?)" cy="(.*?)" r="2.00"/>', truth) == [
        (f"{x + 8:.2f}", f"{y + 8:.2f}") for x, y in ((0, 0), (18, 2), (5, 16), (0, 0), (12, 5), (3, 20))
    ]
    assert truth.count('d="M8.00,8.00 28.00,8.00 28.00,22.00 8.00,22.00 8.00,8.00"') == 1


def test_documents_of_one_task_and_of_a_project() -> None:
    assert json.loads(_text("json")) == REPORT.as_dict()
    project = project_report([(1, task(JOB, TRUTH)), (2, task(BOXES, BOXES))], QualitySettings())
    judged = [*STREET, Judged("good", report(task(BOXES, BOXES)))]
    for form in FORMATS:
        assert "".join(render(form, judged, project)) != _text(form)
    assert json.loads("".join(render("json", judged, project))) == project.as_dict()
    metrics = project.project["comparison_summary"]["annotations"]
    assert metrics["accuracy"] == pytest.approx(8 / 13)
    assert "### annotools quality: 2 tasks\n\n**accuracy 0.615" in "".join(render("markdown", judged, project))
    assert "<h1>2 tasks</h1>" in "".join(render("html", judged, project))


@pytest.mark.parametrize(
    ("cell", "number"),
    [(3, True), (0.5, True), (-1.5, True), (1e-07, True), ("12", True), ("0.5", True), ("-", True),
     ("", False), ("car", False), ("1.2.3", False), ("12 px", False)],
)  # fmt: skip
def test_numbers_stand_on_the_right(cell: object, number: bool) -> None:
    assert _is_number(cell) is number
