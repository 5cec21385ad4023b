"""The drawing of a skeleton: which sublabel stands at which node, and the edges between nodes.

    <line x1=".." y1=".." x2=".." y2=".." stroke="black" data-type="edge" data-node-from="1" data-node-to="2"/>
    <circle r="0.75" cx=".." cy=".." data-type="element node" data-element-id="1" data-node-id="1"
            data-label-name="head"/>

The API names sublabels by id (`data-label-id`), backups and CVAT XML by name (`data-label-name`).  The hub keeps names,
because they outlive a server's numbering.  Source: CVAT's skeleton configurator and label serializer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import cos, pi, sin

_LABEL_ID = r'data-label-id="(\d{1,18})"'
_LABEL_NAME = r'data-label-name="([^"]*)"'
_DIGITS = 19
_NODE = r"<circle\b[^>]*>"
_EDGE = r"<line\b[^>]*>"
_FIELD = r'(?<![\w-])([\w-]+)="([^"]*)"'  # begins with a word, so that a long one is looked at once


def with_names(svg: str, names: Mapping[int, str]) -> str:
    """Sublabels by name instead of by id; ids that nothing defines stay."""
    from html import escape  # here and below: a table of all entities, and few tasks have skeletons

    def named(match: re.Match[str]) -> str:
        name = names.get(int(match[1]))
        return match[0] if name is None else f'data-label-name="{escape(name)}"'

    return re.sub(_LABEL_ID, named, svg)


def with_ids(svg: str, ids: Mapping[str, int]) -> str:
    """Sublabels by id instead of by name; names that nothing defines stay."""
    from html import unescape

    def numbered(match: re.Match[str]) -> str:
        number = ids.get(unescape(match[1]))
        return match[0] if number is None else f'data-label-id="{number}"'

    return re.sub(_LABEL_NAME, numbered, svg)


def nodes(svg: str) -> list[tuple[int, str]]:
    """(node id, sublabel's name) of each point, in the order of the drawing: the order of COCO's keypoints."""
    from html import unescape

    points = []
    for circle in re.findall(_NODE, _whole(svg)):
        fields = dict(re.findall(_FIELD, circle))
        if _is_number(fields.get("data-node-id", "")):
            points.append((int(fields["data-node-id"]), unescape(fields.get("data-label-name", ""))))
    return points


def _is_number(text: str) -> bool:
    """Not "²", nor thousands of digits: Python makes no number of either."""
    return text.isdecimal() and len(text) < _DIGITS


def edges(svg: str) -> list[tuple[int, int]]:
    """(from, to) node ids of each edge."""
    pairs = []
    for line in re.findall(_EDGE, _whole(svg)):
        fields = dict(re.findall(_FIELD, line))
        ends = fields.get("data-node-from", ""), fields.get("data-node-to", "")
        if all(map(_is_number, ends)):
            pairs.append((int(ends[0]), int(ends[1])))
    return pairs


def drawing(names: Sequence[str], joints: Iterable[tuple[int, int]] = ()) -> str:
    """A drawing of points on a circle.  joints: edges, by the numbers of points from 1."""
    from html import escape

    turns = [2 * pi * n / len(names) for n in range(len(names))]
    centers = [(50 + 40 * sin(turn), 50 - 40 * cos(turn)) for turn in turns]
    lines = [
        f'<line x1="{centers[a - 1][0]:.2f}" y1="{centers[a - 1][1]:.2f}" x2="{centers[b - 1][0]:.2f}" '
        f'y2="{centers[b - 1][1]:.2f}" stroke="black" data-type="edge" data-node-from="{a}" stroke-width="0.5" '
        f'data-node-to="{b}"></line>'
        for a, b in joints
    ]
    circles = [
        f'<circle r="1.5" stroke="black" fill="#b3b3b3" cx="{x:.2f}" cy="{y:.2f}" stroke-width="0.1" '
        f'data-type="element node" data-element-id="{n}" data-node-id="{n}" data-label-name="{escape(name)}"></circle>'
        for n, (name, (x, y)) in enumerate(zip(names, centers, strict=True), 1)
    ]
    return "".join(lines + circles)


def _whole(svg: str) -> str:
    """A drawing up to its last closed element: what is open behind it would be looked through from every beginning."""
    return svg[: svg.rfind(">") + 1]
