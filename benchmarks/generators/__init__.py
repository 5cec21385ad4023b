"""Inputs made up, always the same for the same size, a thousand annotations at a time."""
