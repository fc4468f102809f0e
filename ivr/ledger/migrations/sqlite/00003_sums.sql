-- +goose Up
-- What reports are added up from. caller_key is the caller's number as the key of the ledger hides it, '' if there is none,
-- NULL if it was not worked out yet: it tells which calls are of one caller after the number is gone. district is the
-- number's.
ALTER TABLE calls ADD COLUMN caller_key TEXT;
ALTER TABLE calls ADD COLUMN district TEXT NOT NULL DEFAULT '';
CREATE INDEX calls_caller ON calls (caller_key, started) WHERE caller_key <> '';
CREATE INDEX calls_unkeyed ON calls (id) WHERE caller_key IS NULL;

-- Hours and days since 1970 UTC with calls, added up (Figures, JSON). An hour that is in stale_hours is not, or not any
-- more; a day that is in day_sums has no such hour.
CREATE TABLE hour_sums (
    hour    INTEGER PRIMARY KEY,
    figures TEXT NOT NULL
);
CREATE TABLE day_sums (
    day     INTEGER PRIMARY KEY,
    figures TEXT NOT NULL
);
CREATE TABLE stale_hours (
    hour INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL
);
INSERT INTO stale_hours (hour, at) SELECT DISTINCT started / 3600000, 0 FROM calls;

-- How long operators were in a state in an hour, all together.
CREATE TABLE staff_hours (
    hour  INTEGER NOT NULL,
    state TEXT NOT NULL,
    ms    INTEGER NOT NULL,
    PRIMARY KEY (hour, state)
);

-- The requests that belonged to a rescue number.
CREATE INDEX calls_rescue_request ON calls (request) WHERE request <> '' AND (disposition = 'rescue' OR outcome = 'redirected');
