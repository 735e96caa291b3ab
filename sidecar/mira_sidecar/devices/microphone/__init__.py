"""The microphone: its process, and what it gives to those that listen."""
