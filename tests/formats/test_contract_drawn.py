"""Laws that every format of the table keeps, of damaged bytes and of datasets that are drawn."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import annotools as at
from annotools import formats
from annotools.convert.writing import fit_to_format
from annotools.errors import InputError, Problem
from annotools.formats.base import Format, Read, ReadOptions, WriteOptions
from annotools.model import Dataset, fit
from annotools.model.canonical import differing
from annotools.storage import Limits
from annotools.storage.zips import ZipSource
from tests.amounts import some
from tests.datasets import EVERYTHING
from tests.formats.refusals import as_the_server
from tests.formats.ways import WAYS, every_case, every_format, expected, members, sizes_of, surviving
from tests.model.strategies import datasets


@cache
def small_files(slug: str) -> dict[str, bytes]:
    """What a format makes of pictures that a hundred times take no longer to read than they have to."""
    form, dataset = formats.get(slug), EVERYTHING["pictures"]
    width, height = (np.full(len(dataset.frames), side) for side in (128, 96))
    small = replace(dataset.frames, width=width, height=height)
    ready, _ = fit_to_format(dataset.replace(frames=small), form, WriteOptions())
    return {member: b"".join(pieces) for member, pieces in members(form, ready, WriteOptions())}


@every_format
@settings(max_examples=some(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_bytes_are_problems_and_nothing_else(form: Format, tmp_path: Path, data: st.DataObject) -> None:
    files = dict(small_files(form.slug))
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
            result = form.read(source, None, ReadOptions())
            assert isinstance(result.dataset.canonical(), Dataset)
            problems = result.problems
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


@every_format
@settings(max_examples=some(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(dataset=datasets())
def test_any_dataset_is_read_back_as_it_was_written(form: Format, dataset: Dataset) -> None:
    expected, _ = fit_to_format(dataset, form, WriteOptions())
    result = read_in_memory(form, expected, WriteOptions())
    assert [str(problem) for problem in result.problems] == []
    assert differing(result.dataset, surviving(form, expected)) == []


@every_format
@settings(max_examples=some(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(dataset=datasets())
def test_any_dataset_goes_the_way_of_the_server_without_a_stray_exception(form: Format, dataset: Dataset) -> None:
    mine, _ = fit_to_format(dataset, form, WAYS["compat"])
    with as_the_server(form, WAYS["compat"]):
        frames = read_in_memory(form, mine, WAYS["compat"]).dataset.frames
        assert len(frames) == len(mine.frames) or "name" not in form.dialect(WAYS["compat"]).keeps.frames


def read_in_memory(form: Format, dataset: Dataset, options: WriteOptions) -> Read:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, pieces in members(form, dataset, options):
            archive.writestr(name, b"".join(pieces))
    stream.seek(0)
    read = form.dialect(options).read
    assert read is not None
    with ZipSource("all.zip", stream, Limits()) as source:
        return read(source, sizes_of(form, dataset), ReadOptions(quirks=options.quirks))


@every_case
def test_what_survives_fits_and_survives(form: Format, name: str) -> None:
    dataset = expected(form.slug, name)
    again, losses = fit(dataset, form.keeps)
    used = form.keeps.uses
    unexpected = [
        loss for loss in losses.of(None, "annotations", "definitions") if f"{loss.table}.{loss.column}" not in used
    ]
    assert [str(loss) for loss in unexpected] == []
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
    result = Read(mine)
    with as_the_server(form, WAYS[way]):
        result = read_in_memory(form, mine, WAYS[way])
    assert [str(problem) for problem in result.problems] == []
    # under the server's import a mask may be too thin for a polygon
    thin = sum(loss.count for loss in result.losses.of("lost") if loss.what == "mask")
    assert len(result.dataset.shapes) == len(mine.shapes) - thin
    assert way == "compat" or not thin
    assert form.slug == "cvat-api" or losses.of("lost")
