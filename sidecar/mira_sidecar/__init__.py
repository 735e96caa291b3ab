"""Mira's sidecar: decides what happens with every command, and writes it down before anyone sees it."""

__version__ = "0.1.0"
