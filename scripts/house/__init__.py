"""A whole Mira household on one machine, out of real parts: for development, the check and the tests."""
