-- A row: something was erased that Redis may still have. It is filled anew at the next start.
CREATE TABLE republish (due INTEGER NOT NULL) STRICT;
