"""YAML that is written without PyYAML is what PyYAML writes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from annotools.formats.kernel.yamlfile import dumped

STYLES: tuple[dict[str, Any], ...] = ({}, {"allow_unicode": True, "sort_keys": False, "width": 1 << 30})
WORDS = (
    "yes",
    "No",
    "null",
    "~",
    "y",
    "off",
    "1e3",
    "0x1f",
    ".inf",
    ".",
    "..",
    "...",
    "a b",
    "a  b",
    "a - b",
    "no ",
    "a:",
    "-a",
    "",
    "=",
    "é",
)
texts = st.one_of(
    st.from_regex(r"[A-Za-z._/-][A-Za-z0-9._/ -]{0,30}", fullmatch=True), st.sampled_from(WORDS), st.text(max_size=5)
)
scalars = st.one_of(texts, st.integers(), st.booleans(), st.none(), st.floats())
inner = st.dictionaries(st.one_of(texts, st.integers()), scalars, max_size=3)


@pytest.mark.parametrize("style", STYLES)
@given(keys=st.dictionaries(texts, st.one_of(scalars, inner, st.lists(texts, max_size=2)), max_size=4))
@example(keys={"path": ".", "train": "train.txt", "names": {1: "car", 0: "person"}})
@example(keys={"path": ".", "names": {}})
@example(keys={"path": ".", "names": {0: "car", "a": "b"}})
@example(keys={"names": {0: "n" * 90, 1: "Yes"}})
def test_a_mapping_is_written_as_pyyaml_writes_it(style: dict[str, Any], keys: dict[str, Any]) -> None:
    assert dumped(keys, **style) == yaml.safe_dump(keys, **style).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_stands_for_something_comes_back_as_a_text(word: str) -> None:
    assert yaml.safe_load(dumped({"names": {0: word}})) == {"names": {0: word}}
