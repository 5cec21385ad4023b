"""A dataset on the whole way of a format, for the law of losses."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from functools import partial

import numpy as np

from annotools.formats.base import Format, Read, ReadOptions, WriteOptions
from annotools.model import Dataset, Losses, fit
from annotools.storage import Limits, Media, MediaFile
from annotools.storage.zips import ZipSource
from annotools.transform import run

# A BMP without its pixels: no more of a picture is looked at.
_HEAD, _TAIL = b"BM" + bytes(8) + b"\x36\0\0\0\x28\0\0\0", b"\1\0\x18\0" + bytes(24)


class Pipelines:
    """What the pipelines of formats make of a dataset: the steps that several begin with are run once."""

    def __init__(self, dataset: Dataset) -> None:
        self._made: dict[tuple[bool, tuple[str, ...]], Dataset] = {(False, ()): dataset}

    def of(self, form: Format) -> Dataset:
        """The dataset as the pipeline of a format leaves it.  What the writer must know is known."""
        return self._after("frames.size" in form.keeps.uses, tuple(form.steps(WriteOptions())))

    def _after(self, is_sized: bool, steps: tuple[str, ...]) -> Dataset:
        if (is_sized, steps) not in self._made:
            self._made[is_sized, steps] = (
                run(self._after(is_sized, steps[:-1]), steps[-1:])[0] if steps else sized(self._made[False, ()])
            )
        return self._made[is_sized, steps]


def pipeline(form: Format, dataset: Dataset) -> Dataset:
    """The dataset as the pipeline of one format leaves it."""
    return Pipelines(dataset).of(form)


def sized(dataset: Dataset) -> Dataset:
    """The dataset with a size of every frame."""
    frames = dataset.frames
    sizes = {name: np.where(getattr(frames, name) > 0, getattr(frames, name), 640) for name in ("width", "height")}
    return dataset.replace(frames=replace(frames, **sizes))


def read_back(form: Format, dataset: Dataset) -> Read:
    """What a reader gives for a dataset that fits."""
    assert form.write is not None
    assert form.read is not None
    media = pictures(dataset) if "sizes" in form.needs else None
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, pieces in form.write(dataset, media, WriteOptions(images=media is not None)):
            packed.writestr(name, b"".join(pieces))
    stream.seek(0)
    with ZipSource("all.zip", stream, Limits()) as source:
        result = form.read(source, None, ReadOptions())
    return result if media is None else replace(result, dataset=unsized(result.dataset))


def pictures(dataset: Dataset) -> Media:
    """Pictures that say how large frames are, for a format that does not and must know it."""
    sizes = dataset.frames.sizes(np.arange(len(dataset.frames))).tolist()
    heads = [
        b"".join((_HEAD, width.to_bytes(4, "little"), height.to_bytes(4, "little"), _TAIL)) for width, height in sizes
    ]
    return Media((frame, MediaFile(f"{frame}", partial(io.BytesIO, head))) for frame, head in enumerate(heads))


def unsized(dataset: Dataset) -> Dataset:
    """The dataset without what the pictures said."""
    nothing = np.zeros(len(dataset.frames), np.int64)
    return dataset.replace(frames=replace(dataset.frames, width=nothing, height=nothing))


def judged(form: Format, dataset: Dataset) -> tuple[Read, Losses]:
    """What comes back, and what was said to be lost."""
    ready, losses = fit(dataset, form.keeps)
    return read_back(form, ready), losses
