"""A subject that looks into every device, and does nothing else."""
