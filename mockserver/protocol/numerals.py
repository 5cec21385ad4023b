"""Whole numbers in queries and headers.

whole("42") -> 42        whole("-1"), whole("x"), whole("²") -> None
"""

from __future__ import annotations

MAX_DIGITS = 18
"""More digits no id, size or page has; Python itself refuses to read some thousands of them."""


def whole(text: str) -> int | None:
    """The number that ASCII digits say; None for any other text and for more than `MAX_DIGITS` digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None
