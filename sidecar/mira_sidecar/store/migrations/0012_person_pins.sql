-- Salt and scrypt hash of the PINs of persons, beside the household's.
CREATE TABLE person_pins (
    person TEXT PRIMARY KEY, -- their id
    hash   BLOB NOT NULL
) STRICT;
