"""Files in and out: data of tasks, annotations, datasets and backups.

tus, uploads -> background.queue -> datasets | task_data | backups
conversion, bundles, installing: the state as a dataset of annotools, and a dataset as part of the state
"""
