"""The page at `/` in a headless Chromium: what people see, click and type."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from mockserver import page
from mockserver.contract import pack
from mockserver.mock import Mock
from mockserver.seeds.builder import SeedBuilder
from tests.mock import browser as driver
from tests.mock.browser import Browser
from tests.mock.conftest import Client

needs_browser = pytest.mark.skipif(bool(driver.MISSING), reason=driver.MISSING)
NASTY = '<img src=x onerror="window.hacked=1">\'&amp;'


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One window for all tests."""
    with driver.browser(tmp_path_factory.mktemp("profile")) as made:
        yield made


@pytest.fixture(scope="module")
def served() -> Iterator[Mock]:
    """One server for the module; tests reset it."""
    with Mock() as mock:
        yield mock


@pytest.fixture
def shown(window: Browser, served: Mock) -> Iterator[Browser]:
    """The page, nobody logged in, light; nothing is left in the console."""
    served.reset()
    window.dark(False)
    window.open(served.url + "/")
    window.run("sessionStorage.clear(); localStorage.clear()")
    window.open(served.url + "/_mock/health")
    window.open(served.url + "/")
    window.until("document.body.dataset.shown")
    window.complaints()
    yield window
    assert window.complaints() == []


def go(window: Browser, place: str) -> None:
    """Follow a link of the page, and wait until it shows that."""
    window.run("location.hash = args[0]", place)
    window.until("document.body.dataset.shown === args[0]", place)


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
        found = image.convert("RGB").getpixel((round(x), round(y)))
    assert isinstance(found, tuple)
    return tuple(int(value) for value in found)


def is_near(one: tuple[int, ...], other: tuple[int, ...], least: int = 60) -> bool:
    """Whether two colours are much alike."""
    return sum(abs(left - right) for left, right in zip(one, other, strict=True)) < least


@needs_browser
def test_tasks_and_jobs_are_seen_after_a_login(shown: Browser) -> None:
    assert "Log in to see tasks" in shown.text("main")
    log_in(shown)
    shown.until("document.querySelectorAll('main tbody tr').length === 4")
    assert "checked street" in shown.text("main")
    assert shown.run("return [...document.querySelectorAll('main td a')].map(link => link.hash)").count("#job/1") == 1
    assert shown.text("#facts") == "CVAT 2.73.0, dialect lenient"


@needs_browser
def test_a_wrong_password_is_said(shown: Browser) -> None:
    shown.run("document.querySelector('[name=password]').value = 'no'")
    shown.click(".login button.main")
    shown.until("document.getElementById('said').innerText.startsWith('400')")
    assert any("400" in line for line in shown.complaints()), "the browser's own remark"


@needs_browser
def test_annotations_are_drawn_over_the_picture(shown: Browser, served: Mock) -> None:
    log_in(shown)
    annotations = served.annotations(1)
    colours = {label["id"]: label["color"] for label in served.state.tables["labels"].values()}
    go(shown, "#job/1")
    for number in range(5):
        frame(shown, number)
        drawn = shown.run("return [...document.querySelectorAll('.picture [data-shape]')].map(g => g.dataset.shape)")
        assert sorted(drawn) == sorted(row["type"] for row in annotations["shapes"] if row["frame"] == number)
        assert len(shown.run("return [...document.querySelectorAll('.legend li')]")) >= len(drawn)
        shown.press("right")
    shown.press("home")
    frame(shown, 0)
    box = next(row for row in annotations["shapes"] if row["type"] == "rectangle" and row["frame"] == 0)
    edge = shown.run(
        "const r = document.querySelector('[data-shape=rectangle] g:last-child rect').getBoundingClientRect();"
        "const middle = r.top + r.height / 2; return [r.left, middle, r.left + r.width / 2, middle];"
    )
    colour = tuple(int(colours[box["label_id"]][at : at + 2], 16) for at in (1, 3, 5))
    assert is_near(pixel(shown, edge[0], edge[1]), colour), "the line is of the label's colour"
    assert not is_near(pixel(shown, edge[2], edge[3]), colour), "the inside lets the picture through"


@needs_browser
def test_a_mask_is_painted_where_it_is(window: Browser) -> None:
    build = SeedBuilder()
    task = build.task("masks", labels=["car"], frames=1)
    task.shape("mask", "car", 0, [8000, 8000, 100, 100, 299, 179])
    with Mock(build) as mock:
        window.dark(False)
        window.open(mock.url + "/")
        window.run("sessionStorage.clear()")
        window.open(mock.url + "/#tasks")
        window.until("document.querySelector('.login form')")
        log_in(window)
        job = next(iter(mock.state.tables["jobs"]))
        go(window, f"#job/{job}")
        frame(window, 0)
        window.until("document.querySelector('[data-shape=mask] image')")
        place = window.run("const r = document.querySelector('.picture').getBoundingClientRect();"
                           "return [r.left, r.top, r.width / 640, r.height / 480]")  # fmt: skip
        left, top, across, down = place
        upper = pixel(window, left + 200 * across, top + 120 * down)
        lower = pixel(window, left + 200 * across, top + 160 * down)
        outside = pixel(window, left + 200 * across, top + 220 * down)
    assert is_near(upper, outside), "the first run is not of the mask"
    assert not is_near(lower, outside)


@needs_browser
def test_tracks_are_where_they_are_between_keyframes(shown: Browser, served: Mock) -> None:
    log_in(shown)
    go(shown, "#job/7")
    frame(shown, 0)
    for _ in range(3):
        shown.press("right")
    frame(shown, 3)
    track = next(row for row in served.annotations(7)["tracks"] if row["shapes"][0]["type"] == "rectangle")
    first, second = track["shapes"][:2]
    share = (3 - first["frame"]) / (second["frame"] - first["frame"])
    expected = [one + (other - one) * share for one, other in zip(first["points"], second["points"], strict=True)]
    drawn = shown.run("const r = document.querySelector('[data-shape=rectangle] rect');"
                      "return ['x', 'y', 'width', 'height'].map(name => Number(r.getAttribute(name)))")  # fmt: skip
    assert [drawn[0], drawn[1], drawn[0] + drawn[2], drawn[1] + drawn[3]] == pytest.approx(expected)
    assert "between keyframes" in shown.text(".legend")


@needs_browser
def test_a_job_of_chosen_frames_has_only_those(shown: Browser, served: Mock) -> None:
    body = {"type": "ground_truth", "task_id": 42, "frame_selection_method": "manual", "frames": [3, 17, 40]}
    login = (served.user, served.password)
    job = requests.post(f"{served.url}/api/jobs", json=body, auth=login, timeout=5).json()["id"]
    log_in(shown)
    go(shown, f"#job/{job}")
    frame(shown, 3)
    shown.press("right")
    frame(shown, 17)
    shown.press("end")
    frame(shown, 40)
    shown.press("right")
    assert shown.run("return document.querySelector('input[type=range]').value") == "2"


@needs_browser
def test_the_points_of_a_skeleton_are_joined_as_its_drawing_says(shown: Browser, served: Mock) -> None:
    log_in(shown)
    go(shown, "#job/1")
    for _ in range(4):
        shown.press("right")
    frame(shown, 4)
    label = next(row for row in served.state.tables["labels"].values() if row["type"] == "skeleton")
    edges = label["svg"].count("data-node-from")
    assert edges > 0
    assert shown.run("return document.querySelectorAll('[data-shape=skeleton] g:last-child polyline').length") == edges


@needs_browser
def test_point_clouds_are_not_drawn(window: Browser) -> None:
    seed = pack.packaged().seed("full", "http://mock.test")
    with Mock(seed) as mock:
        job = next(pk for pk, row in mock.state.tables["jobs"].items()
                   if mock.state.tables["tasks"][row["task_id"]]["dimension"] == "3d")  # fmt: skip
        window.open(mock.url + "/")
        window.run("sessionStorage.clear()")
        window.open(mock.url + "/#tasks")
        window.until("document.querySelector('.login form')")
        window.run("document.querySelector('[name=user]').value = args[0];"
                   "document.querySelector('[name=password]').value = args[1]", mock.user, mock.password)  # fmt: skip
        window.click(".login button.main")
        window.until("document.querySelector('main td')")
        go(window, f"#job/{job}")
        assert window.run("return document.querySelectorAll('.picture [data-shape]').length") == 0
        assert "cuboid" in window.text(".legend") or "nothing" in window.text(".legend")


@needs_browser
def test_the_keyboard_is_enough(shown: Browser) -> None:
    log_in(shown)
    for key, section in (("2", "journal"), ("3", "faults"), ("4", "state"), ("5", "about"), ("1", "tasks")):
        shown.run("document.activeElement.blur()")
        shown.press(key)
        shown.until("document.body.dataset.shown === args[0]", f"#{section}")
        assert shown.run("return document.querySelector('nav [aria-current]').hash") == f"#{section}"
    go(shown, "#job/1")
    frame(shown, 0)
    shown.press("end")
    frame(shown, 19)
    shown.press("left")
    frame(shown, 18)
    shown.press("home")
    frame(shown, 0)
    go(shown, "#tasks")
    shown.run("document.body.dataset.shown = ''; location.reload()")
    shown.until("document.body.dataset.shown === '#tasks'")
    shown.press("tab")
    assert shown.run("return document.activeElement.innerText") == "Skip to content"
    assert shown.run("return getComputedStyle(document.activeElement).left") == "20px", (
        "it is seen when it has the focus"
    )


@needs_browser
def test_nothing_that_a_client_sent_is_read_as_html(window: Browser) -> None:
    build = SeedBuilder()
    task = build.task(NASTY, labels=[NASTY], frames=2)
    task.shape("rectangle", NASTY, 0, [1, 2, 30, 40])
    with Mock(build) as mock:
        requests.get(f"{mock.url}/api/jobs", params={"x": NASTY}, auth=(mock.user, mock.password), timeout=5)
        requests.get(f"{mock.url}/api/{NASTY}", timeout=5)
        window.open(mock.url + "/")
        window.run("sessionStorage.clear()")
        window.open(mock.url + "/#tasks")
        window.until("document.querySelector('.login form')")
        log_in(window)
        window.until("document.querySelector('main td')")
        assert NASTY in window.text("main")
        go(window, "#journal")
        window.until("document.querySelector('td.path')")
        assert NASTY in window.text("main")
        go(window, f"#job/{next(iter(mock.state.tables['jobs']))}")
        frame(window, 0)
        assert NASTY in window.text(".legend")
        assert window.run("return window.hacked ?? null") is None
        assert window.run("return document.querySelectorAll('img[src=x]').length") == 0


@needs_browser
def test_the_journal_is_live_with_remarks_and_near_misses(shown: Browser, served: Mock) -> None:
    go(shown, "#journal")
    assert "Nobody has asked anything yet" in shown.text("main")
    login = (served.user, served.password)
    requests.put(f"{served.url}/api/jobs/1/annotations", json={"shapes": []}, auth=login, timeout=5)
    requests.get(f"{served.url}/api/jobs/1/annotatoins", timeout=5)
    shown.until("document.querySelector('main').innerText.includes('put-destroys')")
    shown.until("document.querySelector('main').innerText.includes('near ones: GET /api/jobs/{id}/annotations')")
    shown.type("[type=search]", "put 200")
    shown.until("document.querySelectorAll('main tbody tr').length === 1")
    shown.until("document.getElementById('count').innerText === '2'")


@needs_browser
def test_faults_can_be_ordered_and_called_off(shown: Browser, served: Mock) -> None:
    go(shown, "#faults")
    shown.run("const effect = document.querySelector('select'); effect.value = 'chunk_worker_429';"
              "effect.dispatchEvent(new Event('change'));"
              "document.querySelector('form input[required]').value = 'GET /api/jobs/*'")  # fmt: skip
    shown.click("main button.main")
    shown.until("document.querySelector('main td')?.innerText === 'GET /api/jobs/*'")
    assert requests.get(f"{served.url}/api/jobs/1", timeout=5).status_code == 429
    shown.run("[...document.querySelectorAll('main button')].find(b => b.innerText === 'Call all off').click()")
    shown.until("document.querySelector('main').innerText.includes('No faults are on order')")
    assert served.faults.entries == []


@needs_browser
def test_clock_and_state_can_be_set(shown: Browser, served: Mock, tmp_path: Path) -> None:
    saved = tmp_path / "mock.snapshot"
    saved.write_bytes(served.snapshot())
    served.app.state.delete("jobs", 9)
    go(shown, "#state")
    shown.until("document.querySelector('main').innerText.includes('jobs\\t8')")
    shown.type("[type=file]", str(saved))
    shown.until("document.querySelector('main').innerText.includes('jobs\\t9')")
    served.app.state.delete("jobs", 9)
    shown.run("[...document.querySelectorAll('main button')].find(b => b.innerText === 'Reset to the seed').click()")
    shown.until("document.getElementById('said').innerText === 'back to the seed'")
    assert 9 in served.state.tables["jobs"]
    shown.run("const mode = document.querySelector('main select'); mode.value = 'manual';"
              "mode.dispatchEvent(new Event('change'))")  # fmt: skip
    shown.until("document.querySelector('main .mono').innerText")
    before = served.clock.now()
    shown.run("[...document.querySelectorAll('main button')].find(b => b.innerText.startsWith('Advance')).click()")
    deadline: Any = shown.until("document.querySelector('main select').value === 'manual'")
    assert deadline
    shown.until("new Date(document.querySelector('main .mono').innerText) > new Date(args[0])", before.isoformat())
    assert (served.clock.now() - before).total_seconds() >= 60


@needs_browser
def test_dark_as_the_system_says_or_as_one_wants(shown: Browser) -> None:
    light = pixel(shown, 5, 400)
    shown.dark(True)
    dark = pixel(shown, 5, 400)
    assert sum(light) > 600
    assert sum(dark) < 150
    shown.click("#theme")
    assert is_near(pixel(shown, 5, 400), light), "light is wanted, whatever the system says"
    shown.click("#theme")
    shown.dark(False)
    assert is_near(pixel(shown, 5, 400), dark)
    shown.run("location.reload()")
    shown.until("document.getElementById('theme').innerText === 'Theme: dark'")
    contrast = shown.run(
        "const linear = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;"
        "const l = c => c.match(/\\d+/g).slice(0, 3).map(linear);"
        "const s = getComputedStyle(document.body); "
        "const [a, b] = [s.color, s.backgroundColor].map(l).map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b);"
        "return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)"
    )
    assert contrast > 7


@needs_browser
def test_nothing_comes_from_elsewhere(shown: Browser, served: Mock) -> None:
    log_in(shown)
    go(shown, "#job/1")
    frame(shown, 0)
    go(shown, "#about")
    names = shown.run("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert len(names) > 5
    assert [name for name in names if not name.startswith((served.url, "blob:", "data:"))] == []
    entries = requests.get(served.url + "/_mock/requests", timeout=5).json()
    assert entries
    assert all(entry["from_page"] for entry in entries), "the page's own requests can be told from others"


# --- without a browser --------------------------------------------------------------------------------------------


def test_the_files_of_the_page_are_served_in_both_dialects(client: Client, lenient: Client) -> None:
    for one in (client, lenient):
        for path, media in (("/", "text/html"), ("/_mock/page/page.css", "text/css"),
                            ("/_mock/page/page.js", "text/javascript")):  # fmt: skip
            answer = one.get(path, user=None)
            assert (answer.status, (answer.header("Content-Type") or "").split(";")[0]) == (200, media)
            assert "default-src 'none'" in (answer.header("Content-Security-Policy") or "")
        assert one.get("/_mock/page/__init__.py", user=None).status == 404
        assert one.send("POST", "/", user=None).status in (404, 405)
    assert page.answer("/_mock/page/../index.html") is None


def test_the_admin_calls_are_listed(client: Client) -> None:
    found = client.get("/_mock/", user=None).json()
    assert {"method": "POST", "path": "/_mock/reset", "about": "Back to the last seed."} in found["calls"]
    assert found["effects"]["reset"] == {"options": {"at": 0}}
    assert all(call["about"] for call in found["calls"])


def test_the_end_of_the_journal_is_enough(client: Client) -> None:
    for _ in range(5):
        client.get("/api/jobs/1")
    assert [entry["number"] for entry in client.get("/_mock/requests?last=2").json()] == [4, 5]
    assert len(client.get("/_mock/requests?last=x").json()) == 5
