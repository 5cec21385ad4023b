"""Whether a word stands anywhere in a member: what tells formats of one kind of file apart.

    has(source, "a.json", b"keypoints", re.compile(rb'"keypoints"\\s*:\\s*\\['))

Several formats ask the same of one file, which may be large: an answer is kept as long as its source.
"""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from annotools.storage import Source

_PIECE, _SEAM = 1 << 20, 1 << 8
_answers: WeakKeyDictionary[Source, dict[tuple[str, re.Pattern[bytes]], bool]] = WeakKeyDictionary()


def has(source: Source, name: str, word: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Whether a member has what a pattern fits.  word: a part of whatever it fits; to look for that is much faster."""
    answers = _answers.setdefault(source, {})
    key = name, pattern
    if key not in answers:
        answers[key] = _has(source, name, word, pattern)
    return answers[key]


def _has(source: Source, name: str, word: bytes, pattern: re.Pattern[bytes]) -> bool:
    end = b""
    with source.open(name) as stream:
        while piece := stream.read(_PIECE):
            piece = end + piece
            if word in piece and pattern.search(piece):
                return True
            end = piece[-_SEAM:]
    return False
