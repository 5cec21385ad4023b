"""A selection of damaged inputs in the suite, backups first; `python -m tests.damaged` tries as many as one likes."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tests.amounts import some
from tests.damaged.inputs import SLUGS
from tests.damaged.probes import every_command, every_probe

COUNTS = {"cvat-backup": some(72)} | dict.fromkeys(set(SLUGS) - {"cvat-backup"}, some(32))
ORDER = sorted(COUNTS, key=lambda slug: (-COUNTS[slug], slug))


@pytest.mark.parametrize("slug", ORDER)
def test_whatever_stands_in_it_an_input_is_answered(slug: str) -> None:
    """Validated, drawn in every form, mended safely and boldly, counted, compared and written as another format."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answers = [every_probe(seed, slug) for seed in range(COUNTS[slug])]
    judged = [answer for answer in answers if answer is not None]
    assert len(judged) > len(answers) / 3, "damage that makes everything unreadable tries nothing"
    assert sum(len(report) > 0 for report, _ in judged) > len(judged) / 2
    if slug.startswith("cvat-"):  # in others nothing can be mended in place but keys
        assert any(outcome.members for _, outcome in judged)


@pytest.mark.parametrize("seed", range(12))
def test_the_commands_end_with_an_exit_code_of_their_own(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the disk, with damaged contexts, settings and baselines."""
    monkeypatch.chdir(tmp_path)
    every_command(seed, tmp_path)
