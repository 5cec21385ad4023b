"""Uploaded files as frames: pictures, point clouds and zips of them, in the order that the client asks for."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from random import Random

from mockserver.background.queue import WorkError
from mockserver.exchange.data_forms import step_of
from mockserver.media import pictures
from mockserver.state.tables import Record

MAX_UNPACKED = 1024**3
_VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".mpg", ".mpeg", ".m4v", ".ts", ".flv", ".wmv")


@dataclass(slots=True, frozen=True)
class Frame:
    """One frame's file."""

    name: str
    data: bytes
    width: int
    height: int
    dimension: str = "2d"

    def to_json(self) -> Record:
        """As `data/meta` shows it."""
        size = {"width": self.width, "height": self.height}
        return {**size, "name": self.name, "related_files": 0, "has_related_context": False}


def frames_of(files: dict[str, bytes], form: Record, chance: Random) -> list[Frame]:
    """The frames of a task. Raises: WorkError for a file that is none."""
    unpacked = dict(_unpacked(files))
    names = _ordered(list(unpacked), form, chance)
    names = names[form.get("start_frame", 0) :][: _length(form)][:: step_of(form)]
    frames = [frame(name, unpacked[name]) for name in names]
    if len({item.dimension for item in frames}) > 1:
        raise WorkError("Pictures and point clouds cannot be in one task")
    return frames


def _length(form: Record) -> int | None:
    stop = form.get("stop_frame")
    return None if stop is None else max(0, int(stop) + 1 - int(form.get("start_frame", 0)))


def _unpacked(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for name, data in files.items():
        if PurePosixPath(name).suffix.lower() == ".zip":
            yield from _members(name, data)
        else:
            yield safe(name), data


def safe(name: str) -> str:
    """A relative path without tricks. Raises: WorkError."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.name:
        raise WorkError(f"{name!r} is not the name of a file")
    return str(path)


def _members(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
            if sum(item.file_size for item in members) > MAX_UNPACKED:
                raise WorkError(f"{name}: more than {MAX_UNPACKED} bytes unpacked")
            for item in members:
                if PurePosixPath(item.filename).suffix.lower() in pictures.MEDIA_TYPES:
                    yield safe(item.filename), archive.read(item)
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise WorkError(f"{name}: not a readable zip: {error}") from None


def _ordered(names: list[str], form: Record, chance: Random) -> list[str]:
    method = form.get("sorting_method", "lexicographical")
    if form.get("job_file_mapping"):
        return _given_order(names, [name for names in form["job_file_mapping"] for name in names])
    if method == "predefined":
        return _given_order(names, form.get("upload_file_order") or names)
    if method == "natural":
        return sorted(names, key=natural)
    if method == "random":
        return chance.sample(names, len(names))
    return sorted(names)


def natural(name: str) -> list[tuple[bool, int, str]]:
    """Sort key under which `2.jpg` comes before `10.jpg`."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def _given_order(names: list[str], order: Iterable[str]) -> list[str]:
    wanted = list(order)
    if sorted(wanted) != sorted(names):
        raise WorkError("The given order of files does not match the uploaded files")
    return wanted


def frame(name: str, data: bytes) -> Frame:
    """One file as a frame. Raises: WorkError."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".pcd":
        return Frame(name, data, *_cloud_size(name, data), "3d")
    if suffix in _VIDEOS:
        raise WorkError(f"{name}: videos cannot be read by the mock server; upload pictures")
    try:
        return Frame(name, data, *pictures.size_of(data))
    except (OSError, ValueError, SyntaxError) as error:
        reason = str(error).partition(" <")[0]  # Pillow goes on with where in memory the bytes are
        raise WorkError(f"{name}: not a readable picture: {reason}") from None


def _cloud_size(name: str, data: bytes) -> tuple[int, int]:
    head = data[:2048].decode("latin-1")
    matches = [re.search(rf"^{word} (\d+)\s*$", head, re.MULTILINE) for word in ("WIDTH", "HEIGHT")]
    if matches[0] is None or matches[1] is None:
        raise WorkError(f"{name}: not a readable point cloud: WIDTH and HEIGHT are missing")
    return int(matches[0][1]), int(matches[1][1])
