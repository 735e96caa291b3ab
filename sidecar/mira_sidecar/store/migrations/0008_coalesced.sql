-- Refused commands that have no row of their own in the log: another refusal of the same kind, a moment before, stands for
-- them. So a command that comes again gets its answer again, and `explain` finds what stands for it. The last ones only.
CREATE TABLE coalesced (
    number     INTEGER PRIMARY KEY,
    command_id TEXT NOT NULL UNIQUE,
    seq        INTEGER NOT NULL -- of the event that stands for it
) STRICT;

-- A command has one answer, its own or another's.
CREATE TRIGGER own_answer BEFORE INSERT ON events WHEN NEW.type != 'state_patch'
    AND EXISTS (SELECT 1 FROM coalesced WHERE command_id = NEW.command_id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE: command_id'); END;

CREATE TRIGGER answer_of_another BEFORE INSERT ON coalesced
    WHEN EXISTS (SELECT 1 FROM events WHERE command_id = NEW.command_id AND type != 'state_patch')
BEGIN SELECT RAISE(ABORT, 'UNIQUE: command_id'); END;
