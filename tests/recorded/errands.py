"""What people of the office do in several requests: data, exports, imports, backups, validation, quality, agreement."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from typing import Any
from urllib.parse import quote

from PIL import Image

from tests.recorded.talks import BASE, Talk

RANGES = ("bytes=0-9", "bytes=5-", "bytes=-7", "bytes=0-0", "bytes=9-5", "bytes=999999-", "bytes=0-3,8-9", "lines=1-2",
          "bytes=x")  # fmt: skip
NAMES = ("b10.png", "b9.png", "a.png", "c/d.png", "Ä.png", "e.png", "f.png", "g.png")


def picture(width: int, height: int) -> bytes:
    """A PNG of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (width % 256, height % 256, 9)).save(stream, "PNG")
    return stream.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip without dates."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


PICTURES = {name: picture(20 + number, 10) for number, name in enumerate(NAMES)}
DATA: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, bytes]]] = {
    word: (task, data, PICTURES) for word, task, data in (
        ("plain", {}, {}), ("segments", {"segment_size": 3, "overlap": 1}, {}), ("overlap-alone", {"overlap": 2}, {}),
        ("too-much-overlap", {"segment_size": 3, "overlap": 3}, {}), ("one-each", {"segment_size": 1}, {}),
        ("replicas", {"segment_size": 4, "consensus_replicas": 2}, {}), ("one-replica", {"consensus_replicas": 1}, {}),
        ("natural", {}, {"sorting_method": "natural"}), ("random", {}, {"sorting_method": "random"}),
        ("predefined", {}, {"sorting_method": "predefined"}), ("step", {}, {"frame_filter": "step=3"}),
        ("from-to", {}, {"start_frame": 1, "stop_frame": 5, "frame_filter": "step=2", "chunk_size": 2}),
        ("beyond", {}, {"start_frame": 50}), ("backwards", {}, {"start_frame": 5, "stop_frame": 2}),
        ("quality", {}, {"image_quality": 0, "use_zip_chunks": True, "copy_data": False, "use_cache": True}),
        ("order", {}, {"sorting_method": "predefined", "upload_file_order": list(NAMES[::-1])}),
        ("half-an-order", {}, {"sorting_method": "predefined", "upload_file_order": list(NAMES[:3])}),
        ("mapped", {}, {"job_file_mapping": [list(NAMES[:3]), list(NAMES[3:])]}),
        ("half-mapped", {}, {"job_file_mapping": [list(NAMES[:3]), ["nothing.png"]]}),
        ("mapped-twice", {}, {"job_file_mapping": [list(NAMES), list(NAMES[:1])]}),
        ("mapped-segments", {"segment_size": 2}, {"job_file_mapping": [list(NAMES)]}),
        ("remote", {}, {"remote_files": ["http://x.test/a.png"]}), ("server", {}, {"server_files": "a.png"}),
        *((f"gt-{number}", {"segment_size": 3}, {"validation_params": {"mode": "gt", **params}}) for number, params in
          enumerate(({"frame_selection_method": "manual", "frames": ["a.png", "e.png"]}, {"frame_selection_method":
            "manual", "frames": ["no.png"]}, {"frame_selection_method": "random_uniform", "frame_count": 3,
            "random_seed": 2}, {"frame_selection_method": "random_uniform", "frame_share": 0.5}, {
            "frame_selection_method": "random_per_job", "frames_per_job_count": 1, "random_seed": 2},
            {"frame_selection_method": "random_per_job", "frames_per_job_share": 0.4}, {"frame_selection_method":
            "manual"}, {"frame_selection_method": "random_uniform"}))),
        *((f"pool-{number}", {"segment_size": size}, {"sorting_method": "random", "validation_params": {"mode":
            "gt_pool", **params}}) for number, (size, params) in enumerate((
            (3, {"frame_selection_method": "manual", "frames": ["a.png", "e.png"], "frames_per_job_count": 1}),
            (2, {"frame_selection_method": "random_uniform", "frame_count": 3, "random_seed": 2,
                 "frames_per_job_share": 0.5}), (3, {"frame_selection_method": "random_uniform", "frame_share": 0.3,
            "frames_per_job_count": 9}), (0, {"frame_selection_method": "random_uniform", "frame_count": 8,
            "frames_per_job_count": 1}), (3, {"frame_selection_method": "random_per_job", "frames_per_job_count": 1})))
        ),
    )
} | {
    "in-a-zip": ({}, {}, {"all.zip": zipped(PICTURES)}), "no-picture": ({}, {}, {"a.png": b"nothing", "b.txt": b"x"}),
    "nothing": ({}, {}, {}), "two-zips": ({}, {}, {"a.zip": zipped(PICTURES), "b.zip": b"PK"}),
    "outside": ({}, {}, {"../a.png": picture(3, 3), "/b.png": picture(3, 3), "c\\d.png": picture(3, 4)}),
    "clouds": ({}, {}, {"a.pcd": b"# .PCD v0.7\nVERSION 0.7\nFIELDS x y z\nDATA ascii\n1 2 3\n", "related_images/a_pcd/"
                        "x.png": picture(3, 3)}), "video": ({}, {}, {"a.mp4": b"\0\0\0\x18ftypmp42"}),
}  # fmt: skip


def of_data(word: str) -> list[Any]:
    """A task, its files and what becomes of them."""
    talk = Talk("office")
    task, data, files = DATA[word]
    number = talk.ask("POST", "/api/tasks", {"name": "t", "labels": [{"name": "a"}], **task}, "ann").get("id", 99)
    names = {f"client_files[{spot}]": (name, content) for spot, (name, content) in enumerate(files.items())}
    path = f"/api/tasks/{number}/data"
    talk.ask("POST", path, None, "ann", upload_start="")
    talk.send("POST", path, names, "ann", upload_multiple="")
    talk.ended(talk.ask("POST", path, {"image_quality": 60, **data}, "ann", upload_finish=""), "ann")
    for rest in ("", "/data/meta", "/validation_layout", "/status"):
        talk.ask("GET", f"/api/tasks/{number}{rest}", user="ann")
    for job in talk.ask("GET", f"/api/jobs?task_id={number}", user="ann").get("results", [])[:4]:
        for rest in ("/data/meta", "/validation_layout", "/data?type=frame&number=0&quality=original"):
            talk.ask("GET", f"/api/jobs/{job['id']}{rest}", user="ann")
    talk.ask("POST", path, data, "ann")
    return talk.changes()


def in_pieces() -> list[Any]:
    """Files that come piece by piece, in the right order and in others, from their owner and from others."""
    talk = Talk("office")
    about = {"upload_metadata": f"filename {b64encode(b'a b.png').decode()},odd,x !"}
    for where, user in (("tasks/6/data", "ann"), ("jobs/1/annotations", "jon"), ("tasks/backup", "ann"), (
                        "projects/2/dataset", "ann"), ("projects/backup", "bob"), ("tasks/1/annotations", "ann"),
    ):  # fmt: skip
        talk.ask("OPTIONS", f"/api/{where}", user=user)
        for length in ("x", "", "-1", str(2**60), "6"):
            begun = talk.ask("POST", f"/api/{where}", b"", user, upload_length=length, **about)
        at = begun.get(":location", "/x").replace(BASE, "")
        kind = {"content_type": "application/offset+octet-stream"}
        for offset, data, who, more in (
            ("0", b"abc", user, kind), ("0", b"abc", user, kind), ("3", b"d", "dan", kind), ("3", b"d", user, {}),
            ("3", b"defgh", user, kind), ("x", b"d", user, kind), ("3", b"def", user, kind), ("6", b"", user, kind),
        ):  # fmt: skip
            talk.ask("PATCH", at, data, who, upload_offset=offset, **more)
            talk.ask("HEAD", at, user=user)
        talk.ask("HEAD", at[:-1] + "0", user=user)
        name = begun.get(":upload-filename", "")
        for query in ("", f"?format=COCO 1.0&filename={name}", f"?format=COCO 1.0&filename={name}"):
            talk.ended(talk.ask("POST", f"/api/{where}{query}", {}, user, upload_finish=""), user)
    return talk.changes()


def exchanged(target: str, form: str) -> list[Any]:
    """An export with every parameter, its file under ranges, and the file as an import elsewhere."""
    talk = Talk("office")
    where, quoted = f"/api/{target}", quote(form)
    for query in ("", "&save_images=true", "&filename=my name.zip", "&location=local", "&location=odd",
                  "&location=cloud_storage", "&location=cloud_storage&cloud_storage_id=1", "&save_images=maybe",
                  "&location=cloud_storage&cloud_storage_id=99"):  # fmt: skip
        asked = talk.ask("POST", f"{where}/dataset/export?format={quoted}{query}")
        ended = talk.ended(asked)
    asked = talk.ask("POST", f"{where}/dataset/export?format={quoted}")
    at = (talk.ended(asked).get("result_url") or "/x").replace(BASE, "")
    record = talk.app.state.tables["blobs"].get(f"export/{asked.get('rq_id')}", b"x")
    for user in ("ann", "olga"):
        talk.ask("GET", at, user=user)
    talk.app.state.tables["blobs"][f"export/{asked.get('rq_id')}"] = b"0123456789abcdefghijk"
    for header in RANGES:
        talk.ask("GET", at, range=header)
    _imported(talk, where, f"format={quoted}", record)
    talk.app.env.clock.advance(25 * 3600)
    talk.ask("GET", at)
    talk.ask("GET", f"/api/requests/{quote(str(ended.get('id')))}")
    return talk.changes()


def _imported(talk: Talk, where: str, query: str, record: bytes) -> None:
    rest, field = ("dataset", "dataset_file") if "projects" in where else ("annotations", "annotation_file")
    file = {field: ("a.zip", record)}
    for mode, parts in (("&import_mode=append", file), ("", file), ("&import_mode=odd", file), ("", {field: ("a.zip",
                        b"")}), ("", {"odd": ("a.zip", record)}), ("", {field: ("a.xml", record[:200])}), ("", {}),
                        ("&conv_mask_to_poly=false&location=local", file)):  # fmt: skip
        talk.ended(talk.send("POST", f"{where}/{rest}?{query}{mode}", parts))
        talk.ask("GET", f"{where}/annotations")
    talk.ask("POST", f"{where}/{rest}?format=Odd", {})
    talk.ask("POST", f"{where}/{rest}?{query}", b"<x/>", content_type="text/xml")


def backed_up(target: str) -> list[Any]:
    """A backup, as it is and damaged, made a task or a project of again."""
    talk = Talk("office")
    kind = target.partition("s/")[0]
    asked = talk.ask("POST", f"/api/{target}/backup/export")
    talk.ask("POST", f"/api/{target}/backup/export?location=cloud_storage")
    at = (talk.ended(asked).get("result_url") or "/x").replace(BASE, "")
    talk.ask("GET", at)
    record = talk.app.state.tables["blobs"].get(f"export/{asked.get('rq_id')}", b"x")
    for user, query, data in (("admin", "", record), ("ann", "?org=two", record), ("wil", "?org=one", record), ("ann",
                              "", record[:-30]), ("ann", "", b"x")):  # fmt: skip
        made = talk.ended(
            talk.send("POST", f"/api/{kind}s/backup{query}", {f"{kind}_file": ("a.zip", data)}, user), user
        )
        number = made.get("result_id") or 99
        for rest in ("", "/annotations", "/data/meta", "/validation_layout"):
            talk.ask("GET", f"/api/{kind}s/{number}{rest}")
    return talk.changes()


def validated() -> list[Any]:
    """Honeypots and pools, changed in every way."""
    talk = Talk("office")
    for task, job in ((4, 8), (1, 1), (3, 7), (4, 10)):
        bodies: tuple[dict[str, Any], ...] = (
            {"frame_selection_method": "manual", "honeypot_real_frames": [13, 15]}, {"frame_selection_method": "manual",
            "honeypot_real_frames": [13, 13]}, {"frame_selection_method": "manual", "honeypot_real_frames": [13]},
            {"frame_selection_method": "manual", "honeypot_real_frames": [1, 2]}, {"frame_selection_method":
            "random_uniform"}, {"frame_selection_method": "random_per_job"}, {"frame_selection_method": "manual",
            "honeypot_real_frames": [12, 13, 14, 15]}, {"disabled_frames": [12]}, {"disabled_frames": [1, 12]},
            {"frame_selection_method": "manual", "honeypot_real_frames": [12, 13]}, {"disabled_frames": [12, 13, 14]},
            {"frame_selection_method": "random_uniform"}, {"disabled_frames": []}, {"disabled_frames": [13],
            "frame_selection_method": "random_uniform"})  # fmt: skip
        for body in bodies:
            for where in (f"jobs/{job}", f"tasks/{task}"):
                talk.ask("PATCH", f"/api/{where}/validation_layout", body)
                talk.ask("GET", f"/api/{where}/validation_layout")
        for frames in ([0], [12], [0, 13], [], [0, 0], [99], [1, 7]):
            for where in (f"jobs/{job}", f"tasks/{task}"):
                talk.ask("PATCH", f"/api/{where}/data/meta", {"deleted_frames": frames})
                talk.ask("GET", f"/api/{where}/data/meta")
        talk.ask("GET", f"/api/tasks/{task}")
    return talk.changes()


def judged() -> list[Any]:
    """Reports of quality, their lists and conflicts; settings; and what replicas come to."""
    talk = Talk("office")
    talk.ask("POST", "/api/quality/reports", {"task_id": 1})
    for change in ({"state": "completed"}, {"stage": "acceptance"}):
        talk.ask("PATCH", "/api/jobs/4", change)
    for name in ("quality", "consensus"):
        for user in ("ann", "wil", "admin"):
            talk.ask("GET", f"/api/{name}/settings?task_id=1", user=user)
            talk.ask("GET", f"/api/{name}/settings", user=user)
    for body in ({"task_id": 1}, {"task_id": 4}, {"project_id": 2}, {"project_id": 1}, {"task_id": 1}):
        talk.ended(talk.ask("POST", "/api/quality/reports", body))
    for number in range(1, 8):
        for rest in ("", "/data", "/data?format=csv"):
            talk.ask("GET", f"/api/quality/reports/{number}{rest}", user=("ann", "wil", "admin")[number % 3])
    for query in ("", "?task_id=1", "?target=job", "?parent_id=1", "?project_id=2", "?sort=-created_date",
                  "?report_id=1", "?report_id=2", "?report_id=99", "?job_id=1", "?type=mismatching_label",
                  "?severity=error", "?frame=5"):  # fmt: skip
        for name, user in (("reports", "admin"), ("conflicts", "admin"), ("reports", "ann"), ("conflicts", "jon")):
            talk.ask("GET", f"/api/quality/{name}{query}", user=user)
    return talk.changes()


def agreed() -> list[Any]:
    """A task that is done by several, who nearly agree."""
    talk = Talk("office")
    task = talk.ask("POST", "/api/tasks", {"name": "t", "labels": [{"name": "a"}], "segment_size": 4,
                                           "consensus_replicas": 2}).get("id")  # fmt: skip
    names = {f"client_files[{spot}]": (name, content) for spot, (name, content) in enumerate(PICTURES.items())}
    talk.ended(talk.send("POST", f"/api/tasks/{task}/data", {"image_quality": 70, **names}))
    talk.ask("POST", "/api/consensus/merges", {"task_id": task})
    jobs = talk.ask("GET", f"/api/jobs?task_id={task}&sort=id&page_size=30").get("results", [])
    label = talk.ask("GET", f"/api/labels?task_id={task}").get("results", [{}])[0].get("id")
    for spot, job in enumerate(jobs):
        shape = {"type": "rectangle", "frame": job["start_frame"], "label_id": label, "points": [1, 1, 9 + spot % 2, 9]}
        if job["type"] == "consensus_replica":
            talk.ask("PUT", f"/api/jobs/{job['id']}/annotations", {"shapes": [shape]})
            talk.ask(
                "PATCH", f"/api/jobs/{job['id']}", {"state": "completed"} if spot % 3 else {"state": "in progress"}
            )
    for body in ({"job_id": jobs[0]["id"]}, {"job_id": jobs[-1]["id"]}, {"task_id": task}):
        talk.ended(talk.ask("POST", "/api/consensus/merges", body))
    for job in jobs:
        talk.ask("GET", f"/api/jobs/{job['id']}")
        talk.ask("GET", f"/api/jobs/{job['id']}/annotations")
    talk.ask("DELETE", f"/api/jobs/{jobs[-1]['id']}")
    talk.ask("POST", f"/api/tasks/{task}/dataset/export?format=COCO 1.0")
    talk.ask("GET", f"/api/tasks/{task}")
    return talk.changes()
