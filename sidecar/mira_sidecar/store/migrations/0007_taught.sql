-- How the gestures look that people have taught: landmarks of a hand, or the track of one, without size and place.
-- Personal, and so in no event: a log can be shown around without them.
CREATE TABLE taught (
    command_id TEXT NOT NULL, -- of the `teach_gesture` that they were shown for
    sample BLOB NOT NULL -- a JSON list of numbers
) STRICT;
