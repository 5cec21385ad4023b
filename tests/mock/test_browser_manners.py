"""The page at `/` in a browser: journal, faults, clock, looks, and nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests

from mockserver import page
from mockserver.mock import Mock
from mockserver.seeds.builder import SeedBuilder
from tests.mock.browser import Browser
from tests.mock.browser_page import frame, go, is_near, log_in, needs_browser, pixel
from tests.mock.conftest import Client

NASTY = '<img src=x onerror="window.hacked=1">\'&amp;'


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
    listed = client.get("/_mock/", user=None).json()
    assert {"method": "POST", "path": "/_mock/reset", "about": "Back to the last seed."} in listed["calls"]
    assert listed["effects"]["reset"] == {"options": {"at": 0}}
    assert all(call["about"] for call in listed["calls"])


def test_the_end_of_the_journal_is_enough(client: Client) -> None:
    for _ in range(5):
        client.get("/api/jobs/1")
    assert [entry["number"] for entry in client.get("/_mock/requests?last=2").json()] == [4, 5]
    assert len(client.get("/_mock/requests?last=x").json()) == 5
