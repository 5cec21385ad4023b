"""What every format stands on: names to rows, lines, classes, members, painting, XML, JSON, YAML.

A format imports from here and never from another format's package.
"""
