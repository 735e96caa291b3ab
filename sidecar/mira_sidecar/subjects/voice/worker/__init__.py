"""What listens in the microphone's process: wake words, how loud it is, and what is said in a turn."""
