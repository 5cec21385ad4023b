"""Every format declares all that it writes, so that `--force` knows an earlier output from somebody's folder."""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import annotools as at
from annotools import quirks
from annotools.convert.writing import fit_to_format
from annotools.formats import TABLE
from annotools.formats.base import Format, WriteOptions
from annotools.storage import Media, MediaFile, Permit
from tests.datasets import EVERYTHING
from tests.formats.refusals import as_the_server
from tests.formats.ways import FORMATS, every_format
from tests.paths import STREET

WAYS = {"plain": WriteOptions(images=True), "compat": WriteOptions(images=True, quirks=quirks.CVAT)}
# Formats whose members have the same names.
ALIKE = (
    {"cvat-images", "cvat-video"},
    {"datumaro", "datumaro-3d"},
    {slug for slug in TABLE if slug.startswith("yolo-ultralytics-")},
)
# Formats that write all that these do, and more.
PARTS = {"voc": {"segmentation-mask"}, "camvid": {"cityscapes"}}
RECORDINGS = {"generic-tsv"}  # formats without pictures


@every_format
@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize("way", WAYS)
def test_all_that_is_written_is_declared(form: Format, name: str, way: str) -> None:
    options, permit = WAYS[way], Permit(members=form.members)
    dataset = fit_to_format(EVERYTHING[name], form, options)[0]
    media = Media((n, MediaFile("a.jpg", lambda: io.BytesIO(b"1"))) for n in range(len(dataset.frames)))
    write = form.dialect(options).write
    assert write is not None
    members = []
    with as_the_server(form, options):
        for member, pieces in write(dataset, media, options):
            assert list(pieces), "all pieces are taken before the next member"
            members.append(member)
        assert members
    assert [member for member in members if not permit.covers(member)] == []


@every_format
def test_patterns_are_of_one_format(form: Format) -> None:
    permit = Permit(members=form.members)
    for stray in (".git/HEAD", "README.md", "annotations/notes.txt", "src/task.json", "a.jpg", "data.csv"):
        assert not permit.covers(stray)


@every_format
def test_an_earlier_output_is_replaced_and_nothing_else(form: Format, tmp_path: Path) -> None:
    out = tmp_path / "out"
    at.convert(STREET, out, form.slug)
    with pytest.raises(at.UsageError, match="has files in it"):
        at.convert(STREET, out, form.slug)
    before = {path: path.stat().st_ino for path in out.rglob("*") if path.is_file()}
    assert (at.convert(STREET, out, form.slug, force=True).pictures > 0) == (form.slug not in RECORDINGS)
    after = {path: path.stat().st_ino for path in out.rglob("*") if path.is_file()}
    assert before.keys() == after.keys()
    assert before != after
    if form.slug not in RECORDINGS:
        with pytest.raises(at.UsageError, match="has pictures that are not written again"):
            at.convert(STREET, out, form.slug, force=True, images=False)
    for stray in (".git/config", "thesis.tex"):
        (out / stray).parent.mkdir(exist_ok=True)
        (out / stray).write_text("mine")
        with pytest.raises(at.UsageError, match=stray):
            at.convert(STREET, out, form.slug, force=True)
        with pytest.raises(at.UsageError, match=stray):
            at.write(at.read(STREET).dataset, out, form.slug, force=True)
        (out / stray).unlink()


@cache
def members_of(slug: str) -> tuple[str, ...]:
    """What a format writes of the street, without pictures."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        at.convert(STREET, out, slug, images=False)
        return tuple(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


@every_format
def test_no_format_writes_over_another(form: Format) -> None:
    alike = set().union(*(group for group in ALIKE if form.slug in group), {form.slug}, PARTS.get(form.slug, ()))
    permit = Permit(members=form.members, mark=form.mark)
    written = {other.slug: members_of(other.slug) for other in FORMATS}
    kept = {*written[form.slug]}
    covered = {
        slug
        for slug, names in written.items()
        if all(permit.covers(name) and (name in kept or permit.is_document(name)) for name in names)
    }
    replaced = {slug for slug in covered if not permit.is_unmarked(written[slug])}
    assert replaced - alike == set()
    assert form.slug in replaced


def test_an_output_of_another_format_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    at.convert(STREET, out, "voc", images=False)
    with pytest.raises(at.UsageError, match="does not write"):
        at.convert(STREET, out, "coco", images=False, force=True)


def test_lists_alone_are_no_output_of_a_format_that_has_more(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(at.UsageError, match=r"has no data\.yaml, which all have"):
        at.convert(STREET, tmp_path, "yolo-ultralytics-detection", images=False, force=True)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_names_that_one_disk_only_can_hold_are_told(tmp_path: Path) -> None:
    builder = at.DatasetBuilder(labels=[at.Label(1, "car", None, "rectangle")])
    for name in ("A.jpg", "a.jpg", "b:c.jpg", "CON.jpg"):
        builder.add_frame(name, 4, 3)
        builder.add_tag(0, "car")
    dataset = builder.dataset()
    media = Media((frame, MediaFile("x.jpg", lambda: io.BytesIO(b"1"))) for frame in range(4))
    message = (
        "out: cannot stand on Windows: images/CON.jpg, images/b:c.jpg; "
        "one file where case or accents do not count: images/A.jpg and images/a.jpg$"
    )
    with pytest.warns(UserWarning, match=message):
        at.write(dataset, tmp_path / "out", "cvat-images", media)
    assert at.convert(tmp_path / "out", tmp_path / "zip.zip", "cvat-api").remarks == ()
    done = at.convert(tmp_path / "zip.zip", tmp_path / "again", "cvat-api")
    assert [remark.partition(":")[0] for remark in done.remarks] == [
        "cannot stand on Windows", "one file where case or accents do not count",
    ]  # fmt: skip
    assert done.as_dict()["remarks"] == list(done.remarks)


def test_a_subset_that_hurts_is_no_way_out(tmp_path: Path) -> None:
    dataset = at.read(STREET).dataset
    subsets = tuple("a [1]" for _ in dataset.frames.subsets)
    hurting = dataset.replace(frames=replace(dataset.frames, subsets=subsets))
    for _ in range(2):
        at.write(hurting, tmp_path / "out", "coco", force=True)
