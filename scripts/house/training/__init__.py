"""Trains the net that says how far windows should be open: rooms, a teacher that looks ahead, and who imitates it."""
