"""Who speaks to the mirror is heard and answered."""
