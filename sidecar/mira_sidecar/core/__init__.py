"""The pure core: no I/O, no clock, no randomness. The same input gives the same bytes."""
