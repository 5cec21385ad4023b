"""MOT: boxes of tracked objects, a line each."""
