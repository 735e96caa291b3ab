"""Windows with a motor: how far they may open, and what shuts them."""
