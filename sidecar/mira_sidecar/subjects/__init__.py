"""What Mira can do: a folder each, whose `subject.py` has its `SUBJECT`. Nothing lists them; `discovery` finds them."""
