"""VGGFace2: boxes and landmarks of faces in tables."""
