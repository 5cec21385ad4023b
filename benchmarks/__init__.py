"""How fast and how large: every conversion against the least that its bytes cost (`python -m benchmarks`)."""
