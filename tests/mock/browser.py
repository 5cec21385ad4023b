"""A headless Chromium, driven over WebDriver (https://www.w3.org/TR/webdriver2/) with nothing but HTTP."""

from __future__ import annotations

import base64
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

DRIVER = shutil.which("chromedriver")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "" if DRIVER and CHROMIUM else "Chromium and its driver are not installed (Debian: chromium, chromium-driver)"
_KEYS = {"left": "\ue012", "right": "\ue014", "home": "\ue011", "end": "\ue010", "tab": "\ue004", "enter": "\ue007"}
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """One window."""

    def __init__(self, session: str) -> None:
        self._session = session

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self._session}{path}", json=body, timeout=60).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise AssertionError(f"{path}: {answer['error']}: {answer['message'][:500]}")
        return answer

    def open(self, url: str) -> None:
        """Go to an address."""
        self._call("POST", "/url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """What JavaScript gives, a promise's value too."""
        wrapped = f"(async (...args) => {{ {script} }})(...arguments).then(v => done([v]), e => done(String(e)))"
        body = f"const done = arguments[arguments.length - 1]; {wrapped}"
        outcome = self._call("POST", "/execute/async", {"script": body, "args": list(arguments)})
        assert isinstance(outcome, list), outcome
        return outcome[0]

    def until(self, condition: str, *arguments: Any) -> Any:
        """The first true value of an expression. Raises: AssertionError after ten seconds."""
        deadline = time.monotonic() + 10
        script = f"try {{ return {condition} }} catch {{ return false }}"
        while not (value := self.run(script, *arguments)):
            assert time.monotonic() < deadline, f"{condition} did not come true: {self.text('body')}"
            time.sleep(0.05)
        return value

    def text(self, selector: str) -> str:
        """Visible text of the first element that a selector finds."""
        return str(self.run("return document.querySelector(args[0])?.innerText ?? ''", selector))

    def _find(self, selector: str) -> str:
        element = self._call("POST", "/element", {"using": "css selector", "value": selector})
        return str(element[_ELEMENT])

    def click(self, selector: str) -> None:
        """A real click; what is covered cannot be clicked."""
        self._call("POST", f"/element/{self._find(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        """Text, or a file's path, into a field."""
        self._call("POST", f"/element/{self._find(selector)}/value", {"text": text})

    def press(self, *keys: str) -> None:
        """Keys, wherever the focus is."""
        strokes = [{"type": kind, "value": _KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})

    def dark(self, wanted: bool) -> None:
        """What the system prefers."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if wanted else "light"}]
        command = {"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}}
        self._call("POST", "/goog/cdp/execute", command)

    def screenshot(self, path: Path | None = None) -> bytes:
        """A PNG of the window."""
        data = base64.b64decode(self._call("GET", "/screenshot"))
        if path is not None:
            path.write_bytes(data)
        return data

    def complaints(self) -> list[str]:
        """Errors and warnings of the console."""
        return [row["message"] for row in self._call("POST", "/se/log", {"type": "browser"}) if row["level"] != "INFO"]


@contextmanager
def browser(folder: Path, size: tuple[int, int] = (1200, 860)) -> Iterator[Browser]:
    """A window of a browser of its own. `folder`: for its profile."""
    assert DRIVER is not None
    words = [DRIVER, "--port=0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            address = f"http://127.0.0.1:{_port(process)}"
            yield from _window(address, folder, size)
        finally:
            process.terminate()


def _port(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if "started successfully on port" in line:
            return line.rpartition("port ")[2].strip().rstrip(".")
    raise AssertionError("the driver did not start")


def _window(address: str, folder: Path, size: tuple[int, int]) -> Iterator[Browser]:
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={folder}",
             f"--window-size={size[0]},{size[1]}", "--no-proxy-server", "--disable-extensions"]  # fmt: skip
    options = {"binary": CHROMIUM, "args": words}
    wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    body = {"capabilities": {"alwaysMatch": wanted}}
    made = requests.post(f"{address}/session", json=body, timeout=120).json()["value"]
    assert "sessionId" in made, made
    session = f"{address}/session/{made['sessionId']}"
    try:
        yield Browser(session)
    finally:
        requests.delete(session, timeout=30)
