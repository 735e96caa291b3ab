"""What every mirror has. Other subjects build on it."""
