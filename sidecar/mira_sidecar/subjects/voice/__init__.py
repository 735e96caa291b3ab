"""What was said at the mirror."""
