"""Speed, measured side by side: every figure is taken beside what it is compared with, in one run, on one disk."""
