"""The whole way of a conversion: check the place -> read -> transforms -> pipeline of the format -> fit -> write.

    convert("street", "street-coco.zip", "coco")                     # -> Conversion
    read("street").dataset                                          # one source
    write(dataset, "out.xml", "cvat-images")                        # -> Losses

Every step is a pure function that hands back what it changed or lost; nothing is written until the place to write to
is known to be free, and nothing of an output is seen before all of it is there.
"""
