"""Numbers that clients of the server can meet: at each of them, and one beside it."""

from __future__ import annotations

import os
import stat
import time
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace

import pytest

from mockserver.annotations.cutting import cut
from mockserver.annotations.track_frames import interpolate
from mockserver.contract.scrubbing import Scrubber
from mockserver.core.app import App
from mockserver.core.compressing import can_be_packed
from mockserver.core.journal import Journal
from mockserver.exchange.tus import MAX_SIZE
from mockserver.faces.wire import Limits
from mockserver.media.chunks import Wanted, chunk
from mockserver.protocol.byte_ranges import partial
from mockserver.protocol.http import REASONS, ApiError, Request, Response
from mockserver.protocol.numerals import whole
from mockserver.resources.segments import spans
from mockserver.rules.json_logic import moment
from mockserver.seeds.sources import state_of
from mockserver.state.context import Clock, Config
from mockserver.state.spool import Spool
from tests.mock.conftest import Client


def test_every_status_has_its_phrase() -> None:
    """RFC 9110 has other words for two of those that Python knows."""
    others = {413: "Content Too Large", 416: "Range Not Satisfiable"}
    assert {status: others.get(status, HTTPStatus(status).phrase) for status in REASONS} == REASONS


@pytest.mark.parametrize(("size", "packed"), [(0, False), (199, False), (200, True), (5000, True)])
def test_answers_are_packed_from_200_bytes_on(size: int, packed: bool) -> None:
    """As Django's GZipMiddleware does."""
    assert can_be_packed(Response(200, [], b"a" * size)) is packed


@pytest.mark.parametrize("name", ["Content-Encoding", "Content-Range", "Content-Disposition", "content-range"])
def test_parts_and_files_are_left_alone(name: str) -> None:
    assert not can_be_packed(Response(200, [("Vary", "Accept"), (name, "x")], b"a" * 999))
    assert can_be_packed(Response(200, [("Vary", "Accept")], b"a" * 999))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("", None), ("-1", None), ("1.5", None),
        (" 1", None), ("١", None), ("²", None),
    ],
)  # fmt: skip
def test_numbers_of_requests(text: str, number: int | None) -> None:
    assert whole(text) == number


def begin(length: int, max_upload: int) -> Response:
    app = App(state_of("default"), Config(dialect="real", max_upload=max_upload))
    headers = {"upload_length": str(length), "tus_resumable": "1.0.0"}
    job = next(iter(app.state.tables["jobs"]))
    return Client(app, "admin").send("POST", f"/api/jobs/{job}/annotations", b"", **headers)


@pytest.mark.parametrize(
    ("length", "max_upload", "status"),
    [
        (25 * 1024**3, 30 * 1024**3, 201), (25 * 1024**3 + 1, 30 * 1024**3, 413),
        (4 * 1024**3, Config().max_upload, 201), (4 * 1024**3 + 1, Config().max_upload, 413), (1, 1, 201),
        (2, 1, 413), (0, 1, 400),
    ],
)  # fmt: skip
def test_uploads_are_25_gib_at_most_and_4_here(length: int, max_upload: int, status: int) -> None:
    answer = begin(length, max_upload)
    assert answer.status == status
    if status == 413:
        assert str(min(MAX_SIZE, max_upload)) in answer.body.decode()


def test_what_the_manual_says_of_slow_and_large_clients() -> None:
    usual = Limits()
    assert (usual.head, usual.headers, usual.body, usual.connections) == (64 * 1024, 128, 256 * 1024**2, 512)
    assert (usual.head_seconds, usual.idle_seconds) == (20, 30)
    assert usual.seconds_for(0) == 30
    assert usual.seconds_for(64 * 1024 * 10) == 40


def test_a_journal_keeps_a_thousand_requests_and_shows_twenty() -> None:
    journal, now = Journal(), Clock().now()
    for number in range(1002):
        journal.begin(Request("GET", f"/api/jobs/{number}"), now)
    assert [entry.number for entry in (journal.entries[0], journal.entries[-1])] == [3, 1002]
    assert len(journal.text().splitlines()) == 20
    assert journal.text().splitlines()[-1] == journal.text(1)


def test_logins_are_found_in_any_letters_and_between_underscores() -> None:
    mia = {"id": 9, "username": "mia", "first_name": "Mark", "last_name": "", "email": ""}
    other = {"id": 8, "username": "mia_l", "first_name": "", "last_name": "", "email": ""}
    text = Scrubber("http://x", [mia, other]).text
    assert text("Mia MIA mia_old old_mia mia_l Mark") == "user9 user9 user9_old old_user9 user8 User"
    assert text("miami mia2 road mark") == "miami mia2 road mark"


@pytest.mark.parametrize(("name", "shown"), [("bo", "bo"), ("mia", "user9"), ("mia.m", "user9")])
def test_names_of_two_letters_may_be_words(name: str, shown: str) -> None:
    user = {"id": 9, "username": name, "first_name": "", "last_name": "", "email": ""}
    assert Scrubber("http://x", [user]).text(f"ask {name}") == f"ask {shown}"


@pytest.mark.parametrize(
    ("wanted", "status", "shown", "sent"),
    [
        ("bytes=-40", 206, "bytes 60-99/100", range(60, 100)), ("bytes=-100", 206, "bytes 0-99/100", range(100)),
        ("bytes=-150", 206, "bytes 0-99/100", range(100)), ("bytes=0-0", 206, "bytes 0-0/100", range(1)),
        ("bytes=90-", 206, "bytes 90-99/100", range(90, 100)), ("bytes=90-200", 206, "bytes 90-99/100", range(90, 100)),
        ("bytes=99-99", 206, "bytes 99-99/100", range(99, 100)), ("bytes=100-", 416, "bytes */100", range(0)),
        ("bytes=5-4", 416, "bytes */100", range(0)),
    ],
)  # fmt: skip
def test_ranges_of_bytes(wanted: str, status: int, shown: str, sent: range) -> None:
    """RFC 9110: of a suffix that is longer than all, all."""
    answer = partial(Request("GET", "/x", headers={"range": wanted}), Response(200, [], bytes(range(100))))
    assert (answer.status, dict(answer.headers)["Content-Range"]) == (status, shown)
    assert status == 416 or answer.body == bytes(sent)


def test_uploads_lie_where_nobody_else_looks(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        spool = Spool(tmp_path / "uploads")
        spool.write("1_0b6c", 0, b"secret")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "uploads").stat().st_mode) == 0o700
    assert spool.read("1_0b6c") == b"secret"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the system has no other zone for one process")
def test_dates_without_a_zone_are_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert moment("2025-03-01T04:00:00") == moment("2025-03-01T04:00:00Z") == moment("2025-03-01T05:00:00+01:00")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_name_within_another_is_not_taken_first() -> None:
    users = [{"id": 7, "username": "mia"}, {"id": 8, "username": "mia-lopez", "email": "mia-lopez@acme.com"}]
    assert Scrubber("https://x.com", users).clean({"name": "batch of mia-lopez", "subset": "mia"}) == {
        "name": "batch of user8", "subset": "user7",
    }  # fmt: skip


def test_a_track_that_leaves_on_the_first_frame_of_a_job_is_not_in_it() -> None:
    flags = {"occluded": False, "z_order": 0, "rotation": 0.0, "attributes": [], "type": "points", "points": [1.0, 1.0]}
    shapes = [{"id": pk, "frame": frame, "outside": bool(frame), **flags} for pk, frame in ((11, 0), (12, 10))]
    track = {"id": 5, "label_id": 1, "frame": 0, "group": 0, "source": "manual", "attributes": [], "shapes": shapes}
    document = {"version": 0, "tags": [], "shapes": [], "tracks": [track], "intervals": []}
    assert cut(document, 10, 19)["tracks"] == []
    assert [one["frame"] for one in cut(document, 0, 9)["tracks"][0]["shapes"]] == [0]
    assert [one["frame"] for one in cut(document, 9, 19)["tracks"][0]["shapes"]] == [9, 10]


def test_keyframes_that_a_border_makes_have_no_id() -> None:
    flags = {"occluded": False, "outside": False, "z_order": 0, "rotation": 0.0, "attributes": []}
    shapes = [{"id": pk, "frame": frame, "type": "points", "points": [10.0 * frame, 1.0], **flags}
              for pk, frame in ((11, 0), (12, 10))]  # fmt: skip
    track = {"id": 5, "label_id": 1, "frame": 0, "group": 0, "source": "manual", "attributes": [], "shapes": shapes}
    document = {"version": 0, "tags": [], "shapes": [], "tracks": [track], "intervals": []}
    parts = [cut(document, *span)["tracks"][0]["shapes"] for span in ((0, 4), (5, 10))]
    assert [[(one["id"], one["frame"], one["points"][0]) for one in part] for part in parts] == [
        [(11, 0, 0.0), (None, 4, 40.0)], [(None, 5, 50.0), (12, 10, 100.0)],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("leaves", "frames"),
    [((1,), [0, 5]), ((5,), [0, 5]), ((4, 5), [0, 5]), ((), [0, 5])],
    ids=["at once", "later", "before a keyframe", "never"],
)
def test_a_skeleton_whose_points_leave_has_each_keyframe_once(leaves: tuple[int, ...], frames: list[int]) -> None:
    rest = {"label_id": 1, "group": 0, "source": "manual", "attributes": []}
    flags = {"occluded": False, "z_order": 0, "rotation": 0.0, "attributes": []}
    body = [{"frame": n, "outside": False, "type": "skeleton", "points": [], **flags} for n in (0, 5, 20)]
    head = [{"frame": n, "outside": n > 0, "type": "points", "points": [1.0, 1.0], **flags} for n in (0, *leaves)]
    track = {"id": 5, "frame": 0, "shapes": body, "elements": [{"id": 6, "frame": 0, "shapes": head, **rest}], **rest}
    document = {"version": 0, "tags": [], "shapes": [], "tracks": [track], "intervals": []}
    assert [shape["frame"] for shape in cut(document, 0, 9)["tracks"][0]["shapes"]] == frames


@pytest.mark.parametrize(
    ("size", "length", "overlap", "parts"),
    [
        (17, 7, 2, [(0, 6), (5, 11), (10, 16)]), (18, 7, 2, [(0, 6), (5, 11), (10, 16), (15, 17)]),
        (7, 7, 2, [(0, 6)]), (2, 7, 2, [(0, 1)]), (14, 7, 0, [(0, 6), (7, 13)]),
        (15, 7, 0, [(0, 6), (7, 13), (14, 14)]),
    ],
)  # fmt: skip
def test_no_job_has_frames_that_the_one_before_has_already(
    size: int, length: int, overlap: int, parts: list[tuple[int, int]]
) -> None:
    assert spans(size, length, overlap) == parts


@pytest.mark.parametrize(("frames", "last"), [(4, 1), (5, 2), (1, 0), (2, 0), (3, 1)])
def test_the_last_chunk_of_a_job_is_that_of_its_last_frame(client: Client, frames: int, last: int) -> None:
    """Two frames a chunk; one behind the last is refused."""
    rows = [{"name": f"{n}.jpg", "width": 8, "height": 8} for n in range(frames)]
    meta = {1: {"size": frames, "chunk_size": 2, "frames": rows, "start_frame": 0}}
    context = SimpleNamespace(table={"data_meta": meta, "blobs": {}}.__getitem__)
    job = {"start_frame": 0, "stop_frame": frames - 1}
    assert chunk(context, {"id": 1}, job, Wanted("index", last, False))[1] == "application/zip"  # type: ignore[arg-type]
    with pytest.raises(ApiError):
        chunk(context, {"id": 1}, job, Wanted("index", last + 1, False))  # type: ignore[arg-type]


def test_what_has_left_is_not_shown_on_its_way_to_the_next_keyframe() -> None:
    flags = {"type": "rectangle", "points": [0.0, 0.0, 9.0, 9.0], "rotation": 0.0, "attributes": []}
    keyframes = [{"frame": frame, "outside": frame == 4, **flags} for frame in (0, 4, 15)]
    track = {"frame": 0, "shapes": keyframes}
    assert [shape["frame"] for shape in interpolate(track, range(10))] == [0, 1, 2, 3, 4]


def test_a_login_is_hidden_in_letters_that_fold_to_no_other() -> None:
    mia = {"id": 9, "username": "mia", "first_name": "", "last_name": "", "email": ""}
    assert Scrubber("http://x", [mia]).text("ask m\u0131a, M\u0130A") == "ask scrubbed, scrubbed"
