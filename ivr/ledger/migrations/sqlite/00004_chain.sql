-- +goose Up
-- The outcomes of a line's calls that ended on a day (days since 1970 UTC) are a chain: each entry's hash covers the one
-- before, what of the call never changes, and rest, which is a hash of what may (operator, disposition, wrap-up, request);
-- when that changes there is a further entry. seal hides the caller's number; without its salt nobody can open it.
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
CREATE INDEX chain_call ON chain (call, n);

-- Where each chain ends. seal proves that we wrote it: nobody else can take entries off a chain's end.
CREATE TABLE chain_ends (
    line TEXT NOT NULL,
    day  INTEGER NOT NULL,
    n    INTEGER NOT NULL,
    hash BLOB NOT NULL,
    key  TEXT NOT NULL,
    seal BLOB NOT NULL,
    PRIMARY KEY (line, day)
);

-- How many entries there are in all chains, proved likewise; and how many outcomes are older than the chains.
CREATE TABLE chain_total (
    id      INTEGER PRIMARY KEY,
    n       INTEGER NOT NULL,
    seal    BLOB NOT NULL,
    older   INTEGER NOT NULL
);
INSERT INTO chain_total (id, n, seal, older) SELECT 1, 0, x'', count(*) FROM calls WHERE outcome <> '';
