"""What must hold of every report, whatever is judged."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotools.quality import QualitySettings, Report, pairing, report
from annotools.quality.conflicts import Conflict
from annotools.quality.merged_groups import merged_groups
from tests.quality.tasks import KINDS, LABELS, Thing, kinds_of, task, things

_COUNTS = ("valid_count", "missing_count", "extra_count", "total_count", "ds_count", "gt_count")


def counts(report: Report) -> dict[str, int]:
    return {name: report.totals.counts[name] for name in _COUNTS}


def test_the_tasks_of_the_laws_have_every_kind() -> None:
    everything = [Thing(kind, 0, cell) for cell, kind in enumerate(KINDS)]
    assert set(KINDS) <= kinds_of(task(everything, everything))


@settings(max_examples=40, deadline=None)
@given(things())
def test_a_job_against_itself_is_right(one: list[Thing]) -> None:
    result = report(task(one, one))
    whole = result.task["comparison_summary"]
    assert whole["error_count"] == 0
    if not any(thing.group for thing in one):  # what is grouped and of one label is one: its parts differ
        assert whole["warning_count"] == 0
    if one:
        assert whole["annotations"]["accuracy"] == 1
        assert np.allclose(result.numbers.mean_iou[result.numbers.shape[:, 3] > 0], 1, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(things(shift=14), things(shift=14), st.integers(0, 4))
def test_a_crowd_is_judged_as_few_are(one: list[Thing], other: list[Thing], most: int) -> None:
    """What is compared at a time is a matter of memory."""
    whole = report(task(one, other))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "_MOST_PAIRS", max(most, 1))
        parts = report(task(one, other))
    assert parts.task == whole.task
    assert np.array_equal(parts.conflicts.type, whole.conflicts.type)
    for name in ("first", "second", "similarity", "turned"):
        assert np.array_equal(getattr(parts.pairing.pairs, name), getattr(whole.pairing.pairs, name))
    for name in ("row", "best"):
        for side in ("first", "second"):
            assert np.array_equal(
                getattr(getattr(parts.pairing, side), name), getattr(getattr(whole.pairing, side), name)
            )


@settings(max_examples=40, deadline=None)
@given(things(shift=14), things(shift=14))
def test_swapping_the_sides_swaps_missing_and_extra(one: list[Thing], other: list[Thing]) -> None:
    there, back = report(task(one, other)), report(task(other, one))
    swapped = {"missing_count": "extra_count", "extra_count": "missing_count", "ds_count": "gt_count",
               "gt_count": "ds_count"}  # fmt: skip
    assert counts(back) == {name: counts(there)[swapped.get(name, name)] for name in _COUNTS}
    assert np.array_equal(back.totals.matrix, there.totals.matrix.T)
    assert np.allclose(back.numbers.mean_iou, there.numbers.mean_iou, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(things(shift=10), things(shift=10), st.permutations(range(3)))
def test_other_names_of_all_labels_change_nothing(one: list[Thing], other: list[Thing], order: list[int]) -> None:
    before = report(task(one, other))
    moved = [[Thing(**(vars(thing) | {"label": order[thing.label]})) for thing in side] for side in (one, other)]
    after = report(task(*moved, names=[f"{name}?" for name in LABELS]))
    assert counts(after) == counts(before)
    assert Counter(after.conflicts.type.tolist()) == Counter(before.conflicts.type.tolist())
    places = [*order, 3, 4]
    assert np.array_equal(after.totals.matrix[np.ix_(places, places)], before.totals.matrix)


@settings(max_examples=40, deadline=None)
@given(things(shift=10), things(shift=10))
def test_every_object_is_paired_missing_or_extra(one: list[Thing], other: list[Thing]) -> None:
    result = report(task(one, other), QualitySettings(panoptic_comparison=False))
    shape = result.numbers.shape.sum(axis=0).tolist()
    assert shape[3] == shape[0] + shape[1] + shape[2]
    kinds = Counter(result.conflicts.type.tolist())
    assert kinds[Conflict.MISSING_ANNOTATION] == shape[1]
    assert kinds[Conflict.EXTRA_ANNOTATION] == shape[2]
    assert kinds[Conflict.MISMATCHING_LABEL] == result.numbers.label.sum(axis=0)[1]


@given(st.lists(st.sets(st.integers(0, 4), min_size=1, max_size=3), max_size=8))
def test_merged_groups_are_numbered_from_one_and_have_two_or_more(numbers: list[set[int]]) -> None:
    groups = merged_groups(numbers, [True] * len(numbers))
    sizes = Counter(group for group in groups if group)
    assert sorted(sizes) == list(range(1, len(sizes) + 1))
    assert all(size > 1 for size in sizes.values())
    if all(own == {0} for own in numbers):
        assert not any(groups)
