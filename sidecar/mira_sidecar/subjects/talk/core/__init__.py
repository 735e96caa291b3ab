"""Its decisions: pure."""
