-- bounds_sum and bounds_union
CREATE SCHEMA test_proforma_aggregates;
SET search_path = test_proforma_aggregates, public;

SELECT bounds_sum(b), bounds_union(b) FROM (VALUES ('[21,40)'::int4range), ('[70,71)'), ('[0,1)')) v (b);

-- Edges: no rows, a missing range, an empty one, no limits, below 0, beyond an integer.
SELECT n, s AS parts, (SELECT bounds_sum(b) FROM unnest(s) b) AS sum, (SELECT bounds_union(b) FROM unnest(s) b) AS union
FROM (VALUES
	(1, '{}'::int4range[]),
	(2, '{NULL}'),
	(3, '{"[3,5)",NULL}'),
	(4, '{"[3,5)",empty}'),
	(5, '{empty,NULL}'),
	(6, '{"[3,)","[2,4)"}'),
	(7, '{"(,)"}'),
	(8, '{"(,5)","[2,4)"}'),
	(9, '{"[-3,5)","[2,4)"}'),
	(10, '{"[-3,0)","[2,4)"}'),
	(11, '{"[-3,1)"}'),
	(12, '{"[0,2147483647)"}'),
	(13, '{"[0,2147483647)","[0,1)"}'),
	(14, '{"[0,2147483647)","[0,2)"}'),
	(15, '{"[2147483646,2147483647)","[2147483646,2147483647)"}'),
	(16, '{"[2147483647,)","[5,6)"}')) v (n, s)
ORDER BY n;

-- The same by plain SQL: serial, in another order, and by workers alone.
CREATE TABLE bounds_part AS
SELECT g, i, int4range(l, CASE WHEN i % 997 = 0 THEN NULL ELSE l + w + 1 END) AS b
FROM (SELECT i % 7 AS g, i, (i::bigint * 7919 % 1000)::int AS l, (i::bigint * 104729 % 50)::int AS w
	FROM generate_series(1, 40000) i) s;
CREATE VIEW bounds_expected AS
SELECT g, int4range(sum(lower(b))::int, CASE WHEN bool_or(upper_inf(b)) THEN NULL ELSE (sum(upper(b) - 1) + 1)::int END) AS s,
	int4range(max(lower(b)), CASE WHEN bool_or(upper_inf(b)) THEN NULL ELSE (sum(upper(b) - 1) + 1)::int END) AS u
FROM bounds_part WHERE g = 3 AND i % 997 <> 0 OR g < 3 GROUP BY g;
CREATE VIEW bounds_given AS
SELECT g, bounds_sum(b) AS s, bounds_union(b) AS u
FROM bounds_part WHERE g = 3 AND i % 997 <> 0 OR g < 3 GROUP BY g;
SELECT count(*), count(*) FILTER (WHERE upper_inf(s)) AS unlimited FROM bounds_expected;
SELECT * FROM bounds_given EXCEPT SELECT * FROM bounds_expected;
SELECT g, bounds_sum(b ORDER BY i DESC), bounds_union(b ORDER BY lower(b), i DESC)
FROM bounds_part WHERE g = 3 AND i % 997 <> 0 OR g < 3 GROUP BY g
EXCEPT SELECT * FROM bounds_expected;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SET enable_sort = off;
ALTER TABLE bounds_part SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT bounds_sum(b), bounds_union(b) FROM bounds_part;
SELECT * FROM bounds_given EXCEPT SELECT * FROM bounds_expected;
-- Workers without a row.
SELECT bounds_sum(b), bounds_union(b) FROM bounds_part WHERE i = 5;
SELECT bounds_sum(b), bounds_union(b) FROM bounds_part WHERE i = 0;
RESET ALL;
SET search_path = test_proforma_aggregates, public;
DROP VIEW bounds_given, bounds_expected;
DROP TABLE bounds_part;
SET client_min_messages = warning;
DROP SCHEMA test_proforma_aggregates CASCADE;
