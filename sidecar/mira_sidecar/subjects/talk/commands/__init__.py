"""What its commands do."""
