-- $1: the rows of a batch, JSON.stringify(rows).
INSERT INTO requests
SELECT * FROM jsonb_populate_recordset(NULL::requests, $1::jsonb)
ON CONFLICT DO NOTHING
