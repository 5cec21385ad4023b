"""Other tools that convert, where they are installed: the same conversion by each, in processes of their own."""
