"""MOTS: tracks of masks, as pictures and as lines, of its challenge and of KITTI."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import annotools as at
from annotools.model import DatasetBuilder
from tests.formats.files import problems_of
from tests.formats.mask_files import picture, read, runs, tracked, write


@pytest.mark.parametrize(
    ("member", "images", "first", "name"),
    [("training/instances_txt/0002.txt", "training/image_02/0002/", 0, "0002"), ("train/MOTS20-02/gt/gt.txt",
      "train/MOTS20-02/img1/", 1, "MOTS20-02")],
)  # fmt: skip
def test_lines_of_mots_are_tracks_of_masks(tmp_path: Path, member: str, images: str, first: int, name: str) -> None:
    lines = [
        f"{first} 1005 1 6 8 {runs((1, 2), (2, 2))}", f"{first} 10000 10 6 8 {runs((7, 5))}",
        f"{first} 2001 2 6 8 {runs((0, 0))}", f"{first + 2} 1005 1 6 8 {runs((3, 4))}",
    ]  # fmt: skip
    files = {member: "\n".join(lines), f"{images}{first + 1:06d}.png": picture([[0] * 8] * 6)}
    result = at.read(write(tmp_path, files))
    dataset = result.dataset
    endings = ["", ".png", ""]
    assert dataset.frames.names == tuple(f"{name}/{first + n:06d}{end}" for n, end in enumerate(endings))
    assert (set(dataset.frames.subsets), dataset.frames.width.tolist()[::2]) == ({member.split("/")[0]}, [8, 8])
    rows = [(s.frame.name[-6:], s.label.name, s.points.tolist(), s.outside) for s in dataset.shapes]
    start, last = f"{first:06d}", f"{first + 2:06d}"
    assert [row for row in rows if row[1] == "car" and not row[3]] == [
        (start, "car", [0, 2, 1, 2, 2, 2], False), (last, "car", [0, 1, 3, 4, 3, 4], False),
    ]  # fmt: skip
    assert [row[2] for row in rows if row[1] == "pedestrian" and not row[3]] == [[0, 1, 0, 0, 0, 0]]
    assert [track.label.name for track in dataset.tracks] == ["car", "pedestrian"]
    assert dataset.tracks.extras["track_id"].plain() == [5, 1]
    assert [(loss.what, loss.count) for loss in result.losses.of("lost")] == [("region", 1)]


@pytest.mark.parametrize(("name", "first"), [("MOTS20-02", 1), ("0002", 0)])
def test_lines_of_mots_alone(tmp_path: Path, name: str, first: int) -> None:
    """Results are files without the folders of a dataset."""
    lines = f"{first} 2001 2 6 8 {runs((0, 0))}\n{first + 1} 1005 1 6 8 {runs((1, 2))}\n\n"
    where = write(tmp_path, {f"{name}.txt": "\ufeff" + lines, "README.txt": "results"})
    for source in (where, where / f"{name}.txt"):
        dataset = at.read(source).dataset
        assert dataset.frames.names == (f"{name}/{first:06d}", f"{name}/{first + 1:06d}")
        assert [track.label.name for track in dataset.tracks] == ["pedestrian", "car"]


def test_a_number_of_an_object_that_is_not_of_its_class_stays_whole(tmp_path: Path) -> None:
    """1000 x class + object: 3005 of class 1 is not 5, which is another car."""
    lines = [f"0 {number} {kind} 6 8 {runs((x, 1))}" for x, (number, kind) in enumerate(
        [(1005, 1), (3005, 1), (2005, 2), (5, 1), (1005, 2)]
    )]  # fmt: skip
    dataset = read(tmp_path, {"instances_txt/a.txt": "\n".join(lines)}, "mots").dataset
    numbers = dataset.tracks.extras["track_id"].plain()
    tracks = [(track.label.name, number) for track, number in zip(dataset.tracks, numbers, strict=True)]
    assert sorted(tracks)[:3] == [("car", 5), ("car", 5), ("car", 3005)]
    assert ("pedestrian", 5) in tracks


def test_a_bad_line_of_mots_costs_no_other(tmp_path: Path) -> None:
    good = f"0 1001 1 6 8 {runs((1, 2))}"
    lines = [good, "1 1001 1 6 8", "1 1001 1 0 8 x", f"-1 1001 1 6 8 {runs((1, 2))}", "1 1001 1 6 8 !!", "x 1 1 6 8 y"]
    result = read(tmp_path, {"instances_txt/a.txt": "\n".join(lines)}, "mots")
    problems = [text.partition("a.txt:")[2] for text in problems_of(result)]
    assert [text.partition(":")[0] for text in problems] == ["2", "6", "3", "4", "5"]
    assert problems[2:4] == ["3: the size is 8 x 0, expected pixels", "4: frame is -1, expected 0 or more"]
    assert [shape.points.tolist() for shape in result.dataset.shapes if not shape.outside] == [[0, 1, 1, 2, 1, 2]]


def test_mots_of_the_challenge_has_sequences_and_regions_to_ignore(tmp_path: Path) -> None:
    frame = np.array([[1001, 1001, 2005, 10000]])
    files = {f"instances/{folder}/00000{n}.png": picture(frame) for folder in ("0002", "0003") for n in (0, 1)}
    result = read(tmp_path, files, "mots")
    dataset = result.dataset
    assert problems_of(result) == []
    assert [label.name for label in dataset.labels] == ["car", "pedestrian"]
    numbers = dataset.tracks.extras["track_id"].plain()
    tracks = [(t.label.name, t.frame.name, n) for t, n in zip(dataset.tracks, numbers, strict=True)]
    assert sorted(tracks) == [
        ("car", "0002/000000", 1), ("car", "0003/000000", 1),
        ("pedestrian", "0002/000000", 5), ("pedestrian", "0003/000000", 5),
    ]  # fmt: skip
    assert {loss.what for loss in result.losses} == {"class", "region"}


@pytest.mark.parametrize(("count", "labels", "lost"), [(999, 1, 0), (1001, 1, 2), (66, 66, 2)])
def test_tracks_without_room_in_sixteen_bits_are_counted_as_lost(
    count: int, labels: int, lost: int, tmp_path: Path
) -> None:
    losses = at.write(tracked(count, labels), tmp_path / "out", "mots")
    assert sum(loss.count for loss in losses.of("lost", "annotations") if loss.table == "tracks") == lost
    dataset = at.read(tmp_path / "out", "mots").dataset
    assert len(dataset.tracks) == count - lost
    assert (
        len(set(zip(dataset.tracks.label.tolist(), dataset.tracks.extras["track_id"].plain(), strict=True)))
        == count - lost
    )


@pytest.mark.parametrize(("slug", "most"), [("cityscapes", 999), ("kitti", 255)])
def test_instances_without_room_are_counted_as_lost(slug: str, most: int, tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    build.add_frame("a.png", most + 3, 1)
    for n in range(most + 3):
        build.add_shape("mask", 0, "car", [0, 1, n, 0, n, 0])
    losses = at.write(build.dataset(), tmp_path / "out", slug)
    assert [(loss.what, loss.count) for loss in losses.of("lost", "annotations")] == [("mask of very many", 3)]
    assert len(at.read(tmp_path / "out", slug).dataset.shapes) == most


def test_a_track_is_seen_on_no_more_frames_whatever_their_order_is(tmp_path: Path) -> None:
    build = DatasetBuilder()
    build.add_label("car")
    for name in ("c.jpg", "b.jpg", "a.jpg", "d.jpg"):
        build.add_frame(name, 4, 3, subset="train" if name == "d.jpg" else "")
    track = build.add_track("car", 0)
    for frame, outside in ((0, False), (1, True), (2, False), (3, True)):
        build.add_shape("rectangle", frame, points=[0, 0, 2, 2], track=track, outside=outside)
    at.write(build.dataset(), tmp_path / "out", "mots")
    dataset = at.read(tmp_path / "out", "mots").dataset
    assert [s.frame.name for s in dataset.shapes if not s.outside] == ["a", "c"]
    assert len(dataset.tracks) == 1
    assert dataset.frames.names == ("a", "b", "c", "d")
