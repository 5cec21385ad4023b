"""Every step of the pipelines with every argument, on datasets that have what it looks for; and those it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from annotools.model import Dataset
from annotools.quirks import CVAT, NONE, Quirks
from annotools.transform.pipeline import run
from annotools.transform.steps import STEPS
from tests.recorded.answers import plain
from tests.recorded.corpus import datasets
from tests.recorded.records import Cases

EVERYWHERE = ("edges", "drawn-0", "drawn-1", "tracks")
ALONE: dict[str, tuple[str, ...]] = {
    "audio-intervals": ("audio",),
    "task-meta": ("faces", "texts", "full"),
    "drop-malformed-shapes": ("odd",),
    "drop-unlabelled-rows": ("odd",),
    "drop-unnamed-rows": ("odd",),
    "drop-unknown-attributes": ("odd",),
    "drop-fractional-masks": ("odd",),
    "drawable-only": ("odd",),
    "typed-extras": ("clouds",),
    "point-clouds": ("clouds", "solid"),
    "rigid-tracks": ("clouds", "solid"),
    "video-source": ("video", "sequence"),
    "frame-numbers": ("video", "sequence"),
    "list-frames": ("video", "sequence"),
    "picture-names": ("video", "sequence"),
    "consecutive-frames": ("sequence",),
    "count-tracks": ("sequence",),
    "face-attributes": ("faces",),
    "one-event": ("faces",),
    "market-names": ("faces",),
    "pair-lists": ("faces",),
    "stem-names": ("faces",),
    "only-label": ("faces",),
    "one-label": ("texts",),
    "server-captions": ("texts",),
    "one-line-values": ("texts", "full"),
    "only-attributes": ("texts", "faces"),
    "one-line-names": ("full",),
    "xml-characters": ("full",),
    "skeleton-labels": ("skeletons",),
    "uniform-skeletons": ("skeletons",),
    "remap-labels": ("full",),
    "merge-jobs": ("jobs-tracks", "drawn-3", "namesakes", "full-jobs"),
    "cut-into-jobs": ("jobs-tracks", "drawn-3", "namesakes"),
    "one-home": ("jobs-tracks", "drawn-3", "namesakes"),
    "drop-other-jobs": ("jobs-tracks", "drawn-3", "namesakes"),
    "job-scope": ("jobs-tracks", "drawn-3", "namesakes"),
}
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "drawable-only": ("mask", "rectangle,mask", "rectangle,polygon,ellipse,mask", "rectangle,polygon,mask,skeleton",
        "box"),
    "backup-media": ("pictures", "video"), "draw-skeletons": ("", "order"), "ellipses-to-polygons": ("", "2",
        "0.01", "0", "x"),
    "ellipses-to-masks": ("", "frame-by-frame", "opencv"), "folder-labels": ("-", "no_label", "person"),
    "default-attributes": ("", "every-keyframe"),
    "folder-subsets": ("", "/", "train", "images,val", "label_2,instance,train"), "frames-by-name": ("", "default",
        "train"),
    "frames-by-subset": ("", "default", "ds0", "train"), "free-names": ("lamps,note", "keyframe",
        "working,make,weather"),
    "listed-classes": ("", "class_id"), "one-label": ("icdar", "person"), "only-label": ("market-1501",
        "traffic light"),
    "only-attributes": ("text", "lamps,make", "person_id,camera_id"), "only-types": ("rectangle", "mask,skeleton",
        "rectangle,polygon,points"),
    "painted-frames": ("", "bare", "rectangle", "polygon"), "plain-attributes": ("rectangle", "rectangle,polygon,mask"),
    "polygons-to-masks": ("", "frame-by-frame"), "round": ("", "0", "1", "3", "12", "13", "-1"),
        "round-ellipses": ("0", "2"),
    "server-captions": ("text", "note"), "server-masks": ("", "boxes"), "shapes-to-boxes": ("", "turned"),
        "subsets-named": ("train", "x"),
    "typed-extras": ("frames.related_images:list", "frames.related_images:text"), "unique-names": ("", "all"),
        "unique-stems": ("", "all"),
    "unnamed-subset": ("train", "default"), "visible-masks": ("", "tracks"),
    "remap-labels": ("traffic light:lamp", "traffic light:voiture à 4 roues", "person:", "person/head:top",
        "traffic light:person,person:x",
        "whole scene:,traffic light:whole scene", "nobody:x", "a", "voiture à 4 roues:traffic light",
            "person/head:Fuß"),
}  # fmt: skip
QUIRKED = ("tracks", "jobs-tracks")  # tracks are where the server goes ways of its own


def groups() -> Iterator[str]:
    """The letters with which names of steps begin."""
    yield from sorted({name[0] for name in STEPS})


def cases(letter: str) -> Cases:
    """The steps of a letter."""
    for step in sorted(STEPS):
        if step[0] != letter:
            continue
        for argument in ARGUMENTS.get(step, ("",)):
            for name in (*EVERYWHERE, *ALONE.get(step, ())):
                yield f"{_word(step, argument)}/{name}", partial(stepped, name, f"{step}={argument}", NONE)
        for name in QUIRKED:
            argument = ARGUMENTS.get(step, ("",))[0]
            yield f"{_word(step, argument)}/{name}-cvat", partial(stepped, name, f"{step}={argument}", CVAT)
        yield f"{_word(step, 'odd')}/refused", partial(stepped, "sequence", f"{step}=odd", NONE)


def _word(step: str, argument: str) -> str:
    return f"{step}={argument}".replace(" ", "_").replace("/", "|") if argument else step


def stepped(name: str, step: str, quirks: Quirks) -> dict[str, Any]:
    """What a step says, and what differs after it."""
    after, losses = run(datasets()[name], (step,), quirks)
    return {"losses": losses, **differences(name, after)}


def differences(name: str, after: Dataset) -> dict[str, Any]:
    """The parts of a dataset that are others than those of the named one."""
    before = _plain(name)
    return {key: value for key, value in plain(after).items() if before.get(key) != value}


@cache
def _plain(name: str) -> dict[str, Any]:
    answer: dict[str, Any] = plain(datasets()[name])
    return answer
