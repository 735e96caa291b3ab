"""The speaker: the process that decodes and plays, and what the sidecar has of it."""
