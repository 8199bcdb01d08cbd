-- Kept meetings, their chat, and the index of its words.

CREATE TABLE meetings (
    id         INTEGER PRIMARY KEY,
    title      TEXT    NOT NULL,
    place      TEXT    NOT NULL,
    started_at INTEGER NOT NULL,  -- milliseconds since 1970
    ended_at   INTEGER            -- null while it runs, and after a crash
) STRICT;

CREATE TABLE messages (
    row          INTEGER PRIMARY KEY,  -- order of arrival
    meeting      INTEGER NOT NULL REFERENCES meetings (id),
    id           TEXT    NOT NULL,     -- the protocol's; unique within the meeting
    from_id      TEXT,
    from_name    TEXT    NOT NULL,
    with_id      TEXT,                 -- the other participant of a private message
    with_name    TEXT,
    body         TEXT    NOT NULL,
    sent_at      INTEGER NOT NULL,     -- milliseconds since 1970
    own          INTEGER NOT NULL,
    from_history INTEGER NOT NULL,
    delivery     TEXT    NOT NULL CHECK (delivery IN ('pending', 'delivered', 'failed')),
    UNIQUE (meeting, id),
    CHECK ((with_id IS NULL) = (with_name IS NULL))
) STRICT;

CREATE INDEX messages_in_order ON messages (meeting, sent_at, row);

-- Holds folded words only (src/fold.rs); the text itself is in `messages`, same row number.
CREATE VIRTUAL TABLE words USING fts5 (
    body,
    content = '',
    contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 0',
    prefix = '2 3 4'
);
