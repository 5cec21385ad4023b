"""From the tables of Open Images to rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import orjson

from annotools.errors import InputError, Problem, Problems
from annotools.formats.kernel.csvfile import Table, read_table
from annotools.formats.kernel.jsonfile import dumped_each
from annotools.formats.kernel.picture_files import PictureFiles, ending
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.open_images.mask_pictures import MaskFiles
from annotools.formats.open_images.tables import (
    BOXES,
    FLAGS,
    IMAGES,
    LABELS,
    MASKS,
    NO_SUBSET,
    SIDES,
    Files,
    files_of,
    read_sizes,
)
from annotools.geometry.ragged import from_arrays
from annotools.matching import stem
from annotools.model import MASK, RECTANGLE, Label
from annotools.model.columns import Bools, Ints
from annotools.model.extras import Extra
from annotools.model.rounding import shortest
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

DECIMALS = 6  # of a pixel: shares are pixels divided by sizes, and have a tail
_UNKNOWN = -1
_MOST = 1 << 31  # of a flag


class Meaning(NamedTuple):
    """exact: whether shares are what they are, or pixels to some decimals.  absent: whether a picture is tagged with
    labels that it is said not to have.  sized: whether masks are read only where images.meta has the size.
    """

    exact: bool = False
    absent: bool = False
    sized: bool = False


def read_rows(rows: Rows, source: Source, problems: Problems, meaning: Meaning) -> None:
    """Every table of a source."""
    files = files_of(source)
    if not any(files.by_kind.values()):
        expected = "annotations/train-annotations-bbox.csv"
        problems.append(Problem("holds no table of Open Images", source.name, expected=expected))
    reader = _Reader(rows, source, files, problems, meaning)
    reader.define()
    why = f"boxes, masks and labels of pictures are read, not {', '.join(files.others[:3])}"
    rows.left_out("table", len(files.others), why=why, table="members")
    tables = {kind: reader.tables(kind) for kind in ("images", "labels", "boxes", "masks")}
    reader.add_pictures(tables)
    for subset, table in tables["labels"]:
        reader.add_tags(subset, table)
    for subset, table in tables["boxes"]:
        reader.add_boxes(subset, table)
    for subset, table in tables["masks"]:
        reader.add_masks(subset, table)


_REQUIRED = {
    "images": ("ImageID",), "labels": ("ImageID", "LabelName"), "boxes": ("ImageID", "LabelName", *SIDES),
    "masks": ("MaskPath", "ImageID", "LabelName"),
}  # fmt: skip
_WORDS = {"images": "picture of a list", "labels": "image label", "boxes": "box", "masks": "mask"}
_READ = frozenset({*BOXES, *LABELS, *MASKS, *IMAGES})
Tables = list[tuple[str, Table]]


@dataclass
class _Reader:
    rows: Rows
    source: Source
    files: Files
    problems: Problems
    meaning: Meaning
    _names: dict[str, str] = field(default_factory=dict)
    _frames: dict[tuple[str, str], int] = field(default_factory=dict)
    _sized: frozenset[str] = frozenset()
    _pictured: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._files = PictureFiles(self.source)

    def tables(self, kind: str) -> Tables:
        """The tables of a kind, by subset."""
        tables = [
            (subset, read_table(self.source, member, self.problems, _REQUIRED[kind]))
            for subset, member in self.files.by_kind[kind]
        ]
        self._tell_columns(table for _, table in tables)
        return [(subset, self._pictured_rows(kind, subset, table)) for subset, table in tables]

    def _tell_columns(self, tables: Iterable[Table]) -> None:
        """What columns say that no format has."""
        names = [name for table in tables for name in table.cells if name not in _READ and any(table[name])]
        unread = dict.fromkeys(filter(None, names))
        why = f"no format has it: {', '.join([*unread][:4])}"
        self.rows.left_out("column of a table", len(unread), why=why, table="members")

    def _pictured_rows(self, kind: str, subset: str, table: Table) -> Table:
        """The rows about pictures that are there, of a table of all that there are."""
        if not self.files.data or not self._files.members:
            return table
        there = np.array([bool(self._picture(subset, name)) for name in table["ImageID"]], np.bool_)
        self.rows.left_out(_WORDS[kind], int((~there).sum()), why=f"its picture is not in {self.files.data}")
        return table.taken(np.flatnonzero(there))

    def _picture(self, subset: str, name: str) -> str:
        """The member that is a picture."""
        base = stem(name) if is_picture(name) else name
        data = self.files.data
        if data:
            return self._files.find(f"{subset}/{data}/{base}", f"{data}/{base}", base)
        return self._files.find(f"images/{subset}/{base}", f"{subset}/{base}", base)

    def define(self) -> None:
        """Labels by their descriptions, and their hierarchy."""
        if self.files.classes:
            head = ("LabelName", "DisplayName")
            table = read_table(self.source, self.files.classes, self.problems, head, head)
            self._names = dict(zip(table["LabelName"], table["DisplayName"], strict=True))
            codes: dict[str, str] = {}
            for code, name in self._names.items():
                codes.setdefault(name, code)
            self.rows.label_defs(
                (
                    Label(number, name, extras=(("mid", code),) if code != name else ())
                    for number, (name, code) in enumerate(codes.items(), 1)
                ),
                closed=False,
            )
        if self.files.hierarchy:
            self._read_hierarchy()

    def _read_hierarchy(self) -> None:
        try:
            content = orjson.loads(self.source.read(self.files.hierarchy).removeprefix(b"\xef\xbb\xbf"))
        except InputError as error:
            self.problems.extend(error.problems)
        except orjson.JSONDecodeError as error:
            content = f"is not JSON: {str(error).partition(':')[0]}"
            self.problems.append(Problem(content, self.files.hierarchy, error.lineno, expected="a hierarchy of labels"))
        else:
            if isinstance(content, dict) and content.get("Subcategory"):
                self.rows.extras(hierarchy=orjson.dumps(content))

    def add_pictures(self, tables: dict[str, Tables]) -> None:
        """Pictures of the lists, and those that only annotations speak of; subset by subset."""
        ids: dict[tuple[str, str], tuple[At, int, dict[str, str]]] = {}
        for kind in ("images", "labels", "boxes", "masks"):
            for subset, table in tables[kind]:
                beside = [name for name in table.cells if kind == "images" and name in IMAGES[2:]]
                cells = [table[name] for name in beside]
                for row, name in enumerate(table["ImageID"]):
                    if (subset, name) not in ids:
                        stated = {key: column[row] for key, column in zip(beside, cells, strict=True) if column[row]}
                        ids[subset, name] = table.at, row, stated
        order = sorted(ids, key=lambda key: key[0])
        self._add(order, [ids[key] for key in order])

    def _add(self, keys: Sequence[tuple[str, str]], stated: Sequence[tuple[At, int, dict[str, str]]]) -> None:
        meta = read_sizes(self.source, self.files.meta, self.problems) if self.files.meta else {}
        self._sized = frozenset(meta)
        pictures = [self._picture(subset, name) for subset, name in keys]
        ended = zip(keys, pictures, strict=True)
        names = [name if is_picture(name) else name + ending(picture) for (_, name), picture in ended]
        sizes = np.array([meta.get(name, (0, 0)) for _, name in keys], np.int64).reshape(-1, 2)
        members = list(dict.fromkeys(at.members[0] for at, _, _ in stated))
        at = At(
            members, np.array([at.start[row] for at, row, _ in stated], np.int64),  # type: ignore[index]  # lines of tables
            which=np.array([members.index(at.members[0]) for at, _, _ in stated], np.int64),
        )  # fmt: skip
        extras: dict[str, Any] = {}
        if any(beside for _, _, beside in stated):
            column = np.empty(len(stated), object)
            column[:] = dumped_each(beside for _, _, beside in stated)
            extras["open_images"] = Extra(column, np.array([bool(beside) for _, _, beside in stated], np.bool_))
        subsets = ["" if subset == NO_SUBSET else subset for subset, _ in keys]
        frames = self.rows.frames(names, sizes[:, 0], sizes[:, 1], subsets, at, **extras)
        shown = [index for index, picture in enumerate(pictures) if picture]
        self.rows.pictures(frames[shown], [pictures[index] for index in shown])
        self._pictured = frames[shown].tolist()
        self._frames = dict(zip(keys, frames.tolist(), strict=True))

    def _of(self, subset: str, table: Table) -> tuple[Ints, Ints]:
        """The frame and the label of each row."""
        frames = [self._frames[subset, name] for name in table["ImageID"]]
        names = [self._names.get(code, code) for code in table["LabelName"]]
        return np.array(frames, np.int64), self.rows.labels(names, at=table.at)

    def add_tags(self, subset: str, table: Table) -> None:
        """Labels of whole pictures."""
        frame, label = self._of(subset, table)
        good = np.ones(len(table), np.bool_)
        score = table.numbers("Confidence", good, self.problems, 1)
        self.rows.left_out("image label", int((~good).sum()), frame[~good])
        absent = good & (score <= 0) & (not self.meaning.absent)
        why = "it says what is not on the picture"
        self.rows.left_out("image label of no confidence", int(absent.sum()), frame[absent], why)
        rows = np.flatnonzero(good & ~absent)
        extras = _texts({"label_source": table["Source"]}, rows)
        if (score[rows] != 1).any():
            extras["confidence"] = Extra(score[rows], score[rows] != 1)
        self.rows.tags(frame[rows], label[rows], table.at[rows], **extras)

    def add_boxes(self, subset: str, table: Table) -> None:
        """Rectangles."""
        frame, label = self._of(subset, table)
        good = np.ones(len(table), np.bool_)
        shares = np.stack(
            [table.numbers(name, good, self.problems) for name in ("XMin", "YMin", "XMax", "YMax")], axis=1
        )
        score = table.numbers("Confidence", good, self.problems, 1)
        flags = {name: table.numbers(column, good, self.problems, _UNKNOWN) for name, column in FLAGS.items()}
        occluded = table.numbers("IsOccluded", good, self.problems, 0)
        sizes = self.rows.sizes(frame, table.at).astype(np.float64)
        frame = np.where((sizes > 0).all(axis=1), frame, -1)
        self.rows.left_out("box", int((~good).sum()), frame[~good & (frame >= 0)])
        rows = np.flatnonzero(good)
        corners = shares[rows] * np.tile(sizes[rows], 2)
        columns: dict[str, Any] = {"occluded": occluded[rows] > 0, "score": score[rows]}
        for name, values in flags.items():
            known = (values[rows] != _UNKNOWN) & (np.abs(values[rows]) < _MOST)
            if known.any():
                columns[name] = Extra(np.where(known, values[rows], _UNKNOWN).astype(np.int64), known)
        columns |= _texts({"box_source": table["Source"]}, rows)
        corners = corners if self.meaning.exact else shortest(corners, DECIMALS)
        self.rows.shapes(RECTANGLE, frame[rows], label[rows], corners, at=table.at[rows], **columns)

    def add_masks(self, subset: str, table: Table) -> None:
        """Masks."""
        if self.meaning.sized:
            table = self._sized_rows(table)
        frame, label = self._of(subset, table)
        sizes = self._mask_sizes(frame, table.at)
        files = MaskFiles(self.source, self.rows, self.problems)
        masks = [
            files.read(f"{subset}/{path}", (size[0], size[1]), table.at, row)
            for row, (path, size) in enumerate(zip(table["MaskPath"], sizes.tolist(), strict=True))
        ]
        self.rows.learn_sizes(frame[files.rows_read], *files.sizes_read.T)
        there = np.array([mask is not None for mask in masks], np.bool_)
        self.rows.left_out("mask", int((~there).sum()), frame[~there & (frame >= 0)])
        rows = np.flatnonzero(there)
        points, offsets = from_arrays([mask for mask in masks if mask is not None])
        columns = {"box_id": table["BoxID"], "predicted_iou": table["PredictedIoU"], "clicks": table["Clicks"]}
        self.rows.shapes(MASK, frame[rows], label[rows], points, offsets, table.at[rows], **_texts(columns, rows))

    def _mask_sizes(self, frame: Ints, at: At) -> Ints:
        """The size of the frame of each mask; 0 where nobody says one, and the mask itself is as large."""
        known = self.rows.known_sizes(frame)
        unknown = np.flatnonzero((known <= 0).any(axis=1) & np.isin(frame, self._pictured))
        known[unknown] = self.rows.sizes(frame[unknown], at[unknown])
        return known

    def _sized_rows(self, table: Table) -> Table:
        known = np.array([name in self._sized for name in table["ImageID"]], np.bool_)
        why = "the server knows no size of its picture but that of images.meta"
        self.rows.left_out("mask", int((~known).sum()), why=why)
        return table.taken(np.flatnonzero(known))


def _texts(columns: dict[str, list[str]], rows: Ints) -> dict[str, Any]:
    """Extras of texts, where any is said."""
    extras: dict[str, Any] = {}
    for name, texts in columns.items():
        column = np.empty(len(rows), object)
        column[:] = [texts[row] for row in rows.tolist()]
        there: Bools = np.array([bool(text) for text in column], np.bool_)
        if there.any():
            extras[name] = Extra(column, there)
    return extras
