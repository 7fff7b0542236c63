-- The seven faults that the evaluation report found in real returns (its section 4.2): finding, words, bounds.
CREATE SCHEMA test_proforma;
SET search_path = test_proforma, public;
\getenv srcdir PG_ABS_SRCDIR
\set file :srcdir '/../sql/hub/forms/old.json'
\set old `cat :'file'`
\set file :srcdir '/../sql/hub/forms/new.json'
\set new `cat :'file'`
\set file :srcdir '/../sql/hub/forms/improved.json'
\set improved `cat :'file'`
CREATE TABLE form (name text PRIMARY KEY, definition jsonb);
INSERT INTO form VALUES ('old', :'old'), ('new', :'new'), ('improved', :'improved');
\pset format unaligned
\pset tuples_only on

\echo 1. Figure 1: 39 people, or 21 of whom 18 are parents?
SELECT proforma_bounds(definition, a), proforma_bounds(definition, a, assume => 'none'), rule, severity, message, suggestion
FROM form, (VALUES ('{"role.parent_carer": 18, "age.18-25": 5, "age.25+": 16}'::jsonb)) v (a), proforma_check(definition, a)
WHERE name = 'old' AND rule IN ('P305', 'P306', 'P310');
SELECT proforma_bounds(definition, a), rule, severity, message, suggestion
FROM form, (VALUES ('{"total": 39, "role.parent_carer": 18, "age.18-25": 5, "age.25+": 16}'::jsonb)) v (a), proforma_check(definition, a)
WHERE name = 'old' AND rule IN ('P305', 'P306', 'P310');

\echo 2. 70 people, 18 female and 10 male
SELECT proforma_bounds(definition, a), rule, severity, field, message, suggestion, observed, expected
FROM form, (VALUES ('{"total": 70, "sex.female": 18, "sex.male": 10}'::jsonb)) v (a), proforma_check(definition, a)
WHERE name = 'new' AND rule LIKE 'P3%';

\echo 3. A return of nobody
SELECT proforma_bounds(definition, a), rule, severity, message, suggestion
FROM form, (VALUES ('{"total": 0}'::jsonb)) v (a), proforma_check(definition, a)
WHERE name = 'new' AND rule LIKE 'P4%';

\echo 4. "yes" in place of a number
SELECT proforma_bounds(definition, a), rule, severity, field, message, suggestion, observed, expected
FROM form, (VALUES ('{"age.18-25": "yes", "age.25+": 16, "role.parent_carer": 0}'::jsonb)) v (a), proforma_check(definition, a)
WHERE name = 'old' AND rule LIKE 'P1%';

\echo 5. The same people counted again in the next quarter
SELECT proforma_year_bounds(jsonb_build_array(
		jsonb_build_object('period', '2021-Q2', 'status', 'returned', 'form', definition, 'answers', p),
		jsonb_build_object('period', '2021-Q3', 'status', 'returned', 'form', definition, 'answers', a))), rule, severity, message, suggestion
FROM form, (VALUES ('{"total": 47, "period": "2021-Q3", "basis": "caseload_in_period"}'::jsonb, '{"total": 44, "basis": "caseload_in_period"}'::jsonb),
		('{"total": 47, "period": "2021-Q3"}', '{"total": 44}')) v (a, p),
	proforma_check(definition, a, jsonb_build_array(jsonb_build_object('period', '2021-Q2', 'status', 'returned', 'form', definition, 'answers', p)))
WHERE name = 'new' AND rule IN ('P604', 'P501');

\echo 6. Old and new form in one series
SELECT rule, severity, message, suggestion
FROM form n, form o, proforma_check(n.definition, '{"total": 26, "age.18-25": 8, "age.25+": 18, "period": "2021-Q2"}',
	jsonb_build_array(jsonb_build_object('period', '2021-Q1', 'status', 'returned', 'form', o.definition,
		'answers', '{"role.parent_carer": 18, "age.18-25": 5, "age.25+": 16}'::jsonb)))
WHERE n.name = 'new' AND o.name = 'old' AND rule IN ('P509', 'P604');
SELECT n.name, b.* FROM form n, proforma_band_bounds(n.definition,
	CASE n.name WHEN 'old' THEN '{"role.parent_carer": 18, "age.18-25": 5, "age.25+": 16}'::jsonb ELSE '{"total": 26, "age.18-25": 8, "age.25+": 18}' END,
	'{"[0,18)","[18,25)","[25,)","[18,)"}') b
WHERE n.name <> 'improved' ORDER BY 1 DESC, 2;

\echo 7. What was not asked at all
SELECT name, rule, severity, message FROM form, proforma_lint(definition)
WHERE rule IN ('F105', 'F106', 'F107', 'F108', 'F109', 'F118') ORDER BY name DESC, rule;
\echo The form itself: the old one, by rule
SELECT rule, severity, field, message FROM form, proforma_lint(definition)
WHERE name = 'old' AND rule NOT IN ('F105', 'F106', 'F107', 'F108', 'F109', 'F118');
\echo The improved form has no fault:
SELECT count(*) FROM form, proforma_lint(definition) WHERE name = 'improved';

\echo Cells: each way to fill a box, alone in its group
SELECT n, a->>'age.0-4' AS cell, proforma_bounds(definition, a || '{"role.lone_parent": 0}')
FROM form, (VALUES (1, '{"age.0-4": 7}'::jsonb), (2, '{"age.0-4": "N/A"}'), (3, '{"age.0-4": "yes"}'), (4, '{"age.0-4": "<5"}'),
	(5, '{"age.0-4": "12 approx."}'), (6, '{"age.0-4": "lots"}'), (7, '{"age.0-4": ""}'), (8, '{"age.0-4": null}'), (9, '{"age.0-4": "", "age.25+": 3}'),
	(10, '{"age.0-4": "up to 5"}'), (11, '{"age.0-4": "2147483646"}'), (12, '{"age.0-4": "2147483646", "age.25+": 9}')) v (n, a)
WHERE name = 'old' ORDER BY n;
\echo A contradiction gives what lies between
SELECT proforma_bounds(definition, '{"total": 10, "sex.female": 8, "sex.male": 4}'),
	proforma_bounds(definition, '{"total": 10, "sex.female": 3, "sex.male": 4, "sex.not_known": 0}'),
	proforma_bounds(definition, '{"sex.female": 8, "sex.not_known": 0, "ethnicity.W1": 9, "ethnicity.not_known": 2}')
FROM form WHERE name = 'new';

\echo Years: ten open at the start, five new and five closed a quarter
SELECT proforma_year_bounds(jsonb_agg(jsonb_build_object('period', '2025-Q' || q, 'status', 'returned', 'form', definition,
	'answers', '{"caseload.opening": 10, "caseload.new": 5, "caseload.closed": 5}'::jsonb)))
FROM form, generate_series(1, 4) q WHERE name = 'improved';
SELECT basis, status, proforma_year_bounds(r), proforma_year_bounds(r, 'newly_referred')
FROM (SELECT basis, status, jsonb_agg(jsonb_build_object('period', '2025-Q' || q,
		'status', CASE WHEN q = 2 THEN status ELSE 'returned' END, 'form', definition,
		'answers', jsonb_build_object('basis', basis, 'total', 10 * q))) AS r
	FROM form, generate_series(1, 4) q, unnest('{caseload_in_period,caseload_at_end,new_referrals,not stated}'::text[]) basis,
		unnest('{returned,no_return,not_due}'::text[]) status
	WHERE name = 'new' GROUP BY 1, 2) s
ORDER BY basis, status DESC;
\echo New this year in each quarter: nobody is counted in two
SELECT proforma_year_bounds(r), proforma_year_bounds(r, 'newly_referred')
FROM (SELECT jsonb_agg(jsonb_build_object('period', '2025-Q' || q, 'status', 'returned', 'answers', jsonb_build_object('total', 10 * q),
		'form', definition || '{"basis": {"value": "new_referrals", "first_time_in_year": true}}')) AS r
	FROM form, generate_series(1, 4) q WHERE name = 'new') s;
\echo New referrals with the opening caseload
SELECT proforma_year_bounds(jsonb_agg(jsonb_build_object('period', '2025-Q' || q, 'status', 'returned',
	'form', definition || '{"basis": {"value": "new_referrals"}}', 'answers', jsonb_build_object('total', 5, 'caseload.opening', 10))))
FROM form, generate_series(1, 4) q WHERE name = 'improved';
\echo Nonsense gives no error, and no false figure
SELECT proforma_bounds(f, a), proforma_year_bounds(f), (SELECT count(*) FROM proforma_band_bounds(f, a, '{"[0,5)",empty,NULL,"(,)","[-5,3)"}'))
FROM (VALUES ('{}'::jsonb, '[]'::jsonb), ('[{"form": 3, "answers": "x"}]', '{"total": {"a": [1]}}'), ('null', 'null'), ('"x"', '1e400')) v (f, a);
\set VERBOSITY default
SELECT proforma_bounds('{}', '{}', 'all');
SELECT proforma_year_bounds('[]', 'reached');
SET client_min_messages = warning;
DROP SCHEMA test_proforma CASCADE;
