"""Which pictures of masks a dataset in the layout of Pascal VOC has, or one of pictures side by side.

SegmentationClass/a.png   SegmentationObject/a.png   ImageSets/Segmentation/train.txt   JPEGImages/a.jpg
train/a.jpg   train/a_mask.png   train/_classes.csv            Roboflow: the folder is the subset
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import basename

from annotools.errors import Problems
from annotools.formats.kernel.lines import is_comment, text_lines, texts_of
from annotools.formats.masks.mask_rows import Entry
from annotools.formats.masks.scenes import NO_SUBSET
from annotools.matching import folded, spelt_alike, stem
from annotools.storage import Source
from annotools.storage.picture_names import is_picture
from annotools.transform.picture_files import picture_key

CLASSES, INSTANCES, PICTURES, LISTS = "SegmentationClass", "SegmentationObject", "JPEGImages", "ImageSets"
_LISTS = ("Segmentation", "Main")
_JOINED = "trainval"
_BESIDE = "_mask.png"
_SPLITS = ("train", "valid", "val", "test")


def is_voc_masks(source: Source) -> bool:
    """Whether a source is certainly of masks in the layout of VOC, without its annotations in XML."""
    members = source.members()
    if any(name.lower().endswith(".xml") for name in members):
        return False
    if any(CLASSES.lower() in name.lower().split("/")[:-1] for name in members):
        return True
    if any(basename(name).lower() == "_classes.csv" for name in members) and any(
        name.endswith(_BESIDE) for name in members
    ):
        return True
    bare = [name for name in members if basename(name).lower() != "labelmap.txt"]  # no picture has masks
    return len(bare) < len(members) and all({LISTS, PICTURES} & set(name.split("/")[:-1]) for name in bare)


def entries_of(source: Source, problems: Problems) -> list[Entry]:
    """The pictures of a source, those of lists in their order."""
    classes, instances, pictures = (_below(source, folder) for folder in (CLASSES, INSTANCES, PICTURES))
    there = classes.keys() | instances.keys() | pictures.keys()
    listed = {key: subset for key, subset in _listed(source, problems).items() if key in there or not is_comment(key)}
    known = {*map(folded, listed)}
    keys = [*listed, *(key for key in classes if folded(key) not in known)]
    picture_of, *masks = map(spelt_alike, (pictures, classes, instances))
    entries = [
        Entry(listed.get(key, ""), _name(key, picture_of(key)), picture_of(key), *(mask_of(key) for mask_of in masks))
        for key in keys
    ]
    return entries or [*_beside(source)]


def _name(key: str, picture: str) -> str:
    """The name of a picture: with the ending that its file has."""
    return key + picture[len(picture_key(picture)) :]


def _below(source: Source, folder: str) -> dict[str, str]:
    """The pictures below a folder of this name, by their keys."""
    members: dict[str, str] = {}
    for name in source.members():
        parts, small = name.split("/"), name.lower().split("/")
        if folder.lower() in small[:-1] and is_picture(name):
            members.setdefault(picture_key("/".join(parts[small.index(folder.lower()) + 1 :])), name)
    return members


def _listed(source: Source, problems: Problems) -> dict[str, str]:
    """The subset of each picture that a list has; those of the sum of others are in these."""
    for folder in _LISTS:
        lists = [name for name in source.members() if _is_list(name.split("/"), folder)]
        if lists:
            lists.sort(key=lambda name: (basename(name) == f"{_JOINED}.txt", _subset(name, folder)))
            subsets: dict[str, str] = {}
            for name in lists:
                subset = _subset(name, folder)
                for key in texts_of(text_lines(source, name, problems)):
                    subsets.setdefault(key, "" if subset == NO_SUBSET else subset)
            return subsets
    return {}


def _is_list(parts: Sequence[str], folder: str) -> bool:
    small = [part.lower() for part in parts]
    listed = LISTS.lower() in small[:-1] and small[small.index(LISTS.lower()) + 1] == folder.lower()
    return listed and small[-1].endswith(".txt")


def _subset(name: str, folder: str) -> str:
    start = f"{LISTS}/{folder}/".lower()
    return stem(name[name.lower().index(start) + len(start) :])


def _beside(source: Source) -> Iterator[Entry]:
    """Masks beside their pictures."""
    members = source.members()
    pictures = {picture_key(name): name for name in members if is_picture(name) and not name.endswith(_BESIDE)}
    picture_of = spelt_alike(pictures)
    for name in members:
        if name.endswith(_BESIDE):
            key = name.removesuffix(_BESIDE)
            first, _, rest = key.partition("/")
            subset, name_below = (first, rest) if rest and first in _SPLITS else ("", key)
            picture = picture_of(key)
            yield Entry(subset, name_below + picture[len(picture_key(picture)) :], picture, name)
