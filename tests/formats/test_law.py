"""The law of losses: what a reader does not give back is named by a loss, and a loss names nothing else.

Asked without --compat and without a context, with datasets in which any column may say something.  The counts of `fit`
are one table; each of them is taken out in turn, and the law is to fail for at least one format.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from annotools.model import Dataset
from tests.amounts import some
from tests.formats.law_runs import Pipelines, judged
from tests.formats.ways import FORMATS
from tests.law import invented, unnamed
from tests.model.everything import everything

SHARES = 3  # of all formats: one that fails does not hide all others


@pytest.mark.parametrize("share", range(SHARES))
@settings(max_examples=some(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=everything())
def test_what_does_not_come_back_is_named_and_nothing_else(share: int, drawn: Dataset) -> None:
    """Many formats with one dataset: to draw it takes about as long as a format, and they begin with the same steps."""
    pipelines = Pipelines(drawn)
    for form in FORMATS[share::SHARES]:
        dataset = pipelines.of(form)
        result, losses = judged(form, dataset)
        assert (form.slug, [str(problem) for problem in result.problems]) == (form.slug, [])
        assert (form.slug, unnamed(dataset, result.dataset, losses)) == (form.slug, set())
        assert (form.slug, invented(dataset, result.dataset, losses)) == (form.slug, set())
