"""Words in quotes, as the files of all of ICDAR's tasks have them: `"` and backslash with a backslash before them."""

from __future__ import annotations

import re

from annotools.model import AttributeSpec, Dataset, Label, Owner
from annotools.transform.server_texts import set_texts

LABEL = "icdar"  # what everything is to the CVAT server, too: the formats have no labels
TEXT = "text"  # the attribute with what is written there
NO_SUBSET = "default"
_ESCAPED = re.compile(r'\\(["\\])')


def label() -> Label:
    """The one label."""
    return Label(1, LABEL, attributes=(AttributeSpec(1, TEXT),))


def quoted(text: str) -> str:
    """A text in quotes."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


def unquoted(text: str) -> str:
    """What stands between quotes; a backslash that escapes nothing stays."""
    return _ESCAPED.sub(r"\1", text)


def texts_of(dataset: Dataset, owner: Owner) -> dict[int, str]:
    """What is written there, by row of shapes or tags, where it is known."""
    return set_texts(dataset, owner, TEXT)


def folder_of(subset: str) -> str:
    """The folder of a subset."""
    return subset or NO_SUBSET
