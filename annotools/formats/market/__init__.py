"""Market-1501: pictures of persons, who are said by the names of their files."""
