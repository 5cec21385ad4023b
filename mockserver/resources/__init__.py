"""Projects, tasks, jobs, labels and issues; what the server says of itself.

A task with data is split into jobs: splitting -> honeypots | segments, ground_truth -> frame_selection.
"""
