"""What all of Ultralytics' formats write alike: data.yaml, the lists of pictures, and files by picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from annotools.formats.base import Members, Options
from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.yolo.data_yaml import label_path
from annotools.model import Dataset
from annotools.model.columns import Array
from annotools.storage import Media

MEMBERS = ("data.yaml", "*.txt", "lists/**.txt", "labels/**.txt", "images/**.txt", "images/**")


def data_yaml(names: Mapping[int, str], subsets: Sequence[str], **more: Any) -> bytes:
    """The text of a data.yaml."""
    import yaml  # 20 ms, and one family of formats needs it

    said = {"path": ".", **{subset: list_name(subset) for subset in subsets}, **more, "names": dict(names)}
    return bytes(yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=1 << 30, encoding="utf-8"))


def server_yaml(names: Mapping[int, str], subsets: Sequence[str]) -> bytes:
    """The text of a data.yaml as the CVAT server writes it: keys in order, letters outside ASCII escaped."""
    import yaml

    said: dict[str, Any] = {"path": ".", **{subset: list_name(subset) for subset in subsets}, "names": dict(names)}
    return bytes(yaml.safe_dump(said, encoding="utf-8"))


def list_name(subset: str) -> str:
    """The member that lists the pictures of a subset."""
    return f"lists/{subset}.txt" if "/" in subset else f"{subset}.txt"


def subsets_of(dataset: Dataset) -> dict[str, list[int]]:
    """The frames that are shown, by subset, in the order in which subsets first come."""
    frames: dict[str, list[int]] = {}
    for frame in dataset.shown_frames.tolist():
        frames.setdefault(dataset.frames.subsets[frame], []).append(frame)
    return frames


def lists(subsets: Mapping[str, Sequence[int]], names: Sequence[str], root: str) -> Members:
    """The lists of pictures: every one, also those with nothing on them.  root: how the paths begin."""
    for subset, frames in subsets.items():
        yield list_name(subset), ["".join(f"{root}/{subset}/{names[frame]}\n" for frame in frames).encode()]


def files(dataset: Dataset, names: Sequence[str], text: str, media: Media | None, options: Options) -> Members:
    """A label file for each picture that has rows, and pictures.  text: a line for each row as `ByFrame` has them."""
    lines, by_frame = text.splitlines(keepends=True), ByFrame.shapes(dataset)
    for subset, frames in subsets_of(dataset).items():
        for frame in frames:
            picture = f"images/{subset}/{names[frame]}"
            mine = lines[by_frame.span(frame)]
            if mine:
                yield label_path(picture), ["".join(mine).encode()]
            if options.images and media is not None and frame in media:
                yield picture, media[frame].pieces()


def formatted(pattern: str, columns: Sequence[Array]) -> str:
    """A line for each row, made by one pattern, all at once."""
    flat = chain.from_iterable(zip(*(column.tolist() for column in columns), strict=True))
    return (pattern * len(columns[0])) % tuple(flat)
