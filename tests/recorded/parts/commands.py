"""The command line on small inputs in a folder of its own: how it ends, what it says, and what files there are then.

Storage is asked the same way: names that lead outside, zips in zips, folders with other things in them.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import zipfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from click.testing import CliRunner
from PIL import Image

from annotools import __version__, formats
from annotools.cli import group as command_line
from annotools.convert.records import FOLDER
from annotools.convert.writing import fit_to_format
from annotools.formats.base import WriteOptions
from tests.cli.conftest import APART
from tests.recorded import called, places, words
from tests.recorded.corpus import datasets
from tests.recorded.parts.writing import members_of
from tests.recorded.records import Cases
from tests.recorded.seen_twice import judged

VERSION = __version__.encode()
SOURCES = {
    "edges": "cvat-api",
    "small": "coco",
    "tracks": "cvat-video",
    "drawn-0": "cvat-images",
    "drawn-1": "cvat-backup",
    "jobs-tracks": "cvat-api",
    "sequence": "mot",
    "judged": "cvat-api",
}
CONVERT = (
    "edges --to coco -o out.zip", "edges --to coco -o out", "edges --to coco -o out.json", "edges --to yolo -o out",
        "edges --to coco -o -", "edges --to yolo -o out.json",
    "edges --to cvat-images -o out.xml --compat cvat", "edges --to voc -o out --strict",
        "edges --to voc -o out --strict-all", "edges --to cvat-api -o out --strict-all",
    "edges --to odd -o out", "nothing --to coco -o out", "edges --to coco -o edges", "edges --to coco -o edges/x",
        "edges --to coco -o .", "edges small --to coco -o out.json",
    "edges small --to coco -o out/{stem}.zip",
        "edges tracks --to cvat-images -o out/{stem}/{number}.zip --workers 1",
        "edges --to coco -o out.json --report losses.json",
    "edges --to coco -o out.json --map 'traffic light=lamp'", "edges --to coco -o out.json --map nobody=x",
        "edges --to coco -o out.json --transform masks-to-polygons --transform round=0",
    "edges --to coco -o out.json --transform odd",
        "edges --to coco -o out.json --transform drop-deleted-frames --json", "small --from coco --to yolo -o out",
        "small --from voc --to yolo -o out",
    "small --to cvat-images -o out.zip --task edges", "small --to cvat-images -o out.zip --task tracks",
        "small --to cvat-images -o out.zip --task tracks --on-error skip",
    "tracks --to mot -o out.zip", "tracks --to cvat-video -o out.xml", "drawn-1 --to cvat-api -o out --job 1",
        "drawn-1 --to cvat-api -o out --job 9", "jobs-tracks --to cvat-api -o out",
    "jobs-tracks --to cvat-backup -o out.zip", "sequence --to kitti -o out",
        "edges --to coco -o out.zip --set masks=polygons", "edges --to coco -o out.zip --set odd=1",
        "edges --to coco -o out.zip --set masks=x",
    "pictures --to coco -o out.zip", "edges --to coco -o out.zip --images photos",
        "edges --to yolo -o out --images photos --force", "edges --to coco -o out.zip --images nothing",
    "edges --to yolo-ultralytics-detection -o out --images photos --no-images", "nested.zip --to coco -o out.json",
        "outside.zip --to coco -o out.json", "broken.zip --to coco -o out.json", "deep --to coco -o out.json",
    "edges --to coco -o full", "edges --to coco -o full --force", "edges --to coco -o held --force",
        "edges --to coco -o out/a/b/c.json", "capitals.ZIP --to coco -o out.json",
    "edges --to coco -o edges --force", "edges/annotations.json --to cvat-images -o edges/annotations.json --force",
    "edges --to coco -o out.json --on-error odd", "small --to cvat-api -o out --task edges --compat cvat",
    "drawn-0 --to coco-keypoints -o out.json --set iscrowd=1 --set rle=uncompressed",
        "drawn-0 tracks --to mot -o out.zip",
    "edges edges --to yolo -o out", "edges --to cvat-backup -o out.zip --images photos",
        "small --to voc -o out.zip --images photos --force",
)  # fmt: skip
OTHERS = (
    "validate edges", "validate edges --format json", "validate edges --preset strict --format concise",
        "validate edges --select GEO --fail-on info", "validate edges --ignore GEO,MSK --format jsonl",
    "validate tracks --format concise", "validate small --from coco --format concise",
        "validate edges --fix -o fixed", "validate edges --unsafe-fixes -o fixed",
        "validate edges --unsafe-fixes --diff",
    "validate edges --fix --diff", "validate edges --unsafe-fixes --in-place",
        "validate drawn-0 --unsafe-fixes --in-place --force", "validate edges --fix",
        "validate edges small --format concise",
    "validate edges --baseline known.json", "validate edges --as put --format concise", "validate edges --as odd",
        "validate edges --preset odd", "validate edges --select ODD", "validate nothing",
    "validate edges --statistics", "validate edges/annotations.json --task edges --format concise",
        "validate small --task edges --format concise", "validate edges --fail-on warning --format github",
    "stats edges", "stats edges --json", "stats nothing", "stats tracks", "stats small drawn-0", "diff edges edges",
        "diff edges small", "diff edges small --json", "diff edges nothing", "diff edges edges --tolerance -1",
    "formats", "formats coco", "formats --json", "formats odd", "transforms", "transforms round", "transforms odd",
        "rules", "rules --json", "rule GEO007", "rule inverted-rectangle", "rule ODD",
    "quality jobs-tracks", "quality edges --truth small", "quality edges --truth small --json",
        "quality edges --truth small --fail-under 0.99 --metric recall", "quality edges --settings odd.json",
    "consensus jobs-tracks -o out.zip", "consensus edges -o out.zip",
)  # fmt: skip
TWICE = (
    ("convert edges --to coco -o out", "convert small --to coco -o out", "convert small --to coco -o out --force"),
    ("validate edges --write-baseline known.json", "validate edges --baseline known.json",
        "validate small --baseline known.json"),
    ("convert edges small --to coco -o out/{stem}.zip --resume",
        "convert edges small tracks --to coco -o out/{stem}.zip --resume",
        "convert edges --to yolo -o out/{stem}.zip --resume"),
    ("validate edges --unsafe-fixes --in-place", "validate edges --format concise"),
        ("convert drawn-1 --to cvat-images -o a.xml", "convert a.xml --to cvat-video -o b.xml",
        "convert b.xml --to coco -o c.json"),
)  # fmt: skip


def groups() -> Iterator[str]:
    """Commands by their name."""
    yield from ("convert", "others", "twice", "options", "again", "storage", "calls")


def cases(group: str) -> Cases:
    """Each command, or each row of commands, in a folder of its own."""
    if group in _CALLS:
        yield from _CALLS[group]()
        return
    rows: dict[str, tuple[tuple[str, ...], ...]] = {
        "convert": tuple((f"convert {line}",) for line in CONVERT),
        "others": tuple((line,) for line in OTHERS),
        "twice": TWICE,
        "options": words.OPTIONS,
        "again": words.AGAIN,
    }
    for number, commands in enumerate(rows[group]):
        word = "_".join(shlex.split(commands[0])[:4] or ["nothing"]).replace("/", "|").replace(" ", "-")
        yield f"{number:02d}-{word}", partial(_run, commands)


def _run(commands: tuple[str, ...]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    with TemporaryDirectory() as folder, chdir(folder):
        _fill(Path(), " ".join(commands))
        before = _files(Path())
        for number, command in enumerate(commands):
            if command.startswith("!"):
                _meddle(*command[1:].split())
                continue
            result = CliRunner(**APART, env=_plain_terminal()).invoke(
                command_line, shlex.split(command), prog_name="annotools"
            )
            ended = result.exit_code if isinstance(result.exception, SystemExit | None) else repr(result.exception)
            answer[f"{number} ends"] = ended
            answer[f"{number} out"] = _without(result.stdout, folder)
            answer[f"{number} err"] = _without(result.stderr, folder)
        after = _files(Path())
        answer["gone"] = sorted(before.keys() - after.keys())
        answer["new"] = {name: _said(name, data) for name, data in after.items() if before.get(name) != data}
    return answer


def _said(name: str, data: bytes) -> bytes:
    """The bytes of a file; of a record of what was done no sums, which the version of the package is part of."""
    return re.sub(rb"[0-9a-f]{40,}", b"<sum>", data) if f"{FOLDER}/" in name else data.replace(VERSION, b"<version>")


def _meddle(how: str, name: str) -> None:
    """Take a file away, add something to it, or leave half of the hidden files of a folder."""
    path = Path(name)
    if how == "forget":
        path.unlink(missing_ok=True)
    elif how == "change":
        path.write_bytes(path.read_bytes() + b" ")
    for record in sorted(path.glob(f"{FOLDER}/*.json"))[:1] if how == "break" else ():
        record.write_bytes(record.read_bytes()[: record.stat().st_size // 2])


def _plain_terminal() -> dict[str, str | None]:
    return {
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "PYTHONUTF8": "1",
        "HOME": os.getcwd(),
        "FORCE_COLOR": None,
        "CI": None,
    }


def _without(text: str, folder: str) -> str:
    """A text without where the folder is, and without how long it took."""
    text = text.replace(os.path.realpath(folder), "<here>").replace(folder, "<here>")
    return text.replace(__version__, "<version>").replace(" -h' for help.", " --help' for help.")  # as click 8.1 has it


def _files(folder: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _fill(folder: Path, asked: str) -> None:
    """The inputs that a command speaks of."""
    for name, slug in SOURCES.items():
        if name in asked:
            for member, data in _members(name, slug).items():
                _put(folder / name / member, data)
    for name, make in _SPECIAL.items():
        if name in asked:
            make(folder)
    for name, text in words.FILES.items():
        if name in asked:
            _put(folder / name, text.encode())


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@cache
def _members(name: str, slug: str) -> dict[str, bytes]:
    form = formats.get(slug)
    dataset = judged(0) if name == "judged" else datasets()[name]
    ready, _ = fit_to_format(dataset, form, WriteOptions())
    return members_of(form, ready, WriteOptions())


def _picture(width: int, height: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (width % 256, height % 256, 9)).save(stream, "PNG")
    return stream.getvalue()


def _photos(folder: Path) -> None:
    for name, size in (
        ("a.png", (40, 30)),
        ("b.png", (41, 31)),
        ("c/d.png", (33, 20)),
        ("other.png", (5, 5)),
        ("f.png", (9, 60)),
    ):
        _put(folder / "photos" / name, _picture(*size))


def _pictures(folder: Path) -> None:
    """A dataset with its pictures beside."""
    for member, data in _members("small", "coco").items():
        _put(folder / "pictures" / member, data)
    _put(folder / "pictures" / "images" / "a.jpg", _picture(40, 30))
    _put(folder / "pictures" / "images" / "train" / "b.png", _picture(41, 31))


def _zip(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def _coco(folder: Path, name: str, prefix: str) -> None:
    _zip(folder / name, {f"{prefix}{member}": data for member, data in _members("small", "coco").items()})


def _nested(folder: Path) -> None:
    _coco(folder, "inner.zip", "")
    _zip(folder / "nested.zip", {"inner.zip": (folder / "inner.zip").read_bytes()})


def _broken(folder: Path) -> None:
    _coco(folder, "broken.zip", "")
    _put(folder / "broken.zip", (folder / "broken.zip").read_bytes()[:-40])


def _deep(folder: Path) -> None:
    for member, data in _members("small", "coco").items():
        _put(folder / "deep" / "a" / "b" / member, data)


def _full(folder: Path) -> None:
    """A folder with an earlier output in it, and one with something else beside."""
    for member, data in _members("small", "coco").items():
        _put(folder / "full" / member, data)
        _put(folder / "held" / member, data)
    _put(folder / "held" / "notes.md", b"mine")


_CALLS = {"storage": places.answers, "calls": called.answers}
_SPECIAL: dict[str, Callable[[Path], None]] = {
    "photos": _photos, "pictures": _pictures, "nested": _nested, "outside": lambda folder: _coco(folder,
        "outside.zip", "../"), "broken": _broken, "deep": _deep, "full": _full, "held": _full,
    "capitals": lambda folder: _coco(folder, "capitals.ZIP", ""),
        "odd.json": lambda folder: _put(folder / "odd.json", json.dumps({"iou_threshold": 7}).encode()),
}  # fmt: skip
