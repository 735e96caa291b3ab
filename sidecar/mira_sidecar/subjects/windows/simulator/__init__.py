"""A year of a room with a window, in a second: for figures and tests. It moves the window by the real core."""
