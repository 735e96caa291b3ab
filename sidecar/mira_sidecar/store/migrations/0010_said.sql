-- What was said, which older versions wrote into events, snapshots and the base: the same step takes it out of those
-- (store/older.py). It is here until the side store has it.
CREATE TABLE said (
    command_id TEXT NOT NULL, -- of the `utterance` that it belongs to
    person     TEXT, -- who said it, where that was known
    at         TEXT NOT NULL,
    text       TEXT NOT NULL
) STRICT;
