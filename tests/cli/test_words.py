"""How numbers, losses and refusals are put into words, at the edges where the words change."""

from __future__ import annotations

import errno
import json
from typing import Any

import numpy as np
import pytest

from annotools.cli.ending import BROKEN_PIPE, INTERRUPTED, is_unread, refusal, refusal_text
from annotools.cli.messages import Amount, as_options
from annotools.cli.tables import cell, in_short, show_matrix, to_json
from annotools.model import Losses
from annotools.model.losses import Loss
from annotools.progress import BYTES


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"), (False, "-"), (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (0.5, "0.5"),
        (2.0, "2"), (1e-7, "1e-07"), ("a\nb", "a\\nb"), ("", ""), (None, "None"),
    ],
)  # fmt: skip
def test_cells(value: Any, text: str) -> None:
    assert cell(value) == text


def test_losses_in_one_line() -> None:
    losses = Losses(tuple(Loss("lost", what, "", n) for what, n in (("a", 1), ("b", 2), ("c", 1234))))
    assert in_short(losses) == "a, 2 x b, 1,234 x c"
    assert in_short(Losses()) == ""


@pytest.mark.parametrize(
    ("done", "total", "passed", "text"),
    [
        (0, 200, 9.0, "0 %"), (200, 200, 9.0, "100 %"), (100, 200, 0.19, "50 %"), (0, 0, 1.0, "0 %"),
        (50, 200, 1.0, "25 %, 50/s, 3 s left"), (100, 200, 0.5, "50 %, 200/s, 0 s left"),
        (99, 10_000, 1.0, "0 %, 99/s, 2 min left"), (100, 10_000, 1.0, "1 %, 100/s, 99 s left"),
        (10, 1010, 1.0, "0 %, 10/s, 2 min left"), (10, 60_010, 1.0, "0 %, 10/s, 1.7 h left"),
        (1, 5_999, 1.0, "0 %, 1/s, 100 min left"), (5000, 9000, 1.0, "55 %, 5,000/s, 1 s left"),
    ],
)  # fmt: skip
def test_how_much_is_done(done: int, total: int, passed: float, text: str) -> None:
    assert Amount(done, total, "rows", 100.0).text(100.0 + passed) == text


def test_bytes_are_told_in_millions() -> None:
    assert Amount(38_000_000, 76_000_000, BYTES, 0).text(1.0) == "50 %, 38.0 MB/s, 1 s left"


@pytest.mark.parametrize(
    ("library", "command"),
    [
        ("x, expected a task (context=...)", "x, expected a task (--task)"),
        ("expected a task as context", "expected the task (--task)"), ("a (or force=True)", "a (or --force)"),
        ("one of coco (or its slug)", "one of coco (or --from)"), ("nothing", "nothing"),
    ],
)  # fmt: skip
def test_options_are_called_as_on_the_command_line(library: str, command: str) -> None:
    assert as_options(library) == command


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "out.json"), "out.json: no space left on device"),
        (OSError(errno.ENOSPC, "No space left on device", b"out"), "out: no space left on device"),
        (OSError(errno.EIO, "Input/output error"), "the system refused: input/output error"),
        (OSError("Odd"), "the system refused: odd"), (OSError(), "the system refused: oserror"),
        (MemoryError(), "the system has no more memory to give"),
    ],
)  # fmt: skip
def test_what_the_system_refused(error: OSError | MemoryError, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal_text(error) == text
    assert refusal(error) == 5
    assert capsys.readouterr().err == f"error: {text}\n"


def test_whoever_reads_no_more_is_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(BrokenPipeError(errno.EPIPE, "Broken pipe")) == BROKEN_PIPE == 141
    assert capsys.readouterr().err == ""
    assert not is_unread(OSError(errno.EIO, "x"))
    assert not is_unread(None)
    assert INTERRUPTED == 130


@pytest.mark.parametrize("value", [{"a": "\ud800"}, {"a": 1 << 70}, {"a": [1.5, None], "b": "é"}])
def test_any_value_is_json(value: Any) -> None:
    data = to_json(value)
    assert data.endswith(b"}\n")
    assert data.startswith(b'{\n  "a": ')
    assert json.loads(data) == value
    assert json.loads(to_json(value | {"c": np.arange(2)})) == value | {"c": [0, 1]}


def test_a_matrix_shows_nothing_as_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    show_matrix("title", ["format", "boxes", "tracks"], [["coco", 2, 0], ["mot", True, False], ["x", 0.5, ""]])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:5]] == [
        ["title"], ["format", "boxes", "tracks"], ["coco", "2", "-"], ["mot", "yes", "-"], ["x", "0.5", "-"],
    ]  # fmt: skip
