"""The difference of two sets of annotations by meaning: by frame, label and geometry; ids and order do not count.

    differences = diff("before.zip", dataset, tolerance=0.5)
    bool(differences)                          # whether there is any
    for change in differences: print(change)   # changed: rectangle 'car' on frame 3 (a.jpg): z_order 0 -> 2

A frame is the same by its name, a label by its name, a row by its frame, label, kind and nearest geometry.  Groups and
tracks have no names: two of them are the same when they hold the same rows.
"""
