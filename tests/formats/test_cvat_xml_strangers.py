"""CVAT's XML as people have it: of projects, of older servers, of other writers; and what the importer makes of it."""

from __future__ import annotations

import io

import pytest

from annotools import formats, quirks
from annotools.formats.base import Read, ReadOptions
from annotools.model import AttributeSpec, Dataset, DatasetBuilder, Job, Task
from annotools.storage.sources import FileSource
from tests.formats.files import problems_of

SERVER = ReadOptions(quirks=quirks.CVAT)
LABELS = "<labels><label><name>car</name><attributes/></label></labels>"
BOX = '<box label="car" xtl="1" ytl="2" xbr="30" ybr="40" occluded="0"/>'


def read(text: str, context: Dataset | None = None, options: ReadOptions | None = None) -> Read:
    options = options or ReadOptions()
    reader = formats.get("cvat-images").dialect(options).read
    assert reader is not None
    return reader(FileSource("a.xml", len(text), lambda: io.BytesIO(text.encode())), context, options)


def losses(result: Read) -> list[tuple[str, str, int]]:
    return [(loss.kind, loss.what, loss.count) for loss in result.losses]


def task(*names: str, **fields: int) -> Dataset:
    build = DatasetBuilder(Task(mode="interpolation", **fields))  # type: ignore[arg-type]  # numbers of a task
    specs = [AttributeSpec(0, "parked", True, "checkbox", "false"), AttributeSpec(0, "note", True, "text", "")]
    build.add_label("car", attributes=specs)
    for name in names:
        build.add_frame(name, 100, 80)
    return build.dataset()


def project(*tasks: str) -> str:
    return f"<meta><project><id>1</id><tasks>{''.join(tasks)}</tasks>{LABELS}</project></meta>"


def part(number: int, subset: str, size: int = 2, more: str = "") -> str:
    return f"<task><id>{number}</id><size>{size}</size><subset>{subset}</subset>{more}</task>"


def picture(number: int, name: str, task_id: int, subset: str, width: int, *shapes: str) -> str:
    where = f'id="{number}" name="{name}" task_id="{task_id}" subset="{subset}"'
    return f'<image {where} width="{width}" height="80">{"".join(shapes)}</image>'


@pytest.mark.parametrize("sizes", [(2, 2), (0, 0), (2, 1)])
def test_pictures_of_one_name_in_two_tasks_of_a_project_are_two(sizes: tuple[int, int]) -> None:
    tasks = project(part(7, "Train", sizes[0]), part(8, "Test", sizes[1]))
    pictures = [
        picture(0, "a0.jpg", 7, "Train", 100, BOX), picture(1, "a1.jpg", 7, "Train", 100),
        picture(0, "a0.jpg", 8, "Test", 200, BOX), picture(1, "a1.jpg", 8, "Test", 200, BOX),
    ]  # fmt: skip
    result = read(f"<annotations>{tasks}{''.join(pictures)}</annotations>")
    assert problems_of(result) == []
    frames = result.dataset.frames
    assert frames.names == ("a0.jpg", "a1.jpg") * 2
    assert frames.subsets == ("Train", "Train", "Test", "Test")
    assert frames.width.tolist() == [100, 100, 200, 200]
    assert result.dataset.shapes.frame.tolist() == [0, 2, 3]


def test_tasks_of_one_subset_keep_their_pictures_apart_too() -> None:
    tasks = project(part(7, "", 1), part(8, "", 1))
    pictures = picture(0, "a.jpg", 7, "", 100, BOX) + picture(0, "a.jpg", 8, "", 200)
    frames = read(f"<annotations>{tasks}{pictures}</annotations>").dataset.frames
    assert (frames.names, frames.width.tolist()) == (("a.jpg", "a.jpg"), [100, 200])


def test_pictures_that_a_task_of_a_project_has_deleted_are_deleted() -> None:
    tasks = project(part(7, "a", 3), part(8, "b", 2))
    pictures = picture(2, "c.jpg", 7, "a", 100) + picture(0, "a.jpg", 8, "b", 100, BOX)
    dataset = read(f"<annotations>{tasks}{pictures}</annotations>").dataset
    assert dataset.frames.names == ("", "", "c.jpg", "a.jpg", "")
    assert dataset.frames.deleted.tolist() == [True, True, False, False, True]
    assert dataset.shapes.frame.tolist() == [3]


def row(frame: int, more: str = ' keyframe="1"') -> str:
    return f'<box frame="{frame}" outside="0" occluded="0" xtl="1" ytl="2" xbr="3" ybr="4"{more}/>'


def test_videos_of_a_project_have_the_subset_size_and_step_of_their_task() -> None:
    size = "<original_size><width>64</width><height>48</height></original_size>"
    step = "<start_frame>10</start_frame><frame_filter>step=5</frame_filter>"
    tasks = project(part(1, "train", 2, size), part(2, "val", 2, step))
    tracks = f'<track label="car" task_id="1">{row(1)}</track><track label="car" task_id="2">{row(15)}</track>'
    dataset = read(f"<annotations>{tasks}{tracks}</annotations>").dataset
    assert dataset.frames.subsets == ("train", "train", "val", "val")
    assert dataset.frames.width.tolist() == [64, 64, 0, 0]
    assert dataset.shapes.frame.tolist() == [1, 3]


@pytest.mark.parametrize(
    "segment",
    [
        "<start>1</start><end>3</end>", "<start>1</start><stop>3</stop>", "<start>2</start><stop>1</stop>",
        "<start>0</start><stop>99</stop>",
    ],
)  # fmt: skip
def test_segments_that_do_not_fit_are_left_out_and_told(segment: str) -> None:
    segments = f"<segments><segment><id>1</id>{segment}</segment></segments>"
    pictures = "".join(f'<image id="{n}" name="{n}.jpg" width="64" height="48">{BOX}</image>' for n in (1, 2, 3))
    meta = f"<meta><task><size>3</size>{LABELS}{segments}</task></meta>"
    result = read(f"<annotations>{meta}{pictures}</annotations>")
    assert problems_of(result) == []
    assert result.dataset.jobs == ()
    assert result.dataset.shapes.frame.tolist() == [0, 1, 2]
    assert losses(result) == [("lost", "segment", 1)]


def test_segments_that_fit_are_jobs() -> None:
    segments = "<segments><segment><id>1</id><start>0</start><stop>2</stop></segment></segments>"
    result = read(f"<annotations><meta><task><size>3</size>{LABELS}{segments}</task></meta></annotations>")
    assert result.dataset.jobs == (Job(-1, start_frame=0, stop_frame=2),)
    assert losses(result) == []


POINT = '<points frame="{}" keyframe="1" outside="0" occluded="0" points="3,{}"/>'


def test_a_track_in_the_track_of_a_skeleton_is_that_of_a_point() -> None:
    labels = (
        "<labels><label><name>p</name><type>skeleton</type></label>"
        "<label><name>a</name><type>points</type><parent>p</parent></label></labels>"
    )
    skeleton = '<skeleton frame="{}" keyframe="1" outside="0" occluded="0" points=""></skeleton>'
    inner = f'<track label="a">{POINT.format(0, 4)}{POINT.format(2, 5)}</track>'
    outer = f'<track label="p" source="auto">{skeleton.format(0)}{skeleton.format(2)}{inner}</track>'
    result = read(f"<annotations><meta><task><size>3</size>{labels}</task></meta>{outer}</annotations>")
    dataset = result.dataset
    assert problems_of(result) == []
    assert [(track.label.name, track.parent and track.parent.label.name) for track in dataset.tracks] == [
        ("p", None), ("a", "p"),
    ]  # fmt: skip
    assert [(shape.track.label.name, shape.frame.number) for shape in dataset.shapes if shape.track] == [
        ("p", 0), ("p", 2), ("a", 0), ("a", 2),
    ]  # fmt: skip


def test_a_track_deeper_than_that_is_none() -> None:
    inner = f'<track label="car"><track label="car"><track label="car">{row(0)}</track></track>{row(1)}</track>'
    assert problems_of(read(f"<annotations>{inner}</annotations>"))[0].startswith("a.xml:1: unknown element <track>")


def image(shapes: str, number: int = 0, name: str = "a.jpg") -> str:
    return f'<annotations>\n<image id="{number}" name="{name}" width="100" height="80">{shapes}</image></annotations>'


def attributed(name: str, value: str) -> str:
    return BOX.replace("/>", f'><attribute name="{name}">{value}</attribute></box>')


def test_an_attribute_that_the_label_lacks_is_lost_and_its_shape_stays() -> None:
    for options in (ReadOptions(), SERVER):
        result = read(image(attributed("annotator", "anna")), task("a.jpg"), options)
        assert problems_of(result) == []
        assert len(result.dataset.shapes) == 1
        assert losses(result) == [("lost", "attribute", 1)]


@pytest.mark.parametrize("word", ["Ground truth", "dream", ""])
def test_a_source_that_nobody_knows_is_manual_and_told(word: str) -> None:
    shapes = BOX.replace("/>", f' source="{word}"/>') + f'<tag label="car" source="{word}"/>'
    result = read(image(shapes), task("a.jpg"))
    assert problems_of(result) == []
    assert [row.source for row in (*result.dataset.shapes, *result.dataset.tags)] == ["manual", "manual"]
    assert losses(result) == [("changed", "source", 2)]
    served = read(image(shapes), task("a.jpg"), SERVER)
    assert (losses(served), served.dataset.shapes[0].source) == ([], "file")


def test_a_picture_that_fits_by_the_end_of_its_name_is_told() -> None:
    context = task("a.jpg", "b.jpg", "sub/c.jpg")
    result = read(image(BOX, 1, "c.jpg"), context)
    assert result.dataset.shapes.frame.tolist() == [2]
    assert losses(result) == [("changed", "name of picture", 1)]
    assert losses(read(image(BOX, 1, "sub/c.jpg"), context)) == []
    assert read(image(BOX, 1, "c.jpg"), context, SERVER).dataset.shapes.frame.tolist() == [1]


@pytest.mark.parametrize("options", [ReadOptions(), SERVER], ids=["plain", "server"])
@pytest.mark.parametrize("frame", [-5, 0, 5, 12])
def test_a_frame_before_the_start_or_between_two_steps_is_refused(frame: int, options: ReadOptions) -> None:
    text = f'<annotations>\n<track label="car">{row(frame)}{row(20)}</track></annotations>'
    result = read(text, task("a", "b", "c", start_frame=10, step=5), options)
    assert problems_of(result) == [f"a.xml:2: frame {frame} is not one of the task's, expected 10 and a multiple of 5"]
    assert result.dataset.shapes.frame.tolist() == [2]
    assert losses(result)[-1:] == [("lost", "shape", 1)]


def test_a_frame_behind_the_end_is_data_and_what_the_server_refuses() -> None:
    text = f'<annotations>\n<track label="car">{row(1)}{row(2)}</track></annotations>'
    context = task("a", "b")
    assert problems_of(read(text, context)) == []
    assert read(text, context).dataset.shapes.frame.tolist() == [1, 2]
    assert problems_of(read(text, context, SERVER)) == ["a.xml:2: frame 2 is not one of the task's, expected at most 1"]


def test_what_the_server_must_find_on_rows_of_tracks_and_on_points_of_skeletons() -> None:
    track = f'<annotations>\n<track label="car">{row(0, "")}{row(1)}</track></annotations>'
    context = task("a.jpg", "b.jpg")
    assert problems_of(read(track, context)) == []
    assert problems_of(read(track, context, SERVER)) == ["a.xml:2: has no keyframe, expected keyframe"]
    build = DatasetBuilder()
    build.add_label("a", parent=build.add_label("p", type="skeleton"), type="points")
    build.add_frame("a.jpg")
    for flags, expected in (("", "occluded"), ('occluded="0"', "outside")):
        skeleton = f'<skeleton label="p"><points label="a" points="1,2" {flags}/></skeleton>'
        assert problems_of(read(image(skeleton), build.dataset())) == []
        served = read(image(skeleton), build.dataset(), SERVER)
        assert problems_of(served) == [f"a.xml:2: has no {expected}, expected {expected}"]


@pytest.mark.parametrize("word", ["True", "true", "yes", "2"])
def test_only_one_is_true_to_the_server(word: str) -> None:
    box = BOX.replace('occluded="0"', f'occluded="{word}"')
    assert not read(image(box), task("a.jpg"), SERVER).dataset.shapes.occluded.any()
    plain = read(image(box), task("a.jpg"))
    expected = [] if word in ("True", "true") else [f"a.xml:2: occluded is {word!r}, expected 0 or 1"]
    assert problems_of(plain) == expected
    assert plain.dataset.shapes.occluded.tolist() == ([True] if not expected else [])
    served = read(f'<annotations><track label="car">{row(0, f""" keyframe="{word}" """)}</track></annotations>',
                  task("a"), SERVER)  # fmt: skip
    assert len(served.dataset.shapes) == 0


@pytest.mark.parametrize(("value", "stored"), [("True", "true"), ("FALSE", "false"), ("true", "true")])
def test_the_server_stores_checkboxes_in_small_letters(value: str, stored: str) -> None:
    track = row(0).replace("/>", f'><attribute name="parked">{value}</attribute></box>')
    texts = (image(attributed("parked", value)), f'<annotations><track label="car">{track}</track></annotations>')
    for text in texts:
        assert read(text, task("a.jpg")).dataset.shapes[0].attributes == {"parked": value}
        served = read(text, task("a.jpg"), SERVER)
        assert problems_of(served) == []
        assert served.dataset.shapes[0].attributes == {"parked": stored}
    assert read(image(attributed("note", value)), task("a.jpg"), SERVER).dataset.shapes[0].attributes == {"note": value}


def test_the_server_refuses_a_checkbox_that_is_no_boolean() -> None:
    text = image(attributed("parked", "yes"))
    assert problems_of(read(text, task("a.jpg"))) == []
    result = read(text, task("a.jpg"), SERVER)
    assert problems_of(result) == ["a.xml:2: attribute 'parked' is 'yes', expected true or false"]


def test_times_and_the_kind_of_media_come_back_as_the_api_has_them() -> None:
    meta = "<created>2024-05-01 10:11:12.131415+00:00</created><updated>soon</updated><mode>interpolation</mode>"
    task = read(f"<annotations><meta><task><id>0</id>{meta}</task></meta></annotations>").dataset.task
    assert (task.created, task.updated) == ("2024-05-01T10:11:12.131415Z", "soon")
    assert (task.media_type, task.id) == ("video", -1)


def test_definitions_of_attributes_may_be_texts_as_in_2018() -> None:
    texts = [
        "@select=model:a,b",
        "~radio=q:good,bad",
        "@checkbox=wet:false",
        "~number=age:1,100,1",
        "~text=id:none, yet",
    ]
    specs = "".join(f"<attribute>{text}</attribute>" for text in texts)
    label = f"<labels><label><name>car</name><attributes>{specs}</attributes></label></labels>"
    box = '<box label="car" xtl="1" ytl="2" xbr="3" ybr="4" occluded="0"><attribute name="model">b</attribute></box>'
    meta = f"<annotations><version>1.0</version><meta><task>{label}</task></meta>"
    result = read(f'{meta}<image id="0" name="a.jpg">{box}</image></annotations>')
    assert problems_of(result) == []
    (car,) = result.dataset.labels
    assert [(spec.name, spec.mutable, spec.input_type, spec.default_value, spec.values) for spec in car.attributes] == [
        ("model", False, "select", "a", ("a", "b")),
        ("q", True, "radio", "good", ("good", "bad")),
        ("wet", False, "checkbox", "false", ("false",)),
        ("age", True, "number", "1", ("1", "100", "1")),
        ("id", True, "text", "none, yet", ()),
    ]
