"""Inputs of every format, as members: datasets that hold everything, and what is wrong in the eyes of each rule."""

from __future__ import annotations

from functools import cache

from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.formats import TABLE
from annotools.formats.base import ReadOptions, WriteOptions
from annotools.model import Dataset
from annotools.validate.overlay import Overlay
from annotools.validate.registry import all_rules
from tests.datasets import EVERYTHING, FULL_CLOUDS
from tests.validate.corpus import clean
from tests.validate.examples import files_of, parts_of

SLUGS = tuple(TABLE)
CLOUDS = ("datumaro-3d", "kitti-raw", "sly-pointcloud")
Input = dict[str, bytes]


@cache
def names() -> tuple[str, ...]:
    """The names of all inputs: datasets that hold everything, and what is wrong in the eyes of each rule."""
    return ("clean", *EVERYTHING, *(code for code, known in all_rules().items() if known.manual.bad))


@cache
def sound_input(slug: str, name: str) -> Input:
    """The members of an input in a format, without pictures."""
    bundle = _bundle(name, slug)
    if bundle and (slug == "cvat-api" or "labels.json" not in bundle):
        return bundle
    form = formats.get(slug)
    assert form.write is not None
    known = FULL_CLOUDS if slug in CLOUDS else _dataset(name)
    dataset, _ = fit_to_format(known, form, WriteOptions())
    return {member: b"".join(pieces) for member, pieces in form.write(dataset, None, WriteOptions())}


def _bundle(name: str, slug: str = "cvat-api") -> Input:
    """An example of a rule, or clean annotations, as a bundle or as files of the format; empty for other files."""
    if name in EVERYTHING:
        return {}
    parts = {"annotations": clean(0)} if name == "clean" else parts_of(all_rules()[name].manual.bad[0])
    return {} if "files" in parts and parts.get("from", "cvat-api") != slug else files_of(parts)


@cache
def _dataset(name: str) -> Dataset:
    if name in EVERYTHING:
        return EVERYTHING[name]
    read = formats.get("cvat-api").read
    assert read is not None
    bundle = _bundle(name) or _bundle("clean")
    return read(Overlay(name, bundle), None, ReadOptions()).dataset
