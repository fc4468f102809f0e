-- +goose Up
-- Times are milliseconds since 1970 UTC, durations milliseconds; NULL: does not apply. There are no CHECKs: a record
-- that the database refuses for ever would hold up all those behind it.
CREATE TABLE calls (
    id            TEXT PRIMARY KEY,
    line          TEXT NOT NULL,
    switch        TEXT NOT NULL,
    started       INTEGER NOT NULL,
    answered      INTEGER,
    ended         INTEGER,
    caller        TEXT NOT NULL,
    language      TEXT NOT NULL,
    release       TEXT NOT NULL,
    path          TEXT NOT NULL,
    topic         TEXT NOT NULL,
    outcome       TEXT NOT NULL,
    detail        TEXT NOT NULL,
    rescue_number TEXT NOT NULL,
    queue_wait    INTEGER,
    operator      TEXT NOT NULL,
    talk          INTEGER,
    wrapup        INTEGER,
    disposition   TEXT NOT NULL,
    request       TEXT NOT NULL,
    ended_by      TEXT NOT NULL,
    cause         TEXT NOT NULL,
    state         TEXT NOT NULL
);
CREATE INDEX calls_started ON calls (started, id);
CREATE INDEX calls_open ON calls (id) WHERE outcome = '';

CREATE TABLE events (
    id   INTEGER PRIMARY KEY,
    call TEXT NOT NULL,
    at   INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX events_call ON events (call, id);

-- How far each run of the program has come: records up to seq are in.
CREATE TABLE writers (
    run TEXT PRIMARY KEY,
    seq INTEGER NOT NULL
);

-- How far a switch's call records have been read. head_size and head_hash recognise the file.
CREATE TABLE cdr_files (
    switch    TEXT PRIMARY KEY,
    place     INTEGER NOT NULL,
    head_size INTEGER NOT NULL,
    head_hash TEXT NOT NULL,
    since     INTEGER NOT NULL
);

-- Ends of calls, by the switch's records, that have no outcome yet.
CREATE TABLE cdr_ends (
    call      TEXT PRIMARY KEY,
    switch    TEXT NOT NULL,
    seen      INTEGER NOT NULL,
    started   INTEGER NOT NULL,
    answered  INTEGER,
    ended     INTEGER NOT NULL,
    caller    TEXT NOT NULL,
    dialled   TEXT NOT NULL,
    app       TEXT NOT NULL,
    userfield TEXT NOT NULL
);
