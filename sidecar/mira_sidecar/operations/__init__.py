"""What the command line can do besides serving the mirror: a file for each operation."""
