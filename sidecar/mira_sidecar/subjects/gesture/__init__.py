"""Gestures: from the camera to a command."""
