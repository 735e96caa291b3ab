"""The camera: what has it open, where its frames come from, and how a command gets it for a while."""
