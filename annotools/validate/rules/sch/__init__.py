"""Structure of CVAT's annotations JSON: what cannot be a row, ids, numbers that do not fit."""
