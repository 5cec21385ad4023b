"""`python -m annotools`."""

from annotools.cli import main

main(prog_name="annotools")
