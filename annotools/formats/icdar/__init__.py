"""The formats of ICDAR's robust reading competitions: words on pictures, as text files."""
