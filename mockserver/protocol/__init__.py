"""Requests, responses and errors as plain values, and bodies read as the server reads them. Knows no state."""
