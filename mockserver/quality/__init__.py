"""Quality reports and consensus merges: settings, reports, conflicts, and the background work that makes them.

What is computed is `annotools.quality`, the room of the toolkit that knows how the server does it.
"""
