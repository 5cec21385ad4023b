"""Files of fixed names in other letters, as disks that are blind to case leave them: nothing of them goes unread."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache, partial

import pytest

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats import TABLE
from annotools.formats.base import Read, ReadOptions, WriteOptions
from annotools.formats.icdar.segmentation_rows import is_segmentation
from annotools.model.canonical import differing
from annotools.storage import Media, MediaFile
from annotools.validate.overlay import Overlay
from tests.datasets import EVERYTHING, FULL_CLOUDS
from tests.formats.yolo_files import picture

# What lists of their own say labels, or colours of classes.
SLUGS = (
    "voc", "segmentation-mask", "camvid", "cityscapes", "kitti", "mots", "mot", "wider-face", "vggface2", "lfw",
    "kitti-raw", "icdar-recognition", "imagenet", "market-1501", "sly-pointcloud",
)  # fmt: skip
NOTES = {
    "README.md": b"# cats\n", "LICENSE": b"MIT\n", "requirements.txt": b"numpy\n", "convert.py": b"print()\n",
    "checksums.txt": b"d41d8cd98f00b204e9800998ecf8427e  a.jpg\n", "package.json": b'{"name": "x"}',
}  # fmt: skip
CLOUDS = ("datumaro-3d", "kitti-raw", "sly-pointcloud")
UNWRITTEN = ("imagenet", "segmentation-mask")  # layouts of others, which are read only
KITTI = b"%b 0.00 0 -10 1 2 30 40 -1 -1 -1 -1000 -1000 -1000 -10\n"
LISTS = ("labels.txt", "labelmap.txt", "label_colors.txt", "synsets.txt", "frame_list.txt", "seqinfo.ini", "meta.json")


def ending(name: str) -> str:
    """A.TXT: an ending in capitals; that of JSON is never, as it says what documents are."""
    start, dot, end = name.rpartition(".")
    return name if end == "json" else start + dot + end.upper()


def lists(name: str) -> str:
    """LABELS.TXT: lists in capitals."""
    folder, slash, base = name.rpartition("/")
    return folder + slash + (base.upper() if base in LISTS else base)


def told(slug: str, members: dict[str, bytes]) -> tuple[list[str], int, int, int, int]:
    """The names of labels, and how many rows there are."""
    assert formats.sniff(Overlay("x", members)) == slug
    reader = formats.get(slug).read
    assert reader is not None
    result = reader(Overlay("x", members), None, ReadOptions())
    assert [str(problem) for problem in result.problems] == []
    dataset = result.dataset
    names = sorted(label.name for label in dataset.labels.top)
    return names, len(dataset.shapes), len(dataset.tags), len(dataset.tracks), len(dataset.frames)


@pytest.mark.parametrize("renamed", [ending, lists])
@pytest.mark.parametrize("slug", SLUGS)
def test_names_in_other_letters_say_the_same(slug: str, renamed: Callable[[str], str]) -> None:
    form = formats.get(slug)
    known = FULL_CLOUDS if slug in ("kitti-raw", "sly-pointcloud") else next(iter(EVERYTHING.values()))
    dataset, _ = fit_to_format(known, form, WriteOptions())
    assert form.write is not None
    members = {name: b"".join(pieces) for name, pieces in form.write(dataset, None, WriteOptions())}
    assert told(slug, {renamed(name): data for name, data in members.items()}) == told(slug, members)


@pytest.mark.parametrize("folder", [str.lower, str.title])
def test_masks_in_folders_of_other_letters(folder: Callable[[str], str]) -> None:
    dataset, _ = fit_to_format(next(iter(EVERYTHING.values())), formats.get("voc"), WriteOptions())
    writer = formats.get("voc").write
    assert writer is not None
    own = {"Annotations", "ImageSets", "Main", "SegmentationClass", "SegmentationObject"}
    members = {name: b"".join(pieces) for name, pieces in writer(dataset, None, WriteOptions())}
    other = {
        "/".join(folder(part) if part in own else part for part in name.split("/")): data
        for name, data in members.items()
    }
    assert told("voc", other) == told("voc", members)


LETTERED = [slug for slug in TABLE if formats.get(slug).letters]
PIECES = re.compile(r"[^*]+")


def in_letters(name: str, words: tuple[str, ...], change: Callable[[str], str]) -> str:
    """A path with what its format knows by name in other letters, whatever stands for the stars."""
    parts = name.split("/")
    for depth, part in enumerate(parts):
        for word in words:
            match = re.fullmatch("(.*)".join(map(re.escape, word.split("*"))), part)
            if match and ("." in word) == (depth == len(parts) - 1):
                for piece in filter(str.strip, PIECES.findall(word)):
                    parts[depth] = parts[depth].replace(piece, change(piece))
                break
    return "/".join(parts)


@cache
def drawn(slug: str) -> dict[str, bytes]:
    """The members of a dataset with pictures."""
    form = formats.get(slug)
    known = FULL_CLOUDS if slug in CLOUDS else next(iter(EVERYTHING.values()))
    options = WriteOptions(images=True)
    dataset, _ = fit_to_format(known, form, options)
    sizes = dataset.frames.sizes(range(len(dataset.frames))).tolist()
    files = [
        (name, picture(*size) if min(size) > 0 else b"") for name, size in zip(dataset.frames.names, sizes, strict=True)
    ]
    media = Media((n, MediaFile(name, partial(io.BytesIO, data))) for n, (name, data) in enumerate(files))
    assert form.write is not None
    return {name: b"".join(pieces) for name, pieces in form.write(dataset, media, options)}


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
@pytest.mark.parametrize("slug", LETTERED)
def test_folders_and_files_in_other_letters_say_the_same(slug: str, change: Callable[[str], str]) -> None:
    members, words = drawn(slug), formats.get(slug).letters
    other = {in_letters(name, words, change): data for name, data in members.items()}
    usual, result = everything(slug, members), everything(slug, other)
    assert formats.sniff(Overlay("x", other)) == slug
    assert result.problems == ()
    assert differing(result.dataset, usual.dataset) == []
    assert [str(loss) for loss in result.losses] == [str(loss) for loss in usual.losses]
    names, as_usual = ({file.name for file in (one.media or {}).values()} for one in (result, usual))
    assert names == as_usual if slug == "cvat-backup" else names <= {*other}  # whose pictures are called as its frames
    assert {file.read() for file in (result.media or {}).values()} == {f.read() for f in (usual.media or {}).values()}
    assert result.dataset.origin is not None
    assert {*result.dataset.origin.members} <= {*other}


def everything(slug: str, members: dict[str, bytes], *, server: bool = False) -> Read:
    form = formats.get(slug)
    reader = form.dialects["cvat"].read if server else form.read
    assert reader is not None
    return reader(Overlay("x", members), None, ReadOptions(origin=True, extras=True))


@pytest.mark.parametrize("slug", LETTERED)
def test_some_name_of_every_such_format_is_called_otherwise(slug: str) -> None:
    words = formats.get(slug).letters
    assert any(in_letters(name, words, str.swapcase) != name for name in drawn(slug)) or slug in UNWRITTEN


@pytest.mark.parametrize("server", [False, True])
def test_labels_beside_a_folder_of_faces_in_other_letters(server: bool) -> None:
    members = {"bb_landmark/loose_bb_train.csv": b"NAME_ID,X,Y,W,H\ncat/a,1,2,3,4\n", "labels.txt": b"dog\ncat\n"}
    other = {name.replace("bb_landmark", "BB_LANDMARK"): data for name, data in members.items()}
    result = everything("vggface2", other, server=server)
    assert [label.name for label in result.dataset.labels.top] == ["dog", "cat"]
    assert result.dataset.frames.names == everything("vggface2", members, server=server).dataset.frames.names


def test_of_two_that_differ_in_letters_the_usual_is_read_and_the_other_is_told() -> None:
    members = {"train/label_2/a.txt": KITTI % b"car", "train/LABEL_2/a.txt": KITTI % b"cat"}
    result = everything("kitti", members)
    assert [label.name for label in result.dataset.labels.top] == ["car"]
    (loss,) = result.losses.of("lost")
    assert (loss.what, loss.table, loss.count) == ("file", "members", 1)
    assert "train/LABEL_2/a.txt" in loss.why


def test_of_two_in_other_letters_one_is_read_and_the_other_is_told() -> None:
    members = {"train/Label_2/a.txt": KITTI % b"car", "train/LABEL_2/a.txt": KITTI % b"cat"}
    result = everything("kitti", members)
    assert len(result.dataset.shapes) == 1
    assert sum(loss.table == "members" for loss in result.losses) == 1


def test_problems_name_files_as_they_are_called() -> None:
    (problem,) = everything("kitti", {"train/LABEL_2/a.txt": b"car 1 2\n"}).problems
    assert (problem.file, problem.line) == ("train/LABEL_2/a.txt", 1)
    (problem,) = everything("cityscapes", {"GTFINE/a/b_gtfine_labelids.png": b"none"}).problems
    assert problem.file == "GTFINE/a/b_gtfine_labelids.png"


def test_a_list_names_its_masks_in_other_letters() -> None:
    members = {"train.txt": b"/train/a.png TRAINANNOT/a.png\n", "TRAINANNOT/a.png": picture(), "train/a.png": picture()}
    result = everything("camvid", members)
    assert (result.problems, [*result.dataset.frames.names]) == ((), ["a.png"])


@pytest.mark.parametrize("name", ["MOT17_gt.txt", "wider_face_train_bbx_gt.txt"])
def test_other_truths_are_not_taken_for_segments_of_text(name: str) -> None:
    files = {name: b"1,1,10,20,30,40,1,1,1\n" if "MOT" in name else b"0--Parade/a.jpg\n1\n1 2 3 4 0 0 0 0 0 0\n"}
    assert is_segmentation(Overlay("x", {name.replace("gt", "GT"): data for name, data in files.items()})) is False


def test_an_empty_list_of_faces_is_no_text() -> None:
    members = {"wider_face_split/wider_face_train_bbx_gt.txt": b"", "labels.txt": b"face\n"}
    assert formats.sniff(Overlay("x", members)) == "wider-face"


@pytest.mark.parametrize("change", [str.upper, str.lower])
@pytest.mark.parametrize("slug", ["labelme", "open-images", "camvid"])
def test_masks_whose_endings_are_in_other_letters(slug: str, change: Callable[[str], str]) -> None:
    members = {re.sub(r"\.png$", lambda end: change(end[0]), name): data for name, data in drawn(slug).items()}
    result, usual = everything(slug, members), everything(slug, drawn(slug))
    assert result.problems == ()
    assert differing(result.dataset.replace(frames=usual.dataset.frames), usual.dataset) == []


@pytest.mark.parametrize("slug", [slug for slug in TABLE if slug not in ("cvat-api", "cvat-backup")])
def test_a_copy_below_folders_with_notes_beside_says_the_same(slug: str) -> None:
    """As an archive of a repository has it."""
    members = {f"cats-main/{name}": data for name, data in NOTES.items()}
    members |= {f"cats-main/data/{name}": data for name, data in drawn(slug).items()}
    result, usual = everything(slug, members), everything(slug, drawn(slug))
    assert formats.sniff(Overlay("x", members)) == slug
    assert [str(problem) for problem in result.problems] == []
    assert differing(result.dataset, usual.dataset) == []
    assert len(result.media or ()) == len(usual.media or ())


def test_a_folder_round_subsets_is_left_away_only_where_they_are_called_so() -> None:
    words = b'a.jpg, "cat"\n'
    for folder, subset in (("x/train", "train"), ("x/y/val", "val"), ("x/night", "x/night"), ("train", "train")):
        assert list(everything("icdar-recognition", {f"{folder}/gt.txt": words}).dataset.frames.subsets) == [subset]
    two = {"x/train/gt.txt": words, "y/train/gt.txt": words}
    assert list(everything("icdar-recognition", two).dataset.frames.subsets) == ["x/train", "y/train"]
