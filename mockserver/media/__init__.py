"""Frames of a task: their numbers, made-up or uploaded pictures, chunks, meta, and the layout of honeypots."""
