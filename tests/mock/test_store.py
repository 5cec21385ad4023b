"""The state: snapshots, reset, and the file behind `--state`."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
import requests

from annotools.errors import InputError
from mockserver.mock import Mock
from mockserver.seeds import packaged
from mockserver.seeds.sources import state_of
from mockserver.state.packing import FORMAT_VERSION, SnapshotError
from mockserver.state.tables import State
from tests.mock.fault_calls import SHAPE, ask


def test_a_snapshot_brings_everything_back() -> None:
    with Mock() as mock:
        ask(mock, "PATCH", "/api/jobs/1/annotations?action=create", json={"shapes": [SHAPE]})
        saved, before = mock.snapshot(), mock.annotations(1)
        ask(mock, "DELETE", "/api/jobs/1/annotations")
        ask(mock, "DELETE", "/api/tasks/43")
        mock.restore(saved)
        assert mock.annotations(1) == before
        assert ask(mock, "GET", "/api/tasks/43").status_code == 200


@pytest.mark.parametrize("name", packaged.NAMES)
def test_a_snapshot_of_a_seed_is_stable(name: str) -> None:
    state, other = state_of(packaged.load(name)), State()
    other.restore(state.snapshot())
    assert other.snapshot() == state.snapshot()


def test_a_snapshot_knows_the_version_of_its_server() -> None:
    seed = packaged.load("empty") | {"server": {"version": "2.75.1"}}
    with Mock() as mock:
        mock.restore(state_of(seed).snapshot())
        assert ask(mock, "GET", "/api/server/about").json()["version"] == "2.75.1"
        mock.reset()
        assert ask(mock, "GET", "/api/server/about").json()["version"] == "2.75.1"


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"annotools-mock x\n", b"annotools-mock 2\n\xc1", b"annotools-mock 2\n\x80"]
)
def test_what_is_no_snapshot_is_refused_and_changes_nothing(data: bytes) -> None:
    mock = Mock()
    before = mock.snapshot()
    with pytest.raises(SnapshotError):
        mock.restore(data)
    assert mock.snapshot() == before


def test_a_newer_snapshot_is_refused() -> None:
    with pytest.raises(SnapshotError, match=f"knows up to {FORMAT_VERSION}"):
        State().restore(b"annotools-mock 99\n\x80")


def test_a_reset_goes_back_to_the_seed_with_its_numbers() -> None:
    with Mock() as mock:
        first = ask(mock, "PATCH", "/api/jobs/1/annotations?action=create", json={"shapes": [SHAPE]}).json()
        mock.reset()
        assert ask(mock, "PATCH", "/api/jobs/1/annotations?action=create", json={"shapes": [SHAPE]}).json() == first


def test_the_file_keeps_what_was_answered(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Mock(state_file=path) as mock:
        ask(mock, "PATCH", "/api/jobs/1/annotations?action=create", json={"shapes": [SHAPE]})
        ask(mock, "PATCH", "/api/jobs/2", json={"state": "completed"})
        ask(mock, "DELETE", "/api/tasks/43")
        answers = [ask(mock, "GET", address).text for address in ("/api/jobs?page_size=all", "/api/jobs/1/annotations")]
        url = mock.url
    with Mock(state_file=path) as again:
        shown = [ask(again, "GET", address).text for address in ("/api/jobs?page_size=all", "/api/jobs/1/annotations")]
        assert shown == [answer.replace(url, again.url) for answer in answers]
        again.reset()
        assert ask(again, "GET", "/api/jobs/2").json()["state"] == "new", "the seed it began with is kept, too"
    with Mock(state_file=path) as third:
        assert ask(third, "GET", "/api/tasks/43").status_code == 200


def test_a_file_in_use_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    mock = Mock(state_file=path)
    with pytest.raises(InputError, match="locked"):
        Mock(state_file=path)
    mock.stop()


def test_a_file_where_the_uploads_belong_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.db-uploads").touch()
    with pytest.raises(SnapshotError, match=r"a\.db-uploads: .* expected a folder"):
        Mock(state_file=tmp_path / "a.db")


def test_many_clients_hammering_one_job_lose_nothing() -> None:
    clients, turns, answered = 64, 3, []
    with Mock() as mock:
        before = [shape["id"] for shape in mock.annotations(2)["shapes"]]

        def write() -> None:
            for _ in range(turns):
                answer = ask(mock, "PATCH", "/api/jobs/2/annotations?action=create", json={"shapes": [SHAPE]})
                answered.append(answer.json()["shapes"][0]["id"])

        threads = [threading.Thread(target=write) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = [shape["id"] for shape in mock.annotations(2)["shapes"]]
    assert len(answered) == clients * turns
    assert sorted(kept) == sorted([*before, *answered])


def test_unfinished_uploads_are_private_and_go_with_the_server(tmp_path: Path) -> None:
    with Mock() as mock:
        headers = {"Upload-Length": "6", "Authorization": f"Token {mock.token}"}
        location = requests.post(mock.url + "/api/jobs/1/annotations", headers=headers, timeout=5).headers["Location"]
        piece = {
            "Authorization": f"Token {mock.token}", "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        }  # fmt: skip
        assert requests.patch(location, headers=piece, data=b"abc", timeout=5).status_code == 204
        folder = mock.app.env.spool._folder
        assert folder is not None
        assert re.fullmatch("0o40700", oct(folder.stat().st_mode))
        assert [file.read_bytes() for file in folder.iterdir()] == [b"abc"]
    assert not folder.exists()


def test_an_upload_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Mock(state_file=path) as mock:
        login = {"Authorization": f"Token {mock.token}"}
        begun = requests.post(mock.url + "/api/jobs/1/annotations", headers={**login, "Upload-Length": "6"}, timeout=5)
        location = begun.headers["Location"].removeprefix(mock.url)
        piece = {**login, "Content-Type": "application/offset+octet-stream"}
        requests.patch(mock.url + location, headers={**piece, "Upload-Offset": "0"}, data=b"abc", timeout=5)
        folder = mock.app.env.spool._folder
    assert folder is not None
    (folder / "1_orphan").write_bytes(b"left by a kill")
    with Mock(state_file=path) as again:
        assert len(list(folder.iterdir())) == 1
        answer = requests.patch(again.url + location, headers={**piece, "Upload-Offset": "3"}, data=b"def", timeout=5)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "6")
        again.reset()
    assert not folder.exists(), "nothing is left to upload"


def test_uploads_larger_than_allowed_are_refused() -> None:
    with Mock() as mock:
        mock.app.config.max_upload = 1000
        headers = {"Upload-Length": "1001", "Authorization": f"Token {mock.token}"}
        answer = requests.post(mock.url + "/api/jobs/1/annotations", headers=headers, timeout=5)
        assert (answer.status_code, answer.json()) == (413, "File size exceeds max limit of 1000 bytes")
