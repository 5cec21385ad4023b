"""ICDAR's text files: what CVAT's importer makes of marks, quotes and corners.

    377,117,463,117,465,130,374,130,Genaxis Theatre        word_1.png, "Tiredness"

Source: CVAT 2.73, its fork of Datumaro: icdar_format/extractor.py
"""

from __future__ import annotations

from collections.abc import Iterator

from annotools.errors import InputError, Problems
from annotools.formats.icdar.localization_files import entries
from annotools.formats.icdar.localization_lines import Word, parser
from annotools.formats.icdar.recognition_lists import caption, lists
from annotools.formats.kernel.lines import text_lines
from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, WARNING, Found
from annotools.validate.needs import SOURCE
from annotools.validate.registry import rule
from annotools.validate.structure import Fault

_LOCAL, _WORDS = "icdar-localization", "icdar-recognition"
_MARK = b"\xef\xbb\xbf"
# Formats of plain text that the importer opens as UTF-8, where a mark becomes a part of the first word.
_MASKS = ("segmentation-mask", "camvid", "cityscapes", "kitti", "mots", "icdar-segmentation")
_PLAIN = frozenset({_LOCAL, _WORDS, "imagenet", "lfw", "market-1501", "vggface2", *_MASKS})
_CORNERS = 4
_Line = tuple[str, int, str]


def _texts(ctx: Context, member: str) -> Iterator[_Line]:
    lines = text_lines(ctx.source, member, Problems()) if ctx.source is not None else []
    for number, line in enumerate(lines, 1):
        if text := line.decode("utf-8", "replace").strip():
            yield member, number, text


def words(ctx: Context) -> tuple[tuple[str, int, str, Word], ...]:
    """File, line and text of each word of a localization."""
    if ctx.source is None or ctx.slug != _LOCAL:
        return ()
    lines = [line for entry in entries(ctx.source) for line in _texts(ctx, entry.member)]
    parse = parser([text for _, _, text in lines])
    pairs = ((line, parse(line[2])) for line in lines)
    return tuple((*line, word) for line, word in pairs if word is not None)


def captions(ctx: Context) -> tuple[tuple[str, int, str], ...]:
    """List, line and word of each picture of a recognition."""
    if ctx.source is None or ctx.slug != _WORDS:
        return ()
    lines = (line for member in lists(ctx.source) for line in _texts(ctx, member))
    captioned = ((member, number, caption(text)) for member, number, text in lines)
    return tuple((member, number, word[1]) for member, number, word in captioned if word and word[1] is not None)


@rule("FMT060", "mark-before-text", INFO, upload=ERROR, needs=SOURCE, proof="source: CVAT's importer opens UTF-8")
def mark_before_text(ctx: Context) -> Found | None:
    """A text file starts with a byte order mark.

    Why: editors of Windows write one, and so do the files of ICDAR 2015. The importer takes it for a part of the first
        number or name, and stops at it or finds no such picture. Save as UTF-8 without a mark.
    Bad:
        {"from": "icdar-localization", "files": {"train/gt_a.txt": "\\ufeff1,2,3,4,5,6,7,8,word\\n"}}

        {"from": "vggface2", "files": {"bb_landmark/loose_bb_train.csv": "\\ufeffNAME_ID,X,Y,W,H\\na/b,1,2,3,4\\n"}}
    Good:
        {"from": "icdar-localization", "files": {"train/gt_a.txt": "1,2,3,4,5,6,7,8,word\\n"}}

        {"from": "coco", "files": {"notes.txt": "\\ufeffnotes\\n", "a.json": {"images": [], "categories": [],
            "annotations": []}}}
    Source: https://rrc.cvc.uab.es/?ch=4&com=tasks
    """
    return ctx.found([Fault("FMT060", name, "", "starts with a byte order mark") for name in ctx.once(marked)])


def marked(ctx: Context) -> list[str]:
    """The text files that start with a mark, of formats whose importer takes it for text."""
    if ctx.source is None or ctx.slug not in _PLAIN:
        return []
    texts = (name for name in ctx.source.members() if name.lower().endswith((".txt", ".csv")))
    return [name for name in texts if _is_marked(ctx, name)]


def _is_marked(ctx: Context, name: str) -> bool:
    try:
        return ctx.source is not None and ctx.source.read(name).startswith(_MARK)
    except InputError:
        return False  # the reader has said what is wrong with it


@rule("FMT061", "outline-not-of-four-corners", INFO, upload=WARNING, needs=SOURCE, proof="source: CVAT's importer")
def outline_not_of_four_corners(ctx: Context) -> Found | None:
    """An outline of text localization has fewer or more than four corners.

    Why: the server writes such outlines, and its importer takes the first four corners of them, or a box of the first
        two if there are three: what comes back is another shape.
    Bad:
        {"from": "icdar-localization", "files": {"train/gt_a.txt": "1,2,9,2,9,9\\n"}}

        {"from": "icdar-localization", "files": {"train/gt_a.txt": "1,2,9,2,9,9,5,12,1,9,\\"word\\"\\n"}}

        {"from": "icdar-localization", "files": {"train/gt_a.txt": "1,2,9,2,9,9,5,12,1,9\\n"}}
    Good:
        {"from": "icdar-localization", "files": {"train/gt_a.txt": "1,2,9,2,9,9,1,9,\\"word\\"\\n1 2 9 9\\n"}}
    Source: source: CVAT's fork of Datumaro, icdar_format/extractor.py
    """
    odd = [
        (name, line, len(word.points) // 2) for name, line, _, word in ctx.once(words) if len(word.points) not in (4, 8)
    ]
    text = "{} corners, and an import takes four"
    return ctx.found([Fault("FMT061", name, "", text.format(count), line=line) for name, line, count in odd])


@rule("FMT062", "word-that-an-import-drops", INFO, upload=ERROR, needs=SOURCE, proof="source: CVAT's importer, split")
def word_that_an_import_drops(ctx: Context) -> Found | None:
    """A word of text localization stands without quotes and has a blank or a comma in it.

    Why: the importer takes the line apart at blanks before it does at commas, so that a line with a word of two parts
        is none and goes without a message; of a word with a comma the text goes.  Put it into quotes.
    Bad:
        {"from": "icdar-localization", "files": {"train/gt_a.txt": "1,2,9,2,9,9,1,9,Genaxis Theatre\\n"}}

        {"from": "icdar-localization", "files": {"train/gt_a.txt": "1,2,9,2,9,9,1,9,a,b\\n"}}

        {"from": "icdar-localization", "files": {"train/gt_a.txt": "1,2,9,9,a,b\\n"}}
    Good:
        {"from": "icdar-localization", "files": {"train/gt_a.txt": "1,2,9,2,9,9,1,9,\\"Genaxis Theatre\\"\\n"}}

        {"from": "icdar-localization", "files": {"train/gt_a.txt": "1,2,9,2,9,9,1,9,Genaxis\\n"}}
    Source: source: CVAT's fork of Datumaro, icdar_format/extractor.py
    """
    bare = [
        (name, line)
        for name, line, text, word in ctx.once(words)
        if word.text and not text.endswith('"') and _parts(word.text)
    ]
    message = "a word without quotes has a blank or a comma in it"
    return ctx.found([Fault("FMT062", name, "", message, line=line) for name, line in bare])


def _parts(text: str) -> bool:
    return "," in text or len(text.split()) > 1


@rule(
    "FMT063", "caption-that-an-import-drops", INFO, upload=ERROR, needs=SOURCE, proof="source: CVAT's importer, split"
)
def caption_that_an_import_drops(ctx: Context) -> Found | None:
    """A word of word recognition has a comma and a blank in it.

    Why: the importer takes lines apart there, finds three parts instead of two, drops the word and the last letter of
        the picture's name, and stops because no picture has that name.
    Bad:
        {"from": "icdar-recognition", "files": {"train/gt.txt": "word_1.png, \\"Hello, world\\"\\n"}}

        {"from": "icdar-recognition", "files": {"train/gt.txt": "word_1.png, Hello, world\\n"}}
    Good:
        {"from": "icdar-recognition", "files": {"train/gt.txt": "word_1.png, \\"Hello,world\\"\\n"}}
    Source: source: CVAT's fork of Datumaro, icdar_format/extractor.py
    """
    odd = [(name, line) for name, line, word in ctx.once(captions) if ", " in word]
    return ctx.found([Fault("FMT063", name, "", "the word has `, ` in it", line=line) for name, line in odd])
