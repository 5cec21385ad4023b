"""Frames of a task: their numbers, made-up or uploaded pictures, chunks and meta."""
