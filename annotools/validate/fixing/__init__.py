"""Applying fixes: edits in the words of the hub become changes of bytes of the input, and nothing else moves.

json_text    where the values of a JSON text stand
changes      many changes of one text, by the byte
text_diff    what changed, as a diff
splice       the same in the words of JSON: drops and insertions in lists included
json_edits   edits -> changes of CVAT's JSON
xml_text     where the elements of an XML text stand
xml_edits    edits -> changes of CVAT's XML
line_edits   edits of lines of text, and of where members lie
dialects     which input can be changed by what
loop         fix, read again, judge again, until nothing changes
"""
