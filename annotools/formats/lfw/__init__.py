"""Labelled Faces in the Wild: persons on pictures, and which pictures are of one person."""
