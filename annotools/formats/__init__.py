"""All formats, as one table: slug -> where its `Format` is.  A module is imported when its format is first asked for.

    formats.get("coco").read(source, context, options)
    formats.sniff(source)                               # "coco"

Other packages add rows with an entry point of the group `annotools.formats`, which is named by its slug and points
at a `Format`; a row of this table wins over theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from annotools._callable import make_callable
from annotools.errors import AmbiguityError, InputError, Problem, UsageError, suggest
from annotools.formats.base import Format
from annotools.plugins import entry_points

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from annotools.storage import Source

GROUP = "annotools.formats"
_HEAD = 1 << 16
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

TABLE: dict[str, str] = {
    "cvat-api": "annotools.formats.cvat_json.api:FORMAT",
    "cvat-backup": "annotools.formats.cvat_json.backup:FORMAT",
    "cvat-images": "annotools.formats.cvat_xml.images:FORMAT",
    "cvat-video": "annotools.formats.cvat_xml.video:FORMAT",
    "coco": "annotools.formats.coco.instances:FORMAT",
    "coco-keypoints": "annotools.formats.coco.keypoints:FORMAT",
    "yolo": "annotools.formats.yolo.darknet:FORMAT",
    "yolo-ultralytics-detection": "annotools.formats.yolo.detection:FORMAT",
    "yolo-ultralytics-detection-track": "annotools.formats.yolo.detection_track:FORMAT",
    "yolo-ultralytics-obb": "annotools.formats.yolo.obb:FORMAT",
    "yolo-ultralytics-segmentation": "annotools.formats.yolo.segmentation:FORMAT",
    "yolo-ultralytics-pose": "annotools.formats.yolo.pose:FORMAT",
    "yolo-ultralytics-classification": "annotools.formats.yolo.classification:FORMAT",
    "voc": "annotools.formats.voc.pascal:FORMAT",
    "segmentation-mask": "annotools.formats.masks.segmentation_mask:FORMAT",
    "camvid": "annotools.formats.masks.camvid:FORMAT",
    "cityscapes": "annotools.formats.masks.cityscapes:FORMAT",
    "kitti": "annotools.formats.masks.kitti:FORMAT",
    "mots": "annotools.formats.masks.mots:FORMAT",
    "mot": "annotools.formats.mot.mot:FORMAT",
    "datumaro": "annotools.formats.datumaro.pictures:FORMAT",
    "labelme": "annotools.formats.labelme.labelme:FORMAT",
    "open-images": "annotools.formats.open_images.open_images:FORMAT",
    "imagenet": "annotools.formats.imagenet.classification:FORMAT",
    "wider-face": "annotools.formats.wider_face.wider_face:FORMAT",
    "vggface2": "annotools.formats.vggface2.faces:FORMAT",
    "lfw": "annotools.formats.lfw.faces:FORMAT",
    "market-1501": "annotools.formats.market.reidentification:FORMAT",
    "icdar-recognition": "annotools.formats.icdar.recognition:FORMAT",
    "icdar-localization": "annotools.formats.icdar.localization:FORMAT",
    "icdar-segmentation": "annotools.formats.icdar.segmentation:FORMAT",
    "datumaro-3d": "annotools.formats.datumaro.point_clouds:FORMAT",
    "kitti-raw": "annotools.formats.pointcloud.kitti_raw:FORMAT",
    "sly-pointcloud": "annotools.formats.pointcloud.supervisely:FORMAT",
    "generic-tsv": "annotools.formats.audio.generic_tsv:FORMAT",
}
# What is in the name of some member, in small letters, of every source of a format: one without is not asked for, and
# its module not imported.  Sources with a name that has no ending are asked for all.
SIGNS: dict[str, tuple[str, ...]] = {
    "cvat-api": (".json",),
    "cvat-backup": ("task.json",),
    "cvat-images": (".xml",),
    "cvat-video": (".xml",),
    "coco": (".json",),
    "coco-keypoints": (".json",),
    "yolo": (".data", ".names", ".txt"),
    "yolo-ultralytics-detection": (".yaml", ".yml"),
    "yolo-ultralytics-detection-track": (".yaml", ".yml"),
    "yolo-ultralytics-obb": (".yaml", ".yml"),
    "yolo-ultralytics-segmentation": (".yaml", ".yml"),
    "yolo-ultralytics-pose": (".yaml", ".yml"),
    "yolo-ultralytics-classification": ("labels.json",),
    "voc": (".xml",),
    "segmentation-mask": ("segmentation", "labelmap", "_classes.csv"),
    "camvid": (".txt", ".csv", "annot/"),
    "cityscapes": ("gtfine", "gtcoarse"),
    "kitti": ("label_2/", "label_02/", "instance/", "semantic/"),
    "mots": ("instances/", "instances_txt/", "gt/gt.txt"),
    "mot": (".txt",),
    "datumaro": (".json",),
    "labelme": (".xml",),
    "open-images": (".csv",),
    "imagenet": ("synsets",),
    "wider-face": (".txt",),
    "vggface2": (".csv",),
    "lfw": (".txt",),
    "market-1501": ("images_", "bounding_box"),
    "icdar-recognition": ("gt.txt",),
    "icdar-localization": ("gt_",),
    "icdar-segmentation": ("_gt.txt",),
    "datumaro-3d": (".json",),
    "kitti-raw": (".xml",),
    "sly-pointcloud": ("meta.json",),
    "generic-tsv": (".tsv",),
}


@cache
def _plugins() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(GROUP) if point.name not in TABLE}


def slugs() -> tuple[str, ...]:
    """The slugs of all formats: those of the table in its order, then those of other packages."""
    return (*TABLE, *_plugins())


def get(slug: str) -> Format:
    """The format of a slug.  Raises UsageError for one that does not exist or cannot be loaded."""
    if slug not in TABLE and slug not in _plugins():
        raise UsageError(f"no format is called {slug!r}, expected {suggest(slug, slugs())}")
    return _load(slug)


def module_of(slug: str) -> str:
    """The module that a format's value is in, of which the docstring is the format's manual; empty if none is known."""
    return TABLE[slug].partition(":")[0] if slug in TABLE else _plugins()[slug].module if slug in _plugins() else ""


@cache
def _load(slug: str) -> Format:
    try:
        if slug in TABLE:
            module, _, name = TABLE[slug].partition(":")
            found = getattr(import_module(module), name)
        else:
            found = _plugins()[slug].load()
    except (ImportError, AttributeError) as error:
        raise UsageError(f"format {slug!r} cannot be loaded: {error}") from error
    if not isinstance(found, Format):
        raise UsageError(f"format {slug!r} cannot be loaded: it is a {type(found).__name__}, expected a Format")
    return found


def formats() -> tuple[Format, ...]:
    """All formats that can be loaded: a broken package of somebody else's does not stand in the way of the rest."""
    found = []
    for slug in slugs():
        try:
            found.append(get(slug))
        except UsageError:
            continue
    return tuple(found)


def sniff(source: Source) -> str:
    """The slug of the format that a source is certainly of.

    Raises: AmbiguityError when several recognise it, InputError when none does or the source is damaged.
    """
    empty = _emptiness(source)
    if empty:
        raise InputError(Problem(empty, source.name, expected="annotations"))
    faults: list[Problem] = []
    certain = [form.slug for form in possible(source) if form.read and _recognises(form, source, faults)]
    if len(certain) > 1:
        raise AmbiguityError(f"{source.name}: several formats fit", certain)
    if not certain:
        raise InputError(faults[:1] or _unknown(source))
    return certain[0]


def _unknown(source: Source) -> Problem:
    """Why no format recognises a source, as far as that can be seen."""
    members = source.members()
    archive = next((name for name in members if name.lower().endswith(_ARCHIVES)), "")
    said, expected = "is of no known format", f"one of {', '.join(slugs())} (or its slug)"
    if len(members) == 1 and not archive:
        with source.open(members[0]) as stream:
            head = stream.read(_HEAD)
        if not head.strip():
            said, expected = "is empty", "annotations"
        elif head[:2] in _UTF_16 or head[:4].count(0) >= 2:
            said, expected = "is UTF-16 or UTF-32", "text in UTF-8"
    elif archive:
        said, expected = f"holds an archive, {archive}, and nothing of a known format beside", "annotations, unpacked"
    return Problem(said, source.name, expected=expected, kind="unknown-format")


def _emptiness(source: Source) -> str:
    members = source.members()
    if not members:
        return "has no files in it"
    return "is empty" if len(members) == 1 and not source.size(members[0]) else ""


def possible(source: Source) -> Iterator[Format]:
    """The formats that a source may be of, by the names of its members; 0.3 s less than to import them all."""
    members = source.members()
    names = "" if any("." not in name[name.rfind("/") + 1 :] for name in members) else "\n".join(members).lower()
    for slug in slugs():
        if not names or any(sign in names for sign in SIGNS.get(slug, ("",))):
            try:
                yield get(slug)
            except UsageError:
                continue


def _recognises(form: Format, source: Source, faults: list[Problem]) -> bool:
    try:
        return form.sniff is not None and form.sniff(source)
    except InputError as error:
        faults.extend(error.problems)
        return False


make_callable(__name__)
