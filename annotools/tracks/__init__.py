"""Tracks: from keyframes to every frame and back, and over the borders of jobs.

interpolate(dataset)        a row on every frame on which a track shows
to_keyframes(dataset)       keyframes only, and outside ones where a track leaves
cut(dataset, 5, 11)         what lies on frames 5 to 11
split_into_jobs(dataset)    a task's annotations cut over its jobs
merge_jobs(dataset)         annotations of jobs put together, what is there twice united
element_owners(dataset)     the skeleton of every element
"""

from annotools.tracks.closing import to_keyframes
from annotools.tracks.cutting import cut
from annotools.tracks.elements import element_owners
from annotools.tracks.interpolate import interpolate
from annotools.tracks.merging import merge_jobs
from annotools.tracks.splitting import split_into_jobs, working_jobs

__all__ = ["cut", "element_owners", "interpolate", "merge_jobs", "split_into_jobs", "to_keyframes", "working_jobs"]
