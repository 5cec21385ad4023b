"""What Python's `json` says of a text that is none, in the same words with every Python.

From 3.13 on it has words of its own for a comma before a bracket, and the place of the comma.  Fingerprints of findings
are made of the words, so that a baseline would not hold with another Python; and the server has an older one.
"""

from __future__ import annotations

import json

_TRAILING_COMMA = {
    "Illegal trailing comma before end of array": "Expecting value",
    "Illegal trailing comma before end of object": "Expecting property name enclosed in double quotes",
}


def as_ever(error: json.JSONDecodeError) -> json.JSONDecodeError:
    """The same fault in the words and at the place that it had until Python 3.12."""
    if error.msg not in _TRAILING_COMMA:
        return error
    behind = error.doc[error.pos + 1 :].lstrip(" \t\n\r")
    return json.JSONDecodeError(_TRAILING_COMMA[error.msg], error.doc, len(error.doc) - len(behind))
