-- Where the rows go: the batch in the key, so that one that is delivered twice is counted once.
CREATE TABLE requests (
    batch    text,
    minute   timestamptz,
    route    text,
    latency  quantile_sketch,
    users    distinct_sketch,
    statuses topk_sketch,
    PRIMARY KEY (batch, minute, route)
);
