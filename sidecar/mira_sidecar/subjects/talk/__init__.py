"""Personas answer, and the mirror shows what they express."""
