"""Open Images: boxes, masks and labels of pictures in tables."""
