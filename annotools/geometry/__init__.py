"""Numeric kernels on arrays: boxes, polygons, ellipses, cuboids, run-length masks.

Pure functions; numpy only at import (pycocotools and shapely load when first used).  A ragged column is a pair
(values, offsets), row i being values[offsets[i]:offsets[i + 1]].  Coordinates are absolute pixels, y down, float64;
pixel (column x, row y) covers x..x+1 by y..y+1.
"""
