"""API bundles: what the server returned comes back, what is wrong is said and costs no more than itself."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import annotools as at
from annotools.errors import InputError, Problems, UsageError
from annotools.formats.base import Options, Read
from annotools.formats.cvat_json.api import FORMAT
from annotools.formats.cvat_json.columns import Columns
from annotools.formats.cvat_json.decode import CHUNK, Decoder
from annotools.formats.cvat_json.split import plain_text
from annotools.model import Dataset, DatasetBuilder, Job, Owner, fit
from annotools.model.canonical import differing
from annotools.storage import open_source, write_members
from annotools.tracks import interpolate
from annotools.transform import run
from tests.datasets import FULL, FULL_JOBS

HERE = Path(__file__)
SMALL = HERE.parents[1] / "data" / "cvat_api"
GOLDEN = HERE.parents[3] / "shared" / "golden"
RECTANGLE = {"type": "rectangle", "label_id": 1, "frame": 0, "points": [1, 2, 3, 4]}


def read(where: Path, **options: Any) -> Read:
    assert FORMAT.read is not None
    with open_source(where) as source:
        return FORMAT.read(source, None, Options(**options))


def write(dataset: Dataset, where: Path) -> Path:
    """Through the whole way of a conversion."""
    assert FORMAT.write is not None
    dataset, _ = run(dataset, FORMAT.steps(Options()))
    dataset, _ = fit(dataset, FORMAT.keeps)
    write_members(where, FORMAT.write(dataset, None, Options()))
    return where


def one(**changes: Any) -> Any:
    """A document with one shape."""
    return {"shapes": [RECTANGLE | changes]}


def decoded(document: Any) -> tuple[Dataset, list[str]]:
    """A document, given as a JSON value or as bytes, and its problems."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    problems = Problems("a.json")
    columns = Columns()
    Decoder(columns, problems).add(data)
    return Dataset(**columns.parts()), [str(problem).removeprefix("a.json:") for problem in problems]


def meant(value: Any) -> Any:
    """A JSON value without the key that the server adds to tracks it has put together."""
    if isinstance(value, dict):
        return {key: meant(item) for key, item in value.items() if key != "keyframe"}
    return [meant(item) for item in value] if isinstance(value, list) else value


def jobs_of(bundle: Path) -> list[int]:
    return sorted(int(folder.name) for folder in (bundle / "jobs").iterdir())


BUNDLES = [SMALL, *sorted(GOLDEN.glob("*/inputs"))]
JOBS = [(bundle, job) for bundle in BUNDLES for job in jobs_of(bundle)]


def load(where: Path, name: str) -> Any:
    return json.loads((where / name).read_bytes())


def same_where_both_say(ours: Any, theirs: Any, place: str = "") -> None:
    """What we write is a part of what the server returns."""
    if isinstance(ours, dict):
        for key, value in ours.items():
            assert key in theirs, f"{place}/{key}"
            same_where_both_say(value, theirs[key], f"{place}/{key}")
    elif isinstance(ours, list):
        assert len(ours) == len(theirs), place
        for row, pair in enumerate(zip(ours, theirs, strict=True)):
            same_where_both_say(*pair, f"{place}/{row}")
    else:
        assert ours == theirs, place


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.parent.name)
def test_what_the_server_returned_is_written_again(bundle: Path, tmp_path: Path) -> None:
    found = read(bundle)
    assert found.problems == ()
    written = write(found.dataset, tmp_path / "out")
    assert load(written, "annotations.json") == meant(load(bundle, "annotations.json"))
    same_where_both_say(load(written, "labels.json"), load(bundle, "labels.json")["results"])
    for name in ["data_meta.json", "task.json", *(f"jobs/{job}/data_meta.json" for job in jobs_of(bundle))]:
        same_where_both_say(load(written, name), load(bundle, name))
    for job in jobs_of(bundle):
        same_where_both_say(load(written, f"jobs/{job}/job.json"), load(bundle, f"jobs/{job}/job.json"))


@pytest.mark.parametrize(("bundle", "job"), JOBS, ids=[f"{bundle.parent.name}-{job}" for bundle, job in JOBS])
def test_the_annotations_of_a_job_are_written_again(bundle: Path, job: int, tmp_path: Path) -> None:
    found = read(bundle, job=job)
    assert [one.id for one in found.dataset.jobs] == [job]
    assert set(found.dataset.shapes.job.tolist()) <= {0}
    written = write(found.dataset, tmp_path / "out")
    assert load(written, "annotations.json") == meant(load(bundle, f"jobs/{job}/annotations.json"))
    assert differing(read(written).dataset, found.dataset) == []
    same_where_both_say(load(written, "job.json"), load(bundle, f"jobs/{job}/job.json"))


def test_a_bundle_says_what_the_task_is() -> None:
    dataset = read(SMALL).dataset
    assert dataset.task.name == "images with deleted frames"
    assert np.flatnonzero(dataset.frames.deleted).tolist() == [1, 5]
    assert [(job.start_frame, job.stop_frame) for job in dataset.jobs] == [(0, 3), (4, 7)]
    assert dataset.shapes.job.max() == -1
    skeleton = next(label for label in dataset.labels if label.type == "skeleton")
    assert 'data-label-name="head"' in skeleton.svg
    assert [part.name for part in dataset.labels.sublabels(skeleton.id)] == ["head", "neck", "hand l", "foot"]


def test_a_job_s_own_bundle_puts_its_frames_in_the_task(tmp_path: Path) -> None:
    for name in ("job.json", "data_meta.json", "annotations.json"):
        shutil.copy(SMALL / "jobs" / "88" / name, tmp_path / name)
    shutil.copy(SMALL / "labels.json", tmp_path / "labels.json")
    dataset = read(tmp_path).dataset
    assert [job.id for job in dataset.jobs] == [88]
    assert dataset.frames.names[3:6] == ("", "c/c04.jpg", "c/c05.jpg")
    assert dataset.shown_frames.tolist() == [4, 6, 7]
    assert set(dataset.shapes.job.tolist()) == {0}
    assert dataset == read(SMALL, job=88).dataset.replace(task=dataset.task, frames=dataset.frames)


def test_a_bundle_with_annotations_of_jobs_only_reads_them_all(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "bundle")
    (tmp_path / "bundle" / "annotations.json").unlink()
    dataset = read(tmp_path / "bundle").dataset
    for row, job in enumerate((87, 88)):
        one = read(SMALL, job=job).dataset
        assert len(dataset.in_job(row).shapes) == len(one.shapes) > 0


def test_without_annotations_a_bundle_is_a_context(tmp_path: Path) -> None:
    for name in ("labels.json", "data_meta.json"):
        shutil.copy(SMALL / name, tmp_path / name)
    context = read(tmp_path).dataset
    assert FORMAT.read is not None
    with open_source(SMALL / "annotations.json") as source:
        bare = FORMAT.read(source, context, Options()).dataset
    assert differing(bare, read(SMALL).dataset.replace(task=context.task, jobs=())) == []


def test_a_ground_truth_job_keeps_its_frames(tmp_path: Path) -> None:
    dataset, _ = run(FULL_JOBS, FORMAT.steps(Options()))
    truth = read(write(FULL_JOBS, tmp_path / "out")).dataset.jobs[2]
    assert (truth.type, truth.included) == ("ground_truth", (1, 4))
    meta = json.loads((tmp_path / "out/jobs/33/data_meta.json").read_bytes())
    start, step = dataset.task.start_frame, dataset.task.step
    assert meta["included_frames"] == [start + step, start + 4 * step]


def test_a_lone_ground_truth_job_comes_back(tmp_path: Path) -> None:
    ready = fit(run(FULL_JOBS, FORMAT.steps(Options()))[0], FORMAT.keeps)[0]
    write(FULL_JOBS, tmp_path / "all")
    truth = read(tmp_path / "all", job=33).dataset
    assert truth.jobs == (ready.jobs[2],)
    assert len(truth.shapes) == len(ready.in_job(2).shapes) == 3
    assert differing(read(write(truth, tmp_path / "one")).dataset, truth) == []


def lone_truth(folder: Path, *, video: bool, included: list[int]) -> Path:
    """A ground truth job of a task of every fifth frame from 2 on, as the API gives it: no task.json."""
    row = {"width": 64, "height": 48}
    listed = [row | {"name": "v.mp4"}] if video else [row | {"name": f"{number}.png"} for number in range(4)]
    meta = {"size": len(included), "start_frame": 2, "stop_frame": 17, "frame_filter": "step=5", "frames": listed}
    shapes = [{**RECTANGLE, "frame": frame} for frame in range(4)]
    members = {
        "annotations.json": {"shapes": shapes}, "labels.json": [{"id": 1, "name": "car"}],
        "data_meta.json": meta | {"included_frames": included, "deleted_frames": []},
        "job.json": {"id": 5, "task_id": 2, "type": "ground_truth", "start_frame": 0, "stop_frame": 3},
    }  # fmt: skip
    folder.mkdir()
    for name, value in members.items():
        (folder / name).write_text(json.dumps(value))
    return folder


@pytest.mark.parametrize("video", [True, False])
def test_included_frames_count_the_source(tmp_path: Path, video: bool) -> None:
    """Frames 7 and 17 of the source are 1 and 3 of the task; every format shows these two and no other."""
    where = lone_truth(tmp_path / "in", video=video, included=[7, 17])
    dataset = read(where).dataset
    names = tuple(f"frame_{number:06d}" for number in (2, 7, 12, 17)) if video else ("0.png", "1.png", "2.png", "3.png")
    assert (dataset.frames.names, dataset.jobs[0].included) == (names, (1, 3))
    at.convert(where, tmp_path / "out.json", "coco")
    images = json.loads((tmp_path / "out.json").read_bytes())["images"]
    assert [Path(image["file_name"]).stem for image in images] == [Path(names[frame]).stem for frame in (1, 3)]
    for compat in (False, True):
        at.convert(where, tmp_path / "out.xml", "cvat-images", compat=compat)
        text = (tmp_path / "out.xml").read_text()
        assert re.findall(r'<image id="(\d+)" name="([^"]+)"', text) == [("7", names[1]), ("17", names[3])]
        assert text.count("<box ") == 2
    assert read(write(dataset, tmp_path / "again")).dataset.jobs[0].included == (1, 3)


@pytest.mark.parametrize("included", [[7, 8], [1, 7], [-3, 7]])
def test_included_frames_that_no_frame_is_are_problems(tmp_path: Path, included: list[int]) -> None:
    found = read(lone_truth(tmp_path / "in", video=True, included=included))
    assert found.dataset.jobs[0].included == (1,)
    wrong = next(number for number in included if number != 7)
    said = f"included_frames is {included}, expected frames of the source from 2 with step 5, not {wrong}"
    assert [str(problem) for problem in found.problems] == [f"data_meta.json:/included_frames: {said}"]


@pytest.mark.parametrize("stop", [1, 10**12, -7])
def test_a_last_frame_that_makes_no_sense_is_a_problem(tmp_path: Path, stop: int) -> None:
    where = lone_truth(tmp_path / "in", video=True, included=[7])
    meta = json.loads((where / "data_meta.json").read_bytes())
    (where / "data_meta.json").write_text(json.dumps(meta | {"stop_frame": stop}))
    found = read(where)
    assert (len(found.dataset.frames), len(found.problems)) == (1, 1)


@pytest.mark.parametrize("slug", ["cvat-images", "cvat-video", "coco", "cvat-backup", "cvat-api"])
@pytest.mark.parametrize("kind", ["annotation", "ground_truth"])
def test_a_job_may_end_behind_the_frames_that_are_known(tmp_path: Path, slug: str, kind: str) -> None:
    where = lone_truth(tmp_path / "in", video=False, included=[7])
    (where / "job.json").write_text(json.dumps({"id": 5, "type": kind, "start_frame": 0, "stop_frame": 20}))
    at.convert(where, tmp_path / "out.zip", slug)
    shown = 1 if kind == "ground_truth" else 4
    found = at.read(tmp_path / "out.zip", slug).dataset
    objects = len(found.tracks) if slug == "cvat-video" else len(found.shapes)
    assert objects == (4 if slug in ("cvat-backup", "cvat-api") else shown)


def test_honeypots_and_replicas_come_back(tmp_path: Path) -> None:
    jobs = (Job(4, stop_frame=1, honeypots=((1, 5), (0, 6))), Job(5, "consensus_replica", 0, 1, parent_job=4))
    assert read(write(FULL.replace(jobs=jobs), tmp_path / "out")).dataset.jobs == jobs


def test_an_unknown_job_is_said_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no job 5, expected one of 87, 88"):
        read(SMALL, job=5)


def test_a_missing_member_of_a_job_is_a_problem(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "bundle")
    (tmp_path / "bundle/jobs/88/annotations.json").unlink()
    problems = read(tmp_path / "bundle", job=88).problems
    assert [str(problem) for problem in problems] == [
        "jobs/88/annotations.json: is not there, expected the job's annotations"
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], " is a list, expected an object with tags, shapes and tracks"),
        (b"null", " is null, expected an object with tags, shapes and tracks"),
        ({"shapes": None}, "/shapes: is null, expected a list"),
        ({"shapes": {}}, "/shapes: is an object, expected a list"),
        ({"shapes": [5]}, "/shapes/0: is 5, expected an object"),
        (one(points=[1, "2"]), '/shapes/0/points/1: frame 0: points has "2", expected a number'),
        (one(points=[True]), "/shapes/0/points/0: frame 0: points has true, expected a number"),
        (one(points=5), "/shapes/0/points: frame 0: points is 5, expected a list of numbers"),
        (one(frame=1.5), "/shapes/0/frame: frame is 1.5, expected a whole number"),
        (one(frame=2**70), f"/shapes/0/frame: frame is {2**70}, expected a number of at most 64 bits"),
        (one(occluded=None), "/shapes/0/occluded: frame 0: occluded is null, expected true or false"),
        ({"tags": [{"frame": 3}]}, "/tags/0: frame 3: has no label_id"),
        ({"foreign": 1}, " has only foreign, expected tags, shapes, tracks, intervals"),
        (b'{"shapes": [], "x": NaN}', "1: is not JSON: json is malformed: invalid character (byte 20)"),
    ],
)  # fmt: skip
def test_faults_are_said_with_their_place(document: Any, expected: str) -> None:
    assert decoded(document)[1] == [expected]


@pytest.mark.parametrize(
    ("word", "expected"),
    [*((word, True) for word in ("t", "y", "yes", "true", "on", "1", "ON", 1, 1.0)),
     *((word, False) for word in ("f", "n", "no", "false", "off", "0", "Off", 0))],
)  # fmt: skip
def test_flags_are_read_as_the_server_reads_them(word: Any, expected: bool) -> None:
    dataset, problems = decoded({"shapes": [RECTANGLE | {"occluded": word}]})
    assert (dataset.shapes.occluded.tolist(), problems) == ([expected], [])


def test_one_fault_costs_one_row() -> None:
    rows = [RECTANGLE | {"id": number} for number in range(3 * CHUNK)]
    rows[CHUNK + 7] = rows[CHUNK + 7] | {"type": "rectangel"}
    rows[CHUNK + 9] = rows[CHUNK + 9] | {"frame": "12", "z_order": 1.0, "occluded": "yes"}
    dataset, problems = decoded({"shapes": rows})
    assert [problem.partition(":")[0] for problem in problems] == [f"/shapes/{CHUNK + 7}/type"]
    assert dataset.shapes.id.tolist() == [n for n in range(3 * CHUNK) if n != CHUNK + 7]
    lenient = dataset.shapes.id.tolist().index(CHUNK + 9)
    shapes = dataset.shapes
    assert (shapes.frame[lenient], shapes.z_order[lenient], shapes.occluded[lenient]) == (12, 1, True)


def test_a_faulty_part_costs_the_part() -> None:
    keyframe = {"type": "points", "frame": 4, "points": [1, 2]}
    track = {"label_id": 2, "frame": 4, "shapes": [{"frame": 3}, keyframe], "elements": [7]}
    attributes = [{"spec_id": 1}, {"spec_id": 2, "value": 3.5}, {"spec_id": 3, "value": None}, 8]
    dataset, problems = decoded({"shapes": [RECTANGLE | {"attributes": attributes}], "tracks": [track]})
    assert len(problems) == 4
    assert (len(dataset.shapes), len(dataset.tracks)) == (2, 1)
    assert dataset.attributes.spec.tolist() == [2, 3]
    assert dataset.attributes.texts() == ["3.5", "None"]


def test_an_unknown_source_is_said_and_keeps_its_row() -> None:
    dataset, problems = decoded({"shapes": [RECTANGLE | {"source": "robot"}]})
    assert dataset.shapes[0].source == "manual"
    assert problems[0].startswith(
        '/shapes/0/source: frame 0: source is "robot", expected one of auto, semi-auto, manual'
    )


def test_what_the_server_stores_is_no_problem() -> None:
    odd = [
        RECTANGLE | {"frame": 2**31, "points": [9, 9, 1, 1], "label_id": 12345, "group": None, "id": None},
        RECTANGLE | {"type": "mask", "points": [7, 7, 0, 0, 1, 1], "rotation": 359, "score": 0},
        RECTANGLE | {"points": []}, {"type": "skeleton", "label_id": 3, "frame": -1}, RECTANGLE | {"client_id": 7},
    ]  # fmt: skip
    dataset, problems = decoded({"shapes": odd, "intervals": [{"label_id": 1, "start": 5, "stop": None}]})
    assert problems == []
    assert dataset.shapes.frame.tolist() == [2**31, 0, 0, -1, 0]
    assert dataset.shapes.counts.tolist() == [4, 6, 0, 0, 4]
    assert dataset.intervals.stop.tolist() == [-1]


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_document_keeps_its_whole_rows(place: float) -> None:
    data = json.dumps({"shapes": [RECTANGLE | {"id": n, "z_order": n} for n in range(200)]}).encode()
    end = int(len(data) * place)
    dataset, problems = decoded(data[:end])
    assert dataset.shapes.id.tolist() == list(range(data[:end].count(b"}")))
    assert len(problems) == 1


def test_deep_nesting_and_endless_numbers_are_problems() -> None:
    deep = b'{"shapes": [' + b"[" * 100_000 + b"]" * 100_000 + b', {"type": "mask", "label_id": ' + b"9" * 5000 + b"}]}"
    _, problems = decoded(deep)
    assert [problem.partition(":")[0] for problem in problems] == ["/shapes/0", "/shapes/1/label_id", "/shapes/1"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "annotations.json: is empty, expected JSON"),
        (json.dumps({"tags": []}).encode("utf-16"), "annotations.json: is UTF-16 or UTF-32, expected UTF-8"),
        (b'{"tags": [{"label_id": 1, "frame": 0, "source": "\xff"}]}', "annotations.json:/tags/0: is not UTF-8"),
    ],
)
def test_other_encodings_are_problems(data: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / "annotations.json").write_bytes(data)
    assert [str(problem) for problem in read(tmp_path).problems] == [expected]


def test_a_byte_order_mark_is_none() -> None:
    data = b"\xef\xbb\xbf" + json.dumps({"shapes": [RECTANGLE]}).encode()
    problems = Problems()
    assert plain_text(data, problems) == data[3:]
    assert len(problems) == 0


def test_every_row_knows_its_place(tmp_path: Path) -> None:
    dataset = read(write(FULL, tmp_path / "out"), origin=True).dataset
    document = json.loads((tmp_path / "out/annotations.json").read_bytes())
    assert dataset.origin is not None
    for owner in Owner:
        table: Any = dataset.table(owner)
        for row in range(len(table)):
            value = document
            for step in dataset.origin.pointer(owner, row).split("/")[1:]:
                value = value[int(step)] if isinstance(value, list) else value[step]
            assert dataset.origin.member(owner, row) == "annotations.json"
            assert value.get("id", -1) == table.id[row]
            assert value.get("frame") == table.frame[row]


def test_places_count_what_was_left_out() -> None:
    problems, columns = Problems(), Columns(("annotations.json",))
    element = {"type": "points", "label_id": 4, "frame": 0, "points": [1, 2]}
    skeleton = {"type": "skeleton", "label_id": 3, "frame": 0, "elements": [{}, element]}
    Decoder(columns, problems).add(json.dumps({"shapes": [1, RECTANGLE, {}, skeleton]}).encode())
    columns.parts()
    place = columns.places()[Owner.SHAPE]
    assert [place.pointer(row) for row in range(3)] == ["/shapes/1", "/shapes/3", "/shapes/3/elements/1"]


def test_unknown_keys_are_kept_when_asked_for(tmp_path: Path) -> None:
    track = {"label_id": 1, "frame": 0, "shapes": [{"type": "points", "frame": 0, "points": [1, 2], "keyframe": True}]}
    document = {"shapes": [RECTANGLE, RECTANGLE | {"client_id": 7}], "tracks": [track], "note": "x"}
    (tmp_path / "annotations.json").write_text(json.dumps(document))
    extras = read(tmp_path, extras=True).dataset.extras
    assert {name: extra.plain() for name, extra in extras["dataset"].items()} == {"annotations.json/note": [b'"x"']}
    assert {name: extra.plain() for name, extra in extras["shapes"].items()} == {
        "client_id": [None, b"7", None], "keyframe": [None, None, b"true"],
    }  # fmt: skip


def test_dense_tracks_are_written_as_keyframes(tmp_path: Path) -> None:
    dense, _ = interpolate(read(SMALL).dataset)
    assert not dense.shapes.keyframe.all()
    written = read(write(dense, tmp_path / "out")).dataset
    assert written.shapes.keyframe.all()
    again, _ = interpolate(written)
    assert differing(again, dense) == []


def test_a_number_that_json_has_not_is_lost_and_said() -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_shape("points", 3, "car", [1, np.inf])
    dataset, losses = fit(build.dataset(), FORMAT.keeps)
    assert (len(dataset.shapes), losses.total) == (0, 1)


def test_ids_that_are_not_known_are_left_out(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_tag(0, "car", id=4)
    build.add_tag(1, "car")
    where = write(build.dataset(), tmp_path / "out")
    assert ["id" in tag for tag in json.loads((where / "annotations.json").read_bytes())["tags"]] == [True, False]


def test_other_files_with_shapes_are_not_taken_for_a_bundle(tmp_path: Path) -> None:
    assert FORMAT.sniff is not None
    labelme = {"version": "5.0", "flags": {}, "shapes": [{"label": "a", "points": [[1, 2]]}], "imagePath": "a.jpg"}
    for name, value, expected in (
        ("labelme.json", labelme, False), ("coco.json", {"images": [], "annotations": []}, False),
        ("empty.json", {"version": 0, "tags": [], "shapes": []}, True),
        ("ours.json", {"tracks": [], "shapes": [RECTANGLE]}, True),
    ):  # fmt: skip
        (tmp_path / name).write_text(json.dumps(value))
        with open_source(tmp_path / name) as source:
            assert FORMAT.sniff(source) is expected, name


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_flipped_bytes_never_raise(seed: int) -> None:
    dice = random.Random(seed)
    data = bytearray((SMALL / "annotations.json").read_bytes()[:20_000])
    for _ in range(dice.choice((1, 3, 30))):
        data[dice.randrange(len(data))] = dice.choice(b'"\\{}[],:0-eE\x00\xff tn')
    dataset, _ = decoded(bytes(data))
    assert len(dataset.shapes) == len(dataset.shapes.offsets) - 1


_SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=3)
_KEYS = st.text(max_size=3)
_VALUES = st.recursive(
    _SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(_KEYS, v, max_size=2), max_leaves=4
)
_FIELDS = ("type", "label_id", "frame", "points", "attributes", "elements", "id", "group", "source")


@settings(max_examples=150, deadline=None)
@given(key=st.sampled_from(_FIELDS), value=_VALUES)
def test_any_value_of_any_field_is_taken_or_said(key: str, value: Any) -> None:
    dataset, problems = decoded({"shapes": [RECTANGLE | {key: value}, RECTANGLE | {"id": 9}]})
    assert 9 in dataset.shapes.id.tolist()
    assert len(dataset.shapes) - np.count_nonzero(dataset.shapes.parent >= 0) == 2 or problems


@pytest.mark.parametrize("strays", [(), ("a.txt", "b.bin"), ("sub/a.json", "sub/b.json"), ("jobs/one/job.json", "x")])
def test_a_folder_without_a_file_of_a_bundle_is_none(tmp_path: Path, strays: tuple[str, ...]) -> None:
    for name in strays:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match=r"annotations\.json: is not there, expected a file of a bundle: annot"):
        read(tmp_path)
    (tmp_path / "labels.json").write_text('[{"id": 1, "name": "car"}]')
    assert read(tmp_path).dataset.labels.find("car").id == 1


def laid_out(folder: Path, jobs: dict[int, dict[str, Any]], layout: dict[str, Any] | None = None) -> Path:
    """A task of six frames with a rectangle of its own, and jobs with one each."""
    frames = [{"name": f"{n}.png", "width": 10, "height": 10} for n in range(6)]
    files: dict[str, Any] = {
        "labels.json": [{"id": 1, "name": "car"}], "task.json": {"id": 1},
        "data_meta.json": {"size": 6, "start_frame": 10, "stop_frame": 35, "frame_filter": "step=5", "frames": frames},
        "annotations.json": {"shapes": [RECTANGLE | {"id": 99, "frame": 5}]},
    }  # fmt: skip
    if layout is not None:
        files["validation_layout.json"] = layout
    for number, job in jobs.items():
        files[f"jobs/{number}/job.json"] = {"id": number, **job}
        row = RECTANGLE | {"id": number, "frame": job["start_frame"]}
        files[f"jobs/{number}/annotations.json"] = {"shapes": [row]}
    for name, value in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(value), "utf-8")
    return folder


PARTS: dict[int, dict[str, Any]] = {1: {"start_frame": 0, "stop_frame": 2}, 2: {"start_frame": 3, "stop_frame": 5}}
TRUTH = {"type": "ground_truth", "start_frame": 0, "stop_frame": 5, "stage": "acceptance", "state": "completed"}
REPLICA = {"type": "consensus_replica", "start_frame": 0, "stop_frame": 2, "parent_job_id": 1}


def by_home(dataset: Dataset) -> list[tuple[int, int]]:
    """(id of the job or -1, id of the shape)."""
    homes = [dataset.jobs[row].id if row >= 0 else -1 for row in dataset.shapes.job.tolist()]
    return list(zip(homes, dataset.shapes.id.tolist(), strict=True))


def test_ground_truth_and_replicas_are_read_job_by_job(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, {**PARTS, 3: TRUTH, 4: REPLICA})
    assert by_home(read(folder).dataset) == [(-1, 99)], "they are no part of the task"
    dataset = read(folder, by_job=True).dataset
    assert by_home(dataset) == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert by_home(read(folder, job=2).dataset) == [(2, 2)]
    assert read(write(dataset, tmp_path / "again")).dataset == dataset
    (folder / "jobs/2/annotations.json").unlink()
    assert by_home(read(folder, by_job=True).dataset) == [(-1, 99), (3, 3), (4, 4)], "job 2 is only in the task's"


def test_a_layout_of_the_task_says_what_is_validated(tmp_path: Path) -> None:
    layout = {"mode": "gt", "validation_frames": [15, 25], "disabled_frames": [3]}
    job = read(laid_out(tmp_path, {**PARTS, 3: TRUTH}, layout)).dataset.jobs[2]
    assert (job.included, job.disabled) == ((1, 3), (3,)), "of a plain ground truth it counts frames of the source"


def test_a_layout_of_the_task_knows_the_honeypots_of_its_jobs(tmp_path: Path) -> None:
    pool = TRUTH | {"start_frame": 4}
    layout = {
        "mode": "gt_pool", "validation_frames": [4, 5], "disabled_frames": [], "honeypot_count": 2,
        "honeypot_frames": [1, 3], "honeypot_real_frames": [5, 4],
    }  # fmt: skip
    first, second = {"start_frame": 0, "stop_frame": 1}, {"start_frame": 2, "stop_frame": 3}
    dataset = read(laid_out(tmp_path, {1: first, 2: second, 3: pool}, layout), by_job=True).dataset
    assert [job.honeypots for job in dataset.jobs] == [((1, 5),), ((3, 4),), ()]
    assert dataset.jobs[2].included == (4, 5)
    (tmp_path / "jobs/2/annotations.json").unlink()
    assert by_home(read(tmp_path, by_job=True).dataset) == [(-1, 99)], "the pool is a part of the task"


def test_frames_disabled_in_a_job_are_deleted_in_its_own_document(tmp_path: Path) -> None:
    build = at.DatasetBuilder(labels=[at.Label(1, "car")])
    for number in range(4):
        build.add_frame(f"{number}.jpg", 10, 10)
    build.add_job(at.Job(1, start_frame=0, stop_frame=3))
    build.add_job(at.Job(2, "ground_truth", 0, 3, included=(1, 3), disabled=(3,)))
    at.write(build.dataset(), tmp_path / "bundle", "cvat-api")
    metas = {job: load(tmp_path / "bundle", f"jobs/{job}/data_meta.json")["deleted_frames"] for job in (1, 2)}
    assert metas == {1: [], 2: [3]}
    jobs = at.read(tmp_path / "bundle").dataset.jobs
    assert [job.disabled for job in jobs] == [(), (3,)]
