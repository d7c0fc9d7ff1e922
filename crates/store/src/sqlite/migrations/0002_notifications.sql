-- The outbox: what is to be told is written down together with what happened, so that no death in between loses it.
CREATE TABLE notifications (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    task       INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    occasion   TEXT NOT NULL CHECK (occasion IN
                   ('completed', 'failed', 'canceled', 'interrupted', 'usage-limit', 'conflict')),
    at         INTEGER NOT NULL,
    settled_at INTEGER
) STRICT;

CREATE INDEX notifications_open ON notifications (id) WHERE settled_at IS NULL;
CREATE INDEX notifications_by_task ON notifications (task, id);

CREATE TABLE deliveries (
    notification INTEGER NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    channel      TEXT NOT NULL CHECK (channel <> ''),
    state        TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'given-up')),
    tries        INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    next_at      INTEGER,
    tried_at     INTEGER,
    detail       TEXT,
    PRIMARY KEY (notification, channel),
    CHECK ((state = 'pending') = (next_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_pending ON deliveries (next_at) WHERE state = 'pending';
