"""Laws that every format of the table keeps; a new format is tested by being in the table."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

import annotools as at
from annotools import formats
from annotools.convert.writing import Target, fit_to_format
from annotools.errors import AmbiguityError, Problem
from annotools.formats import TABLE
from annotools.formats.base import Format, ReadOptions, WriteOptions
from annotools.model import Dataset, Owner
from annotools.model.canonical import differing
from annotools.storage import Media, MediaFile, Source, open_source, write_members
from tests.datasets import EVERYTHING
from tests.formats.refusals import as_the_server
from tests.formats.ways import (
    FORMATS,
    WAYS,
    every_case,
    every_format,
    expected,
    in_folder,
    members,
    ready,
    sizes_of,
    written,
)


def definitions(dataset: Dataset) -> Dataset:
    """What a user would give as context: the task without its annotations."""
    return dataset.replace(**dict.fromkeys(("tags", "shapes", "tracks", "intervals", "attributes")))


def read_back(form: Format, where: Path, context: Dataset | None) -> tuple[Dataset, tuple[Problem, ...]]:
    assert form.read is not None
    with open_source(where) as source:
        result = form.read(source, context, ReadOptions())
    return result.dataset, result.problems


@every_case
def test_what_is_read_back_is_what_was_written(form: Format, name: str, tmp_path: Path) -> None:
    dataset = expected(form.slug, name)
    where = in_folder(tmp_path, written(form.slug, name))
    result, problems = read_back(form, where, sizes_of(form, ready(form.slug, name)))
    assert [str(problem) for problem in problems] == []
    assert differing(result, dataset) == []


@every_case
def test_what_was_carried_once_is_carried_as_it_is(form: Format, name: str) -> None:
    dataset = expected(form.slug, name)
    again, losses = fit_to_format(dataset, form, WriteOptions())
    assert differing(again, dataset) == []
    used = form.keeps.uses  # said of every conversion, for it is not in the output
    lost = [
        loss for loss in losses.of("lost", "annotations", "definitions") if f"{loss.table}.{loss.column}" not in used
    ]
    assert [str(loss) for loss in lost] == []


@every_case
@pytest.mark.parametrize("way", WAYS)
def test_equal_input_gives_equal_bytes(form: Format, name: str, way: str) -> None:
    dataset = ready(form.slug, name, way)
    before = dataset.canonical()
    with as_the_server(form, WAYS[way]):
        again = {member: b"".join(pieces) for member, pieces in members(form, dataset, WAYS[way])}
        assert again == written(form.slug, name, way)
        assert list(again) == list(dict.fromkeys(again)), "a member comes twice"
    assert dataset.canonical() == before


@every_case
def test_its_own_output_is_recognised(form: Format, name: str, tmp_path: Path) -> None:
    with open_source(in_folder(tmp_path, written(form.slug, name))) as source:
        assert form.slug in guesses(source)


def guesses(source: Source) -> tuple[str, ...]:
    """The one format a source is certainly of, or the candidates that are named."""
    try:
        return (formats.sniff(source),)
    except AmbiguityError as error:
        return error.candidates


@every_case
def test_a_zip_says_the_same_as_a_folder(form: Format, name: str, tmp_path: Path) -> None:
    files = written(form.slug, name)
    folder = in_folder(tmp_path / "folder", files)
    write_members(tmp_path / "all.zip", ((member, [data]) for member, data in files.items()))
    assert read_back(form, folder, None)[0] == read_back(form, tmp_path / "all.zip", None)[0]


@every_case
def test_the_task_as_context_changes_nothing_of_the_annotations(form: Format, name: str, tmp_path: Path) -> None:
    dataset = ready(form.slug, name)
    where = in_folder(tmp_path, written(form.slug, name))
    result, problems = read_back(form, where, definitions(dataset))
    assert [str(problem) for problem in problems] == []
    difference = at.diff(result, expected(form.slug, name), tolerance=0, ignore=("labels", "frames"))
    assert [str(change) for change in difference] == []


@every_case
def test_companions_say_where_rows_stood_and_change_nothing(form: Format, name: str, tmp_path: Path) -> None:
    where = in_folder(tmp_path, written(form.slug, name))
    assert form.read is not None
    context = sizes_of(form, ready(form.slug, name))
    with open_source(where) as source:
        result = form.read(source, context, ReadOptions(origin=True, extras=True)).dataset.replace(extras=None)
    assert differing(result, expected(form.slug, name)) == []
    for owner in Owner if result.origin is not None else ():
        table = result.table(owner)
        if result.origin is not None and owner in result.origin.places and len(table):
            assert result.origin.member(owner, len(table) - 1) in written(form.slug, name)


@every_format
def test_pictures_are_written_along_and_found_again(form: Format, tmp_path: Path) -> None:
    dataset = EVERYTHING["pictures"]
    pictures = Media((frame, _picture(dataset, frame)) for frame in range(len(dataset.frames)))
    at.write(dataset, tmp_path / "out", form.slug, pictures)
    result = at.read(tmp_path / "out", form.slug)
    if not any(dataset.frames.names[0].rpartition(".")[0] in name for name in result.dataset.frames.names):
        return  # the format does not keep the names of frames to find pictures by
    media = result.media or {}
    names = [result.dataset.frames.names[frame] for frame in media]
    shown = [name for row, name in enumerate(dataset.frames.names) if not dataset.frames.deleted[row]]
    assert {name.rpartition(".")[0] for name in shown} <= {name.rpartition(".")[0] for name in names}
    for frame, file in media.items():
        row = int(file.read().rpartition(b"picture ")[2])
        name = result.dataset.frames.names[frame].rpartition(".")[0]
        assert name in {dataset.frames.names[row].rpartition(".")[0], dataset.frames.names[row]}


def _picture(dataset: Dataset, frame: int) -> MediaFile:
    """A picture of the frame's size, with its number behind the pixels."""
    stream = io.BytesIO()
    Image.new("L", (int(dataset.frames.width[frame]), int(dataset.frames.height[frame]))).save(stream, "PNG")
    return MediaFile(f"{frame}.jpg", lambda: io.BytesIO(stream.getvalue() + b"picture %d" % frame))


@every_format
def test_an_output_of_one_file_holds_the_annotations(form: Format, tmp_path: Path) -> None:
    suffix = Path(form.main).suffix or form.suffix
    if not suffix:
        with pytest.raises(at.UsageError, match="several files"):
            Target(form, tmp_path / "out.json", WriteOptions())
        return
    where = tmp_path / f"out{suffix}"
    at.write(EVERYTHING["pictures"], where, form.slug)
    dataset = at.read(where, form.slug, context=definitions(ready(form.slug, "pictures"))).dataset
    difference = at.diff(dataset, ready(form.slug, "pictures"), ignore=("labels", "frames"))
    assert [str(change) for change in difference] == []


def test_the_table_is_literal_and_complete() -> None:
    assert formats.slugs()[: len(TABLE)] == tuple(TABLE)
    assert [form.slug for form in FORMATS] == list(TABLE)
    for form in FORMATS:
        assert form.read is not None
        assert form.write is not None
        assert form.sniff is not None
        assert form.about
        assert form.name
