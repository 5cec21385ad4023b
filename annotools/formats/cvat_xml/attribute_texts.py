"""Definitions of attributes as CVAT's XML 1.0, of 2018, has them: one text each.

    <attribute>@select=model:a,b,c</attribute>     fixed    <attribute>~radio=quality:good,bad</attribute>     mutable
    <attribute>~number=age:1,100,1</attribute>     the first value is the default

Source: https://github.com/opencv/cvat/blob/v0.1.0/cvat/apps/documentation/xml_format.md
"""

from __future__ import annotations

import re

from annotools.model.definitions import AttributeSpec

_TEXT = re.compile(r"\s*([@~])(select|radio|checkbox|number|text)=(.*?):(.*)", re.DOTALL)


def spec_of(said: str, number: int) -> AttributeSpec | None:
    """The definition that a text is; None for another text."""
    found = _TEXT.fullmatch(said)
    if found is None:
        return None
    prefix, kind, name, rest = found.groups()
    values = [value.strip() for value in rest.split(",")]
    chosen = () if kind == "text" else tuple(values)
    default = rest.strip() if kind == "text" else values[0]
    return AttributeSpec(number, name.strip().strip('"'), prefix == "~", kind, default, chosen)
