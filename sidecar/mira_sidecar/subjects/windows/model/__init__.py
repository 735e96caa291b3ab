"""Trained models that advise how far to open: their files, what they look at, and which versions there are."""
