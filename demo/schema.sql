CREATE TABLE flights (
    at          timestamp NOT NULL,
    delay       integer,    -- minutes; negative: early
    distance    integer,    -- miles
    origin      text,
    destination text
);

-- How long it took to load them: for the page.
CREATE TABLE loads (what text, rows bigint, statements bigint, ms numeric);
