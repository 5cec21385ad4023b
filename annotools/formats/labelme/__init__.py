"""LabelMe: objects of a picture in an XML file, as MIT CSAIL's annotation tool has them."""
