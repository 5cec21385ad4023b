"""The text itself: no JSON, no object, numbers that JSON does not have.

These faults are found by the walk over what the reader could not take (`annotools.validate.structure`); the engine
adds them to the answers of the rule with their code, so the rules here have nothing to ask.
"""

from __future__ import annotations

from annotools.validate.context import Context
from annotools.validate.findings import ERROR
from annotools.validate.registry import rule


@rule("SCH001", "broken-json", ERROR, proof="annos-img/json")
def broken_json(ctx: Context) -> None:
    """The text is not JSON: cut off, not UTF-8, a comma too many.

    Why: the server answers 400 `JSON parse error` and looks at nothing else.  What could be read of the rest was
        judged all the same.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}, {"type": "recta

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40,]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Source: annos-img/json (400)
    """


@rule("SCH002", "nan-literal", ERROR, proof="source: the server's JSON parser is strict")
def nan_literal(ctx: Context) -> None:
    """NaN or Infinity stands where a number should.

    Why: JSON has no such words; the server answers 400 `JSON parse error`, though many programs write them.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, NaN, 40]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "score": -Infinity}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Source: https://www.rfc-editor.org/rfc/rfc8259 (numbers); the server's parser is strict
    """


@rule("SCH020", "number-overflow", ERROR, proof="annos-img/points-1e400")
def number_overflow(ctx: Context) -> None:
    """A number is too large for 64 bits, so it becomes infinite.

    Why: the server stores it, and from then on every reading of the job's annotations is a 500.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 1e400, 40]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "rotation": -1e400}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 1e4, 40]}]}
    Source: annos-img/points-1e400 (200, then 500)
    """


@rule("SCH021", "body-not-an-object", ERROR, proof="source: the view reads keys of the body without a look at it")
def body_not_an_object(ctx: Context) -> None:
    """The body is a list, a text or null, not an object.

    Why: the server answers 500.
    Bad:
        [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]

        null

        "shapes"
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Source: CVAT 2.73's behaviour, read from its views (500)
    """


@rule("SCH022", "unreadable-part", ERROR, proof="source: what the reader of a format could not take")
def unreadable_part(ctx: Context) -> None:
    """A part of the input cannot be read, and no other rule says better why.

    Why: what cannot be read can be neither judged nor uploaded; an import of the file fails or leaves it out.
    Bad:
        {"annotations": {}, "labels": [{"id": 1, "name": 5}]}

        {"annotations": {}, "data_meta": {"frames": 7}}

        {"annotations": {}, "job": {"start_frame": "first"}}
    Good:
        {"annotations": {}, "labels": [{"id": 1, "name": "car"}]}
    Source: the reader of the input's format
    """
