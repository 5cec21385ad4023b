"""Pascal VOC: an XML file a picture, lists of subsets, and masks as pictures."""
