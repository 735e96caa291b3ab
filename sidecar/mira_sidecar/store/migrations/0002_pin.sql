-- Salt and scrypt hash of the PIN, where there is one. Beside the log, not in it: a log is shown around.
CREATE TABLE pin (hash BLOB NOT NULL) STRICT;
