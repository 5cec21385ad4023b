"""Texts and values of attributes in XML are escaped as the standard library does it."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from hypothesis import given
from hypothesis import strategies as st

from annotools.formats.kernel.xmlfile import quoted, text

TEXTS = st.text(st.sampled_from("ab&<>\"'\r\n\t ;é"), max_size=12)


@given(TEXTS)
def test_texts_and_values_are_escaped_and_come_back(value: str) -> None:
    assert text(value) == escape(value, {"\r": "&#13;"})
    assert quoted(value) == quoteattr(value)
    element = ElementTree.fromstring(f"<a b={quoted(value)}>{text(value)}</a>")
    assert (element.get("b"), element.text or "") == (value, value)
