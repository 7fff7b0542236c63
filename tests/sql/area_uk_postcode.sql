-- uk_postcode: what is a postcode and what is not, its order, operators, indexes and parts.
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
	-- The six outward shapes, in several spacings and cases.
	(1, 'L1 8JQ'), (2, 'M60 1NW'), (3, 'CR2 6XH'), (4, 'DN55 1PT'), (5, 'W1A 1HQ'), (6, 'EC1A 1BB'),
	(7, 'l18jq'), (8, ' l 1  8 j q '), (9, E'\tEC1A\n1BB'), (10, 'ec1a1bb'), (11, 'L1  0AB'), (12, 'CH411aa'), (13, 'N1P 1AA'), (14, 'BL0 0AA'),
	(15, 'GIR 0AA'), (16, 'gir0aa'), (17, 'ZZ99 3VZ'), (18, 'zz993cz'), (19, 'ZZ99 9KV'),
	-- Too short, too long, or not of letters and digits.
	(30, ''), (31, '   '), (32, 'L1'), (33, 'L18J'), (34, 'EC1A 1BBX'), (35, 'L1-8JQ'), (36, 'L1 8JQ;'), (37, 'É1 8JQ'), (38, 'not known'), (39, 'n/a'),
	-- Letters that are never in that place.
	(40, 'Q1 1AA'), (41, 'V1 1AA'), (42, 'X1 1AA'), (43, 'AI1 1AA'), (44, 'AJ1 1AA'), (45, 'AZ1 1AA'), (46, 'A1I 1AA'), (47, 'A1V 1AA'),
	(48, 'AB1C 1AA'), (49, 'AB1F 1AA'), (50, 'L1 1CA'), (51, 'L1 1AI'), (52, 'L1 1KA'), (53, 'L1 1AM'), (54, 'L1 1VA'), (55, 'A1L 1AA'),
	-- Shapes that there are not.
	(60, 'L 8JQ'), (61, '1L 8JQ'), (62, 'LLL 8JQ'), (63, 'L111 8JQ'), (64, 'AAA1 1AA'), (65, 'A1AA 1AA'), (66, 'L1 AAA'), (67, 'L1 11A'), (68, 'GIR 0AB'), (69, 'GIR 1AA'), (70, 'ZZ98 3VZ'), (71, 'ZZ99 3V1'),
	-- Letters and digits that look alike: the hint knows.
	(80, 'L1 OAA'), (81, 'LI 8JQ'), (82, '0X1 1AA'), (83, 'ECIA IBB'), (84, 'POI 1AA'), (85, 'lI oaa');

SELECT n, pg_temp.attempt('uk_postcode', input) FROM input ORDER BY n;

-- The validity function and the cast from text agree with the input, and with a regular expression.
CREATE FUNCTION pg_temp.by_pattern(input text) RETURNS boolean LANGUAGE sql AS $$
SELECT regexp_replace(upper(input), '\s', '', 'g') ~ ('^(GIR0AA|ZZ99[0-9][A-Z]{2}|('
	'[A-PR-UWYZ][0-9]|[A-PR-UWYZ][0-9][0-9]|[A-PR-UWYZ][0-9][ABCDEFGHJKPSTUW]|'
	'[A-PR-UWYZ][A-HK-Y][0-9]|[A-PR-UWYZ][A-HK-Y][0-9][0-9]|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY])'
	'[0-9][ABDEFGHJLNPQRSTUWXYZ]{2})$')
$$;
SELECT n, input FROM input
WHERE uk_postcode_is_valid(input) IS DISTINCT FROM pg_temp.by_pattern(input)
   OR uk_postcode_is_valid(input) IS DISTINCT FROM (pg_temp.attempt('text::uk_postcode', input) ~ '^[A-Z0-9]{2,4} [0-9][A-Z]{2}$')
   OR pg_temp.attempt('text::uk_postcode', input) IS DISTINCT FROM pg_temp.attempt('uk_postcode', input);
SELECT uk_postcode_is_valid(NULL), NULL::text::uk_postcode;

-- Each letter and digit in each place of each shape.
SELECT count(*) AS tried, count(*) FILTER (WHERE uk_postcode_is_valid(t)) AS valid,
	count(*) FILTER (WHERE uk_postcode_is_valid(t) <> pg_temp.by_pattern(t)) AS wrong
FROM (
	SELECT overlay(shape PLACING c FROM place) AS t
	FROM unnest(ARRAY['L18JQ', 'M601NW', 'CR26XH', 'DN551PT', 'W1A1HQ', 'EC1A1BB', 'GIR0AA', 'ZZ993VZ']) shape,
		generate_series(1, length(shape)) place, regexp_split_to_table('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ?', '') c) x;

-- Soft errors, from PostgreSQL 16 on, say what hard ones do.
CREATE FUNCTION pg_temp.soft_errors_differ() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('server_version_num')::int < 160000 THEN RETURN 0; END IF;
	RETURN (SELECT count(*) FROM input, LATERAL pg_input_error_info(input, 'uk_postcode') AS e
		WHERE pg_input_is_valid(input, 'uk_postcode') <> uk_postcode_is_valid(input)
		   OR NOT pg_input_is_valid(input, 'uk_postcode')
			  AND concat_ws(' / ', e.sql_error_code, e.message, e.detail, e.hint) <> pg_temp.attempt('uk_postcode', input));
END $$;
SELECT pg_temp.soft_errors_differ();

-- Generated postcodes of all shapes, some twice: text and binary form back again, and the order of the written form.
CREATE TEMP TABLE outward AS
SELECT DISTINCT o FROM (
	SELECT a || d || tail AS o
	FROM regexp_split_to_table('ABGLWZ', '') a, generate_series(0, 9, 3) d, unnest(ARRAY['', '0', '5', '9', 'A', 'P', 'W']) tail
	UNION ALL
	SELECT a || b || d || tail
	FROM regexp_split_to_table('AGLZ', '') a, regexp_split_to_table('AHKY', '') b, generate_series(0, 9, 3) d, unnest(ARRAY['', '0', '9', 'A', 'Y']) tail
	UNION ALL SELECT unnest(ARRAY['GIR', 'ZZ99'])) x;
CREATE TEMP TABLE postcode AS
SELECT row_number() OVER (ORDER BY md5(o || i)) AS id, o || ' ' || i AS t, (o || i)::uk_postcode AS p
FROM outward, unnest(ARRAY['0AA', '0AB', '4LN', '8JQ', '9ZY', '9ZZ']) i WHERE o <> 'GIR' OR i = '0AA';
INSERT INTO postcode SELECT id + 100000, t, p FROM postcode WHERE id <= 100;
ANALYZE postcode;
SELECT count(*), count(DISTINCT p) = count(DISTINCT t) AS distinct_alike, count(*) FILTER (WHERE p::text <> t) AS wrong FROM postcode;
SELECT count(*) AS out_of_order FROM (
	SELECT row_number() OVER (ORDER BY p, id) AS by_postcode, row_number() OVER (ORDER BY t COLLATE "C", id) AS by_text FROM postcode) x
WHERE by_postcode <> by_text;
SELECT p FROM (VALUES ('LA1 1AA'), ('L2 1AA'), ('L1A 1AA'), ('L19 1AA'), ('L10 1AA'), ('L1 9ZZ'), ('L1 1AB'), ('L1 1AA'), ('K1 1AA'),
	('GIR 0AA'), ('GH9Y 9ZZ'), ('GK0 0AA'), ('ZZ99 0AA'), ('ZY99 9ZZ'), ('EC1A 1BB'), ('EC1 1BB'), ('EC10 1BB'), ('E1 1AA')) AS v(t), LATERAL (SELECT t::uk_postcode AS p) x
ORDER BY p;
SELECT count(*) AS operators_wrong FROM postcode a JOIN postcode b ON b.id = a.id % 97 + 1
WHERE (a.p < b.p) <> (a.t COLLATE "C" < b.t) OR (a.p <= b.p) <> (a.t COLLATE "C" <= b.t) OR (a.p = b.p) <> (a.t = b.t)
   OR (a.p <> b.p) <> (a.t <> b.t) OR (a.p >= b.p) <> (a.t COLLATE "C" >= b.t) OR (a.p > b.p) <> (a.t COLLATE "C" > b.t)
   OR sign(uk_postcode_cmp(a.p, b.p)) <> CASE WHEN a.t COLLATE "C" < b.t THEN -1 WHEN a.t = b.t THEN 0 ELSE 1 END;

SELECT uk_postcode_send('A0 0AA'), uk_postcode_send('GIR 0AA'), uk_postcode_send('ZZ99 9ZZ');
COPY (SELECT p FROM postcode ORDER BY id) TO PROGRAM 'cat > wardstar_uk_postcode.bin' (FORMAT binary);
CREATE TEMP TABLE back (id serial, p uk_postcode);
COPY back (p) FROM PROGRAM 'cat wardstar_uk_postcode.bin; rm wardstar_uk_postcode.bin' (FORMAT binary);
SELECT count(*) AS read_back, count(*) FILTER (WHERE x.p = back.p) AS same
FROM back JOIN (SELECT row_number() OVER (ORDER BY id) AS id, p FROM postcode) x USING (id);

-- The binary form is as strict as text: what is no rank, another version and a wrong length are refused.
CREATE TEMP TABLE refused (p uk_postcode);
\set header 'PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\001\\0\\0\\0'
\set from 'COPY refused FROM PROGRAM $p$printf '''
\set to '''$p$ (FORMAT binary)'
\set VERBOSITY terse
SELECT :'from' || :'header' || bytes || :'to' FROM (VALUES
	(1, '\005\001\377\377\377\377'), (2, '\005\001\036\157\075\251'), (3, '\005\001\177\377\377\377'), (4, '\005\002\000\000\000\000'),
	(5, '\004\001\000\000\000'), (6, '\006\001\000\000\000\000\000'), (7, '\000')) AS v(n, bytes) ORDER BY n \gexec
SELECT :'from' || :'header' || '\005\001\036\157\075\250\377\377' || :'to' \gexec
\set VERBOSITY default
SELECT * FROM refused;

-- Indexes give what a scan of the table gives.
SELECT opcname, amname, amvalidate(o.oid) FROM pg_opclass o JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'uk_postcode'::regtype ORDER BY 1, 2;
SELECT amproc, amprocnum FROM pg_amproc p JOIN pg_opfamily f ON f.oid = amprocfamily JOIN pg_am a ON a.oid = opfmethod
WHERE amproclefttype = 'uk_postcode'::regtype AND amname = 'btree' ORDER BY 2;

CREATE FUNCTION pg_temp.scan(query text, node text) RETURNS TABLE (uses_it boolean, answer text) LANGUAGE plpgsql AS $$
DECLARE
	line text; plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP plan := plan || line || E'\n'; END LOOP;
	uses_it := plan LIKE '%' || node || '%';
	EXECUTE format('SELECT count(*) || '' '' || coalesce(md5(string_agg(x::text, '','')), ''none'') FROM (%s) x', query) INTO answer;
	RETURN NEXT;
END $$;
CREATE TEMP TABLE condition (n int, query text);
INSERT INTO condition VALUES
	(1, 'SELECT p FROM postcode WHERE p = ''l0 8jq'' ORDER BY p'),
	(2, 'SELECT p FROM postcode WHERE p > ''G0 0AA'' AND p <= ''GIR 0AA'' ORDER BY p'),
	(3, 'SELECT p FROM postcode WHERE p < ''AA0 0AB'' ORDER BY p DESC'),
	(4, 'SELECT p FROM postcode WHERE p >= ''ZY99 9ZZ'' ORDER BY p'),
	(5, 'SELECT p FROM postcode WHERE p IN (''L0 8JQ'', ''GIR 0AA'', ''M1 1AA'') ORDER BY p'),
	(6, 'SELECT p FROM postcode WHERE p = ANY (''{ZZ99 8JQ,GK3A0AA}'') ORDER BY p'),
	(7, 'SELECT p FROM postcode WHERE p = ''M1 1AA'' ORDER BY p');
SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off;
CREATE TEMP TABLE by_seq AS SELECT n, s.* FROM condition, LATERAL pg_temp.scan(query, 'Seq Scan') s;
CREATE INDEX postcode_btree ON postcode (p);
RESET enable_indexscan; RESET enable_indexonlyscan; SET enable_seqscan = off;
SELECT n, i.uses_it AS index_used, s.uses_it AS table_scanned, i.answer = s.answer AS same, split_part(i.answer, ' ', 1) AS rows
FROM condition JOIN by_seq s USING (n), LATERAL pg_temp.scan(query, 'postcode_btree') i ORDER BY n;
DROP INDEX postcode_btree;
CREATE INDEX postcode_hash ON postcode USING hash (p);
SET enable_bitmapscan = on;
SELECT n, i.uses_it AS index_used, i.answer = s.answer AS same
FROM condition JOIN by_seq s USING (n), LATERAL pg_temp.scan(query, 'postcode_hash') i WHERE n IN (1, 5, 6, 7) ORDER BY n;
DROP INDEX postcode_hash;
CREATE INDEX postcode_brin ON postcode USING brin (p) WITH (pages_per_range = 1);
SELECT n, i.uses_it AS index_used, i.answer = s.answer AS same
FROM condition JOIN by_seq s USING (n), LATERAL pg_temp.scan(query, 'postcode_brin') i ORDER BY n;
DROP INDEX postcode_brin;
RESET enable_seqscan;

-- Equal values hash alike; hash and merge joins agree.
SELECT count(*) AS unlike FROM postcode a JOIN postcode b ON b.t = a.t
WHERE uk_postcode_hash(a.p) <> uk_postcode_hash(b.p) OR uk_postcode_hash_extended(a.p, 42) <> uk_postcode_hash_extended(b.p, 42)
   OR uk_postcode_hash_extended(a.p, 0) & 4294967295 <> uk_postcode_hash(a.p)::bigint & 4294967295;
\set join 'SELECT a.id, b.id AS other FROM postcode a JOIN postcode b USING (p) WHERE a.id < b.id ORDER BY 1, 2'
SET enable_nestloop = off; SET enable_mergejoin = off;
SELECT * FROM pg_temp.scan(:'join', 'Hash Join') \gset hash_
SET enable_mergejoin = on; SET enable_hashjoin = off;
SELECT * FROM pg_temp.scan(:'join', 'Merge Join') \gset merge_
SELECT :'hash_uses_it' AS hash, :'merge_uses_it' AS merge, :'hash_answer' = :'merge_answer' AS same, split_part(:'hash_answer', ' ', 1) AS rows;
RESET enable_nestloop; RESET enable_hashjoin; RESET enable_mergejoin;

-- The smallest and the largest, alone and by parallel workers.
SELECT min(p)::text = min(t COLLATE "C") AS min, max(p)::text = max(t COLLATE "C") AS max FROM postcode;
SELECT min(p), max(p) FROM postcode WHERE false;
SELECT min(p), max(p) FROM (VALUES (NULL::uk_postcode), ('L10 1AA'), (NULL), ('L1 1AA')) v(p);
CREATE TABLE area_uk_postcode_parallel AS SELECT p, t FROM postcode;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
ALTER TABLE area_uk_postcode_parallel SET (parallel_workers = 2);
SELECT uses_it AS partial FROM pg_temp.scan('SELECT min(p), max(p) FROM area_uk_postcode_parallel', 'Partial Aggregate');
SELECT min(p)::text = min(t COLLATE "C") AS min, max(p)::text = max(t COLLATE "C") AS max FROM area_uk_postcode_parallel;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
DROP TABLE area_uk_postcode_parallel;

-- The parts of a postcode, against a regular expression on the text.
SELECT count(*) AS wrong FROM postcode
WHERE postcode_area(p) <> substring(t FROM '^[A-Z]+') OR postcode_district(p) <> split_part(t, ' ', 1)
   OR postcode_sector(p) <> substring(t FROM '^[^ ]+ [0-9]') OR postcode_unit_is_pseudo(p) <> (t ~ '^ZZ99');
SELECT p, postcode_area(p), postcode_district(p), postcode_sector(p), postcode_unit_is_pseudo(p)
FROM unnest('{L1 8JQ,EC1A 1BB,GIR 0AA,ZZ99 3VZ,ZY99 3AA,NULL}'::uk_postcode[]) p;

-- Casts: text needs a cast to be compared, and takes a postcode on assignment.
SELECT 'l18jq'::text::uk_postcode, 'L18JQ '::varchar::uk_postcode, 'l18jq'::uk_postcode::text, 'L1 8JQ'::uk_postcode::varchar(2);
SELECT 'L1 8JQ'::uk_postcode = 'l18jq', 'L1 8JQ'::uk_postcode IN ('M1 1AA', 'L18JQ'), 'L18JQ' = ANY ('{L1 8JQ}'::uk_postcode[]);
\set VERBOSITY sqlstate
SELECT 'L1 8JQ'::uk_postcode = 'L1 8JQ'::text;
SELECT 'L1 8JQ'::uk_postcode = 'E01006512'::gss_code;
\set VERBOSITY default
SELECT pg_column_size('L1 8JQ'::uk_postcode), typlen, typbyval FROM pg_type WHERE oid = 'uk_postcode'::regtype;
SELECT count(*) AS not_leakproof FROM pg_operator JOIN pg_proc p ON p.oid = oprcode WHERE oprleft = 'uk_postcode'::regtype AND NOT proleakproof;

-- The hint's postcode is one that the input takes.
SELECT n, substring(attempt FROM 'If (.+) is meant')::uk_postcode AS meant
FROM input, LATERAL pg_temp.attempt('uk_postcode', input) AS attempt WHERE n >= 80 ORDER BY n;
-- Blanks wherever they stand, in a text of at most 1,000 bytes; a message shows 200 bytes of its text.
SELECT uk_postcode_is_valid('L1' || repeat(' ', 995) || '8JQ') AS longest, uk_postcode_is_valid('L1' || repeat(' ', 996) || '8JQ') AS longer;
\set VERBOSITY terse
SELECT uk_postcode_from_text(repeat('€', 5000));
