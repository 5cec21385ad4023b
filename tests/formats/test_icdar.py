"""ICDAR's text files as people have them, and what annotools writes of odd texts and names."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import annotools as at
from annotools.model import AttributeSpec, Dataset, DatasetBuilder
from annotools.storage import Media, MediaFile
from tests.formats.files import folder

BOM = b"\xef\xbb\xbf"
LOCAL, WORDS = "icdar-localization", "icdar-recognition"


def words(dataset: Dataset) -> list[tuple[str, list[float], str | None]]:
    """Picture, points and text of every shape."""
    frames = dataset.frames.names
    texts = [shape.attributes.get("text") for shape in dataset.shapes]
    return [
        (frames[shape.frame.number], list(shape.points), text)
        for shape, text in zip(dataset.shapes, texts, strict=True)
    ]


def read(where: Path, slug: str = LOCAL, **more: Any) -> at.Read:
    return at.read(where, slug, **more)


def test_incidental_text_of_2015(tmp_path: Path) -> None:
    """A BOM, lines of Windows, words with commas and numbers in them, and words that nobody can read."""
    lines = [
        "377,117,463,117,465,130,374,130,Genaxis Theatre", "493,115,519,115,519,131,493,131,$1,200, a day",
        "1,2,3,4,5,6,7,8,###", "374,155,409,155,409,170,374,170,06", "1,2,3,4,5,6,7,9,10,000",
        '1,2,3,4,5,6,7,7,say "hi" now',
    ]  # fmt: skip
    where = folder(tmp_path, {"gt_img_1.txt": BOM + "\r\n".join(lines).encode() + b"\r\n", "gt_img_2.txt": b""})
    dataset = read(where).dataset
    assert dataset.frames.names == ("img_1", "img_2")
    assert dataset.frames.subsets == ("", "")
    assert [text for _, _, text in words(dataset)] == [
        "Genaxis Theatre", "$1,200, a day", "###", "06", "10,000", 'say "hi" now',
    ]  # fmt: skip
    assert words(dataset)[0][1] == [377, 117, 463, 117, 465, 130, 374, 130]
    assert {label.name for label in dataset.labels} == {"icdar"}


def test_focused_text_of_2013_with_pictures_in_another_folder(tmp_path: Path) -> None:
    where = folder(
        tmp_path,
        {
            "Train_GT/gt_100.txt": '158 128 411 181 "Footpath"\n443 128 501 169 "\\"To\\" a\\b"\n',
            "Train_GT/gt_101.txt": '38, 43, 920, 215, "Tiredness, a"\n',
            "Train_Images/100.jpg": b"picture",
            "Train_Images/101.jpg": b"picture",
        },
    )
    result = read(where)
    assert words(result.dataset) == [
        ("100.jpg", [158, 128, 411, 181], "Footpath"), ("100.jpg", [443, 128, 501, 169], '"To" a\\b'),
        ("101.jpg", [38, 43, 920, 215], "Tiredness, a"),
    ]  # fmt: skip
    assert result.media is not None
    assert [file.name for file in result.media.values()] == ["Train_Images/100.jpg", "Train_Images/101.jpg"]


def test_quotes_on_half_of_the_lines_are_no_part_of_words(tmp_path: Path) -> None:
    lines = '1,2,9,2,9,8,1,8,bare\n1,2,9,2,9,8,5,9,1,8,"quoted"\n'
    assert words(read(folder(tmp_path, {"gt_a.txt": lines})).dataset) == [
        ("a", [1, 2, 9, 2, 9, 8, 1, 8], "bare"), ("a", [1, 2, 9, 2, 9, 8, 5, 9, 1, 8], "quoted"),
    ]  # fmt: skip


def test_columns_may_be_lined_up_with_blanks(tmp_path: Path) -> None:
    lines = "158  128  411  181  Footpath\n  7   90  200  120  To the Station\n"
    assert words(read(folder(tmp_path, {"gt_a.txt": lines})).dataset) == [
        ("a", [158, 128, 411, 181], "Footpath"), ("a", [7, 90, 200, 120], "To the Station"),
    ]  # fmt: skip


def test_multi_lingual_text_keeps_its_script(tmp_path: Path) -> None:
    line = "1,2,3,4,5,6,7,8,Latin,Café, bar\n1,2,3,4,5,6,7,9,Korean,###\n1,2,3,4,5,6,7,7,Latin\n"
    dataset = read(folder(tmp_path, {"gt_img_1.txt": line})).dataset
    assert dataset.shapes.extras["script"].plain() == ["Latin", "Korean", None]
    assert [text for _, _, text in words(dataset)] == ["Café, bar", "###", "Latin"]
    at.write(dataset, tmp_path / "out", LOCAL)
    assert (tmp_path / "out/default/gt_img_1.txt").read_text("utf-8").splitlines()[:2] == [
        '1,2,3,4,5,6,7,8,Latin,"Café, bar"', '1,2,3,4,5,6,7,9,Korean,"###"',
    ]  # fmt: skip
    assert read(tmp_path / "out").dataset == dataset


def test_outlines_of_more_corners_are_read_where_texts_are_in_quotes(tmp_path: Path) -> None:
    text = '0,0,9,0,9.5,5,9,9,0,9\n10,10,50,10,30,50\n0,0,9,0,9,5,9,9,0,9,1,1,"12"\n\n1 2 3 4\n'
    dataset = read(folder(tmp_path, {"default/sub/gt_a.b.txt": text})).dataset
    assert dataset.frames.names == ("sub/a.b",)
    assert [(len(points), text) for _, points, text in words(dataset)] == [(10, None), (6, None), (12, "12"), (4, None)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1,2,3", "'1,2,3'"), ("a,b,c,d,word", "'a,b,c,d,word'"), ("1,2,3,4,5", "'1,2,3,4,5'"),
        ("1,2,3,nan,5,6,7,8,word", "'1,2,3,nan,5,6,7,8,word'"),
    ],
)  # fmt: skip
def test_a_line_that_is_none_is_told_and_costs_no_other(tmp_path: Path, line: str, message: str) -> None:
    where = folder(tmp_path, {"train/gt_a.txt": f'1 2 3 4 "x"\n{line}\n5 6 7 8 "y"\n'})
    with pytest.raises(at.InputError) as caught:
        read(where)
    expected = "4 numbers of a box or 6 and more of an outline, and a word"
    assert str(caught.value) == f"{where}/train/gt_a.txt:2: is {message}, expected {expected}"
    assert [text for _, _, text in words(read(where, on_error="skip").dataset)] == ["x", "y"]


def test_a_name_with_dots_is_found_among_those_of_the_task(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("icdar", attributes=(AttributeSpec(7, "text"),))
    for name in ("b.jpg", "b.c.jpg", "x/b.c.d.png"):
        build.add_frame(name, 9, 9)
    where = folder(tmp_path, {"gt_b.c.txt": "1 2 3 4\n", "gt_b.txt": "1 2 3 5\n", "gt_b.c.d.txt": "1 2 3 6\n"})
    dataset = read(where, context=build.dataset()).dataset
    assert sorted(zip(dataset.shapes.frame.tolist(), dataset.shapes.boxes()[:, 3].tolist(), strict=True)) == [
        (0, 5), (1, 4), (2, 6),
    ]  # fmt: skip


def built(*texts: str | None, names: tuple[str, ...] = ("a.jpg", "a.png")) -> Dataset:
    build = DatasetBuilder()
    build.add_label("sign", attributes=(AttributeSpec(0, "text"), AttributeSpec(0, "size")))
    build.add_label("street")
    for name in names:
        build.add_frame(name, 90, 90)
    for index, text in enumerate(texts):
        values = {} if text is None else {"text": text, "size": "7"}
        build.add_shape("rectangle", index % 2, "sign", (1, 2, 3.5, 4 + index), attributes=values)
        build.add_tag(index % 2, "sign", attributes=values)
    build.add_shape("rectangle", 0, "street", (10, 10, 20, 30), rotation=90)
    build.add_tag(1, "street")
    return build.dataset()


ODD = ('say "hi"', "back\\slash", 'end\\"', "", ", ", '", "', " a ", "日本", None)


def test_any_text_comes_back(tmp_path: Path) -> None:
    dataset = built(*ODD)
    at.write(dataset, tmp_path / "out", LOCAL)
    result = read(tmp_path / "out").dataset
    assert result.frames.names == ("a", "a_1")
    boxes = {points[3]: text for _, points, text in words(result) if len(points) == 4}
    assert boxes == {4.0 + index: text for index, text in enumerate(ODD)}
    turned = [points for _, points, _ in words(result) if len(points) == 8]
    assert turned == [[pytest.approx(value) for value in (25, 15, 25, 25, 5, 25, 5, 15)]]


def test_any_text_of_a_tag_comes_back_and_what_has_none_is_lost(tmp_path: Path) -> None:
    losses = at.write(built(*ODD), tmp_path / "out", WORDS)
    dataset = read(tmp_path / "out", WORDS).dataset
    assert dataset.frames.names == ("a.jpg", "a.png")
    assert sorted(tag.attributes["text"] for tag in dataset.tags) == sorted(ODD[:-1])
    assert [loss.count for loss in losses if loss.what == "tag without a text"] == [2]


def test_a_text_of_two_lines_is_put_on_one_and_told(tmp_path: Path) -> None:
    losses = at.write(built("two\r\nlines"), tmp_path / "out", LOCAL)
    assert '1 2 3.5 4 "two lines"\n' in (tmp_path / "out/default/gt_a.txt").read_text("utf-8")
    assert [loss.count for loss in losses if "one line" in loss.why] == [2]


def test_pictures_go_along_though_frames_are_left_out(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("sign")
    for name in ("b.c.jpg", "gone.jpg", "a/d.png"):
        build.add_frame(name, 9, 9, deleted=name == "gone.jpg")

    names = ("b.c.jpg", "gone.jpg", "a/d.png")
    media = Media((n, MediaFile(name, partial(io.BytesIO, name.encode()))) for n, name in enumerate(names))
    at.write(build.dataset(), tmp_path / "out", LOCAL, media)
    result = read(tmp_path / "out")
    assert result.dataset.frames.names == ("a/d.png", "b.c.jpg")
    assert result.media is not None
    assert [file.read() for file in result.media.values()] == [b"a/d.png", b"b.c.jpg"]


def test_word_lists_as_people_have_them(tmp_path: Path) -> None:
    lines = (
        'word_1.png, "Genaxis \\"Theatre\\""', "word_2.png,[06], a", "word_3.png, ###", 'a, b.png,"x"', "word_5.png,",
    )  # fmt: skip
    where = folder(tmp_path, {"train/gt.txt": BOM + "\r\n".join(lines).encode(), "train/word_1.png": b"picture"})
    result = read(where, WORDS)
    names = ("word_1.png", "word_2.png", "word_3.png", "a, b.png", "word_5.png")
    assert result.dataset.frames.names == names
    assert result.dataset.frames.subsets == ("train",) * 5
    texts = [tag.attributes["text"] for tag in result.dataset.tags]
    assert texts == ['Genaxis "Theatre"', "[06], a", "###", "x"]
    assert list(result.media or ()) == [0]


def test_a_line_that_is_no_word_is_told(tmp_path: Path) -> None:
    where = folder(tmp_path, {"gt.txt": 'a.png, "x"\nnothing\n'})
    with pytest.raises(at.InputError) as caught:
        read(where, WORDS)
    assert str(caught.value) == f"{where}/gt.txt:2: is 'nothing', expected a picture and a word: name.png, \"word\""


def test_the_server_says_all_texts_of_a_picture_in_one_line(tmp_path: Path) -> None:
    at.write(built('a "b"', None), tmp_path / "out", WORDS, compat="cvat")
    assert (tmp_path / "out/default/gt.txt").read_text("utf-8") == 'a.jpg, "a "b"""a "b""\na.png, """"\n'


def test_the_server_reads_four_corners(tmp_path: Path) -> None:
    text = '0,0,9,0,9,9,0,9,1,1\n10,20,50,10,30,50\n0,0,9,0,9,5,9,9,"x"\n\n'
    dataset = read(folder(tmp_path, {"default/gt_a.txt": text}), compat="cvat").dataset
    assert [(points, text) for _, points, text in words(dataset)] == [
        ([0, 0, 9, 0, 9, 9, 0, 9], ""), ([10, 20, 50, 10], ""), ([0, 0, 9, 0, 9, 5, 9, 9], "x"),
    ]  # fmt: skip
