"""LFW: lists as they are given out, as CVAT writes them, pairs of all kinds, and lines that look like others."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pytest

import annotools as at
from annotools.model import AttributeSpec, Dataset, DatasetBuilder
from annotools.storage import Media, MediaFile
from annotools.transform.pair_lists import names_in
from tests.formats.files import folder

SLUG = "lfw"


def persons_of(dataset: Dataset) -> dict[str, dict[str, dict[str, str]]]:
    """The persons of each picture, and the pairs of each."""
    persons: dict[str, dict[str, dict[str, str]]] = {name: {} for name in dataset.frames.names}
    for tag in dataset.tags:
        persons[tag.frame.name][tag.label.name] = dict(tag.attributes)
    return persons


PAIRS = "2\t1\r\nAbel_Pacheco\t1\t4\r\nAbel_Pacheco\t1\tBob\t2\r\nBob\t2\tAbel_Pacheco\t10\r\n"


@pytest.mark.parametrize("top", ["", "lfw/"])
def test_pairs_as_they_are_given_out(tmp_path: Path, top: str) -> None:
    where = folder(
        tmp_path,
        {
            f"{top}pairs.txt": "\ufeff" + PAIRS, f"{top}people.txt": "2\n2\nAbel_Pacheco\t4\nBob\t2\n",
            "lfw/Abel_Pacheco/Abel_Pacheco_0001.jpg": "one", "lfw/Bob/Bob_0002.jpg": "two",
        },
    )  # fmt: skip
    result = at.read(where)
    assert persons_of(result.dataset) == {
        "Abel_Pacheco_0001.jpg": {
            "Abel_Pacheco": {"positive_pairs": "Abel_Pacheco/Abel_Pacheco_0004", "negative_pairs": "Bob/Bob_0002"}
        },
        "Abel_Pacheco_0004": {"Abel_Pacheco": {}},
        "Bob_0002.jpg": {"Bob": {"negative_pairs": "Abel_Pacheco/Abel_Pacheco_0010"}},
        "Abel_Pacheco_0010": {"Abel_Pacheco": {}},
    }
    assert [file.read() for file in (result.media or {}).values()] == [b"one", b"two"]


def test_pairs_for_development_are_subsets(tmp_path: Path) -> None:
    where = folder(tmp_path, {"pairsDevTrain.txt": "1\nA\t1\t2\n", "pairsDevTest.txt": "1\nA\t1\t3\n"})
    frames = at.read(where).dataset.frames
    assert list(zip(frames.subsets, frames.names, strict=True)) == [
        ("DevTest", "A_0001"), ("DevTest", "A_0003"), ("DevTrain", "A_0001"), ("DevTrain", "A_0002"),
    ]  # fmt: skip


def test_folders_of_persons_alone(tmp_path: Path) -> None:
    result = at.read(folder(tmp_path, {f"lfw/{p}/{p}_000{n}.jpg": p for p in ("A", "B") for n in (1, 2)}), SLUG)
    assert persons_of(result.dataset) == {f"{p}_000{n}.jpg": {p: {}} for p in ("A", "B") for n in (1, 2)}
    assert len(result.media or ()) == 4


def test_lists_of_cvat(tmp_path: Path) -> None:
    """A folder is a person only if people.txt has it; landmarks without a person are those of whoever is there."""
    where = folder(
        tmp_path,
        {
            "default/annotations/people.txt": "tag\t1\nother\t0\n",
            "default/annotations/pairs.txt": "tag/a/b.c\na/img05\n",
            "default/annotations/landmarks.txt": "a/b.c.jpg\t1.5\t2\t3\t4\na/img05.jpg\t5\t6\n",
        },
    )
    result = at.read(where)
    assert persons_of(result.dataset) == {"a/b.c": {"tag": {}}, "a/img05": {}}
    assert [(s.label.name, list(s.points)) for s in result.dataset.shapes] == [
        ("tag", [1.5, 2, 3, 4]), ("landmarks", [5, 6]),
    ]  # fmt: skip
    server = at.read(where, SLUG, compat="cvat").dataset
    assert server.frames.names == ("a/b.c", "img05", "b.c")
    assert [s.label.name for s in server.shapes] == ["a", "a"]


@pytest.mark.parametrize(
    ("member", "line", "message"),
    [
        ("pairs.txt", "a\t1\t2\t3\t4", "5 columns"), ("pairs.txt", "a\t1", "2 columns"),
        ("pairs.txt", "a\t\t2", "an empty column"), ("landmarks.txt", "a/x.jpg\t1\t2\t3", "is 'a/x.jpg 1 2 3'"),
        ("landmarks.txt", "a/x.jpg\t1\tnan", "is 'a/x.jpg 1 nan'"), ("landmarks.txt", "a/x.jpg", "is 'a/x.jpg'"),
    ],
)  # fmt: skip
def test_a_line_that_is_none_is_told_and_costs_no_other(tmp_path: Path, member: str, line: str, message: str) -> None:
    files = {"train/annotations/pairs.txt": "a/x\n", "train/annotations/landmarks.txt": "a/x.jpg\t1\t2\n"}
    name = f"train/annotations/{member}"
    files[name] += f"{line}\n"
    where = folder(tmp_path, files)
    with pytest.raises(at.InputError) as caught:
        at.read(where)
    assert str(caught.value).startswith(f"{where}/{name}:2: {message}, expected a picture, ")
    dataset = at.read(where, on_error="skip").dataset
    assert (persons_of(dataset), len(dataset.shapes)) == ({"x": {"a": {}}}, 1)


NAMES = ("cat_0001.jpg", "cat_0004.png", "img 1.jpg", "0007.jpg", "dog/b.jpg", "9.jpg", "-/c.jpg", "dog_0002.jpg")


def built() -> tuple[Dataset, Media]:
    """Pictures that are called after persons and otherwise, and of nobody."""
    build = DatasetBuilder()
    pairs = [AttributeSpec(0, "positive_pairs"), AttributeSpec(0, "negative_pairs"), AttributeSpec(0, "mood")]
    for name in ("cat", "dog", "a/b", "-"):
        build.add_label(name, attributes=pairs)
    for name in NAMES:
        build.add_frame(name, 9, 9, subset="train")
    build.add_tag(0, "cat", attributes={
        "positive_pairs": "['cat/cat_0004', 'img 1', 'gone', 'dog_0002', '0007']",
        "negative_pairs": "dog/dog_0002; 9; cat_0001; dog/b", "mood": "good",
    })  # fmt: skip
    build.add_tag(1, "cat", attributes={"positive_pairs": "", "negative_pairs": "nobody"})
    for frame, label in ((2, "cat"), (2, "dog"), (3, "cat"), (7, "dog"), (7, "dog"), (7, "a/b"), (7, "-")):
        build.add_tag(frame, label)
    build.add_shape("points", 0, "cat", (1.25, 2, 3, 4))
    build.add_shape("points", 4, "dog", (5, 6))
    media = Media((n, MediaFile(name, partial(io.BytesIO, name.encode()))) for n, name in enumerate(NAMES))
    return build.dataset(), media


def test_pairs_and_pictures_come_back(tmp_path: Path) -> None:
    dataset, media = built()
    losses = at.write(dataset, tmp_path / "out", SLUG, media)
    result = at.read(tmp_path / "out")
    assert result.dataset.frames.names == NAMES
    assert [file.read().decode() for file in (result.media or {}).values()] == list(NAMES)
    assert persons_of(result.dataset) == {
        "cat_0001.jpg": {
            "cat": {
                "positive_pairs": "cat/cat_0004; cat/img 1", "negative_pairs": "dog/dog_0002; 9; cat/cat_0001; -/dog/b",
            }
        },
        "cat_0004.png": {"cat": {}}, "img 1.jpg": {"cat": {}, "dog": {}}, "0007.jpg": {"cat": {}}, "dog/b.jpg": {},
        "9.jpg": {}, "-/c.jpg": {}, "dog_0002.jpg": {"dog": {}, "a_b": {}, "- 2": {}},
    }  # fmt: skip
    lines = (tmp_path / "out/train/annotations/pairs.txt").read_text().splitlines()
    assert lines == [
        "cat/cat_0001", "cat/cat_0004", "cat/img 1", "dog/img 1", "cat/0007", "-/dog/b", "-/9", "-/-/c", "dog/dog_0002",
        "a_b/dog_0002", "- 2/dog_0002", "cat\t1\t4", "cat\t1\timg 1", "cat\t1\tdog\t2", "cat\t1\t-\t9",
        "cat\t1\tcat\t1", "cat\t1\t-\tdog/b",
    ]  # fmt: skip
    assert (tmp_path / "out/train/annotations/landmarks.txt").read_text() == (
        "cat/cat_0001.jpg\t1.25\t2\t3\t4\ndog/dog/b.jpg\t5\t6\n"
    )
    counted = [(loss.kind, loss.what, loss.count) for loss in losses if loss.step == "pair-lists"]
    assert counted == [
        ("lost", "tag", 1), ("lost", "attribute", 2), ("changed", "attribute", 2),
        ("changed", "attributes of label", 3),
    ]  # fmt: skip


def test_a_name_with_a_comma_is_one_name(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("cat", attributes=[AttributeSpec(0, "positive_pairs")])
    for frame, name in enumerate(("a, b.jpg", "c;d.jpg", "e.jpg")):
        build.add_frame(name, 9, 9)
        build.add_tag(frame, "cat", attributes={"positive_pairs": "a, b" if frame else "e, a, c;d"})
    for out in ("one", "two"):
        at.write(build.dataset() if out == "one" else at.read(tmp_path / "one").dataset, tmp_path / out, SLUG)
        assert persons_of(at.read(tmp_path / out).dataset) == {
            "a, b": {"cat": {}}, "c;d": {"cat": {}}, "e": {"cat": {"positive_pairs": "cat/a, b"}}
        }  # fmt: skip


def test_the_server_takes_a_text_for_a_list_of_letters(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("cat", attributes=[AttributeSpec(0, "negative_pairs")])
    for frame, name in enumerate(("cat_0001.jpg", "b.jpg")):
        build.add_frame(name, 9, 9)
        build.add_tag(frame, "cat", attributes={"negative_pairs": "xy"} if not frame else {})
    build.add_shape("points", 0, "cat", (1.256, 2))
    at.write(build.dataset(), tmp_path / "out", SLUG, compat="cvat")
    folder = tmp_path / "out/default/annotations"
    assert (folder / "pairs.txt").read_text().splitlines() == ["cat\t1\t-\tx", "cat\t1\t-\ty"]
    assert (folder / "landmarks.txt").read_text() == "cat_0001.jpg\t1.26\t2.0\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("['a, b', \"c\"]", ["a, b", "c"]), ("a; b,c ;", ["a", "b,c"]), ("a, b", ["a", "b"]), ("", []),
        ("[broken", ["[broken"]), ("[" * 500, ["[" * 500]),
    ],
)  # fmt: skip
def test_names_are_listed_in_several_ways(text: str, names: list[str]) -> None:
    assert names_in(text) == names


def test_a_person_may_be_called_by_a_number(tmp_path: Path) -> None:
    """One or two numbers alone are what a list counts, three and four are pictures."""
    where = folder(tmp_path, {"pairs.txt": "1\t1\n12\t1\t4\n12\t1\t7\t2\n", "people.txt": "1\n2\n12\t4\n7\t2\n"})
    assert persons_of(at.read(where, SLUG).dataset) == {
        "12_0001": {"12": {"positive_pairs": "12/12_0004", "negative_pairs": "7/7_0002"}},
        "12_0004": {"12": {}},
        "7_0002": {"7": {}},
    }


@pytest.mark.parametrize("home", ["images/Bob/Bob_0001.jpg", "Bob/Bob_0001.jpg", "images/Bob_0001.jpg"])
@pytest.mark.parametrize("top", ["", "lfw/"])
def test_pictures_lie_in_one_of_three_places(tmp_path: Path, top: str, home: str) -> None:
    result = at.read(folder(tmp_path, {f"{top}pairs.txt": "Bob\t1\t2\n", f"{top}{home}": "one"}))
    assert result.dataset.frames.names == ("Bob_0001.jpg", "Bob_0002")
    assert [file.read() for file in (result.media or {}).values()] == [b"one"]


PEOPLE = "3\nAaron_Eckhart\t1\nAaron_Guiel\t1\nAaron_Patterson\t2\n"
COUNTED = {
    "Aaron_Eckhart_0001": {"Aaron_Eckhart": {}}, "Aaron_Guiel_0001": {"Aaron_Guiel": {}},
    "Aaron_Patterson_0001": {"Aaron_Patterson": {}}, "Aaron_Patterson_0002": {"Aaron_Patterson": {}},
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        PEOPLE, "1\n" + PEOPLE, f"\ufeff# by hand\n{PEOPLE}\n\n".replace("\n", "\r\n"), PEOPLE.replace("\t", " "),
        "# without a number first\n" + PEOPLE[2:],
    ],
)  # fmt: skip
def test_a_list_of_persons_alone_counts_their_pictures(tmp_path: Path, text: str) -> None:
    where = folder(tmp_path, {"peopleDevTrain.txt": text})
    dataset = at.read(where).dataset
    assert (persons_of(dataset), set(dataset.frames.subsets)) == (COUNTED, {"DevTrain"})
    assert persons_of(at.read(where / "peopleDevTrain.txt").dataset) == COUNTED


def test_a_count_that_is_none_is_told(tmp_path: Path) -> None:
    where = folder(tmp_path, {"people.txt": "Bob\tmany\nBob\t2\nAnn\t999999999\n"})
    expected = "expected a person, and of how many pictures, to 9,999 and 131,072 in all"
    with pytest.raises(at.InputError) as caught:
        at.read(where, SLUG)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{where}/people.txt:1: is 'Bob many', {expected}", f"{where}/people.txt:3: is 'Ann 999999999', {expected}",
    ]  # fmt: skip
    assert [*persons_of(at.read(where, SLUG, on_error="skip").dataset)] == ["Bob_0001", "Bob_0002"]


def test_few_bytes_do_not_make_very_many_pictures(tmp_path: Path) -> None:
    lines = ["A\t10000", *(f"B{n}\t9999" for n in range(14)), "C\t1084", "D\t1", "E\t1"]
    result = at.read(folder(tmp_path, {"people.txt": "\n".join(lines)}), SLUG, on_error="skip")
    assert len(result.dataset.frames) == 1 << 17
    assert [problem.line for problem in result.problems] == [1, 15, 18]


def test_pictures_tell_more_than_a_list_of_persons(tmp_path: Path) -> None:
    where = folder(tmp_path, {"people.txt": "2\nA\t1\nB\t1\n", "lfw/A/A_0001.jpg": "a", "lfw/B/other.jpg": "b"})
    assert persons_of(at.read(where).dataset) == {"A_0001.jpg": {"A": {}}, "other.jpg": {"B": {}}}


def test_remarks_are_neither_pictures_nor_landmarks(tmp_path: Path) -> None:
    files = {
        "annotations/people.txt": "# by hand\nBob\t2\n# x\t1\n",
        "annotations/pairs.txt": "# pairs\n1\t0\nBob\t1\t2\n# Bob\t1\t3\n#\n# x/y\n# seen.jpg\n",
        "annotations/landmarks.txt": "# five points\nBob/Bob_0001.jpg\t1\t2\n", "images/# seen.jpg": "picture",
    }  # fmt: skip
    result = at.read(folder(tmp_path, files))
    assert result.dataset.frames.names == ("Bob_0001", "Bob_0002", "y", "# seen.jpg")
    assert len(result.dataset.shapes) == 1


def test_a_name_that_looks_like_a_remark_comes_back(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("# x")
    names = ("10 300", "# a", "a 1 2", "b")
    for name in names:
        build.add_frame(name, 9, 9)
    build.add_tag(3, "# x")
    at.write(build.dataset(), tmp_path / "out", SLUG)
    dataset = at.read(tmp_path / "out").dataset
    assert persons_of(dataset) == {**{name: {} for name in names}, "b": {"# x": {}}}


def test_pairs_whose_tabs_became_blanks(tmp_path: Path) -> None:
    where = folder(tmp_path, {"pairs.txt": PAIRS.replace("\t", " "), "people.txt": "2\nAbel_Pacheco 4\nBob 2\n"})
    assert [*persons_of(at.read(where).dataset)] == [
        "Abel_Pacheco_0001", "Abel_Pacheco_0004", "Bob_0002", "Abel_Pacheco_0010",
    ]  # fmt: skip


def test_pictures_that_no_list_names_are_told(tmp_path: Path) -> None:
    """Of the 13,233 pictures of LFW pairs.txt names 7,701."""
    files = {"pairs.txt": PAIRS, "lfw/Bob/Bob_0002.jpg": "2", "lfw/Bob/Bob_0001.jpg": "1", "lfw/Cy/Cy_0001.jpg": "1"}
    result = at.read(folder(tmp_path, files))
    assert [(loss.what, loss.count, loss.why) for loss in result.losses] == [
        ("picture left out", 2, "no list names it: lfw/Bob/Bob_0001.jpg (and 1 more)")
    ]
