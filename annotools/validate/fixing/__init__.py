"""Applying fixes: edits in the words of the hub become changes of bytes of the input, and nothing else moves.

    json_text    where the values of a JSON text stand
    splice       many changes of one text, drops and insertions in lists included
    json_edits   edits -> changes of CVAT's JSON
    loop         fix, read again, judge again, until nothing changes
"""
