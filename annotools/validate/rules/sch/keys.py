"""Keys and their values: unknown, missing, of another type, words that nobody knows.

Found by the walk over what the reader could not take (`annotools.validate.structure`).
"""

from __future__ import annotations

from annotools.validate.context import Context
from annotools.validate.findings import ERROR, INFO, WARNING
from annotools.validate.registry import rule


@rule("SCH003", "unknown-key", WARNING, proof="annos-img/attr-extra-key, annos-vid/track-shape-extra-keys")
def unknown_key(ctx: Context) -> None:
    """A key that the server does not know, often a misspelt one.

    Why: the server drops unknown keys without a word, so what they say is lost.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "zorder": 3}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "client_id": 3}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40], "z_order": 3}]}
    Fix: lossless: a key that is nearly a known one, which is missing, gets that name.
    Source: annos-img/attr-extra-key, annos-vid/track-shape-extra-keys (200, the keys are gone)
    """


@rule("SCH004", "missing-key", ERROR, proof="annos-img/shape-type, annos-img/tag-4, annos-vid/track-ok")
def missing_key(ctx: Context) -> None:
    """A key that must be there is not: type, frame, label_id, shapes of a track, start and stop of an interval.

    Why: the server answers 400 `This field is required.` and stores nothing of the whole request.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "points": [10, 10, 60, 40]}]}

        {"tracks": [{"label_id": 1, "frame": 0}]}

        {"shapes": [{"label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}

        {"tags": [{"frame": 0}]}

        {"intervals": [{"label_id": 7, "stop": 8}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Source: annos-img/shape-type, annos-img/tag-4, annos-vid/track-ok (400)
    """


@rule("SCH005", "wrong-type", ERROR, proof="annos-img/rectangle-points, annos-img/tags-null")
def wrong_type(ctx: Context) -> None:
    """A value is of another type than it must be: text among the points, a list that is null, a fraction of a frame.

    Why: the server answers 400, or 500 where points are no list, and stores nothing of the whole request.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, "60", 40]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [[10, 10], [60, 40]]}]}

        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 1.5, "points": [10, 10, 60, 40]}]}

        {"shapes": null}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 1, "points": [10, 10, 60, 40]}]}
    Fix: lossless: texts of numbers among points become numbers, nested points become flat ones.
    Source: annos-img/rectangle-points, annos-img/tags-null, annos-img/shape-occluded-2 (400)
    """


@rule("SCH006", "unknown-shape-type", ERROR, proof="annos-img/shape-type-2")
def unknown_shape_type(ctx: Context) -> None:
    """The type of a shape is none that the server knows.

    Why: the server answers 400 `... is not a valid choice.` and stores nothing of the whole request.
    Bad:
        {"shapes": [{"type": "bbox", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}

        {"shapes": [{"type": "Rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40]}]}
    Fix: lossless: a word that is nearly a known one, or another word for it, is replaced.
    Source: annos-img/shape-type-2 (400)
    """


@rule("SCH012", "unknown-source", ERROR, proof="annos-img/shape-source-2")
def unknown_source(ctx: Context) -> None:
    """The source is none of auto, semi-auto, manual, file, consensus.

    Why: the server answers 400; of an annotation with an id (update, delete) it silently makes `manual` of it.
    Bad:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40],
            "source": "semi_auto"}]}

        {"tags": [{"label_id": 6, "frame": 0, "source": "robot"}]}

        {"tracks": [{"label_id": 1, "frame": 0, "source": "Manual", "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"intervals": [{"label_id": 7, "start": 3, "stop": 8, "source": "robot"}]}
    Good:
        {"shapes": [{"type": "rectangle", "label_id": 1, "frame": 0, "points": [10, 10, 60, 40],
            "source": "semi-auto"}]}
    Fix: lossless: a word that is nearly a known one is replaced.
    Source: annos-img/shape-source-2 (400)
    """


@rule("SCH014", "score-without-place", WARNING, proof="annos-vid/track-shape-extra-keys")
def score_without_place(ctx: Context) -> None:
    """A tag, a track or a keyframe has a score, which only shapes and intervals have.

    Why: the server drops it without a word.
    Bad:
        {"tags": [{"label_id": 6, "frame": 0, "score": 0.5}]}

        {"tracks": [{"label_id": 1, "frame": 0, "score": 0.5, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10]}]}]}

        {"tracks": [{"label_id": 1, "frame": 0, "shapes": [
            {"type": "points", "frame": 0, "points": [10, 10], "score": 0.5}]}]}
    Good:
        {"tags": [{"label_id": 6, "frame": 0}]}
    Fix: lossless: the key goes, as it would anyway.
    Source: annos-vid/track-shape-extra-keys (200, the key is gone)
    """


@rule("SCH015", "version-of-document", INFO, proof="annos-img/put")
def version_of_document(ctx: Context) -> None:
    """The document says another version than 0.

    Why: the server ignores it and always answers 0, so it guards against nothing: two writers overwrite each other.
    Bad:
        {"version": 7, "shapes": []}

        {"version": 1, "shapes": [], "tags": []}
    Good:
        {"version": 0, "shapes": []}
    Source: annos-img/put (200, version 0 is answered)
    """


@rule("SCH019", "attribute-without-value", ERROR, proof="annos-img/attr-missing, annos-img/attr-attribute-not-object")
def attribute_without_value(ctx: Context) -> None:
    """An attribute has no value, or is not an object at all.

    Why: the server answers 500.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11}]}]}

        {"tags": [{"label_id": 1, "frame": 0, "attributes": ["red"]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 11, "value": "red"}]}]}
    Source: annos-img/attr-missing, annos-img/attr-attribute-not-object (500)
    """


@rule("SCH023", "structured-value", WARNING, proof="annos-img/attr-value, annos-img/attr-value-2")
def structured_value(ctx: Context) -> None:
    """The value of an attribute is a list or an object.

    Why: the server keeps the text that Python makes of it, `['a', 1]` or `{'a': 1}`, which is no value that anybody
        chose.
    Bad:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": ["B", 7]}]}]}

        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": {"B": 7}}]}]}
    Good:
        {"tags": [{"label_id": 1, "frame": 0, "attributes": [{"spec_id": 14, "value": "B7"}]}]}
    Source: annos-img/attr-value, annos-img/attr-value-2 (200, stored as text)
    """
