"""The confusion matrix as the server's download of a report has it, of the project where there are several tasks.

label,car,person,unmatched,precision
car,2,0,1,0.6666666666666666
...
recall,..  dice coefficient,..  jaccard index,..

avg. accuracy (micro),0.6
avg. dice coefficient (macro),0.83
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import numpy as np

from annotools.geometry.ragged import Floats, Ints
from annotools.quality.documents import Document
from annotools.quality.numbers import share
from annotools.quality.projects import ProjectReport
from annotools.quality.reports.judged import Goal, Judged


def as_csv(judged: Sequence[Judged], project: ProjectReport | None, goal: Goal) -> Iterator[str]:
    """The table; nothing where no task has a report."""
    documents = [task.report.task for task in judged if task.report is not None]
    yield csv_of(project.project if project is not None else documents[0])


def csv_of(document: Document) -> str:
    """The table of a report; nothing where it has no matrix."""
    confusion = document["comparison_summary"]["annotations"]["confusion_matrix"]
    if confusion is None:
        return ""
    matrix = np.array(confusion["rows"])
    dice = _dice(matrix)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["label", *confusion["labels"], "precision"])
    for name, row, precision in zip(confusion["labels"], confusion["rows"], confusion["precision"], strict=True):
        writer.writerow([name, *row, precision])
    writer.writerow(["recall", *confusion["recall"]])
    writer.writerow(["dice coefficient", *dice.tolist()])
    writer.writerow(["jaccard index", *confusion["jaccard_index"]])
    writer.writerow([""])
    writer.writerow(["avg. accuracy (micro)", share(int(np.trace(matrix)), int(matrix.sum()))])
    known = dice[~np.isnan(dice)]
    writer.writerow(["avg. dice coefficient (macro)", float(known.mean()) if len(known) else float("nan")])
    return text.getvalue()


def _dice(matrix: Ints) -> Floats:
    """By label; no number for "unmatched" and for labels that no job uses."""
    row, column = matrix.sum(axis=1), matrix.sum(axis=0)
    dice = np.full(len(matrix), np.nan)
    used = np.flatnonzero(row[:-1])
    dice[used] = 2 * np.diag(matrix)[used] / (row + column)[used]
    return dice
