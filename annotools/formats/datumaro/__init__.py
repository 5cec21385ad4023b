"""Datumaro's own JSON: a document a subset, with categories and a list of items and what is annotated on each."""
