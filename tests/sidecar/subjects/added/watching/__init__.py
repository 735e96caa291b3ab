"""A subject that looks into every camera, and does nothing else."""
