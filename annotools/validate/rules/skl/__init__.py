"""Skeletons."""
