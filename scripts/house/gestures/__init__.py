"""Hands with a known truth, for training, tests and figures."""
