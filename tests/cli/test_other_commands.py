"""`annotools formats`, `stats` and `diff`."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from annotools import formats
from annotools.formats import TABLE
from annotools.model import ShapeType
from tests.cli.conftest import STREET, Run, all_of, command


def test_the_table_of_formats_is_made_from_what_they_keep(run: Run) -> None:
    rows = {line.split()[0]: line for line in run("formats").stdout.splitlines() if line}
    columns = rows["slug"]
    assert columns.split() == ["slug", *ShapeType.words(), "tags", "tracks", "intervals", "jobs"]
    for slug in TABLE:
        keeps = formats.get(slug).keeps
        kept = {kind.word: kind in keeps.shapes for kind in ShapeType} | {"jobs": bool(keeps.jobs)}
        kept |= {name: getattr(keeps, name) is not None for name in ("tags", "tracks", "intervals")}
        places = {name: rows[slug][columns.index(f"  {name}") + 2 :] for name in kept}
        assert {name: text.startswith("yes") for name, text in places.items()} == kept


def test_the_table_says_what_becomes_of_what_is_not_carried(run: Run) -> None:
    assert "as mask" in next(line for line in run("formats").stdout.splitlines() if line.startswith("voc "))


@pytest.mark.parametrize("words", [["formats"], ["formats", "coco"], ["stats", STREET, "--frames"]])
def test_tables_fit_a_narrow_screen(home: Path, words: list[str]) -> None:
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"} | {"TERM": "xterm"}
    with subprocess.Popen(command(*words), stdout=side, stderr=side, stdin=side, env=environment):
        os.close(side)
        screen = all_of(main).decode()
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen).splitlines()
    assert len(lines) > 8
    assert max(len(line) for line in lines if not line.startswith("    ")) <= 80  # files in miniature stay as they are


@pytest.mark.parametrize("slug", TABLE)
def test_one_page_a_format(run: Run, slug: str) -> None:
    page = run("formats", slug).stdout
    form = formats.get(slug)
    assert form.name in page
    assert "Source:" in page
    assert all(name in page for name in form.settings)
    assert json.loads(run("formats", slug, "--json").stdout) == json.loads(json.dumps(form.row()))


def test_all_formats_as_json(run: Run) -> None:
    assert [row["slug"] for row in json.loads(run("formats", "--json").stdout)] == list(formats.slugs())


def test_stats_count_what_is_there(run: Run) -> None:
    document = json.loads(run("stats", STREET, "--json").stdout)
    assert document["totals"]["tracks"] == 2
    assert document["labels"]["car"] == {"rectangle": 2, "tracks": 1, "keyframes": 3, "frames": 4}
    assert document["labels"]["person/head"] == {"keyframes": 3, "elements": 2, "frames": 5}
    assert document["attributes"]["traffic light"]["state"] == {"red": 2, "green": 1, "amber": 1}
    assert document["frames"]["deleted"] == 1
    assert "Straßenschild" in run("stats", STREET).stdout
    assert "south/straße 03.png" in run("stats", STREET, "--frames").stdout


def test_stats_of_one_job(run: Run) -> None:
    one, two = (json.loads(run("stats", STREET, "--job", str(job), "--json").stdout)["totals"] for job in (1, 2))
    whole = json.loads(run("stats", STREET, "--json").stdout)["totals"]
    assert one["polygon"] + two["polygon"] == whole["polygon"]


def test_equal_sets_of_annotations_end_with_0(run: Run) -> None:
    result = run("diff", STREET, STREET)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "no differences")
    assert json.loads(run("diff", STREET, STREET, "--json").stdout)["equal"] is True


def test_a_difference_ends_with_1_and_is_named(run: Run, home: Path) -> None:
    run("convert", STREET, "--to", "cvat-api", "-o", "other")
    where = home / "other" / "annotations.json"
    document = json.loads(where.read_text("utf-8"))
    shape = next(row for row in document["shapes"] if row["type"] == "cuboid")
    shape["points"][0] += 1.5
    shape["z_order"] = 4
    del document["tags"][0]
    where.write_text(json.dumps(document), "utf-8")
    result = run("diff", STREET, "other")
    assert result.exit_code == 1
    assert "removed: tag 'scene' on frame 0 (north/street 01.jpg)" in result.stdout
    assert "changed: cuboid 'bus' on frame 3 (north/street 04.jpg): moved 1.5 px, z_order 0 -> 4" in result.stdout
    forgiving = run("diff", STREET, "other", "--tolerance", "2", "--ignore", "z_order", "--json")
    changes = json.loads(forgiving.stdout)["changes"]
    assert [change["way"] for change in changes] == ["removed"]


def test_a_field_that_does_not_exist_cannot_be_ignored(run: Run) -> None:
    result = run("diff", STREET, STREET, "--ignore", "zorder")
    assert (result.exit_code, "no field 'zorder' to ignore, expected z_order" in result.stderr) == (2, True)
