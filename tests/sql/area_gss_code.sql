-- gss_code: what is a code and what is not, its order, operators, indexes and forms.
CREATE FUNCTION pg_temp.attempt(type_name text, input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	output text; code text; detail text; hint text;
BEGIN
	EXECUTE format('SELECT %L::%s', input, type_name) INTO output;
	RETURN output;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, output = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' / ', code, output, detail, hint);
END $$;

CREATE TEMP TABLE input (n int, input text);
INSERT INTO input VALUES
	(1, 'E01006512'), (2, '  e01006512 '), (3, E'\tW06000015\n'), (4, 'K02000001'), (5, 'J01000054'),
	(6, 'L93000001'), (7, 'M83000003'), (8, 'N92000002'), (9, 's12000033'), (10, 'E99999999'), (11, 'E00000000'), (12, 'W99999999'),
	(20, ''), (21, '   '), (22, 'E0100651'), (23, 'E010065121'), (24, '00BY'), (25, 'Liverpool'), (26, 'A01006512'),
	(27, 'G01006512'), (28, '101006512'), (29, 'E0100651O'), (30, 'El1006512'), (31, 'E0100651X'), (32, 'E01 06512'),
	(33, 'E01-06512'), (34, 'E01006512;'), (35, 'É01006512'), (36, 'É0100651'), (37, 'E0100651２'), (38, '''E01006512'), (39, 'NULL'), (40, '-01006512'), (41, 'E+1006512');

SELECT n, pg_temp.attempt('gss_code', input) FROM input ORDER BY n;

-- The validity function and the cast from text agree with the input, and with a regular expression.
SELECT n, input FROM input
WHERE gss_code_is_valid(input) IS DISTINCT FROM (input ~ '^\s*[EJKLMNSWejklmnsw][0-9]{8}\s*$')
   OR gss_code_is_valid(input) IS DISTINCT FROM (pg_temp.attempt('text::gss_code', input) ~ '^[A-Z][0-9]{8}$')
   OR pg_temp.attempt('text::gss_code', input) IS DISTINCT FROM pg_temp.attempt('gss_code', input);
SELECT gss_code_is_valid(NULL), NULL::text::gss_code;

-- Soft errors, from PostgreSQL 16 on, say what hard ones do.
CREATE FUNCTION pg_temp.soft_errors_differ() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('server_version_num')::int < 160000 THEN RETURN 0; END IF;
	RETURN (SELECT count(*) FROM input, LATERAL pg_input_error_info(input, 'gss_code') AS e
		WHERE pg_input_is_valid(input, 'gss_code') <> gss_code_is_valid(input)
		   OR NOT pg_input_is_valid(input, 'gss_code')
			  AND concat_ws(' / ', e.sql_error_code, e.message, e.detail, e.hint) <> pg_temp.attempt('gss_code', input));
END $$;
SELECT pg_temp.soft_errors_differ();

-- Level and country, against ONS's list of entities.
CREATE TEMP TABLE entity (prefix text, level text);
INSERT INTO entity
SELECT unnest(string_to_array(prefixes, ' ')), level
FROM (VALUES
	('oa', 'E00 W00 S00 N00'), ('lsoa', 'E01 W01 S01 N20'), ('msoa', 'E02 W02 S02 N21'), ('parish', 'E04 W04 S35'),
	('ward', 'E05 W05 S13 N08'), ('unitary', 'E06 W06 S12'), ('district', 'E07 N09'), ('metropolitan_district', 'E08'),
	('london_borough', 'E09'), ('county', 'E10'), ('metropolitan_county', 'E11'), ('region', 'E12'),
	('police_force_area', 'E23 W15 S23 N23'), ('country', 'E92 W92 S92 N92 L93 M83')) AS v(level, prefixes);

WITH every AS (
	SELECT letter || lpad(n::text, 2, '0') AS prefix
	FROM unnest(string_to_array('E J K L M N S W', ' ')) letter, generate_series(0, 99) n)
SELECT count(*) AS entities, count(*) FILTER (WHERE level <> 'other') AS with_level,
	count(*) FILTER (WHERE level IS DISTINCT FROM coalesce(e.expected, 'other')) AS wrong
FROM (SELECT prefix, gss_level((prefix || '123456')::gss_code) AS level FROM every) x
LEFT JOIN (SELECT prefix, level AS expected FROM entity) e USING (prefix);

SELECT gss_country((prefix || '000001')::gss_code) AS country, string_agg(prefix, ' ' ORDER BY prefix) AS entities
FROM unnest(string_to_array('E01 E92 J01 J05 K01 K02 K03 K04 K05 L93 M83 N09 N92 S12 S92 W06 W92', ' ')) prefix
GROUP BY 1 ORDER BY 2;

-- Generated codes: text and binary form back again, and the order of the text.
CREATE TEMP TABLE code AS
SELECT n AS id, (substr('EJKLMNSW', 1 + n % 8, 1) || lpad(((n::bigint * 7919 * 104729 + 17) % 100000000)::text, 8, '0'))::text AS t
FROM generate_series(1, 20000) n;
ALTER TABLE code ADD c gss_code;
UPDATE code SET c = t::gss_code;
INSERT INTO code SELECT 20000 + id, t, c FROM code WHERE id <= 500;
ANALYZE code;
SELECT count(*), count(DISTINCT c) = count(DISTINCT t) AS distinct_alike, count(*) FILTER (WHERE c::text <> t) AS wrong FROM code;
SELECT count(*) AS out_of_order FROM (
	SELECT row_number() OVER (ORDER BY c, id) AS by_code, row_number() OVER (ORDER BY t COLLATE "C", id) AS by_text FROM code) x
WHERE by_code <> by_text;
SELECT count(*) AS operators_wrong FROM code a JOIN code b ON b.id = a.id % 97 + 1
WHERE (a.c < b.c) <> (a.t COLLATE "C" < b.t) OR (a.c <= b.c) <> (a.t COLLATE "C" <= b.t) OR (a.c = b.c) <> (a.t = b.t)
   OR (a.c <> b.c) <> (a.t <> b.t) OR (a.c >= b.c) <> (a.t COLLATE "C" >= b.t) OR (a.c > b.c) <> (a.t COLLATE "C" > b.t)
   OR sign(gss_code_cmp(a.c, b.c)) <> CASE WHEN a.t COLLATE "C" < b.t THEN -1 WHEN a.t = b.t THEN 0 ELSE 1 END;

SELECT gss_code_send('E00000000'), gss_code_send('E01006512'), gss_code_send('W99999999');
COPY (SELECT c FROM code ORDER BY id) TO PROGRAM 'cat > wardstar_gss_code.bin' (FORMAT binary);
CREATE TEMP TABLE back (id serial, c gss_code);
COPY back (c) FROM PROGRAM 'cat wardstar_gss_code.bin; rm wardstar_gss_code.bin' (FORMAT binary);
SELECT count(*) AS read_back, count(*) FILTER (WHERE back.c = code.c) AS same FROM back JOIN code USING (id);

-- The binary form is as strict as text: what is no code, another version and a wrong length are refused.
CREATE TEMP TABLE refused (c gss_code);
\set header 'PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\001\\0\\0\\0'
\set from 'COPY refused FROM PROGRAM $p$printf '''
\set to '''$p$ (FORMAT binary)'
\set VERBOSITY terse
SELECT :'from' || :'header' || bytes || :'to' FROM (VALUES
	(1, '\005\001\377\377\377\377'), (2, '\005\001\057\257\010\000'), (3, '\005\001\200\000\000\000'), (4, '\005\002\000\000\000\000'), (5, '\005\000\000\000\000\000'),
	(6, '\004\001\000\000\000'), (7, '\006\001\000\000\000\000\000'), (8, '\001\001'), (9, '\000')) AS v(n, bytes) ORDER BY n \gexec
SELECT :'from' || :'header' || '\005\001\057\257\007\377\377\377' || :'to' \gexec
\set VERBOSITY default
SELECT * FROM refused;

-- Indexes give what a scan of the table gives.
SELECT opcname, amname, amvalidate(o.oid) FROM pg_opclass o JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'gss_code'::regtype ORDER BY 1, 2;
SELECT amproc, amprocnum FROM pg_amproc p JOIN pg_opfamily f ON f.oid = amprocfamily JOIN pg_am a ON a.oid = opfmethod
WHERE amproclefttype = 'gss_code'::regtype AND amname = 'btree' ORDER BY 2;

CREATE FUNCTION pg_temp.scan(query text, node text) RETURNS TABLE (uses_it boolean, answer text) LANGUAGE plpgsql AS $$
DECLARE
	line text; plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP plan := plan || line || E'\n'; END LOOP;
	uses_it := plan LIKE '%' || node || '%';
	EXECUTE format('SELECT count(*) || '' '' || coalesce(md5(string_agg(x::text, '','')), ''none'') FROM (%s) x', query) INTO answer;
	RETURN NEXT;
END $$;
SELECT c AS one FROM code WHERE id = 4711 \gset
SELECT c AS two FROM code WHERE id = 42 \gset
CREATE TEMP TABLE condition (n int, query text);
INSERT INTO condition VALUES
	(1, format('SELECT c FROM code WHERE c = %L ORDER BY c', :'one')),
	(2, 'SELECT c FROM code WHERE c > ''N00000000'' AND c <= ''N01000000'' ORDER BY c'),
	(3, 'SELECT c FROM code WHERE c < ''E00500000'' ORDER BY c DESC'),
	(4, 'SELECT c FROM code WHERE c >= ''W99900000'' ORDER BY c'),
	(5, format('SELECT c FROM code WHERE c IN (%L, %L, ''E99999999'') ORDER BY c', :'one', :'two')),
	(6, format('SELECT c FROM code WHERE c = ANY (''{%s,E00000000}'') ORDER BY c', :'two')),
	(7, 'SELECT c FROM code WHERE c BETWEEN ''L10000000'' AND ''L10400000'' ORDER BY c'),
	(8, 'SELECT c FROM code WHERE c = ''E00000000'' ORDER BY c');
SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off;
CREATE TEMP TABLE by_seq AS SELECT n, s.* FROM condition, LATERAL pg_temp.scan(query, 'Seq Scan') s;
CREATE INDEX code_btree ON code (c);
RESET enable_indexscan; RESET enable_indexonlyscan; SET enable_seqscan = off;
SELECT n, i.uses_it AS index_used, s.uses_it AS table_scanned, i.answer = s.answer AS same, split_part(i.answer, ' ', 1) AS rows
FROM condition JOIN by_seq s USING (n), LATERAL pg_temp.scan(query, 'code_btree') i ORDER BY n;
DROP INDEX code_btree;
CREATE INDEX code_hash ON code USING hash (c);
SET enable_bitmapscan = on;
SELECT n, i.uses_it AS index_used, i.answer = s.answer AS same
FROM condition JOIN by_seq s USING (n), LATERAL pg_temp.scan(query, 'code_hash') i WHERE n IN (1, 5, 6, 8) ORDER BY n;
DROP INDEX code_hash;
CREATE INDEX code_brin ON code USING brin (c) WITH (pages_per_range = 1);
SELECT n, i.uses_it AS index_used, i.answer = s.answer AS same
FROM condition JOIN by_seq s USING (n), LATERAL pg_temp.scan(query, 'code_brin') i ORDER BY n;
DROP INDEX code_brin;
RESET enable_seqscan;

-- Equal values hash alike; hash and merge joins, hash and sorted grouping agree.
SELECT count(*) AS unlike FROM code a JOIN code b ON b.t = a.t
WHERE gss_code_hash(a.c) <> gss_code_hash(b.c) OR gss_code_hash_extended(a.c, 42) <> gss_code_hash_extended(b.c, 42)
   OR gss_code_hash_extended(a.c, 0) & 4294967295 <> gss_code_hash(a.c)::bigint & 4294967295;
SELECT count(DISTINCT gss_code_hash(c)) > 19900 AS spreads FROM code;
CREATE FUNCTION pg_temp.plan_has(query text, node text) RETURNS boolean LANGUAGE sql AS $$ SELECT uses_it FROM pg_temp.scan(query, node) $$;
\set join 'SELECT a.id, b.id AS other FROM code a JOIN code b USING (c) WHERE a.id < b.id ORDER BY 1, 2'
SET enable_nestloop = off; SET enable_mergejoin = off;
SELECT * FROM pg_temp.scan(:'join', 'Hash Join') \gset hash_
SET enable_mergejoin = on; SET enable_hashjoin = off;
SELECT * FROM pg_temp.scan(:'join', 'Merge Join') \gset merge_
SELECT :'hash_uses_it' AS hash, :'merge_uses_it' AS merge, :'hash_answer' = :'merge_answer' AS same, split_part(:'hash_answer', ' ', 1) AS rows;
RESET enable_nestloop; RESET enable_hashjoin; RESET enable_mergejoin;
SELECT count(*) FROM (SELECT c FROM code GROUP BY c) x;
CREATE TEMP TABLE part (c gss_code) PARTITION BY HASH (c);
CREATE TEMP TABLE part_0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE part_1 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO part SELECT c FROM code;
SELECT (SELECT count(*) FROM part_0) + (SELECT count(*) FROM part_1) AS stored, (SELECT count(*) FROM part_0) BETWEEN 9500 AND 11000 AS evenly,
	(SELECT count(*) FROM (SELECT c FROM part_0 INTERSECT SELECT c FROM part_1) x) AS in_both;

-- The smallest and the largest: by aggregate, by index and by parallel workers.
SELECT min(c)::text = min(t COLLATE "C") AS min, max(c)::text = max(t COLLATE "C") AS max FROM code;
SELECT min(c), max(c) FROM code WHERE false;
SELECT min(c), max(c) FROM (VALUES (NULL::gss_code), ('E08000012'), (NULL), ('E08000011')) v(c);
CREATE INDEX code_btree ON code (c);
SET enable_seqscan = off;
SELECT pg_temp.plan_has('SELECT min(c) AS c FROM code', 'code_btree') AS min_by_index, min(c)::text = min(t COLLATE "C") AS same FROM code;
RESET enable_seqscan;
DROP INDEX code_btree;
CREATE TABLE area_gss_code_parallel AS SELECT c, t FROM code;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
ALTER TABLE area_gss_code_parallel SET (parallel_workers = 2);
SELECT pg_temp.plan_has('SELECT min(c), max(c) FROM area_gss_code_parallel', 'Partial Aggregate') AS partial;
SELECT min(c)::text = min(t COLLATE "C") AS min, max(c)::text = max(t COLLATE "C") AS max FROM area_gss_code_parallel;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
DROP TABLE area_gss_code_parallel;

-- The planner estimates from the statistics of the column: a condition that a tenth of the rows meet.
CREATE TEMP TABLE estimated AS SELECT ('E010' || lpad(n::text, 5, '0'))::gss_code AS c FROM generate_series(0, 9999) n;
ANALYZE estimated;
CREATE FUNCTION pg_temp.estimate(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE j json; BEGIN EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO j; RETURN j->0->'Plan'->>'Plan Rows'; END $$;
SELECT pg_temp.estimate('SELECT FROM estimated WHERE c < ''E01001000''') BETWEEN 950 AND 1050 AS lt,
	pg_temp.estimate('SELECT FROM estimated WHERE c >= ''E01001000''') BETWEEN 8950 AND 9050 AS ge,
	pg_temp.estimate('SELECT FROM estimated WHERE c = ''E01001000''') = 1 AS eq,
	pg_temp.estimate('SELECT FROM estimated a JOIN estimated b USING (c)') BETWEEN 9000 AND 11000 AS joined;

-- Casts: text needs a cast to be compared, and takes a code on assignment.
SELECT 'E08000012'::text::gss_code, 'e08000012 '::varchar::gss_code, 'E08000012'::gss_code::text, 'E08000012'::gss_code::varchar(3);
SELECT 'E08000012'::gss_code = 'e08000012', 'E08000012'::gss_code IN ('E08000011', 'E08000012'), 'E08000012' = ANY ('{E08000012}'::gss_code[]);
\set VERBOSITY sqlstate
SELECT 'E08000012'::gss_code = 'E08000012'::text;
CREATE TEMP TABLE as_text (t text, v varchar(9));
INSERT INTO as_text SELECT 'E08000012'::gss_code, 'E08000012'::gss_code;
TABLE as_text;
CREATE TEMP TABLE as_code (c gss_code);
INSERT INTO as_code SELECT t FROM as_text;
SELECT length('E08000012'::gss_code);
\set VERBOSITY default
SELECT pg_column_size('E08000012'::gss_code), typlen, typbyval FROM pg_type WHERE oid = 'gss_code'::regtype;

-- Comparisons are leakproof: a condition from outside a security barrier still uses the index.
CREATE INDEX code_btree ON code (c);
CREATE TEMP VIEW guarded WITH (security_barrier) AS SELECT c FROM code WHERE id % 2 = 0;
SET enable_seqscan = off;
SELECT pg_temp.plan_has('SELECT c FROM guarded WHERE c = ''E00000000''', 'Index Cond: (c =') AS equal,
	pg_temp.plan_has('SELECT c FROM guarded WHERE c < ''E00000000''', 'Index Cond: (c <') AS less;
-- Blanks round a code, as many as a text of 1,000 bytes holds; a message shows 200 bytes of its text.
SELECT gss_code_is_valid(repeat(' ', 991) || 'E01006512') AS longest, gss_code_is_valid(repeat(' ', 992) || 'E01006512') AS longer;
\set VERBOSITY terse
SELECT gss_code_from_text(repeat('é', 5000));
