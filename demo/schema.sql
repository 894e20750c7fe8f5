CREATE TABLE flights (
    at          timestamp,
    delay       integer,    -- minutes; negative: early
    distance    integer,    -- miles
    origin      text,
    destination text
);
