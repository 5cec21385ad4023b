"""Labels and attributes."""
