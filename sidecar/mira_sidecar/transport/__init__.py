"""Redis: what carries. Everything here may be lost and comes back from the log."""
