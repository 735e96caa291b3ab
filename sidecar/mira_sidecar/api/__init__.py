"""The API: whatever speaks HTTP or WebSocket talks to the mirror, each with a key of its own."""
