"""What talk has in the process of the camera."""
