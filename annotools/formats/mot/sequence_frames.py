"""Numbers of frames -> frames: those of the task by their place, or those of the sequences one after the other.

task of 3 frames          1 2 3    -> 0 1 2         or 0 1 2 -> 0 1 2
task of 11.jpg to 13.jpg  11 12 13 -> 0 1 2         numbers are names, as the CVAT server writes them
no task                   1 4      -> 0 3           of frames 0 to 3
"""

from __future__ import annotations

from posixpath import splitext

import msgspec
import numpy as np

from annotools.errors import Problem, Problems
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.mot.sequences import MOST_FRAMES, Sequence
from annotools.matching import stems
from annotools.model.columns import Bools, Ints, distinct
from annotools.model.definitions import video_name

_DIGITS = 10


class FrameNumbers(msgspec.Struct, frozen=True):
    """task: the names of the frames of the task, none where it is not known or there are several sequences.
    zero: whether numbers may count from 0, and be names.
    """

    rows: Rows
    task: tuple[str, ...]
    problems: Problems
    zero: bool

    def of(self, sequence: Sequence, numbers: Ints, at: At) -> Ints:
        """The frame of each line, -1 and a problem for none."""
        names = _numbers(self.task) if self.zero and self.task else {}
        used = distinct(numbers).tolist()
        if used and not (used[0] >= 0 and used[-1] <= len(self.task)) and names.keys() >= set(used):
            frames = np.array([names[number] for number in used], np.int64)
            return frames[np.searchsorted(used, numbers)]
        first = 0 if self.zero and (0 in sequence.pictures or 0 in used) else 1
        fine = (numbers >= first) & (numbers - first < MOST_FRAMES)
        self._refuse(numbers, ~fine, first, at)
        places = np.where(fine, numbers - first, -1)
        frames = self._frames(sequence, first, int(places.max(initial=-1)) + 1)
        return places if self.task else np.append(frames, -1)[places]

    def _refuse(self, numbers: Ints, bad: Bools, first: int, at: At) -> None:
        for number in distinct(numbers[bad]).tolist():
            rows = np.flatnonzero(numbers == number)
            more = f", {len(rows):,} times from here on" if len(rows) > 1 else ""
            expected = f"{first} to {MOST_FRAMES - 1 + first:,}"
            self.problems.append(at.problem(int(rows[0]), f"frame is {number}{more}", expected=expected))

    def _frames(self, sequence: Sequence, first: int, least: int) -> Ints:
        """The frames of a sequence, with their pictures.  least: how many it has at least."""
        length = sequence.number("seqlength")
        if length > MOST_FRAMES:
            message, expected = f"{sequence.member} goes on for {length:,} frames", f"at most {MOST_FRAMES:,}"
            self.problems.append(Problem(message, sequence.member, expected=expected))
        there = {number - first: name for number, name in sequence.pictures.items() if number - first >= 0}
        most = max(
            least, length if length <= MOST_FRAMES else 0, *(index + 1 for index in there if index < MOST_FRAMES), 0
        )
        shown = [index for index in there if index < most]
        if self.task:
            frames = np.where(np.arange(most) < len(self.task), np.arange(most), -1)
        else:
            sizes = sequence.number("imwidth"), sequence.number("imheight")
            names = _names(sequence, there, first, most)
            frames = self.rows.frames(names, *sizes, sequence.subset, At(sequence.member))
        self.rows.pictures(frames[shown], [there[index] for index in shown])
        return frames


def _names(sequence: Sequence, there: dict[int, str], first: int, count: int) -> list[str]:
    """Names as pictures have them, or would; those of frames of a video where nothing tells."""
    folder = sequence.picture_folder
    end = sequence.text("imext") or next((splitext(name)[1] for name in there.values()), "")
    plain = "{:06d}" + end.replace("{", "").replace("}", "")
    return [
        sequence.name + (there[number][len(folder) :] if number in there else plain.format(number + first) if end
        else video_name(number)) for number in range(count)
    ]  # fmt: skip


def _numbers(names: tuple[str, ...]) -> dict[int, int]:
    """Frames by names that are numbers; none unless all are, and differ."""
    texts = stems([name.rsplit("/", 1)[-1] for name in names])
    if not all(text.isascii() and text.isdigit() and len(text) < _DIGITS for text in texts):
        return {}
    known = {int(text): frame for frame, text in enumerate(texts)}
    return known if len(known) == len(names) else {}
