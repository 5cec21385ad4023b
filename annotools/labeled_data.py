"""The grammar of LabeledData, CVAT's annotations as JSON, once: which keys an object has, what may stand at each, and
what a missing one means.

    {"version": 0, "tags": [Tag], "shapes": [Shape], "tracks": [Track], "intervals": [Interval]}

The classes are the table: decoders, the validators' schema, the mock server's checks and the order of keys are made of
their fields, which stand in the order of the server's write answers.  A backup says `label` for `label_id`, `name` for
`spec_id`, and has no ids.
Source: CVAT's OpenAPI document, LabeledDataRequest and what it refers to, and recorded answers.
"""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from annotools.cvat_limits import MAX_ID, MAX_INT, MAX_ROTATION, MAX_SCORE, MAX_VALUE, SHAPE_TYPES, SOURCES

Count = Annotated[int, Meta(ge=0, le=MAX_INT, title="count")]
Int32 = Annotated[int, Meta(ge=-MAX_INT - 1, le=MAX_INT, title="int32")]
Key = Annotated[int, Meta(ge=-MAX_ID - 1, le=MAX_ID, title="key")]  # looked up only
LabelKey = Annotated[int, Meta(ge=0, le=MAX_ID, title="label")]
Angle = Annotated[float, Meta(ge=0, le=MAX_ROTATION, title="angle")]
Share = Annotated[float, Meta(ge=0, le=MAX_SCORE, title="share")]
Value = Annotated[str, Meta(max_length=MAX_VALUE, title="value")]
Points = Annotated[list[int | float], Meta(title="points")]
if TYPE_CHECKING:
    TypeWord = str
    SourceWord = str
else:  # the tables of words are the only places that list them
    TypeWord = Annotated[Literal[SHAPE_TYPES], Meta(title="type")]
    SourceWord = Annotated[Literal[SOURCES], Meta(title="source")]


class Attribute(Struct):
    """One value of one attribute."""

    spec_id: Key
    value: Value


class Tag(Struct, kw_only=True):
    """A label of a whole frame."""

    id: Key | None = None
    label_id: LabelKey
    group: Count | None = 0
    source: SourceWord = "manual"
    frame: Count
    attributes: list[Attribute] = []


class Element(Struct, kw_only=True):
    """A part of a skeleton shape."""

    type: TypeWord
    occluded: bool = False
    outside: bool = False
    z_order: Int32 = 0
    rotation: Angle = 0
    points: Points | UnsetType = UNSET
    id: Key | None = None
    label_id: LabelKey
    group: Count | None = 0
    source: SourceWord = "manual"
    frame: Count
    score: Share = 1
    attributes: list[Attribute] = []


class Shape(Element, kw_only=True):
    """One object on one frame."""

    elements: list[Element] | UnsetType = UNSET


class TrackedShape(Struct, kw_only=True):
    """A keyframe of a track."""

    type: TypeWord
    occluded: bool = False
    outside: bool = False
    z_order: Int32 = 0
    rotation: Angle = 0
    points: Points | UnsetType = UNSET
    id: Key | None = None
    frame: Count
    attributes: list[Attribute] = []


class TrackElement(Struct, kw_only=True):
    """A part of a skeleton track."""

    id: Key | None = None
    label_id: LabelKey
    group: Count | None = 0
    source: SourceWord = "manual"
    frame: Count
    attributes: list[Attribute] = []
    shapes: list[TrackedShape]


class Track(TrackElement, kw_only=True):
    """One object over frames."""

    elements: list[TrackElement] | UnsetType = UNSET


class Interval(Struct, kw_only=True):
    """A stretch of audio; `stop` is exclusive, None is the end."""

    id: Key | None = None
    label_id: LabelKey
    group: Count | None = 0
    source: SourceWord = "manual"
    start: Count
    stop: Count | None
    score: Share = 1
    attributes: list[Attribute] = []


class LabeledData(Struct, kw_only=True):
    """All annotations of a job, or what a request brings."""

    version: int = 0
    tags: list[Tag] = []
    shapes: list[Shape] = []
    tracks: list[Track] = []
    intervals: list[Interval] = []

    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.tags or self.shapes or self.tracks or self.intervals)


# What stands for a flag, in small, capital or title letters, beside true, false, 1 and 0.  Source: Django REST
# framework, BooleanField.
TRUE_WORDS, FALSE_WORDS = (
    frozenset({"t", "y", "yes", "true", "on", "1"}),
    frozenset({"f", "n", "no", "false", "off", "0"}),
)

LISTS: dict[str, type[Struct]] = {"tags": Tag, "shapes": Shape, "tracks": Track, "intervals": Interval}
OBJECTS: tuple[type[Struct], ...] = (Attribute, *LISTS.values(), Element, TrackedShape, TrackElement)

# In answers to GET and in backups keys stand in these orders, as far as an object has them.
ANSWERED = (
    "id", "label_id", "type", "frame", "start", "stop", "group", "source", "score", "occluded", "outside", "z_order",
    "rotation", "points", "shapes", "attributes", "elements",
)  # fmt: skip
BACKED_UP = (
    "type", "occluded", "outside", "z_order", "rotation", "points", "group", "source", "start", "stop", "frame",
    "attributes", "score", "shapes", "elements", "label_id",
)  # fmt: skip
KEYFRAME_BACKED_UP = ("type", "occluded", "outside", "z_order", "rotation", "points", "attributes", "frame")


class KeyRule(msgspec.Struct, frozen=True):
    """What stands at a key.

    kind: integer, count, int32, key, label, angle, share, flag, value, type, source, points, or `list` of `items`.
    required: whether there is no default.  default: what a missing key means; UNSET if it stays away.
    """

    name: str
    kind: str
    items: type[Struct] | None
    required: bool
    nullable: bool
    default: Any

    @property
    def empty(self) -> Any:
        """The default where a missing list is an empty one."""
        return [] if self.default is UNSET else self.default


@cache
def keys_of(kind: type[Struct]) -> tuple[KeyRule, ...]:
    """The keys of an object, in the order of write answers."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_rule(one, hints[one.name]) for one in msgspec.structs.fields(kind))


def _rule(field: msgspec.structs.FieldInfo, hint: Any) -> KeyRule:
    choices = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    main = next(choice for choice in choices if choice not in (NoneType, UnsetType))
    nullable, default = NoneType in choices, field.default
    if field.default_factory is not msgspec.NODEFAULT:
        default = []
    items = get_args(main)[0] if get_origin(main) is list else None
    return KeyRule(field.name, _kind(main), items, field.required, nullable, default)


def _kind(hint: Any) -> str:
    if get_origin(hint) is Annotated:
        return str(next(one.title for one in get_args(hint)[1:] if one.title))
    return "list" if get_origin(hint) is list else {bool: "flag", int: "integer"}[hint]


def ordered(kind: type[Struct], order: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of an object in an order."""
    names = {key.name for key in keys_of(kind)}
    return tuple(name for name in order if name in names)
