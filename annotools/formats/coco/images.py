"""Images -> frames: those of the file, or those of the task that the images are pictures of.

    {"id": 7, "file_name": "a/b.jpg", "width": 640, "height": 480}

Ids may be numbers, whole floats or texts.  Without `images` a results list counts those of the context as an export
numbers them: from 1, without deleted frames; a text is a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from posixpath import splitext
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.coco.document import Document
from annotools.matching import CvatMatcher, FrameMatcher, Match, mismatch
from annotools.model import Dataset, Frames
from annotools.storage import Media, Source
from annotools.storage.media import is_picture
from annotools.storage.names import name_fault

UNKNOWN, REPORTED = -1, -2


@dataclass(slots=True)
class Images:
    """frames: of the dataset.  numbers: for each document, image id -> frame, REPORTED where a problem said why not.

    learned: width and height of frames that the file had none for.
    """

    frames: Frames
    numbers: list[dict[Any, int]] = field(default_factory=list)
    learned: dict[int, tuple[int, int]] = field(default_factory=dict)

    def sized(self) -> Frames:
        """The frames with the sizes that were learned."""
        width, height = self.frames.width.copy(), self.frames.height.copy()
        for frame, size in self.learned.items():
            width[frame], height[frame] = size
        return replace(self.frames, width=width, height=height)


def images_of(documents: Sequence[Document], context: Dataset | None, server: bool, problems: Problems) -> Images:
    """The frames of a source and what image ids mean."""
    listed = [_listed(document, server, problems) for document in documents]
    shared = [
        item for document, items in zip(documents, listed, strict=True) for item in items if not document.is_results
    ]
    if context is not None and shared:
        images = _matched(documents, listed, context, server, problems)
    elif shared:
        images = _own(documents, listed)
    else:
        frames = context.frames if context is not None else Frames()
        images = Images(frames, [{} for _ in documents])
    for document, items, numbers in zip(documents, listed, images.numbers, strict=True):
        for key in _unusable(document) if len(items) < len(document.images) else ():
            numbers.setdefault(key, REPORTED)
    return _lend(documents, images, context, problems)


def _unusable(document: Document) -> Iterator[Any]:
    """Ids of all images: what is left of one that a problem was said of."""
    for item in document.images:
        if item is not None and _is_id(item.get("id")):
            yield from keys_of(item["id"])


def _is_id(key: Any) -> TypeGuard[float | str]:
    return isinstance(key, int | float | str) and not isinstance(key, bool)


class _Item(NamedTuple):
    keys: tuple[Any, ...]
    name: str
    width: int
    height: int
    pointer: str


def _listed(document: Document, server: bool, problems: Problems) -> list[_Item]:
    """server: of pictures with one id the last counts, as for its importer; its exporter gives one to equal stems."""
    found: list[_Item] = []
    seen: dict[Any, str] = {}
    for place, item in enumerate(document.images):
        pointer = f"/images/{place}"
        one = None if item is None else _item(item, pointer, document.member, problems)
        if one is not None and one.keys[0] in seen and not server:
            said = f"image id {one.keys[0]!r} is used twice, first by {seen[one.keys[0]]}"
            problems.append(Problem(said, document.member, pointer=pointer, expected="an id of its own"))
        elif one is not None:
            seen[one.keys[0]] = one.name
            found.append(one)
    return found


def _item(item: dict[str, Any], pointer: str, member: str, problems: Problems) -> _Item | None:
    key, name = item.get("id"), item.get("file_name")
    if name is None and isinstance(item.get("coco_url"), str):  # LVIS
        name = item["coco_url"].rsplit("/", 1)[-1]
    if not _is_id(key):
        problems.append(Problem("image has no usable id", member, pointer=f"{pointer}/id", expected="a number or text"))
    elif not isinstance(name, str) or not name:
        problems.append(Problem("image has no file_name", member, pointer=f"{pointer}/file_name", expected="text"))
    else:
        fault = name_fault(name.replace("\\", "/"))
        if not fault:
            return _Item(
                keys_of(key), name.replace("\\", "/"), _size(item.get("width")), _size(item.get("height")), pointer
            )
        expected = "a relative path that leads nowhere but down"
        problems.append(
            Problem(f"file_name {name!r} {fault}", member, pointer=f"{pointer}/file_name", expected=expected)
        )
    return None


def _size(value: Any) -> int:
    whole = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1 << 31
    return int(value) if whole else 0


def keys_of(key: float | str) -> tuple[Any, ...]:
    """An id and how else it may be written: 7, 7.0 and "7" are one id."""
    if isinstance(key, str):
        text = key.strip().removesuffix(".0")
        return (key, int(text)) if text.isascii() and text.isdigit() and str(int(text)) == text else (key,)
    return (int(key), str(int(key))) if key == int(key) else (key, str(key))


def _own(documents: Sequence[Document], listed: list[list[_Item]]) -> Images:
    """Every image is a frame, in the order of the files."""
    everyone = [(document.subset, item) for document, items in zip(documents, listed, strict=True) for item in items]
    frames = Frames.of(
        [item.name for _, item in everyone], np.array([item.width for _, item in everyone], np.int64),
        np.array([item.height for _, item in everyone], np.int64), subsets=[subset for subset, _ in everyone],
    )  # fmt: skip
    images, start = Images(frames), 0
    for items in listed:
        images.numbers.append(_numbered(items, range(start, start + len(items))))
        start += len(items)
    return images


def _numbered(items: Sequence[_Item], frames: Sequence[int]) -> dict[Any, int]:
    """Ids -> frames.  Another spelling of an id never hides an id."""
    numbers: dict[Any, int] = {}
    for item, frame in zip(items, frames, strict=True):
        for key in item.keys[1:]:
            numbers.setdefault(key, frame)
    return numbers | {item.keys[0]: frame for item, frame in zip(items, frames, strict=True)}


def _matched(
    documents: Sequence[Document], listed: list[list[_Item]], context: Dataset, server: bool, problems: Problems
) -> Images:
    """Images are pictures of the context's frames."""
    matches = _matches([item.name for items in listed for item in items], context, server)
    images, start = Images(context.frames), 0
    for document, items in zip(documents, listed, strict=True):
        mine = matches[start : start + len(items)]
        start += len(items)
        for item, match in zip(items, mine, strict=True):
            if match.frame is None:
                problems.append(mismatch(item.name, match, document.member, pointer=f"{item.pointer}/file_name"))
        found = [REPORTED if match.frame is None else match.frame for match in mine]
        images.numbers.append(_numbered(items, found))
    return images


def _matches(names: list[str], context: Dataset, server: bool) -> list[Match]:
    if not server:
        return FrameMatcher(context.frames.names).match_all(names)
    items = [splitext(name) for name in names]
    matcher = CvatMatcher(context.frames.names, [stem for stem, _ in items], video=context.task.is_video)
    return [matcher.match(stem, extension=extension) for stem, extension in items]


def _lend(documents: Sequence[Document], images: Images, context: Dataset | None, problems: Problems) -> Images:
    """Files without images of their own use those of the others, results without any those of the context."""
    everyone: dict[Any, int] = {}
    for numbers in images.numbers:
        everyone |= numbers
    if not everyone and context is not None:
        everyone = _counted(context)
    for place, document in enumerate(documents):
        if not document.images and document.annotations:
            images.numbers[place] = everyone
            if not everyone:
                expected = "a file with images beside it, or a task as context"
                problems.append(Problem("has annotations but no images", document.member, expected=expected))
    return images


def _counted(context: Dataset) -> dict[Any, int]:
    """Names, stems, and numbers from 1 of the frames that are shown."""
    numbers: dict[Any, int] = {}
    shown = context.shown_frames.tolist()
    for name_of in (str, lambda name: splitext(name)[0]):
        for frame in shown:
            numbers.setdefault(name_of(context.frames.names[frame]), frame)
    return numbers | dict(enumerate(shown, 1))


def media_of(source: Source, frames: Frames) -> Media:
    """The pictures that lie beside the documents."""
    if not any(map(is_picture, source.members())):
        return Media()
    return Media.from_source(source, frames.names)
