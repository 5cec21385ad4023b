"""Replicas of a job merged into one: the whole way from a dataset to one with the consensus in the parent jobs.

    merged, losses = merge_replicas(dataset)
    merged.in_job(parent).shapes.score          # 0.67: two of three replicas have it

On every frame objects that several replicas have become one, the shape of one of them, with the share of the replicas
as its score; what only one has stays.  Tracks are taken frame by frame and come back as shapes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from annotools.geometry.ragged import Ints
from annotools.model import Dataset, Losses, ShapeType
from annotools.model.columns import distinct, without
from annotools.model.losses import Ledger
from annotools.quality.clusters import Cluster, clusters, compared, homes_of
from annotools.quality.merged_groups import merged_groups
from annotools.quality.merged_rows import Merged, TagVote, with_merged
from annotools.quality.objects import Kind, Objects, keys, objects_of
from annotools.quality.replicas import Parties, parties
from annotools.quality.representatives import representatives
from annotools.quality.settings import ConsensusSettings
from annotools.tracks import split_into_jobs

_DEFAULT = ConsensusSettings()


def merge_replicas(dataset: Dataset, settings: ConsensusSettings = _DEFAULT) -> tuple[Dataset, Losses]:
    """The same task with the consensus of the replicas as annotations of their parent jobs, which are completed then.

    The replicas stay as they are.  Losses: what the parents had before, what of the replicas has no place in the
    consensus, and what others stand for.
    Raises: InputError where there is nothing to merge.
    """
    all_replicas = parties(dataset)
    ledger = Ledger("consensus")
    if any((table.job < 0).any() for table in (dataset.tags, dataset.shapes, dataset.tracks)):
        dataset, losses = split_into_jobs(dataset)
        ledger.extend(losses)
    _say_left_out(dataset, all_replicas, ledger)
    for parent, replicas in all_replicas.ready.items():
        dataset = _merge_one(dataset, parent, replicas, settings, ledger)
    jobs = tuple(
        replace(job, state="completed") if row in all_replicas.ready else job for row, job in enumerate(dataset.jobs)
    )
    return dataset.replace(jobs=jobs), ledger.losses()


def _merge_one(
    dataset: Dataset, parent: int, replicas: list[int], settings: ConsensusSettings, ledger: Ledger
) -> Dataset:
    objects = objects_of(dataset, _wanted(dataset, parent, replicas))
    pairing = compared(objects, replicas, settings)
    members, near = clusters(objects, pairing, settings.iou_threshold)
    chosen = representatives(objects, members, near)
    votes = [round(len(distinct(homes_of(objects, cluster))) / len(replicas), 2) for cluster in members]
    merged = Merged(
        np.array(chosen, np.int64), np.array([int(objects.z_order[c].max()) for c in members], np.int64),
        np.array(votes), _groups(objects, members),
    )  # fmt: skip
    tags = _tags(objects)
    _say_merged(objects, members, chosen, ledger)
    _say_tags(objects, tags, ledger)
    return with_merged(dataset, parent, objects, merged, tags)


def _wanted(dataset: Dataset, parent: int, replicas: list[int]) -> Ints:
    """The replicas on the frames of their parent that nobody has deleted."""
    frames = dataset.jobs[parent].frames()
    frames = without(frames, np.flatnonzero(dataset.frames.deleted))
    return np.concatenate([keys(np.full(len(frames), row), frames) for row in replicas])


def _groups(objects: Objects, members: list[Cluster]) -> Ints:
    """The group of each cluster; tags of a frame are a cluster before all others."""
    by_frame: dict[int, list[int]] = {}
    for position, cluster in enumerate(members):
        by_frame.setdefault(int(objects.frame[cluster[0]]), []).append(position)
    tags = np.flatnonzero(objects.kind == Kind.TAG)
    tag_groups: dict[int, set[int]] = {}
    for frame, group in zip(objects.frame[tags].tolist(), objects.group[tags].tolist(), strict=True):
        tag_groups.setdefault(frame, set()).add(group)
    groups = np.zeros(len(members), np.int64)
    for frame, positions in by_frame.items():
        before = [tag_groups[frame]] if frame in tag_groups else []
        numbers = [set(objects.group[members[position]].tolist()) for position in positions]
        counted = [False] * len(before) + [True] * len(positions)
        groups[positions] = merged_groups([*before, *numbers], counted)[len(before) :]
    return groups


def _tags(objects: Objects) -> list[TagVote]:
    """One tag for each label that any replica has on a frame, with the values that most tags of the frame have."""
    rows = np.flatnonzero(objects.kind == Kind.TAG)
    rows = rows[np.lexsort((rows, objects.frame[rows]))]
    labels = objects.dataset.labels.top
    ballots: dict[int, dict[str, Counter[str]]] = {}
    frame_labels: dict[tuple[int, int], None] = {}
    for row in rows.tolist():
        frame, label = int(objects.frame[row]), int(objects.label[row])
        frame_labels[frame, label] = None
        start, stop = objects.attributes.offsets[row : row + 2].tolist()
        ballot = ballots.setdefault(frame, {})
        for spec, code in zip(labels[label].attributes, objects.attributes.codes[start:stop].tolist(), strict=True):
            ballot.setdefault(spec.name, Counter())[objects.attributes.pool[code]] += 1
    return [
        TagVote(frame, labels[label].id, {
            spec.id: ballots[frame][spec.name].most_common(1)[0][0] for spec in labels[label].attributes
        })
        for frame, label in frame_labels
    ]  # fmt: skip


def _say_left_out(dataset: Dataset, all_replicas: Parties, ledger: Ledger) -> None:
    """What was there before, and what of the replicas takes no part."""
    shapes = dataset.shapes
    plain = (shapes.track < 0) & (shapes.parent < 0)
    taking = [row for rows in all_replicas.ready.values() for row in rows]
    for word, table, own in (
        ("tag", dataset.tags, np.ones(len(dataset.tags), np.bool_)), ("shape", shapes, plain),
        ("track", dataset.tracks, dataset.tracks.parent < 0),
    ):  # fmt: skip
        before, idle = own & np.isin(table.job, list(all_replicas.ready)), own & np.isin(table.job, all_replicas.idle)
        why = "annotations of the parent job make room for the consensus"
        ledger.lost(word, why, dataset, f"{word}s", before)
        why = "a replica that nobody has begun, or whose parent is not being annotated, takes no part"
        ledger.lost(word, why, dataset, f"{word}s", idle)
        part = own & np.isin(table.job, taking)
        if word == "track":
            why = "a consensus is of shapes: every frame on which it is to be seen becomes one"
            ledger.changed(word, why, dataset, "tracks", part)
            continue
        gone = part & np.isin(table.frame, np.flatnonzero(dataset.frames.deleted))
        ledger.lost(word, "its frame is deleted", dataset, f"{word}s", gone)
    cuboids = np.isin(shapes.job, taking) & (shapes.type == ShapeType.CUBOID)
    ledger.lost("cuboid", "a consensus has no cuboids", dataset, "shapes", cuboids)


def _say_merged(objects: Objects, members: list[Cluster], chosen: list[int], ledger: Ledger) -> None:
    """What others stand for, and what of it differs from these."""
    pairs = [(row, best) for cluster, best in zip(members, chosen, strict=True) for row in cluster if row != best]
    rows, best = np.array(pairs, np.int64).reshape(-1, 2).T
    frames = objects.frame[rows]
    ledger.noted("shape", "another replica's stands for it in the consensus", len(rows), frames)
    other = objects.attributes.differ(rows, best) | (objects.occluded[rows] != objects.occluded[best])
    why = "those of another replica's shape stand"
    ledger.noted("attributes of shape", why, int(other.sum()), frames[other], kind="lost")


def _say_tags(objects: Objects, tags: list[TagVote], ledger: Ledger) -> None:
    """How many tags others stand for, and on which frames."""
    frames = objects.frame[objects.kind == Kind.TAG]
    several = distinct(frames)[np.unique(frames, return_counts=True)[1] > 1]
    ledger.noted("tag", "one of its label stands for those of all replicas", len(frames) - len(tags), several)
