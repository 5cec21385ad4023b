"""Kinds of problems of CVAT's XML, by which rules of validation know them."""

NO_KEYFRAME = "no-keyframe"
