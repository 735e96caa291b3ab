"""The log in SQLite: the truth."""
