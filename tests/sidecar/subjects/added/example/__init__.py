"""A subject that is added by this folder alone: it counts what people ask it to count."""
