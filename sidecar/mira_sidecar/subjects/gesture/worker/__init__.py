"""Watches a camera and turns hands into `gesture` commands. Frames never leave the capture process."""
