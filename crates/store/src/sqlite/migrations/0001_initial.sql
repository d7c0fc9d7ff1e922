-- The first schema. What the types refuse, the CHECK constraints refuse too.
-- Times are microseconds since 1970-01-01 UTC. JSON columns hold what longhaul-model writes.
-- parent, retry_of, retried_by and chain are plain numbers: they outlive the task they name.

-- What the store knows about itself. One row.
CREATE TABLE settings (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    uuid        TEXT NOT NULL CHECK (length(uuid) = 36),
    total_limit INTEGER CHECK (total_limit >= 0),
    paused      INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1))
) STRICT;

INSERT INTO settings (one, uuid)
SELECT 1, substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-a' || substr(h, 18, 3) || '-' || substr(h, 21, 12)
FROM (SELECT lower(hex(randomblob(16))) AS h);

-- Running counts, so that nobody counts a million rows; and the highest numbers ever given out, so that none is given
-- out twice. One row.
CREATE TABLE tally (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    waiting         INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    queued          INTEGER NOT NULL DEFAULT 0 CHECK (queued >= 0),
    running         INTEGER NOT NULL DEFAULT 0 CHECK (running >= 0),
    completed       INTEGER NOT NULL DEFAULT 0 CHECK (completed >= 0),
    failed          INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
    canceled        INTEGER NOT NULL DEFAULT 0 CHECK (canceled >= 0),
    interrupted     INTEGER NOT NULL DEFAULT 0 CHECK (interrupted >= 0),
    needs_attention INTEGER NOT NULL DEFAULT 0 CHECK (needs_attention >= 0),
    newest_task     INTEGER NOT NULL DEFAULT 0 CHECK (newest_task >= 0),
    newest_event    INTEGER NOT NULL DEFAULT 0 CHECK (newest_event >= 0)
) STRICT;

INSERT INTO tally (one) VALUES (1);

CREATE TABLE queues (
    name       TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64 AND name <> 'total'),
    task_limit INTEGER CHECK (task_limit >= 0),
    paused     INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1))
) STRICT, WITHOUT ROWID;

INSERT INTO queues (name, task_limit) VALUES ('default', 4);

-- The hot part of a task. Its id comes from tally.newest_task and is never given out again.
CREATE TABLE tasks (
    id              INTEGER PRIMARY KEY CHECK (id > 0),
    state           TEXT NOT NULL CHECK (state IN
                        ('waiting', 'queued', 'running', 'completed', 'failed', 'canceled', 'interrupted')),
    queue           TEXT NOT NULL,
    priority        INTEGER NOT NULL,
    rank            INTEGER NOT NULL,
    fence           INTEGER NOT NULL CHECK (fence >= 0),
    attempt         INTEGER NOT NULL CHECK (attempt BETWEEN 0 AND fence),
    kind            TEXT NOT NULL,
    agent           TEXT,
    workspace       TEXT NOT NULL,
    parent          INTEGER CHECK (parent < id),
    root            INTEGER NOT NULL CHECK (root <= id),
    level           INTEGER NOT NULL CHECK (level >= 1),
    retry_of        INTEGER CHECK (retry_of < id),
    retried_by      INTEGER CHECK (retried_by > id),
    chain           INTEGER NOT NULL CHECK (chain <= id),
    origin_session  TEXT,
    created_at      INTEGER NOT NULL,
    started_at      INTEGER,
    ended_at        INTEGER,
    queue_ms        INTEGER NOT NULL DEFAULT 0 CHECK (queue_ms >= 0),
    acknowledged_at INTEGER,
    enforcement     TEXT CHECK (enforcement IN ('kernel', 'kernel-partial', 'agent')),
    history_count   INTEGER NOT NULL CHECK (history_count >= 1),
    life            TEXT NOT NULL,
    facts           TEXT NOT NULL,
    CHECK ((state IN ('completed', 'failed', 'canceled', 'interrupted')) = (ended_at IS NOT NULL)),
    CHECK (state <> 'running' OR (fence > 0 AND attempt > 0 AND started_at IS NOT NULL)),
    CHECK (acknowledged_at IS NULL OR ended_at IS NOT NULL),
    CHECK ((parent IS NULL) = (level = 1) AND (parent IS NULL) = (root = id)),
    CHECK ((retry_of IS NULL) = (chain = id))
) STRICT;

CREATE INDEX tasks_by_state ON tasks (state, id);
CREATE INDEX tasks_by_workspace ON tasks (workspace, state, id);
-- What most tasks are is found by walking along the ids; the rest is few, and costs a submit of the bulk nothing.
CREATE INDEX tasks_by_queue ON tasks (queue, id) WHERE queue <> 'default';
CREATE INDEX tasks_by_kind ON tasks (kind, id) WHERE kind <> 'command';
CREATE INDEX tasks_by_agent ON tasks (agent, id) WHERE agent IS NOT NULL;
CREATE INDEX tasks_by_chain ON tasks (chain, id);
CREATE INDEX tasks_by_parent ON tasks (parent, id) WHERE parent IS NOT NULL;
CREATE INDEX tasks_by_root ON tasks (root) WHERE parent IS NOT NULL;
CREATE INDEX tasks_by_origin_session ON tasks (origin_session, id) WHERE origin_session IS NOT NULL;
CREATE INDEX tasks_by_end ON tasks (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX tasks_in_line ON tasks (queue, rank) WHERE state IN ('waiting', 'queued', 'running');
CREATE INDEX tasks_needing_attention ON tasks (id)
    WHERE state IN ('failed', 'interrupted') AND retried_by IS NULL AND acknowledged_at IS NULL;
CREATE UNIQUE INDEX one_active_task_per_chain ON tasks (chain) WHERE state IN ('waiting', 'queued', 'running');

-- Once per distinct content. The hash only finds candidates; the content decides.
CREATE TABLE environments (
    id      INTEGER PRIMARY KEY,
    hash    INTEGER NOT NULL,
    content TEXT NOT NULL
) STRICT;

CREATE INDEX environments_by_hash ON environments (hash);

-- The cold part of a task.
CREATE TABLE specs (
    task        INTEGER PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
    spec        TEXT NOT NULL,
    environment INTEGER REFERENCES environments (id)
) STRICT;

CREATE INDEX specs_by_environment ON specs (environment) WHERE environment IS NOT NULL;

CREATE TABLE attempts (
    task          INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    fence         INTEGER NOT NULL CHECK (fence > 0),
    number        INTEGER NOT NULL CHECK (number BETWEEN 1 AND fence),
    claimed_at    INTEGER NOT NULL,
    boot          TEXT NOT NULL,
    ended_at      INTEGER,
    never_started INTEGER NOT NULL DEFAULT 0 CHECK (never_started IN (0, 1)),
    facts         TEXT NOT NULL,
    PRIMARY KEY (task, fence),
    CHECK (never_started = 0 OR ended_at IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX one_open_attempt_per_task ON attempts (task) WHERE ended_at IS NULL;

CREATE TABLE history (
    task       INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL CHECK (number >= 1),
    at         INTEGER NOT NULL,
    event      TEXT NOT NULL,
    from_state TEXT CHECK (from_state IN
                   ('waiting', 'queued', 'running', 'completed', 'failed', 'canceled', 'interrupted')),
    to_state   TEXT NOT NULL CHECK (to_state IN
                   ('waiting', 'queued', 'running', 'completed', 'failed', 'canceled', 'interrupted')),
    actor      TEXT NOT NULL,
    detail     TEXT,
    PRIMARY KEY (task, number),
    CHECK ((number = 1) = (from_state IS NULL))
) STRICT, WITHOUT ROWID;

-- Gapless: the sequence comes from tally.newest_event in the same transaction. Trimmed only from the old end.
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
    at       INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    task     INTEGER NOT NULL
) STRICT;

CREATE TABLE labels (
    task  INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    key   TEXT NOT NULL CHECK (key <> ''),
    value TEXT NOT NULL,
    PRIMARY KEY (task, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX labels_by_key ON labels (key, task);
CREATE INDEX labels_by_value ON labels (key, value, task);

-- What a spec waits for; on_task may be gone by now.
CREATE TABLE dependencies (
    task    INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    on_task INTEGER NOT NULL CHECK (on_task <> task),
    PRIMARY KEY (task, on_task)
) STRICT, WITHOUT ROWID;

CREATE INDEX dependencies_reversed ON dependencies (on_task, task);

CREATE TABLE idempotency_keys (
    key       TEXT PRIMARY KEY,
    body_hash TEXT NOT NULL,
    task      INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_task ON idempotency_keys (task);

-- Words of name, request and summary; the text itself is in specs and facts.
CREATE VIRTUAL TABLE search USING fts5 (
    name, request, summary,
    content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);
