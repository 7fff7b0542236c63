-- Records, one row a client. All rows are made up.
CREATE SCHEMA test_proforma_records;
SET search_path = test_proforma_records, public;
\pset format unaligned
\pset tuples_only on
CREATE TABLE record_form (form jsonb);
INSERT INTO record_form VALUES ('{"name": "clients", "version": "1", "title": "Clients", "fields": [
	{"name": "client", "type": "string", "title": "Client", "constraints": {"required": true, "unique": true, "pattern": "C[0-9]{3}"}},
	{"name": "sex", "type": "string", "title": "Sex", "constraints": {"required": true, "enum": ["female", "male", "other", "not_known"]}},
	{"name": "born", "type": "integer", "title": "Year of birth", "constraints": {"minimum": 1920, "maximum": 2025}, "missingValues": ["", "n/k"]},
	{"name": "started", "type": "date", "title": "Started", "constraints": {"required": true, "minimum": "2015-01-01"}},
	{"name": "ended", "type": "date", "title": "Ended"},
	{"name": "contact", "type": "date", "title": "Last contact"},
	{"name": "postcode", "type": "string", "format": "uk-postcode", "title": "Postcode"},
	{"name": "lsoa", "type": "string", "format": "gss-code", "title": "LSOA"},
	{"name": "family", "type": "integer", "title": "People in the family"},
	{"name": "children", "type": "integer", "title": "Children in the family"},
	{"name": "worker", "type": "string", "title": "Worker", "constraints": {"minLength": 2, "maxLength": 5}},
	{"name": "consent", "type": "boolean", "title": "Consent"},
	{"name": "hours", "type": "number", "title": "Hours", "constraints": {"maximum": 99.5}}],
"rules": [{"check": "date_order", "fields": ["started", "ended"]},
	{"check": "in_period", "period": "2025-Q2", "fields": ["contact"]},
	{"check": "at_least_one", "fields": ["postcode", "lsoa"]},
	{"check": "not_more_than", "fields": ["children", "family"]},
	{"check": "no_overlap", "fields": ["client", "started", "ended"]}]}');
CREATE TABLE client (client text, sex text, born text, started text, ended text, contact text, postcode text, lsoa text,
	family text, children text, worker text, consent text, hours text);
CREATE FUNCTION fields(patch jsonb) RETURNS client LANGUAGE sql AS
$$SELECT jsonb_populate_record(NULL::client, '{"client": "C001", "sex": "female", "born": "1999", "started": "2025-05-01", "ended": "2025-08-31",
	"contact": "2025-07-31", "postcode": "L1 8JQ", "family": "4", "children": "2", "worker": "W7", "consent": "yes", "hours": "12.5"}' || patch)$$;

-- A row with the patch, other rows with patches of their own, and what is added to the form.
CREATE TABLE example (rule text, kind text, fires boolean, patch jsonb, others jsonb DEFAULT '[]', more jsonb DEFAULT '{}');
CREATE FUNCTION form_of(e example) RETURNS jsonb LANGUAGE sql AS
$$SELECT form || jsonb_build_object('fields', form->'fields' || coalesce(e.more->'fields', '[]'), 'rules', form->'rules' || coalesce(e.more->'rules', '[]')) FROM record_form$$;
CREATE FUNCTION findings(e example) RETURNS SETOF proforma_finding LANGUAGE sql AS
$$SELECT record_check(form_of(e), fields(e.patch)) UNION ALL
SELECT record_check_across(form_of(e), fields(e.patch) || ARRAY(SELECT fields(o) FROM jsonb_array_elements(e.others) WITH ORDINALITY o (o, n) ORDER BY n))$$;
INSERT INTO example VALUES
('R101', 'pass', false, '{}'), ('R101', 'fail', true, '{"started": "31/02/2025"}'), ('R101', 'edge', true, '{"ended": "2025-02-29"}'),
('R102', 'pass', false, '{}'), ('R102', 'fail', true, '{"started": null}'), ('R102', 'edge', true, '{"client": ""}'),
('R103', 'pass', false, '{"sex": "not_known"}'), ('R103', 'fail', true, '{"sex": "Fem"}'), ('R103', 'edge', true, '{"sex": "female "}'),
('R104', 'pass', false, '{}'), ('R104', 'fail', true, '{"client": "17"}'), ('R104', 'edge', true, '{"client": "C0011"}'),
('R105', 'pass', false, '{"born": "1920"}'), ('R105', 'fail', true, '{"born": "1919"}'), ('R105', 'edge', false, '{"started": "2015-01-01"}'),
('R106', 'pass', false, '{"hours": "99.5"}'), ('R106', 'fail', true, '{"born": "2026"}'), ('R106', 'edge', true, '{"hours": "99.50001"}'),
('R107', 'pass', false, '{"worker": "W7"}'), ('R107', 'fail', true, '{"worker": "W"}'), ('R107', 'edge', false, '{"worker": ""}'),
('R108', 'pass', false, '{"worker": "éèêëœ"}'), ('R108', 'fail', true, '{"worker": "Worker 7"}'), ('R108', 'edge', true, '{"worker": "éèêëœÿ"}'),
('R109', 'pass', false, '{"ended": "2025-05-01"}'), ('R109', 'fail', true, '{"ended": "2025-04-30"}'), ('R109', 'edge', false, '{"ended": null}'),
('R110', 'pass', false, '{"contact": "2025-09-30"}'), ('R110', 'fail', true, '{"contact": "2025-06-30"}'), ('R110', 'edge', true, '{"contact": "2025-10-01"}'),
('R111', 'pass', false, '{"lsoa": "E01006512"}'), ('R111', 'fail', true, '{"postcode": null}'), ('R111', 'edge', true, '{"postcode": "", "lsoa": ""}'),
('R112', 'pass', false, '{"children": "4"}'), ('R112', 'fail', true, '{"children": "5"}'), ('R112', 'edge', false, '{"children": "5", "family": null}');
INSERT INTO example (rule, kind, fires, patch, more) VALUES
('R113', 'pass', false, '{}', '{"fields": [{"name": "hours", "type": "number", "constraints": {"required": true}}]}'),
('R113', 'fail', true, '{}', '{"fields": [{"name": "ward", "type": "string", "title": "Ward", "constraints": {"required": true}}]}'),
('R113', 'edge', false, '{}', '{"fields": [{"name": "ward", "type": "string", "title": "Ward"}]}'),
('R114', 'pass', false, '{}', '{"rules": [{"check": "exactly_one", "fields": ["postcode", "lsoa"]}]}'),
('R114', 'fail', true, '{}', '{"rules": [{"check": "date_order", "fields": ["started", "left"]}]}'),
('R114', 'edge', true, '{}', '{"rules": [{"check": "date_order", "fields": ["started", "worker"]}]}'),
-- The date between two is missing.
('R109', 'edge', true, '{"ended": null}', '{"rules": [{"check": "date_order", "fields": ["contact", "ended", "started"]}]}'),
('R109', 'edge', false, '{"ended": null}', '{"rules": [{"check": "date_order", "fields": ["started", "ended", "contact"]}]}'),
('R112', 'edge', true, '{"hours": ""}', '{"rules": [{"check": "not_more_than", "fields": ["family", "hours", "children"]}]}');
INSERT INTO example (rule, kind, fires, patch, others) VALUES
('R201', 'pass', false, '{}', '[{"client": "C002"}, {"client": "c001"}]'),
('R201', 'fail', true, '{}', '[{"client": "C002"}, {"client": "C001", "started": "2025-09-01", "ended": null}]'),
('R201', 'edge', false, '{"client": ""}', '[{"client": ""}, {"client": null}]'),
('R202', 'pass', false, '{}', '[{"client": "C002"}]'),
('R202', 'fail', true, '{}', '[{"started": "2025-08-30", "ended": null}]'),
('R202', 'edge', false, '{}', '[{"started": "2025-08-31", "ended": null}]');
SELECT 'without examples: ' || code FROM proforma_rules() WHERE code ~ '^R'
	AND (SELECT count(DISTINCT kind) FROM example WHERE rule = code) <> 3;
-- None must be listed here, nor below.
SELECT e.rule, e.kind, e.fires AS should, e.patch FROM example e
WHERE fires <> EXISTS (SELECT FROM findings(e) f WHERE f.rule = e.rule);
SELECT e.rule, e.kind, 'record_ok differs' FROM example e
WHERE record_ok(form_of(e), fields(patch)) <> (NOT EXISTS (SELECT FROM record_check(form_of(e), fields(patch))));
-- The words.
SELECT f.* FROM example e, findings(e) f WHERE kind = 'fail' AND f.rule = e.rule ORDER BY e.rule;
SELECT record_check(form, fields('{}')) FROM record_form;
SELECT record_ok(form, fields('{}')), record_ok(form, NULL::client), record_ok(form, fields('{"born": "n/k"}')) FROM record_form;

-- Values that may point to a person are not repeated.
SELECT rule, message, observed FROM record_form, record_check(form, fields('{"sex": "Sam Example born 3/2/1999", "worker": "ring 07700 900123"}'));

-- A column that the form asks for is missing, and a rule that cannot be used: on every row.
SELECT c.rule, c.severity, c.message FROM record_form, (VALUES ('C001', 'female'), ('C002', 'male')) v (client, sex), record_check(form, v) c;
SELECT c.rule, c.message FROM (VALUES ('C001')) v (client), record_check('{"fields": [{"name": "client", "type": "string"}], "rules": [{"check": "sorted", "fields": ["client"]}]}', v) c;
SELECT c.rule FROM (VALUES ('C001')) v (client), record_check('{"fields": [{"name": "client", "type": "string"}]}', v) c;

-- Columns of the server's own types.
CREATE TABLE typed (client varchar(10), sex char(9), born smallint, started date, ended timestamp, contact timestamptz, postcode uk_postcode, lsoa gss_code,
	family bigint, children numeric, worker name, consent boolean, hours float8);
INSERT INTO typed VALUES ('C001', 'not_known', 1999, '2025-05-01', '2025-08-31 10:00', '2025-07-31 00:00', 'L1 8JQ', 'E01006512', 4, 2, 'W7', true, 12.5),
	('C002', 'x', 1900, '2014-01-01', '-infinity', NULL, NULL, NULL, 1, 2.5, 'W', NULL, 'NaN');
SELECT t.client, c.rule, c.message FROM record_form, typed t, record_check(form, t) c ORDER BY 1, 2, 3;
-- By a subquery, with a dropped column before, and more columns than the form has.
ALTER TABLE typed DROP COLUMN client;
ALTER TABLE typed ADD COLUMN client text DEFAULT 'C009';
ALTER TABLE typed ADD COLUMN more int;
SELECT t.born, c.rule FROM record_form, typed t, record_check(form, t) c WHERE born = 1999;
SELECT s.born, c.rule FROM record_form, (SELECT born, client, sex FROM typed) s, record_check(form, s) c WHERE born = 1999 ORDER BY 2;

-- Another form in another row, and a call that is given up after its first finding.
SELECT n, (SELECT count(*) FROM record_check(f, v)) FROM (VALUES (1, '{"fields": [{"name": "a", "type": "integer"}]}'::jsonb), (2, '{"fields": [{"name": "a", "type": "date"}]}'),
	(3, '{"fields": [{"name": "a", "type": "string"}]}'), (4, '[]'), (5, '"x"')) s (n, f), (VALUES ('7'::text)) v (a) ORDER BY n;
-- Forms of many sizes, row by row: none must be listed.
SELECT n, findings FROM (SELECT n, repeat('x', (n * 7) % 40) AS more, jsonb_build_object('fields', jsonb_agg(jsonb_build_object('name', 'c' || k, 'type', 'integer', 'title', k || repeat('x', (n * 7) % 40)))) AS form
	FROM generate_series(1, 200) n, generate_series(1, 1 + n % 9) k GROUP BY n) s,
	(VALUES ('a'::text, 'b'::text, 'c'::text, 'd'::text, 'e'::text, 'f'::text, 'g'::text, 'h'::text, 'i'::text)) v (c1, c2, c3, c4, c5, c6, c7, c8, c9),
	LATERAL (SELECT string_agg(message, ' ') AS findings FROM record_check(form, v)) f
WHERE findings IS DISTINCT FROM (SELECT string_agg(format('In the column "%s%s" there is "%s", which is not a whole number.', k, more, chr(96 + k)), ' ' ORDER BY k) FROM generate_series(1, 1 + n % 9) k);
SELECT n, (SELECT c.rule FROM record_check(form, v) c LIMIT 1) FROM record_form, (VALUES (1, 'x', 'y'), (2, 'C001', 'y')) v (n, client, sex) ORDER BY n;
SELECT record_ok('{}', 3);

-- What means no answer, for the whole form and for one field.
SELECT a, b, record_ok('{"missingValues": ["", "n/k"], "fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer", "missingValues": ["-"]}]}', v)
FROM (VALUES ('n/k'::text, '-'::text), ('-', '7'), ('7', 'n/k')) v (a, b);

-- Across rows.
SELECT rule, field, message, observed FROM record_form, record_check_across(form, (SELECT array_agg(r ORDER BY n) FROM (VALUES
	(1, fields('{}')), (2, fields('{"client": "C002"}')), (3, fields('{"started": "2025-08-31", "ended": ""}')),
	(4, fields('{"started": "2025-09-02"}')), (5, NULL), (6, fields('{"client": ""}')), (7, fields('{"client": "C002", "started": "2024-01-01", "ended": "2025-05-02"}'))) v (n, r)));
SELECT count(*) FROM record_form, record_check_across(form, '{}'::client[]);
-- Rows of several types: each is judged by its own columns, but they can't be put beside each other.
SELECT i, record_ok('{"fields": [{"name": "f1", "type": "integer"}, {"name": "f2", "type": "date"}]}', (ARRAY[ROW(1), ROW('x'::text), ROW(1, date '2025-04-01'), ROW(1, 'x'::text), ROW(2)])[1 + i % 5])
FROM generate_series(0, 9) i;
SELECT * FROM record_check_across('{"fields": [{"name": "f1", "constraints": {"unique": true}}]}', ARRAY[ROW(1, 2), ROW(2, 3), NULL, ROW(1, 4)]);
SELECT * FROM record_check_across('{"fields": [{"name": "f1", "constraints": {"unique": true}}, {"name": "f2", "constraints": {"unique": true}}, {"name": "f3", "constraints": {"unique": true}}]}',
	ARRAY[ROW(1), NULL, ROW(1, 2, 3), ROW(1, 2, 3)]);
-- The same by plain SQL, over many rows.
CREATE TABLE engagement AS
SELECT i, 'C' || c AS client, started, CASE WHEN i % 50 <> 0 THEN started + i % 60 END AS ended
FROM (SELECT i, (hashint4(i)::bigint & 2147483647) % 1000 AS c, date '2025-01-01' + ((hashint4(-i)::bigint & 2147483647) % 700)::int AS started
	FROM generate_series(1, 5000) i) s;
WITH found AS (
	SELECT (regexp_match(message, 'row (\d+)\.$'))[1]::int AS i
	FROM record_check_across('{"fields": [{"name": "client", "type": "string"}, {"name": "started", "type": "date"}, {"name": "ended", "type": "date"}],
		"rules": [{"check": "no_overlap", "fields": ["client", "started", "ended"]}]}', (SELECT array_agg(e ORDER BY i) FROM engagement e))),
wanted AS (
	SELECT e.i FROM engagement e
	WHERE EXISTS (SELECT FROM engagement o WHERE o.client = e.client AND (o.started, o.i) < (e.started, e.i) AND e.started < coalesce(o.ended, 'infinity')))
SELECT (SELECT count(*) FROM wanted) > 100, (SELECT count(*) FROM (SELECT * FROM found EXCEPT SELECT * FROM wanted) s),
	(SELECT count(*) FROM (SELECT * FROM wanted EXCEPT SELECT * FROM found) s);
-- Patterns: those matched here agree with the server's engine.
CREATE TABLE patterns AS
SELECT p, t FROM unnest(ARRAY['^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$', 'a*b+c?', '[0-9]{2,}', 'x{0,3}y', '\d\d-\d+', '[a-c]*[b-d]*', 'a?a?a?aaa',
	'(ab|c)+', '[^a]b', '.b', 'a-z', '[-a]+', '\.\d', 'é+', 'a{2}', '', 'a|', '[\d.]+', 'a\+?', '[a-]+', 'a{0}b', '(a*)*b', '\w+', 'a$', '^', '[[:digit:]]+']) p,
	unnest(ARRAY['', 'L1 8JQ', 'L18JQ', 'EC1A 1BB', 'aab', 'aabcc', 'b', 'bc', '12', '1', 'xxxy', 'xxxxy', 'y', '12-3', '12-', 'abcd', 'dcba', 'aaa', 'aaaaaa',
	'aaaaaaa', 'ababc', 'cb', 'éb', 'é', 'éé', 'a-z', '-a-', '.5', 'a', 'aa', 'ab', 'x5', 'a+', 'a-', '1.5']) t;
SELECT count(*), count(*) FILTER (WHERE t ~ ('^(?:' || p || ')$')) > 60 FROM patterns;
SELECT p, t FROM patterns
WHERE record_ok(jsonb_build_object('fields', jsonb_build_array(jsonb_build_object('name', 't', 'type', 'string', 'constraints', jsonb_build_object('pattern', p)))), patterns)
	<> (t = '' OR t ~ ('^(?:' || p || ')$'));
SELECT rule, message FROM proforma_lint('{"name": "f", "version": "1", "title": "F", "valid": {"from": "2025-Q1"}, "fields": [{"name": "t", "type": "string", "title": "Code", "constraints": {"pattern": "b**("}}]}') WHERE rule = 'F114';
-- A table whose columns change between two calls of one place: each row is read as it is now.
CREATE TABLE altered (a text, b int);
CREATE FUNCTION check_altered(form jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answers text := '';
	r record;
	ok boolean;
BEGIN
	FOR step IN 1..4 LOOP
		-- The same call site each time.
		FOR r IN EXECUTE 'SELECT t FROM altered t' LOOP
			ok := record_ok(form, r.t);
			answers := answers || ok::text || ' ';
		END LOOP;
		IF step = 1 THEN
			ALTER TABLE altered ALTER b TYPE text USING b || ' people';
		ELSIF step = 2 THEN
			ALTER TABLE altered ALTER b TYPE float8 USING 7;
		ELSIF step = 3 THEN
			ALTER TABLE altered ALTER b TYPE bigint USING 70000000000;
		END IF;
	END LOOP;
	RETURN answers;
END $$;
INSERT INTO altered VALUES ('x', 5);
SELECT check_altered('{"fields": [{"name": "b", "type": "integer", "constraints": {"maximum": 100}}]}');
DROP TABLE altered;
SET client_min_messages = warning;
DROP SCHEMA test_proforma_records CASCADE;
