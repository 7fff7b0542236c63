-- Rows of tables are checked by their columns: the same findings as of rows that are made. All rows are made up.
CREATE SCHEMA test_records_columns;
SET search_path = test_records_columns, public;
\pset format unaligned
\pset tuples_only on
CREATE TABLE f (form jsonb);
INSERT INTO f VALUES ('{"fields": [{"name": "client", "type": "string", "title": "Client", "constraints": {"required": true, "pattern": "C[0-9]{3}"}},
	{"name": "started", "type": "date", "title": "Started", "constraints": {"required": true}}, {"name": "ended", "type": "date", "title": "Ended"},
	{"name": "note", "type": "string", "title": "Note", "constraints": {"maxLength": 3000}}],
	"rules": [{"check": "date_order", "fields": ["started", "ended"]}]}');
SELECT form AS form FROM f \gset
CREATE TABLE client (gone int, more int, ended date, client text, note text, started text);
ALTER TABLE client DROP COLUMN gone;
INSERT INTO client
SELECT i, CASE WHEN i % 3 = 0 THEN date '2025-06-01' - i END, CASE WHEN i % 7 = 0 THEN NULL WHEN i % 11 = 0 THEN 'X' ELSE 'C' || 100 + i END,
	CASE WHEN i % 5 = 0 THEN repeat('é' || i, i * 20) END, CASE WHEN i % 13 = 0 THEN '31/02/2025' ELSE to_char(date '2025-03-01' + i, 'YYYY-MM-DD') END
FROM generate_series(1, 100) i;
-- Long texts as they are stored: compressed, apart, and neither.
ALTER TABLE client ALTER note SET STORAGE EXTERNAL;
INSERT INTO client SELECT 200 + i, NULL, 'C' || 200 + i, repeat('x', i * 900), '2025-05-01' FROM generate_series(1, 5) i;

-- The function that the planner chose, and the columns that it hands over (none: the row).
CREATE FUNCTION planned(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	found text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
		found := coalesce(found, (SELECT string_agg(m[1], ' ') FROM regexp_matches(line, '(record_[a-z_]+(?=\()|\{[a-z0-9_,]+\}(?=''::text\[\]))', 'g') m));
	END LOOP;
	RETURN found;
END $$;
SELECT planned($$SELECT more, record_check('{"fields": [{"name": "note"}, {"name": "absent"}, {"name": "more"}]}', c) FROM client c$$);
SELECT planned($$SELECT more, r.rule FROM client c, record_check('{"fields": [{"name": "note"}, {"name": "absent"}, {"name": "more"}]}', c) r$$);
SELECT planned($$SELECT more FROM client c WHERE NOT record_ok((SELECT form FROM f), c)$$);
-- A row of a query that can be pulled up, and a view.
CREATE VIEW v AS SELECT client, started, more AS number FROM client;
SELECT planned($$SELECT record_ok('{"fields": [{"name": "number", "type": "integer"}]}', v) FROM v$$);
SELECT planned($$SELECT record_ok('{"fields": [{"name": "client", "type": "string"}]}', s) FROM (SELECT random() AS r, client FROM client) s$$);
-- A row that may be missing stays a row, and so does one of which the form names nothing.
SELECT planned($$SELECT record_ok('{"fields": [{"name": "client", "type": "string"}]}', c) FROM f LEFT JOIN client c ON c.more = 3$$);
SELECT planned($$SELECT record_ok('{"fields": [{"name": "absent", "type": "string"}]}', c) FROM client c$$);

-- The same findings as of rows; none must be listed.
CREATE TABLE by_row AS SELECT c.more, r.* FROM client c, record_check(:'form', (SELECT c)) r;
SELECT count(*), count(DISTINCT rule), sum((rule = 'R108')::int) FROM by_row;
-- By plain SQL.
CREATE TABLE by_hand AS
SELECT more, 'R101' AS rule FROM client WHERE started LIKE '31/%' UNION ALL
SELECT more, 'R102' FROM client WHERE client IS NULL UNION ALL
SELECT more, 'R104' FROM client WHERE client = 'X' UNION ALL
SELECT more, 'R108' FROM client WHERE length(note) > 3000 UNION ALL
SELECT more, 'R109' FROM client WHERE started NOT LIKE '31/%' AND ended < to_date(started, 'YYYY-MM-DD');
SELECT (SELECT count(*) FROM by_hand) AS wanted, s.* FROM ((TABLE by_hand EXCEPT ALL SELECT more, rule FROM by_row) UNION ALL (SELECT more, rule FROM by_row EXCEPT ALL TABLE by_hand)) s;
CREATE TYPE client_row AS (more int, ended date, client text, note text, started text);
CREATE FUNCTION differ(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('WITH q AS MATERIALIZED (%s) SELECT count(*) FROM ((TABLE q EXCEPT ALL TABLE by_row) UNION ALL (TABLE by_row EXCEPT ALL TABLE q)) s', query) INTO n;
	RETURN n;
END $$;
SELECT query, n FROM (VALUES
	('SELECT more, (r).* FROM (SELECT more, record_check((SELECT form FROM f), c) AS r FROM client c OFFSET 0) s'),
	('SELECT c.more, r.* FROM client c, record_check((SELECT form FROM f), c) r'),
	('SELECT c.more, r.* FROM client c, f, record_check(form, c) r'),
	('SELECT c.more, r.* FROM f CROSS JOIN client c CROSS JOIN LATERAL record_check(form, c) r'),
	('SELECT c.more, r.* FROM f LEFT JOIN client c ON true LEFT JOIN LATERAL record_check(form, c) r ON true WHERE r.rule IS NOT NULL'),
	('SELECT c.more, r.* FROM (SELECT * FROM client) c, f, record_check(form, c) r'),
	('SELECT c.more, r.* FROM (SELECT * FROM client OFFSET 0) c, f, record_check(form, c) r'),
	('SELECT c.more, r.* FROM (SELECT started, ended, more, note, client FROM client) c, f, record_check(form, c) r'),
	('SELECT c.more, r.* FROM client c, f, record_check(form, ROW(c.more, c.ended, c.client, c.note, c.started)::client_row) r'),
	('SELECT more, (r).* FROM (SELECT max(more) AS more, record_check(form, c) AS r FROM client c, f GROUP BY c, form) s'),
	('SELECT (SELECT c.more), r.* FROM client c JOIN f ON EXISTS (SELECT FROM record_check(form, c)), record_check(form, c) r')) q (query),
	LATERAL differ(query) n WHERE n <> 0;

-- A row that an outer join left out is no row: nothing is said of it.
SELECT j, count(*), count(ok), count(rule) FROM (
	SELECT 'left' AS j, record_ok(:'form', c) AS ok, r.rule FROM (VALUES (-1)) v (i) LEFT JOIN client c ON more = i LEFT JOIN LATERAL record_check(:'form', c) r ON true
	UNION ALL SELECT 'right', record_ok(:'form', c), r.rule FROM client c RIGHT JOIN (VALUES (-1)) v (i) ON more = i LEFT JOIN LATERAL record_check(:'form', c) r ON true
	UNION ALL SELECT 'full', record_ok(:'form', c), r.rule FROM (SELECT * FROM client WHERE false) c FULL JOIN (VALUES (-1)) v (i) ON more = i LEFT JOIN LATERAL record_check(:'form', c) r ON true
	UNION ALL SELECT 'below', ok, NULL FROM (VALUES (-1)) v (i) LEFT JOIN (SELECT more, record_ok(:'form', c) AS ok FROM client c) s ON more = i) s
GROUP BY j ORDER BY j;
-- Columns that are all missing are a row.
INSERT INTO client DEFAULT VALUES;
SELECT record_ok(:'form', c), record_ok(:'form', (SELECT c)), r.rule, r.field FROM client c, record_check(:'form', c) r WHERE c IS NULL;
DELETE FROM client c WHERE c IS NULL;
-- No form, no answer.
SELECT count(*), count(record_ok(NULL, c)) FROM client c;
SELECT count(*), count(record_ok(form, c)) FROM client c, (SELECT NULL::jsonb AS form UNION ALL SELECT NULL) s;
SELECT count(*) FROM client c, (VALUES (NULL::jsonb)) s (form), record_check(form, c);

-- Grouped, windowed, aggregated, changed: none must be listed.
CREATE TABLE wrong AS SELECT DISTINCT more FROM by_row;
SELECT 'groups', * FROM (SELECT c, NOT record_ok(:'form', c) AS bad FROM client c GROUP BY c) s WHERE bad <> ((c).more IN (TABLE wrong));
SELECT 'sets', * FROM (SELECT c, count(*) AS n, NOT record_ok(:'form', c) AS bad FROM client c GROUP BY GROUPING SETS ((c), ())) s
	WHERE bad IS DISTINCT FROM CASE WHEN n = 1 THEN (c).more IN (TABLE wrong) END;
SELECT 'windows', * FROM (SELECT more, sum((NOT record_ok(:'form', c))::int) OVER (PARTITION BY NOT record_ok(:'form', c)) AS n, (SELECT count(*) FROM wrong) AS w FROM client c) s
	WHERE n <> CASE WHEN more IN (TABLE wrong) THEN w ELSE 0 END;
SELECT 'filter', count(*) FILTER (WHERE NOT record_ok(:'form', c)) - (SELECT count(*) FROM wrong) AS off FROM client c HAVING count(*) FILTER (WHERE NOT record_ok(:'form', c)) <> (SELECT count(*) FROM wrong);
WITH changed AS (UPDATE client c SET note = note WHERE NOT record_ok(:'form', c) RETURNING more, record_ok(:'form', c) AS ok)
	SELECT 'update', * FROM changed FULL JOIN wrong USING (more) WHERE ok IS DISTINCT FROM false;
WITH changed AS (UPDATE client c SET started = 'never' WHERE more = 1 RETURNING record_ok(:'form', c)) SELECT * FROM changed;
UPDATE client SET started = '2025-03-02' WHERE more = 1;
SELECT 'again', count(*) FROM client c WHERE NOT record_ok(:'form', c) HAVING count(*) <> (SELECT count(*) FROM wrong);

-- Forms that come with the query: prepared, planned once for all.
SET plan_cache_mode = force_generic_plan;
PREPARE of_form(jsonb) AS SELECT count(*) FROM client c, record_check($1, c);
EXECUTE of_form(:'form');
EXECUTE of_form('{"fields": [{"name": "more", "type": "integer", "constraints": {"minimum": 50}}]}');
EXECUTE of_form(NULL);
ALTER TABLE client RENAME more TO less;
EXECUTE of_form('{"fields": [{"name": "less", "type": "integer", "constraints": {"minimum": 50}}]}');
ALTER TABLE client RENAME less TO more;
DEALLOCATE of_form;
RESET plan_cache_mode;
-- Another form in each row.
SELECT n, count(*) FROM (SELECT n, jsonb_build_object('fields', jsonb_build_array(jsonb_build_object('name', 'more', 'type', 'integer', 'constraints', jsonb_build_object('maximum', n)))) AS form
	FROM generate_series(0, 100, 50) n) s, client c WHERE more <= 100 AND NOT record_ok(form, c) GROUP BY n ORDER BY n;

-- Partitions and children, whose columns stand in another order.
CREATE TABLE part (started text, client text, note text, ended date) PARTITION BY LIST (client);
CREATE TABLE part_1 (gone int, note text, client text, ended date, started text);
ALTER TABLE part_1 DROP COLUMN gone;
ALTER TABLE part ATTACH PARTITION part_1 FOR VALUES IN ('C001', 'X');
CREATE TABLE part_2 PARTITION OF part DEFAULT;
INSERT INTO part VALUES ('2025-01-01', 'C001', NULL, NULL), ('2025-01-01', 'X', NULL, '2024-12-31'), ('never', 'C002', NULL, NULL), ('2025-01-02', 'C003', 'x', '2025-01-02');
SELECT p.client, r.rule FROM part p, record_check(:'form', p) r ORDER BY 1, 2;
CREATE TABLE child (extra int) INHERITS (client);
INSERT INTO child (client, started) VALUES ('Y', '2025-01-01');
SELECT c.tableoid::regclass, r.rule FROM client c, record_check(:'form', c) r WHERE client = 'Y';
DROP TABLE child;

-- More columns than a call takes: only those of the form, if it is known; else the row.
DO $$ BEGIN EXECUTE 'CREATE TABLE wide AS SELECT ' || (SELECT string_agg(format('%s AS c%s', i, i), ', ') FROM generate_series(1, 150) i); END $$;
SELECT planned($$SELECT record_ok('{"fields": [{"name": "c150", "type": "integer", "constraints": {"maximum": 149}}]}', w) FROM wide w$$);
SELECT record_ok('{"fields": [{"name": "c150", "type": "integer", "constraints": {"maximum": 149}}]}', w), record_ok(form, w)
FROM wide w, (SELECT jsonb_build_object('fields', jsonb_agg(jsonb_build_object('name', 'c' || i, 'type', 'integer', 'constraints', jsonb_build_object('maximum', i)))) AS form FROM generate_series(1, 150) i) s;

-- In places that the planner doesn't see.
CREATE TABLE checked (client text, CONSTRAINT by_form CHECK (record_ok('{"fields": [{"name": "client", "type": "string", "constraints": {"pattern": "C[0-9]{3}"}}]}', checked)));
INSERT INTO checked VALUES ('C001');
INSERT INTO checked VALUES ('C1');

-- Who may not call record_check does not get its answer.
CREATE ROLE test_records_columns_reader;
GRANT USAGE ON SCHEMA test_records_columns TO test_records_columns_reader;
GRANT SELECT ON client TO test_records_columns_reader;
REVOKE EXECUTE ON FUNCTION record_ok(jsonb, anyelement), record_check_columns(jsonb, text[], "any") FROM public;
SET ROLE test_records_columns_reader;
SELECT count(*) FROM client c WHERE record_ok(:'form', c);
SELECT count(*) FROM (SELECT record_check(:'form', c) FROM client c) s HAVING count(*) <> 0;
RESET ROLE;
GRANT EXECUTE ON FUNCTION record_ok(jsonb, anyelement), record_check_columns(jsonb, text[], "any") TO public;
DROP OWNED BY test_records_columns_reader;
DROP ROLE test_records_columns_reader;

-- By hand.
SELECT record_check_columns('{"fields": [{"name": "a", "type": "integer"}]}', '{a}', 'x'::text);
SELECT record_check_columns('{"fields": [{"name": "a", "type": "integer"}]}', '{a}', 7), record_ok_columns('{}', '{a}', 7), record_ok_columns(NULL, '{a}', 7), record_ok_columns('{}', NULL, 7);
SELECT names, record_ok_columns('{"fields": [{"name": "a", "type": "integer", "constraints": {"required": true}}, {"name": "b", "type": "date"}]}', names, 7, date '2025-01-01')
FROM (VALUES ('{a,b}'::text[]), ('{b,a}'), ('{a,NULL}'), ('{c,b}')) s (names);
SELECT record_check_columns('{}', '{a,b}', 7);
SELECT record_ok_columns('{}', '{a}', VARIADIC ARRAY[7, 8]);
SET client_min_messages = warning;
DROP SCHEMA test_records_columns CASCADE;
