"""CVAT for video 1.1: every object as a track; plain shapes become tracks of one keyframe, tags are lost.

    <track id="0" label="car" source="manual" group_id="2">
      <box frame="4" keyframe="1" outside="0" occluded="0" xtl="1.00" ytl="2.00" xbr="3.00" ybr="4.00" z_order="0">
      </box>
      <box frame="6" keyframe="0" .../> ... <box frame="10" keyframe="1" outside="1" .../>
    </track>

`frame` counts the frames of the source media.  Rows with keyframe="0" are interpolated: for people and other readers.
A skeleton's points follow their skeleton on every frame.  Source: see the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, starmap

import numpy as np

from annotools import tracks
from annotools.formats.base import Format, Members, WriteOptions
from annotools.formats.cvat_xml import keeps, writing
from annotools.formats.cvat_xml.reading import read, sniff_video
from annotools.formats.cvat_xml.server import read_as_server
from annotools.formats.cvat_xml.shapes import PIECE, Lines, Texts, groups, orders
from annotools.formats.cvat_xml.writing import FILE, of_skeletons
from annotools.geometry.ragged import expand_ranges
from annotools.model import SKELETON, Dataset, Owner, Shapes
from annotools.model.columns import distinct
from annotools.model.definitions import source_frames
from annotools.model.tables import Array, Bools, Ints
from annotools.storage import Media
from annotools.tracks.elements import element_owners


def write(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """`annotations.xml`, and with pictures `images/[subset/]name`.  dataset: of keyframes."""
    return writing.members(dataset, media, options, _elements(tracks.interpolated_portions(dataset)))


def write_rows(dataset: Dataset, media: Media | None, options: WriteOptions) -> Members:
    """The same of tracks that have a row on every frame on which they show."""
    return writing.members(dataset, media, options, _elements([dataset]))


_FRAME = "\0"  # stands where the frame will, in no other text of XML
_TOLD = ("track", "type", "keyframe", "outside", "occluded", "z_order", "rotation")


def _elements(portions: Iterable[Dataset]) -> Iterator[Iterator[str]]:
    """The elements of all tracks, some at a time.  portions: datasets of some tracks each."""
    number = 0
    for dataset in portions:
        yield from _Tracks(dataset, number).pieces()
        number += int((dataset.tracks.parent < 0).sum())


class _Tracks:
    """Turns tracks into elements, some at a time.  number: of the first."""

    def __init__(self, dataset: Dataset, number: int) -> None:
        shapes, table = dataset.shapes, dataset.tracks
        self._dataset = dataset
        self._texts = Texts(dataset)
        self._number = number
        self._whole = np.flatnonzero(table.parent < 0)
        element = np.append(table.parent, -1)[shapes.track] >= 0
        self._rows = _by_track(shapes, np.flatnonzero((shapes.track >= 0) & ~element))
        self._ends = np.searchsorted(shapes.track[self._rows], self._whole, "right")
        self._owner, self._elements = self._family(np.flatnonzero(element))

    def _family(self, elements: Ints) -> tuple[Ints, Ints]:
        """The rows of elements that are written, by the rows of skeletons that they are part of.

        Where an element is outside and that is no keyframe, nothing is said.
        """
        shapes = self._dataset.shapes
        owner = element_owners(self._dataset)[elements]
        kept = (owner >= 0) & (shapes.type[owner] == SKELETON) & (shapes.keyframe[elements] | ~shapes.outside[elements])
        owner, elements = owner[kept], elements[kept]
        order = np.lexsort((shapes.track[elements], owner))
        return owner[order], elements[order]

    def pieces(self) -> Iterator[Iterator[str]]:
        """The elements of all tracks, those of about as many rows as are turned into text at a time."""
        cuts = np.searchsorted(self._ends, np.arange(PIECE, len(self._rows), PIECE)) + 1
        bounds = distinct(np.concatenate(([0], cuts, [len(self._whole)]))).tolist()
        return starmap(self._elements_of, pairwise(bounds))

    def _elements_of(self, first: int, last: int) -> Iterator[str]:
        """The elements of the tracks from first to before last."""
        start = int(self._ends[first - 1]) if first else 0
        rows = self._rows[start : int(self._ends[last - 1])]
        lines = self._lines(rows)
        table = self._dataset.tracks.take(self._whole[first:last])
        heads = zip(self._texts.named(table.label, table.source), groups(table.group), strict=True)
        first_row = 0
        for number, ((named, group), end) in enumerate(zip(heads, self._ends[first:last].tolist(), strict=True), first):
            yield f'  <track id="{self._number + number}"{named}{group}>\n'
            yield from lines[first_row : end - start]
            yield "  </track>\n"
            first_row = end - start

    def _lines(self, rows: Ints) -> list[str]:
        """The element of each row.  Rows between keyframes that stand still are made once: half the time of all."""
        shapes = self._dataset.shapes.take(rows)
        frames = source_frames(self._dataset.task, shapes.frame).tolist()
        new = self._differ(shapes, rows)
        parts = [line.split(_FRAME, 1) for line in self._of_any_frame(rows[new])]
        which = (np.cumsum(new) - 1).tolist()
        return [f"{parts[part][0]}{frame}{parts[part][1]}" for part, frame in zip(which, frames, strict=True)]

    def _differ(self, shapes: Shapes, rows: Ints) -> Bools:
        """Whether more than the frame differs from the row before."""
        alike = self._texts.attributes[Owner.SHAPE].alike(rows)
        columns = [getattr(shapes, name) for name in _TOLD]
        new = np.ones(len(rows), np.bool_)
        new[1:] = shapes.type[1:] == SKELETON
        for column in (*columns, shapes.counts, alike):
            new[1:] |= column[1:] != column[:-1]
        still = np.flatnonzero(~new)
        here, before = (expand_ranges(shapes.offsets[places], shapes.counts_of(still)) for places in (still, still - 1))
        bits = shapes.values.view(np.int64)  # -0.0 is written otherwise than 0.0
        moved = bits[here] != bits[before]
        new[np.repeat(still, shapes.counts_of(still))[moved]] = True
        return new

    def _of_any_frame(self, rows: Ints) -> list[str]:
        shapes = self._dataset.shapes.take(rows)
        flags = self._texts.flags(shapes, "outside", "occluded", always=False)
        looks = zip(shapes.keyframe.tolist(), flags, strict=True)
        heads = [f' frame="{_FRAME}" keyframe="{key:d}"{flag}' for key, flag in looks]
        inner = self._attributes(rows, shapes.track, "      ")
        for nth, text in of_skeletons(self._owner, self._elements, rows, self._element_lines):
            inner[nth] = text + inner[nth]
        return Lines(heads, orders(shapes), inner).elements(shapes, "    ")

    def _element_lines(self, rows: Ints) -> list[str]:
        shapes = self._dataset.shapes.take(rows)
        flags = self._texts.flags(shapes, "outside", "occluded", always=True)
        looks = zip(self._texts.named(shapes.label), shapes.keyframe.tolist(), flags, strict=True)
        heads = [f'{name} keyframe="{key:d}"{flag}' for name, key, flag in looks]
        inner = self._attributes(rows, shapes.track, "        ")
        return Lines(heads, [""] * len(rows), inner).elements(shapes, "      ")

    def _attributes(self, rows: Ints, track: Array, indent: str) -> list[str]:
        """What each row says, then what its track says."""
        own = self._texts.attributes[Owner.SHAPE].of(rows, indent)
        given = self._texts.attributes[Owner.TRACK].of(track.astype(np.int64), indent)
        return [a + b for a, b in zip(own, given, strict=True)]


def _by_track(shapes: Shapes, rows: Ints) -> Ints:
    return rows[np.lexsort((shapes.frame[rows], shapes.track[rows]))]


_SERVER = Format(
    slug="cvat-video", name="CVAT for video 1.1", keeps=keeps.SERVER_VIDEO, read=read_as_server, write=write_rows,
    pipeline=keeps.server_video_steps,
    quirks=(
        "honeypots-hidden", "xml-bare-skeletons", "xml-default-attributes", "xml-closing-frames", "xml-import",
    ),
)  # fmt: skip
FORMAT = Format(
    slug="cvat-video", name="CVAT for video 1.1", keeps=keeps.VIDEO, read=read, write=write, sniff=sniff_video,
    pipeline=keeps.video_steps, dialects={"cvat": _SERVER}, suffix=".xml", main=FILE, members=(FILE, "images/**"),
    about="CVAT's XML by track: keyframes and what lies between, every shape type; no tags, shapes become tracks",
)  # fmt: skip
