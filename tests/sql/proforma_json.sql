-- No document of any shape, depth or size makes a check end in an error.
CREATE SCHEMA test_proforma_json;
SET search_path = test_proforma_json, public;
\getenv srcdir PG_ABS_SRCDIR
\set file :srcdir '/../sql/hub/forms/improved.json'
\set improved `cat :'file'`
CREATE TABLE document (n serial, form jsonb, answers jsonb, previous jsonb);
INSERT INTO document (form) VALUES (:'improved');

-- The same numbers on every machine.
CREATE TABLE seed AS SELECT 42::bigint AS n;
CREATE FUNCTION draw(below int) RETURNS int LANGUAGE plpgsql AS
$$DECLARE r bigint; BEGIN UPDATE seed SET n = (n * 1103515245 + 12345) % 2147483648 RETURNING n / 65536 INTO r; RETURN r % below; END$$;
CREATE FUNCTION scrap(depth int) RETURNS jsonb LANGUAGE plpgsql AS
$$
DECLARE
	keys text[] := '{name,version,valid,from,to,people,total,fields,type,title,constraints,pattern,enum,missingValues,minimum,groups,kind,role,bands,unknown,of,ages,basis,value,field,caseload,opening,new,closed,closing,narrative,serves,rules,check,period,status,form,answers,age.0-4,place.lsoa.E01006512,place.postcode.L1,age,""}';
	texts text[] := '{integer,string,date,partition,disjoint,subset,counts,describes,"[0,5)","[5,","[25,)","(",2025-Q1,2025-Q9,yes,<5,12 approx,-,returned,no_return,new_referrals,total,age.0-4,"place.lsoa.*",".*","",é,"a b c d",[a-,"[a-z]{3}","(a|b)+",date_order,no_overlap,7,07700 900123}';
	result jsonb;
	pick int := draw(CASE WHEN depth = 0 THEN 5 ELSE 9 END);
BEGIN
	CASE pick
		WHEN 0 THEN RETURN to_jsonb(texts[1 + draw(array_length(texts, 1))]);
		WHEN 1 THEN RETURN to_jsonb(draw(100) - 20);
		WHEN 2 THEN RETURN to_jsonb(draw(2) = 0);
		WHEN 3 THEN RETURN 'null';
		WHEN 4 THEN RETURN (ARRAY['1e400', '-1.5', '99999999999999999999', '0.0', '1e-400'])[1 + draw(5)]::jsonb;
		WHEN 5, 6 THEN
			result := '[]';
			FOR i IN 1 .. draw(6) LOOP result := result || jsonb_build_array(scrap(depth - 1)); END LOOP;
			RETURN result;
		ELSE
			result := '{}';
			FOR i IN 1 .. draw(8) LOOP result := result || jsonb_build_object(keys[1 + draw(array_length(keys, 1))], scrap(depth - 1)); END LOOP;
			RETURN result;
	END CASE;
END
$$;
-- A real form with a scrap in place of one of its parts, found by a walk.
CREATE FUNCTION spoiled(whole jsonb) RETURNS jsonb LANGUAGE plpgsql AS
$$
DECLARE
	place text[] := '{}';
	here jsonb := whole;
	step text;
	keys text[];
BEGIN
	LOOP
		IF jsonb_typeof(here) = 'object' AND here <> '{}' THEN
			SELECT array_agg(k ORDER BY k) INTO keys FROM jsonb_object_keys(here) k;
			step := keys[1 + draw(array_length(keys, 1))];
		ELSIF jsonb_typeof(here) = 'array' AND here <> '[]' THEN
			step := draw(jsonb_array_length(here))::text;
		ELSE
			EXIT;
		END IF;
		place := place || step;
		here := here #> ARRAY[step];
		EXIT WHEN draw(3) = 0;
	END LOOP;
	RETURN CASE WHEN draw(3) = 0 THEN whole #- place ELSE jsonb_set(whole, place, scrap(2)) END;
END
$$;

INSERT INTO document (form, answers, previous) SELECT scrap(4), scrap(3), scrap(4) FROM generate_series(1, 300);
INSERT INTO document (form, answers, previous)
SELECT spoiled(spoiled(form)), scrap(2) || '{"total": 7}', jsonb_build_array(jsonb_build_object('form', spoiled(form), 'answers', scrap(2), 'period', '2025-Q1'))
FROM document, generate_series(1, 300) WHERE n = 1;
-- Deep, and large.
INSERT INTO document (form, answers, previous) SELECT d, d, d FROM (SELECT (repeat('[', 1500) || repeat(']', 1500))::jsonb AS d) s;
INSERT INTO document (form, answers, previous) SELECT d, d, d FROM (SELECT (repeat('{"fields":', 1500) || '1' || repeat('}', 1500))::jsonb AS d) s;
INSERT INTO document (form, answers)
SELECT form, (SELECT jsonb_object_agg(CASE i % 4 WHEN 0 THEN 'place.lsoa.E0' ELSE 'box' END || 1000000 + i, repeat('9', i % 40)) FROM generate_series(1, 20000) i) FROM document WHERE n = 1;
INSERT INTO document (form, answers) SELECT form, jsonb_build_object('narrative.activities', repeat('Sam Example, 3/2/1999. ', 20000)) FROM document WHERE n = 1;
INSERT INTO document (form, answers)
SELECT jsonb_build_object('fields', jsonb_agg(jsonb_build_object('name', 'f' || i, 'type', 'integer', 'title', repeat('x', i % 500)))), '{"f7": 1}' FROM generate_series(1, 2000) i;

SELECT count(*) AS documents, count(*) FILTER (WHERE jsonb_typeof(form) = 'object') AS objects FROM document;
SELECT count(c) > 10000 AS found, bool_and(c.message <> '' AND c.rule <> '' AND c.severity IN ('error', 'query', 'note')) AS whole
FROM document, proforma_check(form, answers, previous) c;
SELECT count(c) > 1000 AS found, bool_and(c.message <> '' AND octet_length(c.message) < 1500) AS whole FROM document, proforma_lint(form) c;
SELECT bool_and(NOT isempty(proforma_bounds(form, coalesce(answers, '{}')))), bool_and(NOT isempty(proforma_bounds(form, coalesce(answers, '{}'), 'none'))),
	bool_and(NOT isempty(proforma_year_bounds(coalesce(previous, 'null')))), bool_and(NOT isempty(proforma_year_bounds(coalesce(previous, '{}'), 'newly_referred'))) FROM document;
SELECT bool_and(NOT isempty(people)) FROM document, proforma_band_bounds(form, coalesce(answers, '{}'), '{"[0,18)","[18,)"}');
SELECT count(record_ok(form, d)) = count(*) FROM document d;
SELECT count(*) > 0 FROM document d, record_check(form, d);
SELECT count(*) >= 0 FROM document d, record_check_across(form, ARRAY[d, d]);
-- A form out of a table, compressed or stored apart, is the same form.
CREATE TABLE kept (form jsonb);
INSERT INTO kept SELECT form FROM document WHERE n = 1;
ALTER TABLE kept ALTER form SET STORAGE EXTERNAL;
INSERT INTO kept SELECT form FROM document WHERE n = 1;
SELECT count(DISTINCT (SELECT array_agg(c ORDER BY c) FROM proforma_check(k.form, d.answers) c)) FROM kept k, document d WHERE d.answers = '{"f7": 1}';
SET client_min_messages = warning;
DROP SCHEMA test_proforma_json CASCADE;
