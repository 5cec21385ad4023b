"""What the mock server costs: `python -m benchmarks mock [--json]`.

CPU of the server's own thread, without the client's: the core is called in the process, with the bytes that a socket
would bring, and its answer is made into the bytes that a socket would send. What many connections at once get is the
time on the clock, client included. Exit status 1 when a budget is exceeded.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import requests

from mockserver.core.app import App
from mockserver.faces.in_process import answer_bytes
from mockserver.faces.sockets import serve
from mockserver.mock import Mock

SHAPE = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [10.25, 20.5, 110.75, 220.0], "occluded": False}

DOCUMENT = json.dumps({"shapes": [{**SHAPE, "frame": row % 20} for row in range(360)]}).encode()


class Row(NamedTuple):
    """One measurement and what it may be."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def good(self) -> bool:
        """Whether it is within the budget."""
        return self.value <= self.limit


def median(action: Callable[[], object], turns: int, clock: Callable[[], float] = time.thread_time) -> float:
    """Median seconds of an action."""
    times = []
    for _ in range(turns):
        begin = clock()
        action()
        times.append(clock() - begin)
    return statistics.median(times)


def sent(mock: Mock, method: str, path: str, body: bytes = b"") -> bytes:
    """A request as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {mock.token}\r\n"
    return (head + f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


def measure_start() -> Row:
    """A server with the default seed in it, listening; the best of 20, as it is wall-clock time."""
    state = Mock().state

    def begin() -> float:
        clock = time.perf_counter()
        server = serve(App(state))
        taken = time.perf_counter() - clock
        server.stop()
        return taken

    return Row("start in a thread", min(begin() for _ in range(20)) * 1e3, 5, "ms")


def measure_reset() -> Row:
    """Back to the seed after a change, the journal included."""
    mock = Mock()
    change = sent(mock, "PATCH", "/api/jobs/1", b'{"state": "completed"}')

    def dirty_reset() -> float:
        answer_bytes(mock.app, change)
        clock = time.thread_time()
        mock.reset()
        return time.thread_time() - clock

    return Row("reset", statistics.median(dirty_reset() for _ in range(200)) * 1e3, 1, "ms")


def measure_get() -> Row:
    """GET of an annotations document of 100 KB, again and again."""
    mock, request, size = filled()
    taken = median(lambda: answer_bytes(mock.app, request), 300)
    return Row(f"GET of annotations ({size / 1000:.0f} KB)", taken * 1e6, 400, "us")


def measure_first_get() -> Row:
    """The same right after a write."""
    mock, request, size = filled()
    times = []
    for _ in range(50):
        answer_bytes(mock.app, sent(mock, "PUT", "/api/jobs/1/annotations", DOCUMENT))
        begin = time.thread_time()
        answer_bytes(mock.app, request)
        times.append(time.thread_time() - begin)
    return Row(f"the first GET after a write ({size / 1000:.0f} KB)", statistics.median(times) * 1e6, 400, "us")


def filled() -> tuple[Mock, bytes, int]:
    """A mock with a large job, the request for it, and the size of the answer."""
    mock = Mock()
    answer_bytes(mock.app, sent(mock, "PUT", "/api/jobs/1/annotations", DOCUMENT))
    request = sent(mock, "GET", "/api/jobs/1/annotations")
    return mock, request, len(answer_bytes(mock.app, request))


def measure_patch() -> Row:
    """PATCH that creates 1,000 shapes in a job that was reset."""
    mock = Mock()
    body = json.dumps({"shapes": [SHAPE] * 1000}).encode()
    request = sent(mock, "PATCH", "/api/jobs/1/annotations?action=create", body)

    def once() -> float:
        mock.reset()
        gc.collect()
        clock = time.thread_time()
        answer_bytes(mock.app, request)
        return time.thread_time() - clock

    return Row("PATCH of 1,000 shapes", statistics.median(once() for _ in range(30)) * 1e3, 5, "ms")


def measure_hammering(clients: int = 64, turns: int = 10) -> Row:
    """Shapes lost when many clients append to one job over sockets."""
    with Mock() as mock:
        before = len(mock.annotations(2)["shapes"])
        url, headers = f"{mock.url}/api/jobs/2/annotations?action=create", {"Authorization": f"Token {mock.token}"}

        def write() -> None:
            with requests.Session() as session:
                for _ in range(turns):
                    session.patch(url, json={"shapes": [SHAPE]}, headers=headers, timeout=60).raise_for_status()

        threads = [threading.Thread(target=write) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        shapes = mock.annotations(2)["shapes"]
    lost = before + clients * turns - len({shape["id"] for shape in shapes})
    return Row(f"lost of {clients} clients x {turns} writes", abs(lost), 0, "shapes")


class Wait(NamedTuple):
    """How long an answer took."""

    seconds: float
    answers: int
    """That all connections got meanwhile, this one included: as many as there are connections if each has its turn."""


async def ask_again(port: int, request: bytes, end: float, waits: list[Wait]) -> None:
    """One connection: a request as soon as the last one is answered. Raises: RuntimeError for another status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.monotonic() < end:
        begin, before = time.perf_counter(), len(waits)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(head.decode())
        await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
        waits.append(Wait(time.perf_counter() - begin, len(waits) + 1 - before))
    writer.close()


def memory_of(process: int) -> int:
    """Resident memory in KB."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


async def crowd(port: int, request: bytes, connections: int, seconds: float) -> list[Wait]:
    """What every answer took, sorted."""
    waits: list[Wait] = []
    end = time.monotonic() + seconds
    await asyncio.gather(*(ask_again(port, request, end, waits) for _ in range(connections)))
    return sorted(waits)


def measure_large_put(shapes: int = 250_000) -> Row:
    """The longest that somebody else waits while a body of 27 MB is put, by a server of its own process."""
    rows = [
        {**SHAPE, "frame": row % 20, "points": [row % 600 + 0.25, 20.5, row % 600 + 30, 60.5]} for row in range(shapes)
    ]
    body, times = json.dumps({"shapes": rows}).encode(), []
    command = [sys.executable, "-m", "annotools", "mock", "serve", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        facts = json.loads((server.stdout or sys.stdin).readline())
        headers = {"Authorization": f"Token {facts['token']}", "Content-Type": "application/json"}
        put = threading.Thread(
            target=requests.put, args=(f"{facts['url']}/api/jobs/1/annotations", body), kwargs={"headers": headers}
        )
        try:
            with requests.Session() as session:
                put.start()
                while put.is_alive():
                    begin = time.perf_counter()
                    session.get(f"{facts['url']}/api/jobs/2", headers=headers, timeout=60).raise_for_status()
                    times.append(time.perf_counter() - begin)
        finally:
            server.terminate()
    return Row(f"worst of {len(times)} answers during a PUT of {len(body) / 1e6:.0f} MB", max(times) * 1e3, 1000, "ms")


def measure_crowd(connections: int = 256, seconds: float = 5) -> list[Row]:
    """A server of its own process, all connections of which ask without a pause, and its memory over a second round."""
    command = [sys.executable, "-m", "annotools", "mock", "serve", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        facts = json.loads((server.stdout or sys.stdin).readline())
        port = int(facts["url"].rpartition(":")[2])
        head = f"GET /api/jobs/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {facts['token']}\r\n\r\n"
        try:
            asyncio.run(crowd(port, head.encode(), connections, seconds))
            before = memory_of(server.pid)
            waits = asyncio.run(crowd(port, head.encode(), connections, seconds))
            growth = memory_of(server.pid) - before
        finally:
            server.terminate()
    return [
        Row(f"p99 of {connections} connections", waits[len(waits) * 99 // 100].seconds * 1e3, 1000, "ms"),
        Row("most answers during the wait for one", max(wait.answers for wait in waits), 3 * connections, ""),
        Row(f"time of one of their {len(waits)} answers", seconds * 1e3 / len(waits), 4, "ms"),
        Row("memory that they cost", growth / 1e3, 10, "MB"),
    ]


MEASURES = (measure_start, measure_reset, measure_get, measure_first_get, measure_patch, measure_hammering)


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    as_json = parser.parse_args().json
    rows = [*(measure() for measure in MEASURES), measure_large_put(), *measure_crowd()]
    if as_json:
        print(json.dumps({row.name: {"value": row.value, "limit": row.limit, "unit": row.unit} for row in rows}))
    else:
        for row in rows:
            verdict = "ok" if row.good else "TOO MUCH"
            print(f"{row.name:<46}{row.value:>10.3f} {row.unit:<7} limit {row.limit:g}  {verdict}")
    return 0 if all(row.good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
