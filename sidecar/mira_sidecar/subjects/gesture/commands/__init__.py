"""What the command line can do with gestures."""
