-- +goose Up
-- What the desk and its operators leave beside the calls. Lists (skills, languages) are JSON arrays.
CREATE INDEX calls_request ON calls (request) WHERE request <> '';

-- The matter behind calls, messages, forms. contact is personal.
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
CREATE INDEX requests_opened ON requests (opened, code);
CREATE INDEX requests_unclosed ON requests (opened, code) WHERE state <> 'closed';
CREATE INDEX requests_contact ON requests (contact) WHERE contact <> '';

-- What happened to a request. Of kind note, text is what an author wrote: personal.
CREATE TABLE request_steps (
    id      INTEGER PRIMARY KEY,
    request TEXT NOT NULL,
    at      INTEGER NOT NULL,
    author  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    text    TEXT NOT NULL
);
CREATE INDEX request_steps_request ON request_steps (request, id);

-- Calls that the line owes. number is personal.
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
CREATE INDEX callbacks_open ON callbacks (number) WHERE state IN ('waiting', 'offered', 'dialling');
CREATE INDEX callbacks_since ON callbacks (since, id);

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

-- Every step of every operator's day, where each stands, and when something last happened to him.
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
CREATE INDEX operator_events_operator ON operator_events (operator, at, id);
CREATE INDEX operator_events_at ON operator_events (at, id);

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

-- Callers whom somebody must look after. number is personal.
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
CREATE INDEX followups_open ON followups (number, kind) WHERE state = 'open';
CREATE INDEX followups_since ON followups (since, id);

-- Waiting times told to callers, and how it went. until: when the wait ended, how: with what.
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
CREATE INDEX promises_call ON promises (call);
CREATE INDEX promises_at ON promises (at, id);

-- The fairness ledger: other was served before ticket, which was drawn earlier.
CREATE TABLE overtakes (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    ticket TEXT NOT NULL,
    other  TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX overtakes_ticket ON overtakes (ticket, id);
CREATE INDEX overtakes_at ON overtakes (at, id);

-- When each run wrote last.
ALTER TABLE writers ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;

-- Numbers given out in blocks, and the key that hides their order.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL,
    key  TEXT NOT NULL
);
