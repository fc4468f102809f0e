-- +goose Up
-- The outcomes of a line's calls that ended on a day (days since 1970 UTC) are a chain: each entry's hash covers the one
-- before, what of the call never changes, and rest, which is a hash of what may (operator, disposition, wrap-up, request);
-- when that changes there is a further entry. seal hides the caller's number; without its salt nobody can open it.
CREATE TABLE chain (
    line TEXT COLLATE "C" NOT NULL,
    day  BIGINT NOT NULL,
    n    BIGINT NOT NULL,
    call TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    salt BYTEA,
    seal BYTEA NOT NULL,
    rest BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (line, day, n)
);
CREATE INDEX chain_call ON chain (call, n);

-- Where each chain ends. seal proves that we wrote it: nobody else can take entries off a chain's end.
CREATE TABLE chain_ends (
    line TEXT COLLATE "C" NOT NULL,
    day  BIGINT NOT NULL,
    n    BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    key  TEXT COLLATE "C" NOT NULL,
    seal BYTEA NOT NULL,
    PRIMARY KEY (line, day)
);

-- How many entries there are in all chains, proved likewise; and how many outcomes are older than the chains.
CREATE TABLE chain_total (
    id      BIGINT PRIMARY KEY,
    n       BIGINT NOT NULL,
    seal    BYTEA NOT NULL,
    older   BIGINT NOT NULL
);
INSERT INTO chain_total (id, n, seal, older) SELECT 1, 0, ''::bytea, count(*) FROM calls WHERE outcome <> '';
