"""The page at `/` in a browser window, for tests."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.mock import browser as driver
from tests.mock.browser import Browser

needs_browser = pytest.mark.skipif(bool(driver.MISSING), reason=driver.MISSING)


def go(window: Browser, address: str) -> None:
    """Follow a link of the page, and wait until it shows that."""
    window.run("location.hash = args[0]", address)
    window.until("document.body.dataset.shown === args[0]", address)


def log_in(window: Browser) -> None:
    """As the administrator of the packaged seeds."""
    window.click(".login button.main")
    window.until("document.querySelector('.login').innerText.includes('logged in as admin')")


def frame(window: Browser, number: int) -> None:
    """Wait for a frame to be seen."""
    window.until("document.querySelector('.picture img').alt === args[0]", f"Frame {number}")
    window.until("document.querySelector('.picture img').naturalWidth > 0")


def pixel(window: Browser, x: float, y: float) -> tuple[int, ...]:
    """Colour of a point of the window."""
    with Image.open(io.BytesIO(window.screenshot())) as image:
        color = image.convert("RGB").getpixel((round(x), round(y)))
    assert isinstance(color, tuple)
    return tuple(int(value) for value in color)


def is_near(one: tuple[int, ...], other: tuple[int, ...], least: int = 60) -> bool:
    """Whether two colours are much alike."""
    return sum(abs(left - right) for left, right in zip(one, other, strict=True)) < least
