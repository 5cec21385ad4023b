"""Formats of masks as pictures: the class, or the instance, at each pixel."""
