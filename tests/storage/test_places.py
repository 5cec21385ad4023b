"""What a write may replace, and what it never does."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotools.errors import UsageError
from annotools.storage import Permit, open_source, write_document, write_members
from annotools.storage.places import literal
from annotools.storage.portable import portability
from tests.storage.taken_places import FORCED, FORMAT, ONE, filled, names


@pytest.mark.parametrize("name", ["n", "n.zip", "n.json"])
@pytest.mark.parametrize("kind", ["FIFO", "socket"])
@pytest.mark.parametrize("permit", [Permit(), FORCED])
def test_a_pipe_or_socket_is_never_replaced(tmp_path: Path, name: str, kind: str, permit: Permit) -> None:
    file = tmp_path / name
    with socket.socket(socket.AF_UNIX) as door:
        if kind == "FIFO":
            os.mkfifo(file)
        else:
            door.bind(os.path.relpath(file))  # paths of sockets are short
        before = file.lstat()
        with pytest.raises(UsageError, match=rf"{name}: is a {kind}, expected another place"):
            write_members(file, ONE, permit)
        with pytest.raises(UsageError, match=f"is a {kind}"):
            write_document(file, b"new", permit)
    assert file.lstat().st_ino == before.st_ino
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("where", ["/dev/null", "link", "link.json", "file:///dev/null"])
def test_a_device_is_never_replaced(tmp_path: Path, where: str) -> None:
    path = where if where.startswith(("/", "file:")) else str(tmp_path / where)
    if path != where:
        Path(path).symlink_to("/dev/null")
    with pytest.raises(UsageError, match="/dev/null: is a device, expected another place"):
        write_members(path, ONE, FORCED)
    with pytest.raises(UsageError, match="is a device"):
        write_document(path, b"new")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_force_replaces_what_the_format_writes(tmp_path: Path) -> None:
    out = filled(tmp_path / "out", "labels.json", "annotations/a.json", "images/a/b.jpg")
    (out / "empty" / "folder").mkdir(parents=True)
    write_members(out, [*ONE, ("images/a/b.jpg", [b"new"])], FORCED)
    assert names(out) == ["images/a/b.jpg", "labels.json"]
    assert (out / "images" / "a" / "b.jpg").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "name",
    [
        ".git/HEAD", "notes.txt", "annotations/deep/a.json", "labels.json.bak", "labels.json/x", "jobs/1/job.json",
        "Labels.json", "annotations/a.json\n", "annotations/", "images",
    ],
)  # fmt: skip
def test_force_refuses_what_the_format_does_not_write(tmp_path: Path, name: str) -> None:
    out = filled(tmp_path / "out", name if not name.endswith("/") else f"{name}x")
    before = names(out)
    with pytest.raises(UsageError, match=r"(?s)out: has what this format does not write: .*, expected another place"):
        write_members(out, ONE, FORCED)
    assert names(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["images/b.jpg", "images/notes.txt", "images/deep/er", "images/c.PCD"])
def test_force_refuses_to_lose_a_picture(tmp_path: Path, name: str) -> None:
    out = filled(tmp_path / "out", "labels.json", "images/a.jpg", name)
    with pytest.raises(UsageError, match=f"has pictures that are not written again: {name}, expected another"):
        write_members(out, [*ONE, ("images/a.jpg", [b"new"])], FORCED)
    assert (out / "images" / "a.jpg").read_bytes() == b"old"
    write_members(out, [*ONE, ("images/a.jpg", [b"new"]), (name, [b"new"])], FORCED)
    assert (out / name).read_bytes() == b"new"


def test_a_picture_is_one_whatever_the_pattern(tmp_path: Path) -> None:
    out = filled(tmp_path / "out", "masks/a.png")
    with pytest.raises(UsageError, match=r"not written again: masks/a\.png"):
        write_members(out, ONE, Permit(force=True, members=("labels.json", "masks/*.png")))


def test_a_file_that_comes_while_the_new_ones_are_written_is_seen(tmp_path: Path) -> None:
    out = filled(tmp_path / "out", "labels.json")

    def pieces() -> Iterator[bytes]:
        filled(out, "thesis.txt")
        yield b"new"

    with pytest.raises(UsageError, match=r"thesis\.txt"):
        write_members(out, [("labels.json", pieces())], FORCED)
    assert names(out) == ["labels.json", "thesis.txt"]


def test_up_to_five_names_are_told(tmp_path: Path) -> None:
    five = filled(tmp_path / "five", *"edcba")
    with pytest.raises(UsageError, match=": a, b, c, d, e, expected"):
        write_members(five, ONE, FORCED)
    with pytest.raises(UsageError, match=r": a, b, c, d, e, \.\.\., expected"):
        write_members(filled(five, "f"), ONE, FORCED)


def test_without_force_files_stand_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has files in it, expected an empty folder \(or force=True\)"):
        write_members(filled(tmp_path / "out", "labels.json"), ONE, Permit(members=FORMAT))
    with pytest.raises(UsageError, match="is a file, expected a folder"):
        write_members(filled(tmp_path, "plain") / "plain", ONE, FORCED)


def test_a_link_or_pipe_in_a_folder_is_nothing_a_format_writes(tmp_path: Path) -> None:
    out = filled(tmp_path / "out", "labels.json")
    pictures = filled(tmp_path / "pictures", "a.jpg")
    (out / "images").symlink_to(pictures)
    with pytest.raises(UsageError, match="does not write: images"):
        write_members(out, [*ONE, ("images/a.jpg", [b"new"])], FORCED)
    (out / "images").unlink()
    (out / "annotations").mkdir()
    os.mkfifo(out / "annotations" / "a.json")
    with pytest.raises(UsageError, match=r"does not write: annotations/a\.json"):
        write_members(out, ONE, FORCED)


@pytest.mark.parametrize("source", ["in", "in/annotations/a.json", "in/annotations", "link"])
@pytest.mark.parametrize("output", ["in", "in/annotations", "again"])
def test_an_input_is_never_replaced_by_a_folder(tmp_path: Path, source: str, output: str) -> None:
    filled(tmp_path / "in", "annotations/a.json", "labels.json")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    (tmp_path / "again").symlink_to(tmp_path / "in")
    permit = Permit(True, ("a.json", "labels.json", "annotations/*.json"), (tmp_path / source,))
    for where in (str(tmp_path / output), f"file://{tmp_path / output}"):
        with pytest.raises(UsageError, match="is an input, around one or in one, expected another place"):
            write_members(where, [("a.json", [b"new"]), ("labels.json", [b"new"])], permit)
    assert (tmp_path / "in" / "annotations" / "a.json").read_bytes() == b"old"


@pytest.mark.parametrize("source", ["in", "in/a.json", "link"])
def test_an_input_is_never_replaced_by_a_file(tmp_path: Path, source: str) -> None:
    filled(tmp_path / "in", "a.json", "b.json")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    permit = Permit(True, FORMAT, (f"file://{tmp_path / source}",))
    with pytest.raises(UsageError, match=r"a\.json: is an input or in one, expected another place"):
        write_members(tmp_path / "in" / "a.json", ONE, permit)
    with pytest.raises(UsageError, match=r"a\.json: is an input or in one"):
        write_document(tmp_path / "link" / "a.json", b"new", permit)
    write_members(tmp_path / "in" / "new.json", ONE, permit)  # nothing was there
    assert (tmp_path / "in" / "a.json").read_bytes() == b"old"
    assert (tmp_path / "in" / "new.json").read_bytes() == b"new"


def test_the_same_law_at_a_url() -> None:
    url = "memory://places/out"
    write_members(url, [("labels.json", [b"old"]), ("images/a.jpg", [b"old"])])
    with pytest.raises(UsageError, match="has files in it"):
        write_members(url, ONE)
    with pytest.raises(UsageError, match=r"not written again: images/a\.jpg"):
        write_members(url, ONE, FORCED)
    with pytest.raises(UsageError, match=r"does not write: images/a\.jpg"):
        write_members(url, ONE, Permit(force=True, members=("labels.json",)))
    for source in (url, f"{url}/images", "memory://places"):
        with pytest.raises(UsageError, match="is an input"):
            write_members(url, ONE, Permit(True, FORMAT, (source,)))
    write_members(f"{url}.json", ONE)
    with pytest.raises(UsageError, match="is an input"):
        write_members(f"{url}.json", ONE, Permit(True, FORMAT, (f"{url}.json",)))
    write_members(url, [*ONE, ("images/a.jpg", [b"new"])], Permit(True, FORMAT, ("memory://places/ou",)))
    with open_source(url) as source:
        assert [source.read(name) for name in source.members()] == [b"new", b"new"]


def test_a_document_has_any_ending(tmp_path: Path) -> None:
    write_document(tmp_path / "report", b"1")
    write_document(tmp_path / "report", b"2")
    assert (tmp_path / "report").read_bytes() == b"2"
    with pytest.raises(UsageError, match="is a folder"):
        write_document(tmp_path, b"3")


def test_a_path_with_a_nul_is_told() -> None:
    with pytest.raises(UsageError, match="has a NUL in it"):
        write_members("a\0b", ONE)


def test_a_star_in_a_name_is_one() -> None:
    permit = Permit(members=(literal("a*.json"), "b*c/**.x", r"a\d"))
    assert [permit.covers(name) for name in ("a*.json", "ab.json", "bc/.x", "b1c/d/e.x", "b/c/d.x", r"a\d", "a1")] == [
        True, False, True, True, False, True, False,
    ]  # fmt: skip


def test_names_of_one_disk_only() -> None:
    barred = ["a:b.jpg", "CON", "d/aux.txt", "lpt1 .x", "dot.", "space ", "COM².png", 'q"', "nul.tar.gz", "x/pipe|.png"]
    fine = ["console.jpg", "a/b.jpg", "con-1.jpg", ".hidden", "com10.txt", "ü.png", "xcon"]
    assert portability(fine) == ()
    assert portability(["CON", *fine]) == ("cannot stand on Windows: CON",)
    (line,) = portability(barred)
    assert line == "cannot stand on Windows: a:b.jpg, CON, d/aux.txt, lpt1 .x, dot. and 5 more"
    assert portability(["aux/a.jpg", "x/a:b/c.jpg"]) == ("cannot stand on Windows: aux/a.jpg, x/a:b/c.jpg",)
    twins = ["A.jpg", "a.jpg", "F/x", "f/y", "G/z", "g/z", "e\u0301", "\u00e9"]
    assert portability(twins) == (
        "one file where case or accents do not count: A.jpg and a.jpg, G/z and g/z, e\u0301 and \u00e9",
    )


def test_names_are_told_when_a_folder_is_written(tmp_path: Path) -> None:
    members = [("images/A.jpg", [b"1"]), ("images/a.jpg", [b"2"]), ("b/a:b", [])]
    remarks = write_members(tmp_path / "out", members)
    assert remarks == (
        "cannot stand on Windows: b/a:b",
        "one file where case or accents do not count: images/A.jpg and images/a.jpg",
    )
    assert write_members("memory://places/names", members) == remarks
    assert write_members(tmp_path / "out.zip", members) == ()


def test_what_a_run_has_at_work_is_no_part_of_a_source(tmp_path: Path) -> None:
    filled(tmp_path, ".out.json.0123abcd.new", ".out.0123abcd.old/x", ".new", "a.new")
    with open_source(tmp_path) as source:
        assert source.members() == [".new", "a.new"]
