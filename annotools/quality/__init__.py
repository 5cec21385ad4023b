"""Agreement with ground truth, and consensus of replicas, as CVAT 2.56 to 2.73 computes them.

    result = report(dataset, QualitySettings(iou_threshold=0.5))   # ground truth is one of the dataset's jobs
    result.task, result.jobs, result.as_dict()              # the server's own documents
    merged, losses = merge_replicas(dataset)                # the replicas of each job as its annotations

    settings            how annotations are compared
    validation_frames   which jobs are compared, and on which frames; job_filter chooses the jobs
    objects             annotations as comparable objects, with attribute_values and elements of skeletons
    similarity          how alike two objects of a kind are; drawings and pixels compare outlines and masks
    assignment, pairing which object is which
    crowds              the same of thousands on a frame: candidates and near find who meets, layers who covers whom
    conflicts           what is wrong; coverage and grouping answer two of its questions
    numbers             confusion matrices and counts of each frame
    aggregation         from frames to jobs to the task; documents spells the server's JSON
    task_report         the whole way of a report; projects adds up several tasks
    truth               a ground truth from elsewhere as one more job
    reports             a report as text
    consensus           the whole way of a merge: replicas, clusters, representatives, merged_groups, merged_rows

Source: the behaviour of the server, and https://docs.cvat.ai/docs/qa-analytics/auto-qa/
"""

from __future__ import annotations

import warnings
from typing import Any

from annotools.quality.conflicts import Conflict
from annotools.quality.consensus import merge_replicas
from annotools.quality.projects import ProjectReport, project_report
from annotools.quality.settings import METRICS, ConsensusSettings, QualitySettings
from annotools.quality.task_report import Report, report
from annotools.quality.truth import with_truth

__all__ = [
    "METRICS",
    "Conflict",
    "ConsensusSettings",
    "ProjectReport",
    "QualitySettings",
    "Report",
    "merge_replicas",
    "project_report",
    "report",
    "with_truth",
]


def __getattr__(name: str) -> Any:
    if name != "Settings":
        raise AttributeError(f"module 'annotools.quality' has no attribute {name!r}")
    warnings.warn("Settings is called QualitySettings, and goes in 0.3", DeprecationWarning, stacklevel=2)
    return QualitySettings
