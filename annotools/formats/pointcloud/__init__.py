"""Formats of clouds of points: projects of Supervisely, tracklets of KITTI."""
