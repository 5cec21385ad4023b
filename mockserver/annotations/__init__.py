"""Annotations: from a body to records in a job, and back to the document that GET answers.

    body -> records (fast) or grammar (in the server's words) -> checks -> track_starts -> numbering -> of_jobs
    of_jobs -> document -> body          of_tasks = merging of all jobs' documents; cutting for the way back
"""
