"""Rules over annotations: every problem at once, with a place, a reason and a fix.

report = at.validate("job/", context="meta/", action="put")
print(report.counts, *report.findings(per_rule=10), sep="\n")

findings    a finding, and many of them as columns
registry    a rule as a value; which rules there are        manual     its docstring as its manual page
context     what a rule may ask                             engine     asking the rules
report      the outcome                                     reports    the outcome as text
reading     as much as can be read of an input              documents, structure, schema, values    what cannot
settings, configuration, baseline, silencing                what the user chose
edits, fixing                                               what a fix changes, and changing it
api         the whole way, for programs
"""
