"""The words of `json` for what is no JSON."""

from __future__ import annotations

import json

import pytest

from annotools.json_faults import as_ever


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1, \n ]", "Expecting value: line 2 column 2 (char 6)"),
        ('{"a": 1, \n}', "Expecting property name enclosed in double quotes: line 2 column 1 (char 10)"),
        ("[1,,2]", "Expecting value: line 1 column 4 (char 3)"),
        ("{,}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
    ],
)
def test_every_python_says_the_same(text: str, words: str) -> None:
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(text)
    assert str(as_ever(raised.value)) == words
