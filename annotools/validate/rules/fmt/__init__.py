"""Files of particular formats."""
