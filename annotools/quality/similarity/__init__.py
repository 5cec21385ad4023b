"""How alike two objects of one kind are, 0 (or less) to 1, for many pairs at once: a module a kind.

A function takes the objects, the rows of both sides of each pair, and the frame pair of each pair, ascending.
"""
