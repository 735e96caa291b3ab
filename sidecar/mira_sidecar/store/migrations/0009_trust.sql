-- Which key the events that Redis has were signed with last. The key itself is in no table, so that no backup has it.
CREATE TABLE signed_with (key_id TEXT NOT NULL) STRICT;

-- How far the clock is believed, for what is deleted by age. Milliseconds.
CREATE TABLE clock (
    believed INTEGER NOT NULL, -- the latest time that is believed
    seen     INTEGER NOT NULL, -- what the clock said at the last look
    watched  INTEGER NOT NULL  -- for how long it has gone on evenly ahead of what is believed
) STRICT;

-- PINs of the database whose place a backup has taken: each waits for its `set_pin` to come back from Redis.
CREATE TABLE pins_waiting (
    command_id TEXT NOT NULL, -- of the `set_pin`
    hash       BLOB NOT NULL
) STRICT;
