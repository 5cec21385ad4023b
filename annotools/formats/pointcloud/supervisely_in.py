"""From a project of Supervisely to a dataset, and what the server makes of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from posixpath import splitext
from typing import Any

import numpy as np

from annotools.errors import InputError, Problems
from annotools.formats.base import Read, ReadOptions
from annotools.formats.kernel.attribute_blobs import AttributeBlobs, used_names
from annotools.formats.kernel.frame_names import by_name
from annotools.formats.kernel.imported import imported
from annotools.formats.kernel.label_definitions import list_in, specs_of, text_in, type_of
from annotools.formats.kernel.label_names import with_specs
from annotools.formats.kernel.places import At
from annotools.formats.kernel.rows import Rows
from annotools.formats.pointcloud.episodes import episodes_of
from annotools.formats.pointcloud.projects import (
    FOLDER,
    Cloud,
    Figures,
    clouds_of,
    figures_of,
    meta_of,
    nothing,
    numbers_of,
    places_of,
)
from annotools.matching import CvatMatcher, Match
from annotools.model import CUBOID, AttributeSpec, Dataset, Label, Labels, Owner
from annotools.model.columns import Ints
from annotools.model.extras import Extra
from annotools.storage import Source
from annotools.storage.picture_names import is_picture

_LOOK = ("occluded", "outside", "z_order", "source", "score", "rotation")
_OF_SERVER = ("name", "labels")  # tags of clouds in which the server says who and what


def read(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source, with every problem it has."""
    problems = Problems()
    clouds = [*clouds_of(source, problems), *episodes_of(source, problems)]
    rows = Rows(source, context, problems, options, matching=by_name)
    _fill(rows, source, clouds, problems, context, strict=False)
    return rows.read(gaps_are_outside=True)


def read_as_server(source: Source, context: Dataset | None, options: ReadOptions) -> Read:
    """The dataset of a source as the server stores it: names match, or else numbers of frames."""
    problems = Problems()
    clouds = clouds_of(source, problems)

    def matching(task: Dataset, names: Sequence[str]) -> list[Match]:
        items = [splitext(name)[0] for name in names]
        matcher = CvatMatcher(task.frames.names, items, video=task.task.is_video)
        return [matcher.match(item, number=cloud.number) for item, cloud in zip(items, clouds, strict=True)]

    rows = Rows(source, context, problems, options, matching=matching)
    _fill(rows, source, clouds, problems, context, strict=True)
    return imported(rows.read(), options)


def _fill(
    rows: Rows, source: Source, clouds: list[Cloud], problems: Problems, context: Dataset | None, *, strict: bool
) -> None:
    if not clouds:
        problems.append(nothing(source))
        raise InputError(problems)
    rows.task(dimension="3d")
    meta = meta_of(source, clouds[0].root, problems)
    frames = _frames(rows, source, clouds)
    _tell_related(rows, source, clouds)
    figures = figures_of(clouds, problems)
    for word, number in figures.unknown.items():
        rows.left_out(f"figure of type {word}", number, why="CVAT has cuboids in space alone")
    tags = [] if strict else [*_tags(clouds)]
    labels = _labels(meta, [*figures.title, *(name for _, name in tags)])
    known = context is not None and len(context.labels) > 0
    blobs = AttributeBlobs()
    code = blobs.codes_of(figures.blobs(strict))
    rows.label_defs(labels if known else _widened(labels, figures, blobs, code))
    made = _shapes(rows, figures, places_of(clouds, figures), frames, blobs, code)
    rows.attributes(Owner.SHAPE, *blobs.spread(made, code))
    if tags:
        cloud, names = zip(*tags, strict=True)
        at = At([each.member for each in clouds], which=np.array(cloud, np.int64))
        rows.tags(frames[np.array(cloud, np.int64)], rows.labels(names, at=at), at)
    _tell_values(rows, clouds)


def _frames(rows: Rows, source: Source, clouds: list[Cloud]) -> Ints:
    numbers = numbers_of(clouds)
    extras: dict[str, Any] = {"frame_id": Extra(numbers, numbers >= 0)} if (numbers >= 0).any() else {}
    subsets = ["" if cloud.folder == FOLDER else cloud.folder for cloud in clouds]
    at = At([cloud.member for cloud in clouds], which=np.arange(len(clouds)))
    frames = rows.frames([cloud.name for cloud in clouds], subsets=subsets, at=at, **extras)
    members = [f"{cloud.root}{cloud.folder}/pointcloud/{cloud.name}" for cloud in clouds]
    there = [n for n, member in enumerate(members) if source.has(member)]
    rows.pictures(frames[there], [members[n] for n in there])
    return frames


def _tell_related(rows: Rows, source: Source, clouds: list[Cloud]) -> None:
    """Note pictures that cameras took of the clouds: they are no frames."""
    homes = tuple({f"{cloud.root}{cloud.folder}/related_images/" for cloud in clouds})
    pictures = [name for name in source.members() if name.startswith(homes) and is_picture(name)]
    rows.left_out("related picture", len(pictures), why="clouds are read without the pictures of them", table="members")


def _labels(meta: dict[str, Any], used: list[str]) -> Labels:
    """The classes of a project, and those that it uses without having them."""
    rows = [each for each in list_in(meta, "classes") if isinstance(each, dict) and text_in(each, "title")]
    named = {str(each["title"]): each for each in reversed(rows)}
    order = [str(each["title"]) for each in rows]
    numbers, specs = count(1), count(1)
    return Labels(tuple(_defined(named.get(title, {}), title, numbers, specs) for title in dict.fromkeys(order + used)))


def _defined(raw: dict[str, Any], title: str, numbers: Iterator[int], specs: Iterator[int]) -> Label:
    attributes = tuple(specs_of(raw, specs))
    return Label(next(numbers), title, None, type_of(raw) or "any", text_in(raw, "color"), attributes)


def _widened(labels: Labels, figures: Figures, blobs: AttributeBlobs, code: Ints) -> Labels:
    """Labels with the attributes that objects have and no class defines."""
    ids = {label.name: label.id for label in labels}
    label = np.array([ids[title] for title in figures.title], np.int64)
    owner, names, _ = blobs.spread(np.arange(len(label)), code)
    tracked = set(label[blobs.look("track", code) >= 0].tolist()) if len(code) else set()
    wanted = {
        (number, name): AttributeSpec(0, name, number in tracked, blobs.kind(name))
        for number, name in used_names(names, label[owner])
        if (number, name) not in labels.specs_by_name
    }
    return with_specs(labels, wanted) if wanted else labels


def _shapes(rows: Rows, figures: Figures, at: At, frames: Ints, blobs: AttributeBlobs, code: Ints) -> Ints:
    frame = frames[np.array(figures.cloud, np.int64)]
    label = rows.labels(figures.title, at=at)
    look = {name: blobs.look(name, code) for name in _LOOK}
    number, keyframe = blobs.look("track", code), blobs.look("keyframe", code)
    track = np.full(len(code), -1)
    if (number >= 0).any():
        keys = [key if there else None for key, there in zip(figures.object, (number >= 0).tolist(), strict=True)]
        track = rows.tracks(keys, label, at, source=look["source"], track_id=_texts(figures.object))
    return rows.shapes(
        CUBOID, frame, label, figures.points, at=at, track=track, keyframe=np.where(track >= 0, keyframe, True),
        figure_id=Extra(_texts(figures.key), np.array([bool(key) for key in figures.key], np.bool_)),
        object_id=Extra(_texts(figures.object), track < 0), **look,
    )  # fmt: skip


def _texts(values: Sequence[str]) -> Any:
    column = np.empty(len(values), object)
    column[:] = values
    return column


def _tags(clouds: list[Cloud]) -> Iterator[tuple[int, str]]:
    """Tags of clouds that say no value."""
    for number, cloud in enumerate(clouds):
        for tag in cloud.file.tags or ():
            if tag.value is None and tag.name:
                yield number, tag.name


def _tell_values(rows: Rows, clouds: list[Cloud]) -> None:
    """Note tags of clouds that say a value: a label of a frame has none."""
    tags = [tag for cloud in clouds for tag in cloud.file.tags or () if tag.name not in _OF_SERVER]
    rows.left_out(
        "value of a cloud's tag", sum(tag.value is not None for tag in tags), why="a label of a frame has none"
    )
