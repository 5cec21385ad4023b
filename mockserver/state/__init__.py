"""What the server remembers (tables, snapshots, the SQLite file, uploads) and what a handler gets: the Context."""
