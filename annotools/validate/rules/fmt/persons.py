"""Lists of pictures and persons: what CVAT's importers of ImageNet, LFW, Market-1501 and VGGFace2 put together.

    train.txt  a.jpg 3        pairs.txt  cat/img        loose_bb_train.csv  n000001/0001_01,161,140,224,324

Source: CVAT 2.73, its fork of Datumaro: imagenet_txt_format.py, lfw_format.py, market1501_format.py,
vgg_face2_format.py
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from annotools.errors import Problems
from annotools.formats.imagenet.lists import lists, read_lines
from annotools.formats.lfw.lists import Lists, cells, lists_of, people
from annotools.formats.market.reading import pictures_of
from annotools.formats.vggface2.tables import files, read_table
from annotools.matching import stem
from annotools.transform.person_names import parsed
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault


def faces(ctx: Context) -> tuple[tuple[str, int, str], ...]:
    """Table, line and NAME_ID of each row of VGGFace2."""
    if ctx.source is None or ctx.slug != "vggface2":
        return ()
    tables = ((file, read_table(ctx.source, file, Problems())) for file in files(ctx.source))
    return tuple(
        (file.member, line, name)
        for file, table in tables
        for line, name, filled in zip(table.line.tolist(), table.names, table.filled.tolist(), strict=True)
        if filled
    )


@rule("FMT064", "several-faces-on-a-picture", INFO, upload=ERROR, needs=SOURCE, proof="golden/images, index.json")
def several_faces_on_a_picture(ctx: Context) -> Found | None:
    """A table of VGGFace2 has two rows with boxes, or with landmarks, for one picture.

    Why: the server knows one face a picture, and says `an image can have only one bbox` to the whole file.
    Bad:
        {"from": "vggface2", "files": {"bb_landmark/loose_bb_train.csv":
            "NAME_ID,X,Y,W,H\\na/b,1,2,3,4\\na/b,5,6,7,8\\n"}}

        {"from": "vggface2", "files": {"bb_landmark/loose_landmark_train.csv":
            "NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y\\na/b,1,2,3,4,5,6,7,8,9,9\\na/b,1,2,3,4,5,6,7,8,9,8\\n"}}
    Good:
        {"from": "vggface2", "files": {"bb_landmark/loose_bb_train.csv":
            "NAME_ID,X,Y,W,H\\na/b,1,2,3,4\\na/c,5,6,7,8\\n"}}
    Source: golden/images (the export of two boxes failed)
    """
    rows = ctx.once(faces)
    twice = _repeated((member, name) for member, _, name in rows)
    text = "{!r} is there {} times"
    return ctx.found([Fault("FMT064", member, "", text.format(name[:60], n)) for (member, name), n in twice])


@rule("FMT065", "pictures-of-one-name", INFO, upload=ERROR, needs=SOURCE, proof="source: CVAT's importer, rename")
def pictures_of_one_name(ctx: Context) -> Found | None:
    """Pictures of VGGFace2 differ only in their first folder.

    Why: the importer takes that folder for the label alone, so that pictures of two persons are one to it. The dataset
        as it is given out is such.
    Bad:
        {"from": "vggface2", "files": {"bb_landmark/loose_bb_train.csv":
            "NAME_ID,X,Y,W,H\\na/1,1,2,3,4\\nb/1,5,6,7,8\\n"}}

        {"from": "vggface2", "files": {"bb_landmark/loose_landmark_train.csv":
            "NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y\\na/1,1,2,3,4,5,6,7,8,9,9\\nb/1,1,2,3,4,5,6,7,8,9,8\\n"}}
    Good:
        {"from": "vggface2", "files": {"bb_landmark/loose_bb_train.csv":
            "NAME_ID,X,Y,W,H\\na/1,1,2,3,4\\nb/2,5,6,7,8\\n"}}
    Source: source: CVAT dataset_manager/formats/vggface2.py
    """
    names = dict.fromkeys((member, name) for member, _, name in ctx.once(faces))
    alike = _repeated((member, name.partition("/")[2] or name) for member, name in names)
    text = "{} pictures are called {!r} below the first folder"
    return ctx.found([Fault("FMT065", member, "", text.format(n, name[:60])) for (member, name), n in alike])


def _repeated(keys: Iterable[tuple[str, str]]) -> list[tuple[tuple[str, str], int]]:
    return [(key, times) for key, times in Counter(keys).items() if times > 1]


@rule("FMT066", "folder-taken-for-a-person", INFO, upload=ERROR, needs=SOURCE, proof="golden/images, index.json")
def folder_taken_for_a_person(ctx: Context) -> Found | None:
    """A picture of LFW lies in a folder that is no person of people.txt.

    Why: the importer takes the first folder of every path for a person, also in the server's own exports of pictures
        without a tag, and stops: no picture has the rest of the name, or no label is called so.
    Bad:
        {"from": "lfw", "files": {"train/annotations/people.txt": "cat\\t1\\n",
            "train/annotations/pairs.txt": "cat/a\\nfolder/b\\n"}}

        {"from": "lfw", "files": {"people.txt": "cat\\t1\\n", "pairs.txt": "cat\\t1\\t2\\nfolder/b\\n"}}
    Good:
        {"from": "lfw", "files": {"train/annotations/people.txt": "cat\\t1\\n",
            "train/annotations/pairs.txt": "cat/a\\nb\\n"}}

        {"from": "imagenet", "files": {"synsets.txt": "cat\\n", "train.txt": "folder/b.jpg 0\\n"}}
    Source: golden/images (the server's export cannot be imported)
    """
    if ctx.source is None or ctx.slug != "lfw":
        return None
    text = "{!r} would be a person"
    odd = [(each, line, path) for each in lists_of(ctx.source) for line, path in _in_folders(ctx, each)]
    return ctx.found(
        [Fault("FMT066", one.pairs, "", text.format(p.partition("/")[0][:60]), line=n) for one, n, p in odd]
    )


def _in_folders(ctx: Context, one: Lists) -> Iterator[tuple[int, str]]:
    """Paths of pictures that begin with no person of a list."""
    assert ctx.source is not None
    known = set(people(ctx.source, one.people, Problems()))
    for line, row in cells(ctx.source, one.pairs, Problems()):
        if known and len(row) == 1 and "/" in row[0] and row[0].partition("/")[0] not in known:
            yield line, row[0]


@rule("FMT067", "picture-of-no-person", INFO, upload=WARNING, needs=SOURCE, proof="golden/images, its reimport")
def picture_of_no_person(ctx: Context) -> Found | None:
    """A picture of Market-1501 is not named after a person, as `0002_c1s1_000451_03.jpg` is.

    Why: the name is all that the format has; the importer makes no annotation for other names, without a message.
    Bad:
        {"from": "market-1501", "files": {"images_train.txt": "bounding_box_train/a.jpg\\n"}}

        {"from": "market-1501", "files": {"query/a.jpg": "picture"}}
    Good:
        {"from": "market-1501", "files": {"images_train.txt": "bounding_box_train/0002_c1s1_000451_03.jpg\\n"}}
    Source: golden/images (nothing of the server's export comes back)
    """
    if ctx.source is None or ctx.slug != "market-1501":
        return None
    odd = [picture for picture in pictures_of(ctx.source, Problems()) if parsed(picture.path) is None]
    return ctx.found([Fault("FMT067", p.member, "", f"{p.path[:60]!r} says no person") for p in odd])


@rule("FMT068", "picture-listed-twice", WARNING, needs=SOURCE, proof="source: CVAT's importer keeps the last line")
def picture_listed_twice(ctx: Context) -> Found | None:
    """A list of ImageNet has two lines for one picture, or for two that differ in their endings alone.

    Why: the importer keeps the last of them, so that classes of the others go; several classes stand on one line.
    Bad:
        {"from": "imagenet", "files": {"synsets.txt": "cat\\ndog\\n", "train.txt": "a.jpg 0\\na.jpg 1\\n"}}

        {"from": "imagenet", "files": {"synsets.txt": "cat\\ndog\\n", "train.txt": "a.jpg 0\\na.png 1\\n"}}
    Good:
        {"from": "imagenet", "files": {"synsets.txt": "cat\\ndog\\n", "train.txt": "a.jpg 0 1\\nb.jpg 0\\n"}}

        {"from": "imagenet", "files": {"synsets.txt": "cat\\n", "train.txt": "a.jpg 0\\n", "val.txt": "a.jpg 0\\n"}}
    Source: source: CVAT's fork of Datumaro, imagenet_txt_format.py
    """
    if ctx.source is None or ctx.slug != "imagenet":
        return None
    source = ctx.source
    twice = _repeated(
        (member, stem(line.name)) for member in lists(source) for line in read_lines(source, member, Problems())
    )
    text = "{!r} is listed {} times"
    return ctx.found([Fault("FMT068", member, "", text.format(name[:60], n)) for (member, name), n in twice])
