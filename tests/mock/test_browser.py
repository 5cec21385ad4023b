"""The page at `/` in a headless Chromium: what people see, click and type."""

from __future__ import annotations

import pytest
import requests

from mockserver.contract import pack
from mockserver.mock import Mock
from mockserver.seeds.builder import SeedBuilder
from tests.mock.browser import Browser
from tests.mock.browser_page import frame, go, is_near, log_in, needs_browser, pixel


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
        box = window.run("const r = document.querySelector('.picture').getBoundingClientRect();"
                           "return [r.left, r.top, r.width / 640, r.height / 480]")  # fmt: skip
        left, top, across, down = box
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
