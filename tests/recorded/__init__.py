"""Recorded answers: what annotools answers to a wide corpus, as one short line a case, to notice whatever changes.

    python -m tests.recorded writing/coco/edges          # the whole answer of the cases that begin so
    python -m tests.recorded --update [writing ...]      # write tests/data/recorded/<part>.txt anew

A record is no proof that an answer is right: the other tests say what is right, from sources other than the code.
A record says that an answer differs from what was looked at before, in any branch that the corpus reaches.  A record
that changes is explained in the commit that changes it.
"""
