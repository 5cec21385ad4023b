"""`annotools mock serve` and `python -m mockserver` as processes."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from mockserver.mock import Mock
from mockserver.seeds import packaged

SERVE = [sys.executable, "-m", "annotools", "mock", "serve"]


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended in any case."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_json_is_one_line_and_interrupting_is_clean() -> None:
    with running(*SERVE, "--json") as process:
        facts = json.loads(first_line(process))
        assert facts.keys() == {"url", "user", "password", "token", "seed"}
        assert facts["url"].startswith("http://127.0.0.1:")
        headers = {"Authorization": f"Token {facts['token']}"}
        assert requests.get(f"{facts['url']}/api/users/self", headers=headers, timeout=5).json()["is_superuser"]
        login = {"username": facts["user"], "password": facts["password"]}
        assert requests.post(f"{facts['url']}/api/auth/login", json=login, timeout=5).json()["key"] == facts["token"]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_without_json_people_can_read_it(number: signal.Signals) -> None:
    with running(*SERVE, "--seed", "empty", "--dialect", "real") as process:
        assert first_line(process).startswith("url      http://127.0.0.1:")
        assert [first_line(process).split()[0] for _ in range(4)] == ["user", "password", "token", "seed"]
        process.send_signal(number)
        assert process.wait(timeout=10) == 0


def test_another_address_than_loopback_is_said() -> None:
    with running(*SERVE, "--host", "0.0.0.0", "--json") as process:
        json.loads(first_line(process))
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
        assert err == "listening on 0.0.0.0: every machine that reaches this one can use the mock\n"


def test_strict_tells_at_the_end() -> None:
    with running(*SERVE, "--strict", "--json") as process:
        facts = json.loads(first_line(process))
        requests.get(facts["url"] + "/api/jobs/", headers={"Authorization": f"Token {facts['token']}"}, timeout=5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
        assert process.returncode == 1
        assert "slash: " in err


def test_a_seed_file_is_served(tmp_path: Path) -> None:
    seed = packaged.load("default")
    seed["tasks"][0]["name"] = "from a file"
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(seed))
    with running(*SERVE, "--seed", str(path), "--json") as process:
        facts = json.loads(first_line(process))
        headers = {"Authorization": f"Token {facts['token']}"}
        assert requests.get(f"{facts['url']}/api/tasks/42", headers=headers, timeout=5).json()["name"] == "from a file"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no such file"), ("{", "not JSON"), ('{"users": [{}]}', "not a seed"), ('{"users": 1}', "not a seed"),
        ("[1]", "neither a JSON seed nor a dataset of a known format (cvat-api, "),
        ('{"info": {}, "images": [], "annotations": 7, "categories": []}', "seed.json"),
    ],
)  # fmt: skip
def test_a_bad_seed_is_an_error_in_words(tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "seed.json"
    if content is not None:
        path.write_text(content)
    done = subprocess.run([*SERVE, "--seed", str(path)], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 3
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [SERVE, [sys.executable, "-m", "mockserver"]], ids=["annotools", "module"])
def test_a_port_in_use_is_an_error_in_words(command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run([*command, "--port", port], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1 port {port}: address already in use; --port 0 takes a free one" in done.stderr


@pytest.mark.parametrize("seed", ["", "nothing.zip", "."])
def test_what_is_no_seed_is_an_error_in_words(tmp_path: Path, seed: str) -> None:
    command = [*SERVE, "--seed", seed]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False, cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_an_address_of_another_machine_is_an_error_in_words() -> None:
    command = [*SERVE, "--host", "192.0.2.1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert "cannot listen on 192.0.2.1 port 0: cannot assign requested address" in done.stderr


def test_the_module_waits_for_a_seed() -> None:
    with running(sys.executable, "-m", "mockserver", "--dialect", "real") as process:
        url = first_line(process).strip()
        assert requests.post(f"{url}/_mock/seed", json=packaged.load("default"), timeout=5).status_code == 204
        headers = {"Authorization": f"Token {Mock('empty').token}"}
        assert requests.get(f"{url}/api/jobs", headers=headers, timeout=5).json()["count"] == 9
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
