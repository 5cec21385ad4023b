"""The rules that come along, one module or package a family; see `annotools.validate.registry`."""
