"""Damaged inputs: whatever stands in a file, every command answers with findings or an error of its own.

    inputs      sound inputs of every format, as members        damage      one seeded fault or several put into one
    probes      everything that is asked of an input            __main__    a long run by hand

`python -m tests.damaged 10000 --start 0` prints strays with their seeds, and exits with 1 if there are any.
"""
