"""Inputs that may be slow: made to be long where a reader or a rule might go round in squares."""
