"""The law of losses: what a reader does not give back is named by a loss, and a loss names nothing else.

Asked without --compat and without a context, with datasets in which any column may say something.  The counts of `fit`
are one table; each of them is taken out in turn, and the law is to fail for at least one format.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from annotools.formats.base import Format
from annotools.model import Dataset
from tests.formats.law_runs import judged, pipeline
from tests.formats.ways import every_format
from tests.law import invented, unnamed
from tests.model.everything import everything


@every_format
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(dataset=everything())
def test_what_does_not_come_back_is_named_and_nothing_else(form: Format, dataset: Dataset) -> None:
    dataset = pipeline(form, dataset)
    result, losses = judged(form, dataset)
    assert [str(problem) for problem in result.problems] == []
    assert unnamed(dataset, result.dataset, losses) == set()
    assert invented(dataset, result.dataset, losses) == set()
