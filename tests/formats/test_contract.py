"""Laws that every format of the table keeps; a new format is tested by being in the table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import annotools as at
from annotools import formats, quirks
from annotools.convert.writing import Target, fit_to_format
from annotools.errors import AmbiguityError, InputError, Problem
from annotools.formats import TABLE
from annotools.formats.base import Format, Options, Read
from annotools.model import Dataset, Owner, fit, survives
from annotools.model.canonical import differing
from annotools.storage import Limits, Media, MediaFile, Source, open_source, write_members
from annotools.storage.zips import ZipSource
from tests.datasets import EVERYTHING
from tests.formats.refusals import as_the_server
from tests.model.strategies import datasets

FORMATS = [formats.get(slug) for slug in TABLE]
WAYS = {"plain": Options(), "compat": Options(quirks=quirks.CVAT)}
CASES = [(form, name) for form in FORMATS for name in EVERYTHING]
IDS = [f"{form.slug}-{name}" for form, name in CASES]
every_format = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.slug)
every_case = pytest.mark.parametrize(("form", "name"), CASES, ids=IDS)


@cache
def ready(slug: str, name: str, way: str = "plain") -> Dataset:
    """What a format carries of one of the datasets."""
    return fit_to_format(EVERYTHING[name], formats.get(slug), WAYS[way])[0]


def sizes_of(form: Format, dataset: Dataset) -> Dataset | None:
    """What a reader must know beside: the sizes of pictures, where the format needs them."""
    return Dataset(frames=dataset.frames) if "sizes" in form.needs else None


def surviving(form: Format, dataset: Dataset) -> Dataset:
    """What its reader is to give back of what was written."""
    found = survives(dataset, form.keeps)
    return found.replace(frames=dataset.frames) if "sizes" in form.needs else found


def expected(slug: str, name: str) -> Dataset:
    """What its reader is to give back."""
    return surviving(formats.get(slug), ready(slug, name))


def members(form: Format, dataset: Dataset, options: Options) -> Iterator[tuple[str, list[bytes]]]:
    write = form.dialect(options).write
    assert write is not None
    return ((name, list(pieces)) for name, pieces in write(dataset, None, options))


@cache
def written(slug: str, name: str, way: str = "plain") -> dict[str, bytes]:
    """The members that a format makes of it."""
    found = members(formats.get(slug), ready(slug, name, way), WAYS[way])
    return {member: b"".join(pieces) for member, pieces in found}


def in_folder(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def definitions(dataset: Dataset) -> Dataset:
    """What a user would give as context: the task without its annotations."""
    return dataset.replace(**dict.fromkeys(("tags", "shapes", "tracks", "intervals", "attributes")))


def read_back(form: Format, where: Path, context: Dataset | None) -> tuple[Dataset, tuple[Problem, ...]]:
    assert form.read is not None
    with open_source(where) as source:
        found = form.read(source, context, Options())
    return found.dataset, found.problems


@every_case
def test_what_is_read_back_is_what_was_written(form: Format, name: str, tmp_path: Path) -> None:
    dataset = expected(form.slug, name)
    where = in_folder(tmp_path, written(form.slug, name))
    found, problems = read_back(form, where, sizes_of(form, ready(form.slug, name)))
    assert [str(problem) for problem in problems] == []
    assert differing(found, dataset) == []


@every_case
def test_what_was_carried_once_is_carried_as_it_is(form: Format, name: str) -> None:
    dataset = expected(form.slug, name)
    again, losses = fit_to_format(dataset, form, Options())
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
    found, problems = read_back(form, where, definitions(dataset))
    assert [str(problem) for problem in problems] == []
    difference = at.diff(found, expected(form.slug, name), tolerance=0, ignore=("labels", "frames"))
    assert [str(change) for change in difference] == []


@every_case
def test_companions_say_where_rows_stood_and_change_nothing(form: Format, name: str, tmp_path: Path) -> None:
    where = in_folder(tmp_path, written(form.slug, name))
    assert form.read is not None
    context = sizes_of(form, ready(form.slug, name))
    with open_source(where) as source:
        found = form.read(source, context, Options(origin=True, extras=True)).dataset.replace(extras=None)
    assert differing(found, expected(form.slug, name)) == []
    for owner in Owner if found.origin is not None else ():
        table = found.table(owner)
        if found.origin is not None and owner in found.origin.places and len(table):
            assert found.origin.member(owner, len(table) - 1) in written(form.slug, name)


@every_format
def test_pictures_are_written_along_and_found_again(form: Format, tmp_path: Path) -> None:
    dataset = EVERYTHING["pictures"]
    pictures = Media((frame, _picture(dataset, frame)) for frame in range(len(dataset.frames)))
    at.write(dataset, tmp_path / "out", form.slug, pictures)
    found = at.read(tmp_path / "out", form.slug)
    if not any(dataset.frames.names[0].rpartition(".")[0] in name for name in found.dataset.frames.names):
        return  # the format does not keep the names of frames to find pictures by
    media = found.media or {}
    names = [found.dataset.frames.names[frame] for frame in media]
    shown = [name for row, name in enumerate(dataset.frames.names) if not dataset.frames.deleted[row]]
    assert {name.rpartition(".")[0] for name in shown} <= {name.rpartition(".")[0] for name in names}
    for frame, file in media.items():
        row = int(file.read().rpartition(b"picture ")[2])
        name = found.dataset.frames.names[frame].rpartition(".")[0]
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
            Target(form, tmp_path / "out.json", Options())
        return
    where = tmp_path / f"out{suffix}"
    at.write(EVERYTHING["pictures"], where, form.slug)
    found = at.read(where, form.slug, context=definitions(ready(form.slug, "pictures"))).dataset
    difference = at.diff(found, ready(form.slug, "pictures"), ignore=("labels", "frames"))
    assert [str(change) for change in difference] == []


@every_format
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_bytes_are_problems_and_nothing_else(form: Format, tmp_path: Path, data: st.DataObject) -> None:
    files = dict(written(form.slug, "pictures"))
    victim = data.draw(st.sampled_from(sorted(files)))
    whole = files[victim]
    start = data.draw(st.integers(0, max(len(whole) - 1, 0)))
    files[victim] = data.draw(
        st.sampled_from(
            [
                whole[:start],
                whole[:start] + whole[start + 1 :],
                whole[:start] + b"\xff\x00" + whole[start:],
                whole[:start] + b'"' + whole[start + 1 :],
                whole[:start] + b"9" * 400 + whole[start:],
                whole.replace(b"1", b"-1e999", 3),
                whole.replace(b"0", b"nan", 5),
                whole.replace(b"[", b"{", 1),
                b"[" * 100_000,
                b"<a>" * 100_000,
                b"null",
                b"",
            ]
        )
    )
    _survives(form, files)


def _survives(form: Format, files: dict[str, bytes]) -> None:
    """Reading ends with a dataset and problems, or with an InputError that says where."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    assert form.read is not None

    stream.seek(0)
    with ZipSource("damaged.zip", stream, Limits()) as source:
        problems: tuple[Problem, ...] = ()
        try:
            found = form.read(source, None, Options())
            assert isinstance(found.dataset.canonical(), Dataset)
            problems = found.problems
        except InputError as error:
            problems = error.problems
    assert all(problem.message for problem in problems)


@every_format
def test_a_foreign_file_is_an_input_error(form: Format, tmp_path: Path) -> None:
    foreign = (("a.json", b'{"foreign": [1, 2, 3]}'), ("a.xml", b"<foreign/>"), ("a.json", b"not json at all"))
    for name, content in foreign:
        where = tmp_path / name
        where.write_bytes(content)
        with pytest.raises(InputError) as caught:
            at.read(where, form.slug)
        assert name in str(caught.value)


def test_the_table_is_literal_and_complete() -> None:
    assert formats.slugs()[: len(TABLE)] == tuple(TABLE)
    assert [form.slug for form in FORMATS] == list(TABLE)
    for form in FORMATS:
        assert form.read is not None
        assert form.write is not None
        assert form.sniff is not None
        assert form.about
        assert form.name


@every_format
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(dataset=datasets())
def test_any_dataset_is_read_back_as_it_was_written(form: Format, dataset: Dataset) -> None:
    expected, _ = fit_to_format(dataset, form, Options())
    found = read_in_memory(form, expected, Options())
    assert [str(problem) for problem in found.problems] == []
    assert differing(found.dataset, surviving(form, expected)) == []


@every_format
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(dataset=datasets())
def test_any_dataset_goes_the_way_of_the_server_without_a_stray_exception(form: Format, dataset: Dataset) -> None:
    mine, _ = fit_to_format(dataset, form, WAYS["compat"])
    with as_the_server(form, WAYS["compat"]):
        frames = read_in_memory(form, mine, WAYS["compat"]).dataset.frames
        assert len(frames) == len(mine.frames) or "name" not in form.dialect(WAYS["compat"]).keeps.frames


def read_in_memory(form: Format, dataset: Dataset, options: Options) -> Read:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, pieces in members(form, dataset, options):
            archive.writestr(name, b"".join(pieces))
    stream.seek(0)
    read = form.dialect(options).read
    assert read is not None
    with ZipSource("all.zip", stream, Limits()) as source:
        return read(source, sizes_of(form, dataset), options)


@every_case
def test_what_survives_fits_and_survives(form: Format, name: str) -> None:
    dataset = expected(form.slug, name)
    again, losses = fit(dataset, form.keeps)
    used = form.keeps.uses
    found = [
        loss for loss in losses.of(None, "annotations", "definitions") if f"{loss.table}.{loss.column}" not in used
    ]
    assert [str(loss) for loss in found] == []
    assert again == dataset


@every_format
@pytest.mark.parametrize("way", WAYS)
def test_ids_that_lead_nowhere_do_not_stop_a_conversion(form: Format, way: str) -> None:
    builder = at.DatasetBuilder(labels=[at.Label(1, "car", None, "any", "", (at.AttributeSpec(5, "colour"),))])
    builder.add_frame("a.jpg", 60, 40)
    for label, frame in ((1, 0), (8, 0), (1, 7)):
        builder.add_shape("rectangle", frame, label, [1, 2, 3, 4], attributes={77: "x", 5: "red"})
        track = builder.add_track(label, frame, attributes={78: "x"})
        builder.add_shape("polygon", frame, None, [1, 2, 3, 4, 5, 9], track=track, attributes={79: "x"})
        builder.add_tag(frame, label, attributes={77: "x"})
    mine, losses = fit_to_format(builder.dataset(), form, WAYS[way])
    found = Read(mine)
    with as_the_server(form, WAYS[way]):
        found = read_in_memory(form, mine, WAYS[way])
    assert [str(problem) for problem in found.problems] == []
    # under the server's import a mask may be too thin for a polygon
    thin = sum(loss.count for loss in found.losses.of("lost") if loss.what == "mask")
    assert len(found.dataset.shapes) == len(mine.shapes) - thin
    assert way == "compat" or not thin
    assert form.slug == "cvat-api" or losses.of("lost")
