"""Intervals of audio."""
