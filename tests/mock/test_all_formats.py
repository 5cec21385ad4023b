"""Every format that the mock lists as enabled is exported and imported by it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from annotools import formats
from mockserver.exchange import conversion
from mockserver.exchange.format_names import EXPORTERS, IMPORTERS
from tests.mock.conftest import Client
from tests.mock.exchange_calls import request, started
from tests.mock.task_calls import MULTIPART, form

TASK = "/api/tasks/38"
# Exports of this task at which the server itself fails, and with what.
FAILS = {
    "VGGFace2 1.0": "an image can have only one bbox",
    "Generic TSV 1.0": "Data has no audio",
}
# What the server's importers stop at in the exports of this task, as recorded: names with a space, the label `icdar`
# that the task lacks, pictures below a folder.
STOPS = {
    "CamVid 1.0": "'hand l'",
    "Cityscapes 1.0": "'hand l'",
    "ICDAR Localization 1.0": "'icdar'",
    "ICDAR Segmentation 1.0": "'icdar'",
    "KITTI 1.0": "a name may have no space",
    "LFW 1.0": "'sub/img03'",
    "WiderFace 1.0": "'köln'",
}


def finished(client: Client, name: str) -> Any:
    return request(client, started(client, f"{TASK}/dataset/export?format={quote(name)}&save_images=false"))


def test_names_are_those_of_annotools() -> None:
    own = {form.name for form in formats() if form.slug not in ("cvat-api", "cvat-backup")}
    assert set(EXPORTERS) == own
    assert all(conversion.slugs_of(name) for name in IMPORTERS)


def test_all_that_is_listed_is_enabled(demo: Client) -> None:
    listed = demo.get("/api/server/annotation/formats").json()
    assert {kind: len(rows) for kind, rows in listed.items()} == {"importers": 31, "exporters": 33}
    assert all(row["enabled"] for rows in listed.values() for row in rows)


@pytest.mark.parametrize("name", EXPORTERS)
def test_an_export_ends_as_on_the_server(demo: Client, name: str) -> None:
    done = finished(demo, name)
    if name in FAILS:
        assert done["status"] == "failed"
        assert FAILS[name] in done["message"]
    else:
        assert (done["status"], done["message"]) == ("finished", "")


@pytest.mark.parametrize("name", [name for name in EXPORTERS if name in IMPORTERS and name not in FAILS])
def test_what_was_exported_is_imported(demo: Client, name: str) -> None:
    done = finished(demo, name)
    content = demo.get(done["result_url"].removeprefix("http://mock.test"), accept="*/*").body
    url = f"{TASK}/annotations?format={quote(name)}"
    response = demo.send("POST", url, form({"export.zip": content}, "annotation_file"), content_type=MULTIPART)
    assert response.status == 202, response.body
    done = request(demo, response.json()["rq_id"])
    assert done["status"] == ("failed" if name in STOPS else "finished")
    assert STOPS.get(name, "") in done["message"]
