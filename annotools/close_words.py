"""Words that are nearly another one: what somebody may have meant."""

from __future__ import annotations

from collections.abc import Sequence


def close_words(word: str, known: Sequence[str], count: int, cutoff: float) -> list[str]:
    """At most so many of the known words, the closest first.  cutoff: how much of 1 they have to be alike."""
    from difflib import get_close_matches  # most runs have no word that is not known

    return get_close_matches(word, known, count, cutoff)
