"""Formats of audio: labelled stretches of a recording."""
