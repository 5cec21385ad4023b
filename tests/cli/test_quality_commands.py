"""quality and consensus on the command line: what they print, write, refuse, and how they end."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from annotools.convert.reading import read
from annotools.quality import report
from tests.cli.conftest import STREET, Run
from tests.quality.vectors import differences, task_files, vectors, written


def test_text_has_tables_of_jobs_labels_frames_and_conflicts(run: Run) -> None:
    result = run("quality", STREET)
    assert result.exit_code == 0
    first, head, *rows = result.stdout.splitlines()
    assert first.startswith(f"{STREET}: accuracy 0.833, precision 0.870, recall 0.909; 4 errors, 9 warnings on 3 of 8")
    assert head.split() == ["job", "frames", "accuracy", "precision", "recall", "similarity", "errors", "warnings"]
    assert [row.split()[0] for row in rows[:3]] == ["1", "2", "task"]
    frames = result.stdout.partition("worst frames")[2].splitlines()[2:5]
    assert [row.split()[0] for row in frames] == ["5", "2", "0"], "most errors first"
    assert re.search(r"error +extra annotation +wheel +2 +5", result.stdout.partition("what to look at")[2])


def test_json_is_the_servers_documents(run: Run) -> None:
    plain, named = run("quality", STREET, "--json"), run("quality", STREET, "--format", "json")
    assert plain.stdout == named.stdout
    assert json.loads(plain.stdout) == json.loads(json.dumps(report(read(STREET, by_job=True).dataset).as_dict()))


@pytest.mark.parametrize("name", ["q02-box-iou-exactly-0.4", "q56-empty-is-annotated", "q75-honeypots"])
def test_settings_and_layouts_of_a_bundle_reach_the_report(run: Run, name: str) -> None:
    given = vectors("quality")[name]
    written(task_files(given["input"]), Path("task"))
    Path("settings.json").write_text(json.dumps(given["input"]["settings"]), "utf-8")
    answer = json.loads(run("quality", "task", "--settings", "settings.json", "--json").stdout)
    assert differences(answer["task"], given["output"]["task"]["data"]) == []
    for number, document in given["output"]["jobs"].items():
        assert differences(answer["jobs"][number], document["data"]) == []


def test_several_tasks_are_a_project(run: Run) -> None:
    given = vectors("project")["p01-two-tasks-extrapolated"]
    for task in given["input"]["tasks"]:
        files = task_files({**task, "labels": given["input"]["labels"]}, task["id"])
        written(files, Path(f"task{task['id']}"))
    document = json.loads(run("quality", "task1", "task2", "--json").stdout)
    assert differences(document["project"], given["output"]["project"]["data"]) == []
    assert document["tasks"].keys() == {"1", "2"}
    text = run("quality", "task1", "task2").stdout
    assert text.startswith("2 tasks, extrapolated to all of their frames")
    assert all(f"task{number}: accuracy" in text for number in (1, 2))


@pytest.mark.parametrize(
    ("ids", "numbers"),
    [
        ((7, 3), ("7", "3")), ((0, 3), ("0", "3")), ((None, 3), ("1", "2")), ((3, None), ("1", "2")),
        ((3, 3), ("1", "2")), ((None, None), ("1", "2")),
    ],
)  # fmt: skip
def test_tasks_without_numbers_of_their_own_are_counted(
    run: Run, ids: tuple[int | None, ...], numbers: tuple[str, ...]
) -> None:
    for index, number in enumerate(ids):
        shutil.copytree(STREET, f"task{index}")
        task_file = Path(f"task{index}/task.json")
        task = json.loads(task_file.read_text("utf-8")) | {"id": number}
        if number is None:
            del task["id"]
        task_file.write_text(json.dumps(task), "utf-8")
    document = json.loads(run("quality", "task0", "task1", "--json").stdout)
    assert tuple(document["tasks"]) == numbers


def test_csv_is_the_confusion_matrix(run: Run) -> None:
    rows = list(csv.reader(io.StringIO(run("quality", STREET, "--format", "csv").stdout, newline="")))
    labels = rows[0][1:-1]
    assert (rows[0][0], labels[0], labels[-1], rows[0][-1]) == ("label", "car", "unmatched", "precision")
    assert rows[1] == ["car", "4", *["0"] * (len(labels) - 1), "1.0"]
    named = {row[0]: row[1:] for row in rows}
    assert named["dice coefficient"][labels.index("wheel")] == str(2 * 2 / (4 + 2))
    assert named["dice coefficient"][-1] == "nan"
    assert float(named["avg. accuracy (micro)"][0]) == pytest.approx(20 / 24)


class Page(HTMLParser):
    """What a page loads and says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href") and value]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_html_is_one_page_with_both_sides_of_the_worst_frames(run: Run) -> None:
    page = Page(run("quality", STREET, "--format", "html").stdout)
    assert "Confusion matrix" in page.words
    assert page.tags.count("svg") == 2 * 3, "three frames with conflicts"
    assert page.tags.count("image") == 2 * 3
    assert all(link.startswith("data:image/jpeg;base64,") for link in page.links)
    assert "script" not in page.tags


def test_names_of_strangers_are_only_text(run: Run) -> None:
    evil = "<script>alert(1)</script>|`"
    given = vectors("quality")["q80-two-types-conflict-order"]["input"]
    given["labels"][0]["name"] = evil
    given["frames"][0]["name"] = "<img src=x>.png"
    written(task_files(given), Path("evil"))
    page = Page(run("quality", "evil", "--format", "html").stdout)
    assert evil in page.words
    assert "<img src=x>.png" in page.words
    assert not {"script", "img"} & set(page.tags)
    table = run("quality", "evil", "--format", "markdown").stdout
    assert "``<script>alert(1)</script>\\|` `` |" in table.replace("`` <script>", "``<script>")
    suites = ElementTree.fromstring(run("quality", "evil", "--format", "junit").stdout)
    assert any("<img src=x>" in case.get("name", "") for case in suites.iter("testcase"))


def test_junit_fails_where_frames_have_errors(run: Run) -> None:
    suites = ElementTree.fromstring(run("quality", STREET, "--format", "junit", "--fail-under", "0.95").stdout)
    failed = {
        (suite.get("name"), case.get("name")) for suite in suites for case in suite if case.find("failure") is not None
    }
    assert failed == {
        (f"{STREET}: job 1", "accuracy"), (f"{STREET}: job 1", "frame 2 north/street 03.jpg"),
        (f"{STREET}: job 2", "accuracy"), (f"{STREET}: job 2", "frame 5 south/street.02.jpg"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code"),
    [(["0.8"], 0), (["0.9"], 1), (["0.9", "--metric", "recall"], 0), (["0.9", "--metric", "precision"], 1)],
)
def test_a_goal_that_is_missed_ends_with_1(run: Run, words: list[str], code: int) -> None:
    result = run("quality", STREET, "--fail-under", *words)
    assert result.exit_code == code
    assert ("expected 0.9 or more" in result.stderr) == bool(code)


def test_any_two_formats_can_be_compared(run: Run) -> None:
    run("convert", STREET, "--to", "coco", "-o", "a.zip", "--no-images")
    run("convert", STREET, "--to", "coco", "-o", "b.zip", "--no-images", "--transform", "drop-labels=road")
    result = run("quality", "a.zip", "--truth", "a.zip", "--fail-under", "1")
    assert result.exit_code == 0, result.output
    document = json.loads(run("quality", "a.zip", "--truth", STREET, "--json").stdout)
    by_type = document["task"]["comparison_summary"]["conflicts_by_type"]
    assert by_type["missing_annotation"] >= 7, "COCO has no polylines"


def test_a_backup_is_judged_by_the_ground_truth_in_it(run: Run) -> None:
    files = {
        "task.json": {
            "name": "b", "version": "1.0", "labels": [{"name": "car", "type": "any", "attributes": []}],
            "data": {"start_frame": 0, "stop_frame": 1, "chunk_size": 72},
            "jobs": [
                {"status": "annotation", "type": "annotation", "start_frame": 0, "stop_frame": 1},
                {"status": "completed", "type": "ground_truth", "start_frame": 0, "stop_frame": 1, "frames": [1]},
            ],
        },
        "annotations.json": [
            {"version": 0, "tags": [], "tracks": [], "shapes": [backed_up(0), backed_up(1)]},
            {"version": 0, "tags": [], "tracks": [], "shapes": [backed_up(1)]},
        ],
    }  # fmt: skip
    rows = [{"name": f"{n}", "extension": ".png", "width": 50, "height": 50, "meta": {}} for n in (0, 1)]
    lines = [{"version": "1.1"}, {"type": "images"}, *rows]
    with zipfile.ZipFile("backup.zip", "w") as archive:
        for name, value in files.items():
            archive.writestr(name, json.dumps(value))
        archive.writestr("data/manifest.jsonl", "\n".join(map(json.dumps, lines)))
    document = json.loads(run("quality", "backup.zip", "--json").stdout)
    assert [*document["jobs"]] == ["1"], "a backup does not say the numbers of jobs"
    assert "\n1     1 of 2" in run("quality", "backup.zip").stdout
    assert document["task"]["comparison_summary"]["frames"] == [1]
    assert document["task"]["comparison_summary"]["annotations"]["accuracy"] == 1


def backed_up(frame: int) -> dict[str, object]:
    """A rectangle of a backup."""
    return {"type": "rectangle", "label": "car", "frame": frame, "points": [1, 1, 9, 9], "attributes": []}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["quality", "examples/replicas"], 3, "examples/replicas: Quality reports require a Ground Truth job"),
        (["consensus", STREET, "-o", "out"], 3, f"{STREET}: Consensus is not enabled in this task"),
        (["quality", STREET, "--settings", "high.json"], 2, "iou_threshold is 2: Value must be in the range [0; 1]"),
        (["consensus", "examples/replicas", "-o", "out", "--settings", "high.json"], 2, "Value must be in the range"),
        (["quality", STREET, "--settings", "list.json"], 3, "list.json: is not an object, expected settings by name"),
        (["quality", STREET, "--settings", "broken.json"], 3, "broken.json: is not JSON"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_clear_line(run: Run, words: list[str], code: int, message: str) -> None:
    for name, text in (("high", '{"iou_threshold": 2}'), ("list", "[]"), ("broken", "{")):
        Path(f"{name}.json").write_text(text, "utf-8")
    result = run(*words)
    assert result.exit_code == code
    assert len(result.stderr.splitlines()) == 1
    assert message in result.stderr
    assert not result.stdout


def test_consensus_writes_the_parent_jobs(run: Run) -> None:
    result = run("consensus", "examples/replicas", "-o", "merged")
    assert result.exit_code == 0, result.output
    assert "1       0       6              2" in result.stdout
    assert "another replica's stands for it" in result.stdout
    shapes = json.loads(Path("merged/jobs/1/annotations.json").read_text("utf-8"))["shapes"]
    assert sorted(shape["score"] for shape in shapes) == [0.33, 0.67, 0.67, 0.67, 1, 1]
    assert {shape["source"] for shape in shapes} == {"consensus"}
    assert json.loads(Path("merged/jobs/1/job.json").read_text("utf-8"))["state"] == "completed"


def test_consensus_into_another_format_and_as_json(run: Run) -> None:
    Path("alone.json").write_text('{"iou_threshold": 1}', "utf-8")
    words = ("consensus", "examples/replicas", "-o", "m.zip", "--to", "coco", "--settings", "alone.json", "--json")
    document = json.loads(run(*words).stdout)
    assert document["jobs"] == [{"job": "1", "tags": 0, "shapes": 12, "agreed": 0}], "of 13, a sign is the same twice"
    assert any("replicas and ground truth" in loss["why"] for loss in document["losses"])
    assert len(read("m.zip").dataset.shapes) == 12
