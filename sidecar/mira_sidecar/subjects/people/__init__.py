"""People: who lives here. The log knows them by ids; their names and prints are in the side store."""
