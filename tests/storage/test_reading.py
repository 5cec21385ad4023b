"""Reading folders, zips, files and URLs of strangers."""

from __future__ import annotations

import io
import os
import random
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from annotools.errors import InputError, LimitError, Problems, UsageError
from annotools.storage import Limits, Media, Permit, open_source, safe_name, write_members
from annotools.storage.limits import check_json
from annotools.storage.picture_names import holds_only_pictures

MEMBERS = [("b/ä ö.txt", [b"one", b"two"]), ("a.json", [b"{}"]), ("b/c.d/e", [])]


def zip_of(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def read_all(where: Path, limits: Limits | None = None) -> dict[str, bytes]:
    with open_source(where, limits) as source:
        return {name: source.read(name) for name in source.members()}


@pytest.mark.parametrize("target", ["out", "out.zip", "memory://reading/out", "memory://reading/out.zip"])
def test_all_places_look_the_same(tmp_path: Path, target: str) -> None:
    where = target if "://" in target else str(tmp_path / target)
    write_members(where, MEMBERS, Permit(force=True, members=("**",)))
    with open_source(where) as source:
        assert source.members() == ["a.json", "b/c.d/e", "b/ä ö.txt"]
        assert source.read("b/ä ö.txt") == b"onetwo"
        assert source.size("b/ä ö.txt") == 6
        assert [source.has(name) for name in ("a.json", "b", "../a.json", "")] == [True, False, False, False]
        assert source.sub("b").members() == ["c.d/e", "ä ö.txt"]
        assert source.sub("b/").sub("c.d").read("e") == b""
        with source.open("b/ä ö.txt") as stream:
            assert [stream.read(2), stream.read(2), stream.read(9)] == [b"on", b"et", b"wo"]
        with pytest.raises(InputError, match="no such file"):
            source.read("missing")


def test_a_single_file_is_its_one_member(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<a/>")
    with open_source(tmp_path / "a.xml") as source:
        assert (source.name, source.members(), source.size("a.xml")) == ("a.xml", ["a.xml"], 4)
        assert source.read("a.xml") == source.read("a.xml") == b"<a/>"
        with pytest.raises(InputError, match="no such file"):
            source.open("b.xml")


def test_a_zip_is_known_by_its_bytes(tmp_path: Path) -> None:
    zip_of(tmp_path / "backup", ("a", b"1"))
    with open_source(tmp_path / "backup") as source:
        assert source.members() == ["a"]
    (tmp_path / "no.zip").write_bytes(b"")
    with pytest.raises(InputError, match="is not a zip"):
        open_source(tmp_path / "no.zip")


@pytest.mark.parametrize("content", [b"plain text", None])
def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    given = zip_of(tmp_path / "z", ("stdin", b"plain text")).read_bytes() if content is None else content
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
    with open_source("-") as source:
        assert source.members() == ["stdin"]
        with source.open("stdin") as one, source.open("stdin") as other:
            assert one.read(5) + other.read() == b"plainplain text"


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd", "../x", "a/../../x", "a\\..\\x", "C:/x", "c:x", "a//b", "./a", "a\nb", "a/..", "", "x" * 256,
        "\udc80",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="leads nowhere but down"):
        safe_name(name)
    for target in ("out", "out.zip"):
        with pytest.raises(InputError):
            write_members(tmp_path / "deep" / target, [("fine.txt", [b"1"]), (name, [b"2"])])
    assert list((tmp_path / "deep").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a\\b", "C:/x", "a/./b"])
def test_unsafe_members_of_a_zip_are_all_named(tmp_path: Path, name: str) -> None:
    where = zip_of(tmp_path / "a.zip", ("fine", b""), (name, b"x"), ("..", b""))
    with pytest.raises(InputError) as caught:
        open_source(where)
    assert [problem.file for problem in caught.value.problems] == [f"a.zip/{name}", "a.zip/.."]


def test_a_zip_of_windows_powershell_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has a backslash, expected slashes between folders: packed again"):
        open_source(zip_of(tmp_path / "a.zip", ("images\\a.jpg", b"x")))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicates_and_links_in_a_zip(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"two\.zip/a: member comes twice"):
        open_source(zip_of(tmp_path / "two.zip", ("a", b"1"), ("a", b"2")))
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(InputError, match="symbolic link"):
        open_source(zip_of(tmp_path / "link.zip", (link, b"/etc/passwd")))
    link.filename = link.orig_filename = "images/a.jpg"
    with open_source(zip_of(tmp_path / "picture.zip", (link, b"/etc/passwd"), ("b", b"1"))) as source:
        assert (source.members(), source.links) == (["b"], ("images/a.jpg",))
        with pytest.raises(InputError, match=r"images/a\.jpg: no such file"):
            source.read("images/a.jpg")


def test_an_encrypted_zip(tmp_path: Path) -> None:
    content = bytearray(zip_of(tmp_path / "a.zip", ("secret", b"1")).read_bytes())
    struct.pack_into("<H", content, content.index(b"PK\x01\x02") + 8, 1)
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.zip/secret: member is encrypted"):
        open_source(tmp_path / "a.zip")


def test_litter_of_file_managers_is_no_member(tmp_path: Path) -> None:
    where = zip_of(
        tmp_path / "a.zip",
        ("a.txt", b"1"),
        ("__MACOSX/._a.txt", b""),
        ("d/._b.txt", b""),
        ("d/.DS_Store", b""),
        ("e/", b""),
    )
    with open_source(where) as source:
        assert source.members() == ["a.txt"]


@pytest.mark.parametrize(
    "left",
    [".git/HEAD", "d/.idea/misc.xml", ".vscode/a.json", "d/.ipynb_checkpoints/a-checkpoint.txt", "__pycache__/a.py"],
)
def test_what_editors_and_version_control_leave_is_no_member(tmp_path: Path, left: str) -> None:
    where = zip_of(tmp_path / "a.zip", ("a.txt", b"1"), ("d/.b.txt", b""), (left, b""))
    (tmp_path / "folder" / left).parent.mkdir(parents=True)
    for name in ("a.txt", "d/.b.txt", left):
        (tmp_path / "folder" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "folder" / name).write_bytes(b"1")
    for path in (where, tmp_path / "folder"):
        with open_source(path) as source:
            assert source.members() == ["a.txt", "d/.b.txt"]


@pytest.mark.parametrize("seed", range(60))
def test_damaged_zips_are_input_errors(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    whole = dice.randbytes(200)
    content = bytearray(zip_of(tmp_path / "a.zip", ("a", b"abc" * 500), ("b/c", whole)).read_bytes())
    for _ in range(dice.randint(1, 4)):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    (tmp_path / "a.zip").write_bytes(content[: dice.randint(1, 2 * len(content))])
    try:
        contents = list(read_all(tmp_path / "a.zip").values())
    except InputError as error:
        contents = []
        message = str(error)
    else:
        message = "read"
    assert message
    assert set(contents) <= {b"abc" * 500, whole}


def test_a_wrong_checksum_names_the_member(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a.txt")
    content = bytearray(zip_of(tmp_path / "a.zip", (info, b"hello")).read_bytes())
    content[content.index(b"hello")] ^= 1
    (tmp_path / "a.zip").write_bytes(content)
    with open_source(tmp_path / "a.zip") as source, pytest.raises(InputError, match=r"a\.txt: is damaged"):
        source.read("a.txt")


def test_bombs_stop_at_the_limits(tmp_path: Path) -> None:
    where = zip_of(tmp_path / "a.zip", ("a", bytes(1 << 20)), ("b", bytes(1 << 20)))
    for limits, message in [
        (Limits(members=1), "2 members"),
        (Limits(member=1000), "a: expands to more than 1,000 bytes"),
        (Limits(ratio=10, ratio_from=1000), "more than 10 times"),
        (Limits(total=1 << 20), r"a\.zip: expands to more than"),
    ]:
        with pytest.raises(LimitError, match=message):
            read_all(where, limits)
    with open_source(where, Limits(total=1 << 21)) as source:
        assert sum(len(source.read(name)) for name in ("a", "a", "b")) == 3 << 20


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    where = zip_of(tmp_path / "a.zip", ("a", bytes(1 << 20)), ("b", b"small"))
    with open_source(where, Limits(ratio_from=1 << 19)) as source:
        with pytest.raises(LimitError, match="a: expands more than 50 times its packed size"):
            source.open("a")
        assert source.read("b") == b"small", "a member that nobody reads is in nobody's way"


def test_json_of_next_to_empty_objects_is_refused() -> None:
    check_json("a.json", b"{}," * 250_000)
    check_json("a.json", b'{"id":1},' * 250_001)
    for piece in (b"{},", b"[],", b'{"":[]},'):
        with pytest.raises(LimitError, match=r"a\.json: has [\d,]+ lists and objects in"):
            check_json("a.json", piece * 250_001)


def test_the_usual_limits_on_what_expands() -> None:
    usual = Limits()
    usual.check_member("a", 100_000_000, 1)
    usual.check_member("a", 5_000_000_000, 100_000_000)
    for size, packed in [(100_000_001, 2_000_000), (5_000_000_001, 100_000_000)]:
        with pytest.raises(LimitError, match="a: expands more than 50 times its packed size"):
            usual.check_member("a", size, packed)


def test_a_packed_size_beyond_the_zip_is_not_believed(tmp_path: Path) -> None:
    content = bytearray(zip_of(tmp_path / "a.zip", ("a", bytes(1 << 20))).read_bytes())
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 20, 1 << 30)
    (tmp_path / "a.zip").write_bytes(content)
    with open_source(tmp_path / "a.zip", Limits(ratio_from=1 << 19)) as source, pytest.raises(LimitError):
        source.read("a")


def test_a_declared_size_is_not_believed(tmp_path: Path) -> None:
    content = bytearray(zip_of(tmp_path / "a.zip", ("a", bytes(1 << 20))).read_bytes())
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 10)
    (tmp_path / "a.zip").write_bytes(content)
    with open_source(tmp_path / "a.zip", Limits(member=5)) as source, pytest.raises(InputError):
        source.read("a")


def test_links_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    (root / "a" / "x").write_bytes(b"1")
    (root / "inside").symlink_to("a")
    assert open_source(root).members() == ["a/x", "inside/x"]
    assert open_source(root).read("inside/x") == open_source(tmp_path).sub("root/a").read("x") == b"1"
    (root / "b").symlink_to("a/x")
    assert open_source(root).read("b") == b"1"
    (root / "b").unlink()
    (root / "above").symlink_to("..")
    with pytest.raises(InputError, match="above/secret: is a symbolic link that leads outside"):
        open_source(root).read("above/secret")
    (root / "above").unlink()
    (root / "out").symlink_to("../secret")
    assert not open_source(root).has("out")
    assert open_source(root).members() == ["a/x", "inside/x"]
    with pytest.raises(InputError, match="out: is a symbolic link that leads outside"):
        open_source(root).read("out")
    (root / "out").unlink()
    (root / "a" / "loop").symlink_to("..")
    with pytest.raises(InputError, match="a folder around it"):
        open_source(root).members()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a regular file"):
        open_source(tmp_path).members()
    with pytest.raises(InputError, match="no such file"):
        open_source(tmp_path).read("pipe")
    with pytest.raises(InputError, match="not a regular file"):
        open_source(tmp_path / "pipe")


def test_places_that_are_not_there(tmp_path: Path) -> None:
    for where in (str(tmp_path / "none"), "memory://none/at/all.json", "a\0b"):
        with pytest.raises(InputError):
            open_source(where)
    with pytest.raises(UsageError):
        open_source("nonsense://x/y")


def test_pictures_of_a_folder(tmp_path: Path) -> None:
    for name in ("x/a.jpg", "y/a.jpg", "b.png", "c.jpg", "c.png", "notes.txt", "zz.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    problems = Problems()
    media = Media.from_folder(tmp_path, ["x/a.jpg", "y/a.jpg", "b.jpg", "c.jpg"], problems)
    assert {frame: file.name for frame, file in media.items()} == {0: "x/a.jpg", 1: "y/a.jpg", 2: "b.png", 3: "c.jpg"}
    assert media[2].read() == b"b.png"
    assert list(media[0].pieces(4)) == [b"x/a.", b"jpg"]
    assert problems.lines() == ["c.png: frame 3: is a second picture, beside c.jpg, expected one"]
    with pytest.raises(InputError, match="no such folder"):
        Media.from_folder(tmp_path / "none", [])


@pytest.mark.parametrize(
    ("frame", "members", "chosen"),
    [
        ("c.png", ["c.jpg", "c.png"], "c.png"), ("c.png", ["a/c.jpg", "b/c.png"], "b/c.png"),
        ("c.png", ["a/c.png", "c.png"], "c.png"), ("c.png", ["C.PNG", "c.jpg"], "C.PNG"),
        ("c.png", ["c.PNG", "c.bmp"], "c.PNG"), ("c.gif", ["c.bmp", "c.jpg"], "c.bmp"),
        ("0.bin", ["image_00/data/0.png", "velodyne_points/data/0.bin"], "velodyne_points/data/0.bin"),
    ],
)  # fmt: skip
def test_of_a_frames_pictures_the_one_is_taken_that_is_called_most_as_it_is(
    tmp_path: Path, frame: str, members: list[str], chosen: str
) -> None:
    for name in members:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    problems = Problems()
    media = Media.from_folder(tmp_path, [frame], problems)
    assert media[0].read() == chosen.encode()
    (other,) = set(members) - {chosen}
    assert problems.lines() == [f"{other}: frame 0: is a second picture, beside {chosen}, expected one"]


@pytest.mark.parametrize(
    ("subsets", "members", "chosen"),
    [
        (("train", "val"), ["images/train/a.jpg", "images/val/a.jpg"], ["images/train/a.jpg", "images/val/a.jpg"]),
        (("val", ""), ["val/a.jpg", "default/a.jpg"], ["val/a.jpg", "default/a.jpg"]),
        (("train", "val"), ["images/a.jpg"], ["images/a.jpg", "images/a.jpg"]),
        (("train", "val"), ["val/a.jpg"], [None, "val/a.jpg"]),
        (("val", "val"), ["train/a.jpg", "val/a.jpg"], ["val/a.jpg", "val/a.jpg"]),
    ],
)  # fmt: skip
def test_of_frames_of_one_name_a_picture_is_those_of_the_subset_around_it(
    tmp_path: Path, subsets: tuple[str, str], members: list[str], chosen: list[str | None]
) -> None:
    """As CVAT writes projects: every task has its own folder of pictures, and many begin with 000001.jpg."""
    for name in members:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    media = Media.from_source(open_source(tmp_path), ["a.jpg", "a.jpg"], subsets=subsets)
    assert [media[frame].name if frame in media else None for frame in (0, 1)] == chosen


def test_a_folder_of_pictures_is_one_with_hidden_files_in_it(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.PNG", ".DS_Store"):
        (tmp_path / name).write_bytes(b"x")
    assert holds_only_pictures(tmp_path)
    (tmp_path / "b.txt").write_bytes(b"x")
    assert not holds_only_pictures(tmp_path)
