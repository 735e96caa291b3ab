"""Tasks that watch a device and send commands."""
