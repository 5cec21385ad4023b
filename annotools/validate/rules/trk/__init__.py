"""Tracks and their keyframes."""
