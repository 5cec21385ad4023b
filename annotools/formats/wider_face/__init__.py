"""WIDER FACE: faces of pictures of events."""
