-- Agents: the session of a task's newest attempt, what binds tasks to one subject, what was delivered to whoever asked
-- for it, and final messages, which outlive the output that they were read from.

ALTER TABLE tasks ADD COLUMN session TEXT;
ALTER TABLE tasks ADD COLUMN origin_key TEXT;
ALTER TABLE tasks ADD COLUMN taken_at INTEGER;

CREATE INDEX tasks_by_session ON tasks (session, id) WHERE session IS NOT NULL;
CREATE INDEX tasks_by_origin_key ON tasks (origin_key, id) WHERE origin_key IS NOT NULL;

UPDATE tasks SET origin_key = (SELECT s.spec ->> '$.origin.key' FROM specs s WHERE s.task = tasks.id);
-- What was over before there was an inbox does not flood it.
UPDATE tasks SET taken_at = ended_at WHERE ended_at IS NOT NULL;

CREATE INDEX tasks_to_take ON tasks (id)
    WHERE ended_at IS NOT NULL AND taken_at IS NULL AND (origin_session IS NOT NULL OR parent IS NOT NULL);

-- The cold part of an attempt.
CREATE TABLE messages (
    task    INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    fence   INTEGER NOT NULL CHECK (fence > 0),
    message TEXT NOT NULL,
    PRIMARY KEY (task, fence)
) STRICT;
