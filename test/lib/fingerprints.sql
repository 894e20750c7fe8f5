-- A line for each column of sketches: its type and name, how many there are, and what their text and binary forms come to.
SELECT format($$SELECT %L, %L, count(s), md5(string_agg(s::text, ',' ORDER BY id)), md5(string_agg(%s(s), ',' ORDER BY id)) FROM %s AS t(id, s)$$,
              typname, relname || '.' || attname, typsend, format('(SELECT id, %I FROM %s)', attname, attrelid::regclass))
FROM pg_attribute JOIN pg_type t ON t.oid = atttypid JOIN pg_class c ON c.oid = attrelid
WHERE typname LIKE '%\_sketch' AND relkind IN ('r', 'm')
ORDER BY typname, relname, attname \gexec
