"""ImageNet: labels of whole pictures, in lists or as folders."""
