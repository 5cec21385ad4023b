"""Tables of intervals: what the server writes by its own account, what people write, and what ours say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import annotools as at
from annotools import formats
from annotools.errors import UsageError
from annotools.formats.audio.tables import milliseconds, time_text
from annotools.formats.base import Read, ReadOptions
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Label, Source, Task
from tests.formats.files import problems_of
from tests.formats.kernel.sources import zipped

HEAD = "start\tstop\tlabel"


def read(text: str | bytes, context: Dataset | None = None, name: str = "a.tsv") -> Read:
    reader = formats.get("generic-tsv").read
    assert reader is not None
    return reader(zipped({name: text}), context, ReadOptions())


def rows(result: Read) -> list[tuple[int, int]]:
    table = result.dataset.intervals
    return list(zip(table.start.tolist(), table.stop.tolist(), strict=True))


def interview(media_type: str = "audio") -> DatasetBuilder:
    """A recording of two labels."""
    specs = (AttributeSpec(1, "speaker"), AttributeSpec(2, "loud", True, "checkbox", "false"))
    labels = [Label(1, "speech", None, "interval", "", specs), Label(2, "a\tb", None, "interval")]
    build = DatasetBuilder(Task(media_type=media_type, dimension="1d", source_name="a b.mp3"), labels=labels)
    build.add_interval("speech", 0, 2450, id=7, source="auto", score=0.5, attributes={"speaker": 'anna "a"\n'})
    build.add_interval("a\tb", 3_600_000, None, id=8, group=4)
    build.add_interval("speech", 90_061_007, 90_062_000, id=9, group=4, attributes={"loud": "true"})
    return build


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0:00:00"), (2450, "0:00:02.450000"), (3_600_000, "1:00:00"), (90_061_007, "1 day, 1:01:01.007000"),
        (172_800_000, "2 days, 0:00:00"),
    ],
)  # fmt: skip
def test_times_are_pythons_texts_of_spans(number: int, text: str) -> None:
    assert time_text(number) == text
    assert milliseconds(text) == (number, False)


def test_people_write_times_with_any_number_of_digits() -> None:
    assert milliseconds("00:00:03.1") == (3100, False)
    assert milliseconds("0:0:3.1234") == (3123, True)
    for odd in ("", "3.5", "1:60:00", "-1:00:00", "x", "1:00", "9" * 40 + ":00:00"):
        with pytest.raises(ValueError, match="is not a time"):
            milliseconds(odd)


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    dataset = interview().dataset()
    at.write(dataset, tmp_path / "out.tsv", "generic-tsv")
    lines = (tmp_path / "out.tsv").read_text().splitlines()
    assert lines[0].split("\t") == [
        "id", "filename", "start", "stop", "label", "source", "score", "group", "loud", "speaker",
    ]  # fmt: skip
    result = at.read(tmp_path / "out.tsv").dataset
    assert [interval.label.name for interval in result.intervals] == ["speech", "a\tb", "speech"]
    assert [(interval.start, interval.stop) for interval in result.intervals] == [
        (0, 2450), (3_600_000, None), (90_061_007, 90_062_000),
    ]  # fmt: skip
    assert [dict(interval.attributes) for interval in result.intervals] == [
        {"speaker": 'anna "a"\n'}, {}, {"loud": "true"},
    ]  # fmt: skip
    assert result.intervals.group.tolist() == [0, 4, 4]
    assert (result.intervals[0].source, result.intervals[0].score) == ("auto", 0.5)
    assert (result.task.media_type, result.task.dimension) == ("audio", "1d")


def test_the_server_writes_every_column_and_no_group(tmp_path: Path) -> None:
    build = interview()
    build.add_frame("a b.mp3", 0, 0)
    at.write(build.dataset(), tmp_path / "out.tsv", "generic-tsv", compat="cvat")
    assert (tmp_path / "out.tsv").read_bytes().split(b"\r\n")[:3] == [
        b"id\tfilename\tstart\tstop\tlabel\tsource\tscore\tloud\tspeaker",
        b'7\ta b.mp3\t0:00:00\t0:00:02.450000\tspeech\tauto\t0.5\t\t"anna ""a""\n"',
        b'8\ta b.mp3\t1:00:00\t\t"a\tb"\tmanual\t1.0\t\t',
    ]
    dataset = at.read(tmp_path / "out.tsv", "generic-tsv", context=build.dataset(), compat="cvat").dataset
    assert [interval.source for interval in dataset.intervals] == ["file"] * 3
    assert dataset.intervals.start.tolist() == [0, 3_600_000, 90_061_007]


def test_the_server_refuses_what_is_no_audio_and_we_write_its_intervals(tmp_path: Path) -> None:
    build = DatasetBuilder(labels=[Label(1, "car")])
    build.add_frame("a.jpg", 4, 3)
    build.add_shape("rectangle", 0, "car", (1, 2, 3, 3))
    build.add_interval("car", 3, 5)
    with pytest.raises(UsageError, match="data has no audio"):
        at.write(build.dataset(), tmp_path / "out.tsv", "generic-tsv", compat="cvat")
    losses = at.write(build.dataset(), tmp_path / "out.tsv", "generic-tsv")
    assert [loss.what for loss in losses.of("lost", "annotations")] == ["shapes"]
    assert rows(read((tmp_path / "out.tsv").read_bytes())) == [(3, 5)]


def test_columns_stand_in_any_order_and_others_are_attributes() -> None:
    text = "\ufefflabel\tspeaker\tstop\tstart\nspeech\tanna\t0:00:02\t0:00:01\n\nmusic\t\t\t0:00:03.5\n"
    result = read(text)
    assert problems_of(result) == []
    assert rows(result) == [(1000, 2000), (3500, -1)]
    assert [dict(interval.attributes) for interval in result.dataset.intervals] == [{"speaker": "anna"}, {}]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("x\t0:00:02\tspeech", "start is 'x', expected a time, as 0:00:02.450"),
        ("0:00:01\tx\tspeech", "stop is 'x', expected a time, as 0:00:02.450"),
        ("0:00:01\t0:00:02\t", "there is no label, expected the name of a label"),
        ("0:00:01\t0:00:02\tspeech\tmore", "4 columns, expected 3, as many as have names"),
    ],
)
def test_a_bad_line_is_one_problem_and_costs_no_other(line: str, text: str) -> None:
    result = read(f"{HEAD}\n0:00:00\t0:00:01\tspeech\n{line}\n0:00:05\t0:00:06\tspeech\n")
    assert problems_of(result) == [f"a.tsv:3: {text}"]
    assert rows(result) == [(0, 1000), (5000, 6000)]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "a.tsv: is empty, expected a line with start, stop and label"),
        (b"start\tend\n", "a.tsv:1: has no column stop and no column label, expected start, stop and label"),
        (b"start\tstop\tlabel\n\xff\n", "a.tsv: is not UTF-8 at byte 17, expected a table in UTF-8"),
    ],
)
def test_what_is_no_table_is_a_problem(content: bytes, text: str) -> None:
    assert problems_of(read(content)) == [text]


def test_a_table_is_of_one_recording() -> None:
    lines = "".join(f"{file}\t0:00:0{n}\t\tspeech\n" for n, file in enumerate(["a.mp3", "b.mp3", "b.mp3", ""]))
    result = read(f"filename\t{HEAD}\n{lines}")
    assert problems_of(result) == ["a.tsv:3: filename is 'b.mp3', expected 'a.mp3', the recording"]
    assert rows(result) == [(0, -1), (3000, -1)]
    assert result.dataset.frames.names == ("a.mp3",)


def test_times_finer_than_milliseconds_are_told() -> None:
    result = read(f"{HEAD}\n0:00:00.0005\t0:00:01\tspeech\n")
    assert [(loss.what, loss.kind, loss.count) for loss in result.losses] == [
        ("time finer than a millisecond", "changed", 1)
    ]


def test_a_line_with_several_faults_is_lost_once(tmp_path: Path) -> None:
    lines = ["label\tstart\tstop\tscore", "car\t0:00:01\t0:00:02\t1", "\tx\ty\tz", "car\tx\t0:00:02\t1"]
    (tmp_path / "a.tsv").write_text("\n".join(lines))
    result = at.read(tmp_path / "a.tsv", "generic-tsv", on_error="skip")
    assert [problem.line for problem in result.problems] == [3, 4, 3, 3, 3]
    assert [(loss.what, loss.count) for loss in result.losses.of("lost")] == [("interval", 2)]


def test_a_score_is_a_column_and_one_where_nothing_is_said() -> None:
    text = f"{HEAD}\tscore\tsource\n0:00:00\t0:00:01\tspeech\t0.25\tauto\n0:00:01\t0:00:02\tspeech\t\t\n"
    table = read(text).dataset.intervals
    assert table.score.tolist() == [0.25, 1.0]
    assert table.source.tolist() == [Source.AUTO, Source.MANUAL]


def test_a_table_has_these_columns_and_one_more_where_there_are_groups(tmp_path: Path) -> None:
    heads = {}
    for name, group in (("none", 0), ("grouped", 4)):
        build = DatasetBuilder(Task(media_type="audio", dimension="1d", source_name="a.mp3"))
        build.add_interval(build.add_label("speech", type="interval"), 0, 10, group=group)
        at.write(build.dataset(), tmp_path / f"{name}.tsv", "generic-tsv")
        heads[name] = (tmp_path / f"{name}.tsv").read_text().splitlines()[0].split("\t")
    columns = ["id", "filename", "start", "stop", "label", "source", "score"]
    assert heads == {"none": columns, "grouped": [*columns, "group"]}


def test_a_table_alone_does_not_say_how_long_its_recording_is(tmp_path: Path) -> None:
    """One file is one frame, but not one millisecond: nothing lies behind an end that nobody knows."""
    table = tmp_path / "a.tsv"
    table.write_text(f"filename\t{HEAD}\na.mp3\t0:00:01\t1:00:00\tspeech\na.mp3\t0:00:02\t\tmusic\n")
    assert [*at.validate(table).findings()] == []
    at.convert(table, tmp_path / "bundle", "cvat-api")
    assert json.loads((tmp_path / "bundle" / "data_meta.json").read_text())["stop_frame"] is None
    assert [*at.validate(tmp_path / "bundle").findings()] == []
    meta = tmp_path / "bundle" / "data_meta.json"
    meta.write_text(meta.read_text().replace('"stop_frame": null', '"stop_frame": 2999'))
    (finding,) = at.validate(tmp_path / "bundle").findings()
    assert (finding.rule, finding.message) == (
        "IVL002",
        "the interval goes from 1000 to 3600000, the media from 0 to 2999",
    )
