"""Annotations: from a body to records in a job, and back to the document that GET answers.

body -> records (fast) or grammar (in the server's words) -> checks -> track_starts -> numbering -> job_annotations
job_annotations -> document -> body          task_annotations = all jobs' documents merged; cutting for the way back
"""
