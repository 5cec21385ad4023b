"""Rules over annotations: every problem at once, with a place, a reason and a fix.

    findings    a finding, and many of them as columns
    registry    a rule as a value; which rules there are
    manual      a rule's docstring as its manual page
    context     what a rule may ask
    engine      asking the rules
    report      the outcome
    edits       what a fix changes, as data
"""
