CREATE TABLE callbacks (
    id       TEXT PRIMARY KEY,
    line     TEXT NOT NULL,
    switch   TEXT NOT NULL,
    call     TEXT NOT NULL,
    number   TEXT NOT NULL,
    topic    TEXT NOT NULL,
    language TEXT NOT NULL,
    release  TEXT NOT NULL,
    class    INTEGER NOT NULL,
    skills   TEXT NOT NULL,
    since    INTEGER NOT NULL,
    state    TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at  INTEGER,
    result   TEXT NOT NULL,
    led      TEXT NOT NULL,
    changed  INTEGER NOT NULL
);
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
, caller_key TEXT, district TEXT NOT NULL DEFAULT '');
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
CREATE TABLE cdr_files (
    switch    TEXT PRIMARY KEY,
    place     INTEGER NOT NULL,
    head_size INTEGER NOT NULL,
    head_hash TEXT NOT NULL,
    since     INTEGER NOT NULL
);
CREATE TABLE chain (
    line TEXT NOT NULL,
    day  INTEGER NOT NULL,
    n    INTEGER NOT NULL,
    call TEXT NOT NULL,
    kind TEXT NOT NULL,
    salt BLOB,
    seal BLOB NOT NULL,
    rest BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (line, day, n)
) WITHOUT ROWID;
CREATE TABLE chain_ends (
    line TEXT NOT NULL,
    day  INTEGER NOT NULL,
    n    INTEGER NOT NULL,
    hash BLOB NOT NULL,
    key  TEXT NOT NULL,
    seal BLOB NOT NULL,
    PRIMARY KEY (line, day)
);
CREATE TABLE chain_total (
    id      INTEGER PRIMARY KEY,
    n       INTEGER NOT NULL,
    seal    BLOB NOT NULL,
    older   INTEGER NOT NULL
);
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL,
    key  TEXT NOT NULL
);
CREATE TABLE day_sums (
    day     INTEGER PRIMARY KEY,
    figures TEXT NOT NULL
);
CREATE TABLE events (
    id   INTEGER PRIMARY KEY,
    call TEXT NOT NULL,
    at   INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE followups (
    id       TEXT PRIMARY KEY,
    line     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    call     TEXT NOT NULL,
    number   TEXT NOT NULL,
    topic    TEXT NOT NULL,
    language TEXT NOT NULL,
    why      TEXT NOT NULL,
    since    INTEGER NOT NULL,
    deadline INTEGER,
    state    TEXT NOT NULL,
    settler  TEXT NOT NULL,
    result   TEXT NOT NULL,
    settled  INTEGER,
    times    INTEGER NOT NULL
);
CREATE TABLE hour_sums (
    hour    INTEGER PRIMARY KEY,
    figures TEXT NOT NULL
);
CREATE TABLE operator_events (
    id         INTEGER PRIMARY KEY,
    operator   TEXT NOT NULL,
    at         INTEGER NOT NULL,
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    reason     TEXT NOT NULL,
    pause      TEXT NOT NULL,
    login      TEXT NOT NULL,
    ticket     TEXT NOT NULL,
    call       TEXT NOT NULL,
    offer      INTEGER NOT NULL,
    note       TEXT NOT NULL
);
CREATE TABLE operator_states (
    operator TEXT PRIMARY KEY,
    state    TEXT NOT NULL,
    reason   TEXT NOT NULL,
    pause    TEXT NOT NULL,
    login    TEXT NOT NULL,
    since    INTEGER NOT NULL,
    ticket   TEXT NOT NULL,
    offered  INTEGER,
    accepted INTEGER,
    missed   INTEGER,
    paused   INTEGER
);
CREATE TABLE operators (
    name      TEXT PRIMARY KEY,
    display   TEXT NOT NULL,
    ext       TEXT NOT NULL,
    supervisor INTEGER NOT NULL,
    skills    TEXT NOT NULL,
    languages TEXT NOT NULL,
    tier      INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    number    TEXT NOT NULL,
    pin_hash  TEXT NOT NULL,
    enabled   INTEGER NOT NULL,
    changed   INTEGER NOT NULL
);
CREATE TABLE overtakes (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    ticket TEXT NOT NULL,
    other  TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE promises (
    id       INTEGER PRIMARY KEY,
    call     TEXT NOT NULL,
    at       INTEGER NOT NULL,
    low      INTEGER NOT NULL,
    high     INTEGER NOT NULL,
    position INTEGER NOT NULL,
    method   TEXT NOT NULL,
    until    INTEGER,
    how      TEXT NOT NULL
);
CREATE TABLE request_steps (
    id      INTEGER PRIMARY KEY,
    request TEXT NOT NULL,
    at      INTEGER NOT NULL,
    author  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    text    TEXT NOT NULL
);
CREATE TABLE requests (
    code        TEXT PRIMARY KEY,
    line        TEXT NOT NULL,
    channel     TEXT NOT NULL,
    topic       TEXT NOT NULL,
    language    TEXT NOT NULL,
    state       TEXT NOT NULL,
    disposition TEXT NOT NULL,
    opened      INTEGER NOT NULL,
    closed      INTEGER,
    due         INTEGER,
    owner       TEXT NOT NULL,
    contact     TEXT NOT NULL,
    reopened    INTEGER NOT NULL
);
CREATE TABLE staff_hours (
    hour  INTEGER NOT NULL,
    state TEXT NOT NULL,
    ms    INTEGER NOT NULL,
    PRIMARY KEY (hour, state)
);
CREATE TABLE stale_hours (
    hour INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL
);
CREATE TABLE writers (
    run TEXT PRIMARY KEY,
    seq INTEGER NOT NULL
, seen INTEGER NOT NULL DEFAULT 0);
CREATE INDEX callbacks_open ON callbacks (number) WHERE state IN ('waiting', 'offered', 'dialling');
CREATE INDEX callbacks_since ON callbacks (since, id);
CREATE INDEX calls_caller ON calls (caller_key, started) WHERE caller_key <> '';
CREATE INDEX calls_open ON calls (id) WHERE outcome = '';
CREATE INDEX calls_request ON calls (request) WHERE request <> '';
CREATE INDEX calls_rescue_request ON calls (request) WHERE request <> '' AND (disposition = 'rescue' OR outcome = 'redirected');
CREATE INDEX calls_started ON calls (started, id);
CREATE INDEX calls_unkeyed ON calls (id) WHERE caller_key IS NULL;
CREATE INDEX chain_call ON chain (call, n);
CREATE INDEX events_call ON events (call, id);
CREATE INDEX followups_open ON followups (number, kind) WHERE state = 'open';
CREATE INDEX followups_since ON followups (since, id);
CREATE INDEX operator_events_at ON operator_events (at, id);
CREATE INDEX operator_events_operator ON operator_events (operator, at, id);
CREATE INDEX overtakes_at ON overtakes (at, id);
CREATE INDEX overtakes_ticket ON overtakes (ticket, id);
CREATE INDEX promises_at ON promises (at, id);
CREATE INDEX promises_call ON promises (call);
CREATE INDEX request_steps_request ON request_steps (request, id);
CREATE INDEX requests_contact ON requests (contact) WHERE contact <> '';
CREATE INDEX requests_opened ON requests (opened, code);
CREATE INDEX requests_unclosed ON requests (opened, code) WHERE state <> 'closed';
