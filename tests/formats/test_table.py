"""The table of formats: rows of other packages, and how a format is told from its content."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import annotools as at
from annotools import formats
from annotools.errors import AmbiguityError, InputError, UsageError
from annotools.formats import TABLE
from annotools.formats.base import Format
from annotools.formats.signs import SIGNS
from annotools.model import Keeps
from annotools.storage import Source, open_source
from annotools.storage.sources import SubSource
from tests.formats.kernel.sources import zipped

PLUGIN = """
from annotools.formats.base import Format, Read
from annotools.model import Dataset, Keeps

def read(source, context, options):
    return Read(Dataset())

FORMAT = Format(slug="points", name="Points", keeps=Keeps(), read=read, sniff=lambda s: s.has("a.points"))
NOTHING = 1
"""
POINTS = """
[annotools.formats]
points = points_format:FORMAT
broken = points_format_that_is_not_there:FORMAT
nothing = points_format:NOTHING
coco = points_format:FORMAT
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with an installed package that has formats."""
    folder = tmp_path / "points_format-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: points-format\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(POINTS)
    (tmp_path / "points_format.py").write_text(PLUGIN)
    (tmp_path / "a.points").write_text("1 2")
    return tmp_path


def outcome(site: Path, code: str) -> str:
    """What a fresh process with the package prints."""
    head = f"import sys; sys.path.insert(0, {str(site)!r}); import annotools as at\n"
    return subprocess.run([sys.executable, "-c", head + code], capture_output=True, check=True, text=True).stdout


def test_other_packages_add_rows_behind_our_own(site: Path) -> None:
    code = "print(*at.formats.slugs()); print(*(at.formats.get(slug).name for slug in ('points', 'coco')))"
    printed = outcome(site, code)
    slugs, names = printed.splitlines()
    assert slugs.split() == [*TABLE, "broken", "nothing", "points"]
    assert names == "Points COCO 1.0"


def test_a_broken_package_is_told_and_stands_in_nobodys_way(site: Path) -> None:
    code = (
        "for slug in ('broken', 'nothing'):\n"
        "    try: at.formats.get(slug)\n"
        "    except at.UsageError as error: print(error)\n"
        f"print(at.formats.sniff(__import__('annotools.storage').storage.open_source({str(site / 'a.points')!r})))"
    )
    lines = outcome(site, code).splitlines()
    assert lines == [
        "format 'broken' cannot be loaded: No module named 'points_format_that_is_not_there'",
        "format 'nothing' cannot be loaded: it is a int, expected a Format",
        "points",
    ]


@pytest.mark.parametrize(
    ("slug", "nearest"),
    [("coc", "coco"), ("COCO", "coco"), ("cvat_images", "cvat-images"), ("cvat-vidoe", "cvat-video"), ("?", "one of")],
)
def test_a_wrong_slug_is_told_what_was_meant(slug: str, nearest: str) -> None:
    with pytest.raises(UsageError, match=f"no format is called .*, expected .*{nearest}"):
        formats.get(slug)


def _claims(name: str) -> Format:
    return Format(name, name, Keeps(), read=formats.get("coco").read, sniff=lambda source: True)


def test_several_that_fit_are_candidates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("x")
    monkeypatch.setattr(formats, "possible", lambda source: (_claims("one"), _claims("two")))
    with open_source(tmp_path / "a.txt") as source, pytest.raises(AmbiguityError) as caught:
        formats.sniff(source)
    assert caught.value.candidates == ("one", "two")
    assert str(caught.value) == "a.txt: several formats fit, expected one of one, two"


def test_archives_within_an_archive_are_named() -> None:
    with pytest.raises(InputError, match=r"holds an archive, a\.zip, and nothing of a known format beside"):
        formats.sniff(zipped({"a.zip": "PK", "b.ZIP": "PK"}))


def test_a_fault_that_was_met_while_looking_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(source: Source) -> bool:
        raise InputError(f"{source.name} is damaged")

    (tmp_path / "a.txt").write_text("x")
    form = Format("one", "one", Keeps(), read=formats.get("coco").read, sniff=faulty)
    monkeypatch.setattr(formats, "possible", lambda source: (form,))
    with open_source(tmp_path / "a.txt") as source, pytest.raises(InputError, match=r"a\.txt is damaged"):
        formats.sniff(source)


def test_every_format_of_the_table_can_be_loaded() -> None:
    assert tuple(form.slug for form in formats()) == formats.slugs()


@pytest.mark.parametrize("slug", TABLE)
def test_an_output_is_told_from_others_by_its_content(slug: str, tmp_path: Path) -> None:
    for images in (True, False):
        out = tmp_path / f"{images}"
        at.convert("examples/street", out, slug, images=images)
        with open_source(out) as source:
            assert slug in {form.slug for form in formats.possible(source)}
            assert formats.sniff(source) == slug


def test_every_format_has_a_sign() -> None:
    assert SIGNS.keys() == TABLE.keys()


def test_a_name_without_an_ending_may_be_anything(tmp_path: Path) -> None:
    (tmp_path / "stdin").write_text("{}")
    with open_source(tmp_path / "stdin") as source:
        assert [form.slug for form in formats.possible(source)] == [form.slug for form in formats()]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("<annotation/>", ["voc", "labelme"]),
        (
            "<?xml version='1.0'?><!-- <annotation> -->\n<annotations><version>1.1</version>",
            ["cvat-images", "cvat-video"],
        ),
        ("<boost_serialization>", ["kitti-raw"]),
        ("<other>", []),
        ("<!DOCTYPE a>", ["cvat-images", "cvat-video", "voc", "labelme", "kitti-raw"]),
    ],
)
def test_the_root_of_an_xml_says_whom_to_ask(text: str, slugs: list[str]) -> None:
    assert [form.slug for form in formats.possible(zipped({"a.xml": text}))] == slugs


class CountedSource(SubSource):
    """Counts how often its members are asked for."""

    times = 0

    def members(self) -> list[str]:
        self.times += 1
        return super().members()


def test_more_members_are_not_listed_more_often() -> None:
    counts = []
    for number in (2, 200):
        files = {f"a/Annotations/{n}.xml": "<annotation><size/></annotation>" for n in range(number)}
        source = CountedSource(zipped(files), "a")
        assert formats.sniff(source) == "voc"
        counts.append(source.times)
    assert counts[0] == counts[1]


# As CVAT 2.73 calls them where it asks for a format.
NAMES = {
    "camvid": "CamVid 1.0", "cityscapes": "Cityscapes 1.0", "coco": "COCO 1.0", "coco-keypoints": "COCO Keypoints 1.0",
    "cvat-images": "CVAT for images 1.1", "cvat-video": "CVAT for video 1.1", "datumaro": "Datumaro 1.0",
    "datumaro-3d": "Datumaro 3D 1.0", "generic-tsv": "Generic TSV 1.0",
    "icdar-localization": "ICDAR Localization 1.0", "icdar-recognition": "ICDAR Recognition 1.0",
    "icdar-segmentation": "ICDAR Segmentation 1.0", "imagenet": "ImageNet 1.0", "kitti": "KITTI 1.0",
    "kitti-raw": "Kitti Raw Format 1.0", "labelme": "LabelMe 3.0", "lfw": "LFW 1.0", "market-1501": "Market-1501 1.0",
    "mot": "MOT 1.1", "mots": "MOTS PNG 1.0", "open-images": "Open Images V6 1.0",
    "segmentation-mask": "Segmentation mask 1.1", "sly-pointcloud": "Sly Point Cloud Format 1.0",
    "vggface2": "VGGFace2 1.0", "voc": "PASCAL VOC 1.1", "wider-face": "WiderFace 1.0", "yolo": "YOLO 1.1",
    "yolo-ultralytics-classification": "Ultralytics YOLO Classification 1.0",
    "yolo-ultralytics-detection": "Ultralytics YOLO Detection 1.0",
    "yolo-ultralytics-detection-track": "Ultralytics YOLO Detection Track 1.0",
    "yolo-ultralytics-obb": "Ultralytics YOLO Oriented Bounding Boxes 1.0",
    "yolo-ultralytics-pose": "Ultralytics YOLO Pose 1.0",
    "yolo-ultralytics-segmentation": "Ultralytics YOLO Segmentation 1.0",
}  # fmt: skip


def test_every_format_and_dialect_has_the_name_that_the_server_gives_it() -> None:
    assert set(TABLE) - set(NAMES) == {"cvat-api", "cvat-backup"}, "which are answers of its API and no formats of it"
    for slug, name in NAMES.items():
        form = formats.get(slug)
        assert {form.name, *(dialect.name for dialect in form.dialects.values())} == {name}
        assert {form.slug, *(dialect.slug for dialect in form.dialects.values())} == {slug}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_a_file_of_wide_characters_is_told_as_what_it_is(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("any text".encode(encoding))
    with pytest.raises(InputError, match="is UTF-16 or UTF-32, expected text in UTF-8"):
        at.read(tmp_path / "a.csv")
