"""Offline toolkit for CVAT annotations."""
