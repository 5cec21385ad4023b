"""A seed (lists of objects as the API shows them to a superuser) taken apart into tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.media.frame_numbers import frame_step
from mockserver.people.auth import token_of
from mockserver.protocol import versions
from mockserver.seeds.checks import check
from mockserver.state.tables import Record, State, Table

_DERIVED = {
    "users": ("url",),
    "organizations": ("owner",),
    "memberships": ("user", "organization"),
    "projects": ("url", "owner", "assignee", "organization", "tasks", "labels", "task_subsets"),
    "tasks": ("url", "owner", "assignee", "project_name", "organization", "jobs", "labels"),
    "jobs": (
        "url", "assignee", "task_name", "project_id", "project_name", "dimension", "mode", "media_type", "bug_tracker",
        "data_chunk_size", "data_compressed_chunk_type", "data_original_chunk_type", "issues", "labels",
        "organization", "target_storage", "source_storage", "replicas_count", "consensus_replicas",
    ),
    "issues": ("owner", "assignee", "comments"),
    "comments": ("owner",),
    "labels": (),
    "guides": (),
    "webhooks": ("url", "owner", "organization", "last_status", "last_delivery_date"),
    "cloudstorages": ("owner", "organization"),
}  # fmt: skip


def _id_of(person: Any) -> int | None:
    pk: int | None = person["id"] if isinstance(person, dict) else person
    return pk


def slim(kind: str, item: Record) -> Record:
    """One object of the API without what follows from other tables, people as `..._id`."""
    record = {name: value for name, value in item.items() if name not in _DERIVED[kind]}
    for person in ("owner", "assignee", "user"):
        if person in item:
            record[f"{person}_id"] = _id_of(item[person])
    if "organization" in item and kind != "jobs":
        record["organization_id"] = item.get("organization_id", item["organization"])
    return record


def state_of_seed(seed: Record) -> State:
    """A state of a seed (the JSON of the contract pack; `{base}` filled in or not). Raises: SeedError."""
    state = State(*tables_of_seed(seed))
    state.version = seed.get("server", {}).get("version", state.version)
    return state


def tables_of_seed(seed: Record) -> tuple[dict[str, Table], dict[str, int]]:
    """Tables and sequences of a seed. Raises: SeedError."""
    check(seed)
    tables: dict[str, Table] = {kind: _keyed(kind, seed.get(kind, [])) for kind in _DERIVED}
    for name in ("data_meta", "validation", "annotations"):
        tables[name] = {int(key): value for key, value in seed.get(name, {}).items()}
    for job in tables["jobs"].values():
        job["type"] = versions.stored_word("JobType", job["type"])
        job["frames"] = ground_truth_frames(tables, job)
    tables["tokens"] = {token_of(user): {"user_id": user["id"]} for user in tables["users"].values()}
    tables["tokens"] |= {row["value"]: _token(row) for row in seed.get("access_tokens", [])}
    _invite(tables["memberships"], seed.get("invitations", []))
    return tables, sequences_of(tables)


def _token(row: Record) -> Record:
    rest = {name: row.get(name) for name in ("expiry_date", "last_used_date", "created_date", "updated_date")}
    return {"id": row["id"], "user_id": _id_of(row["owner"]), "name": row["name"],
            "read_only": bool(row.get("read_only")), **rest}  # fmt: skip


def _invite(memberships: Table, invitations: Iterable[Record]) -> None:
    """Note on memberships who sent their invitation, and add those whose invitation is still open."""
    by_key = {row["invitation"]: row for row in memberships.values() if row.get("invitation")}
    for row in invitations:
        pending = {
            "id": max(memberships, default=0) + 1, "user_id": _id_of(row["user"]), "role": row["role"],
            "organization_id": row["organization"], "is_active": bool(row.get("accepted")), "joined_date": None,
            "invitation": row["key"],
        }  # fmt: skip
        member = by_key.get(row["key"], pending)
        sent = {"invited_by": _id_of(row["owner"]), "invited_date": row["created_date"]}
        memberships[member["id"]] = {**member, **sent}


def _keyed(kind: str, rows: Iterable[Record]) -> Table:
    return {row["id"]: slim(kind, row) for row in sorted(rows, key=lambda row: int(row["id"]))}


def ground_truth_frames(tables: dict[str, Table], job: Record) -> list[int] | None:
    """Task frame numbers of a job of selected frames; the seed has source numbers."""
    ground_truth = tables["validation"].get(job["task_id"], {}).get("gt_job") or {}
    if ground_truth.get("id") != job["id"] or ground_truth.get("included_frames") is None:
        return None
    meta = tables["data_meta"][job["task_id"]]
    step = frame_step(meta)
    return [(frame - meta["start_frame"]) // step for frame in ground_truth["included_frames"]]


def sequences_of(tables: dict[str, Table]) -> dict[str, int]:
    """Next id of every table; of annotations `tag`, `shape`, `track`, `tracked_shape`, `interval`."""
    sequences = {kind: max(tables[kind], default=0) + 1 for kind in _DERIVED}
    sequences["access_tokens"] = max((row.get("id", 0) for row in tables["tokens"].values()), default=0) + 1
    sequences["data"] = max((task.get("data") or 0 for task in tables["tasks"].values()), default=0) + 1
    specs = (spec["id"] for label in tables["labels"].values() for spec in _all_specs(label))
    sequences["specs"] = max(specs, default=0) + 1
    sublabels = (sub["id"] for label in tables["labels"].values() for sub in label.get("sublabels", ()))
    sequences["labels"] = max(sequences["labels"], max(sublabels, default=0) + 1)
    sequences.update(annotation_sequences(tables["annotations"].values()))
    return sequences


def _all_specs(label: Record) -> Iterable[Record]:
    yield from label.get("attributes", ())
    for sublabel in label.get("sublabels", ()):
        yield from sublabel.get("attributes", ())


def annotation_sequences(documents: Iterable[Record]) -> dict[str, int]:
    """Next id of each kind of annotation; elements share the sequence of what they are part of."""
    top = dict.fromkeys(("tag", "shape", "track", "tracked_shape", "interval"), 0)
    for document in documents:
        for kind in ("tag", "shape", "interval"):
            for item in document.get(f"{kind}s", ()):
                top[kind] = max(top[kind], item["id"], *(part["id"] for part in item.get("elements", ())))
        for track in document.get("tracks", ()):
            for item in (track, *track.get("elements", ())):
                top["track"] = max(top["track"], item["id"])
                top["tracked_shape"] = max([top["tracked_shape"], *(shape["id"] for shape in item["shapes"])])
    return {kind: number + 1 for kind, number in top.items()}
