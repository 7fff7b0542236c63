-- outcome_star and star_change: text, what they hold, order, and errors. All data here is made up.

\pset null '(null)'
-- The error of a statement, in one row: SQLSTATE, message, detail, hint.
CREATE FUNCTION pg_temp.error_of(statement text) RETURNS TABLE (state text, message text, detail text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN QUERY SELECT 'none', '', '', '';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END $$;

-- Text: blanks on input, none on output; names in any case.
SELECT t::outcome_star FROM (VALUES
	('homelessness(3,4,2,5,7,6,4,3,2,8)'),
	(E' Homelessness\t( 3 , 4,2,5,7,6,4,3,2, - ) \n'),
	('goals[0-5](3,4,-)'), ('goals [ 0 - 5 high ] (3)'), ('worry[-10--5 LOW](-7,-,-5)'),
	('wide[-32768--32568](-32768,-32568)'), ('wide[32567-32767](32767)'),
	('sdq(0,10,3,4,-)'), ('core10(0,0,0,0,0,4,4,4,4,4)')) v(t);
SELECT ('many[0-1](' || repeat('1,', 63) || '-)')::outcome_star;

-- Errors.
SELECT t, e.* FROM (VALUES
	(1, 'homeless(1)'), (2, 'goals(3,4)'), (3, 'xyzzy(3)'), (4, ''), (5, '()'), (6, '3,4'),
	(7, 'teen'), (8, 'teen()'), (9, 'teen(1,2)'), (10, 'teen(1,2,3,4,5,1,2)'), (11, 'teen(1,2,3,4,5,6)'),
	(12, 'teen(0,1,1,1,1,1)'), (13, 'teen(3.5,1,1,1,1,1)'), (14, 'teen(1,,1,1,1,1)'), (15, 'teen(1,x,1,1,1,1)'),
	(16, 'teen(1,1,1,1,1,1'), (17, 'teen(1,1,1,1,1,1) x'), (18, 'teen(1 1,1,1,1,1)'), (19, 'teen(+1,1,1,1,1,1)'),
	(20, 'teen[1-5](1,1,1,1,1,1)'), (21, 'goals[5-0](3)'), (22, 'goals[0-0](0)'), (23, 'goals[0-201](3)'),
	(24, 'goals[0-40000](3)'), (25, 'goals[0-5 lowest](3)'), (26, 'goals[0-5(3)'), (27, 'goals[](3)'),
	(28, 'goals[0-5](99999999999999999999)'), (29, 'goals[0-5](-1)'), (30, 'goals[0-1](' || repeat('1,', 64) || '1)'),
	(31, repeat('a', 64) || '[0-1](1)'), (32, 'tëen(1)'), (33, 'teen(１,1,1,1,1,1)')) v(n, t),
	pg_temp.error_of(format('SELECT %L::outcome_star', t)) e ORDER BY n;

-- The constructor.
SELECT outcome_star('teen', '{1,2,3,NULL,5,1}'), outcome_star('goals[0-5]', '{1,NULL}'), outcome_star(NULL, '{1}'),
	outcome_star('Teen', ARRAY[1, 2, 3, 4, 5, NULL]);
SELECT s, e.* FROM (VALUES
	(1, $$outcome_star('teen', '{1,2,3,NULL,5,6}')$$), (2, $$outcome_star('teen', '{1,2}')$$),
	(3, $$outcome_star('teens', '{1}')$$), (4, $$outcome_star('goals[0-5](1)', '{1}')$$),
	(5, $$outcome_star('goals[0-5]', '{}')$$), (6, $$outcome_star('goals[0-5]', '{{1,2},{3,4}}')$$),
	(7, $$outcome_star('goals[0-5]', '{-2147483648}')$$),
	(8, $$outcome_star('goals[0-5]', array_fill(1, ARRAY[65]))$$)) v(n, s),
	pg_temp.error_of('SELECT ' || s) e ORDER BY n;

-- What a star holds, against the text it was made from.
WITH t(star) AS (VALUES ('homelessness(3,4,2,5,7,6,4,3,-,10)'::outcome_star), ('goals[0-5](-,-)'), ('goals[-2-5](-2,3)'),
	('phq9(0,1,2,3,0,1,2,3,0)'), ('sdq(1,2,3,4,5)'), ('youth(1,2,3,4,5,-)'))
SELECT star, star_instrument(star), star_scores(star), star_answered(star), star_mean(star), star_total(star),
	star_score(star, 2) AS second, star_stage(star, 1) AS stage
FROM t;
SELECT s, star_stage(outcome_star('homelessness', array_fill(s, ARRAY[10])), 1) AS of_ten,
	CASE WHEN s <= 5 THEN star_stage(outcome_star('teen', array_fill(s, ARRAY[6])), 'well-being') END AS of_five
FROM generate_series(1, 10) s;

-- A scale by its name, as headings write it.
SELECT h, star_scale_position('homelessness', h) FROM (VALUES
	('offending'), ('Self-care & living skills'), ('self_care_and_living_skills'), (' Managing  Money and personal administration '),
	('scale 3'), ('Scale_10'), ('7'), ('11'), ('0'), ('money'), (''), ('scale'), ('offending 2')) v(h);
SELECT star_score('teen(3,4,-,2,1,1)', 'Drugs & Alcohol') AS first, star_score('teen(3,4,-,2,1,1)', 'safety and security') AS missing;
SELECT s, e.* FROM (VALUES
	(1, $$star_score('teen(3,4,-,2,1,1)', 'money')$$), (2, $$star_score('teen(3,4,-,2,1,1)', 7)$$),
	(3, $$star_score('teen(3,4,-,2,1,1)', 0)$$), (4, $$star_stage('goals[0-5](1,2)', 'first')$$),
	(5, $$(SELECT max(scale) FROM star_scales('goals'))$$), (6, $$star_scale_position('homelesness', 'x')$$)) v(n, s),
	pg_temp.error_of('SELECT ' || s) e ORDER BY n;

-- JSON.
SELECT star_to_jsonb('teen(3,4,-,2,1,1)'), star_from_jsonb('{"instrument": "teen", "scores": {"well_being": 3, "Drugs & alcohol": null}}'),
	star_from_jsonb(star_to_jsonb('worry[-5-5 low](-5,-,5)'));
SELECT j, e.* FROM (VALUES
	(1, '{"instrument": "teen", "scores": [1.5, 1, 1, 1, 1, 1]}'), (2, '[1]'), (3, '{"instrument": "teen"}'),
	(4, '{"instrument": 1, "scores": [1]}'), (5, '{"instrument": "teen", "scores": {"money": 1}}'),
	(6, '{"instrument": "goals[0-5]", "scores": {"1": 1}}'), (7, '{"instrument": "goals[0-5]", "scores": ["1"]}'),
	(8, '{"instrument": "goals[0-5]", "scores": [[1]]}'), (9, '{"instrument": "goals[0-5]", "scores": [1e30]}'),
	(10, '{"instrument": "teen", "scores": [1, 1, 1, 1, 1, 9]}'), (11, '3')) v(n, j),
	pg_temp.error_of(format('SELECT star_from_jsonb(%L)', j)) e ORDER BY n;

-- The catalogue against itself as rows: counts, ranges, one position a scale, names that find themselves.
SELECT name, title, scales, lowest, highest, better, stages FROM star_instruments();
SELECT * FROM star_scales('SDQ');
SELECT i.name AS wrong FROM star_instruments() i, LATERAL (
	SELECT count(*) AS n, count(DISTINCT scale) AS names, bool_and(star_scale_position(i.name, scale) = position) AS found,
		min(lowest) AS lowest, max(highest) AS highest, string_agg(DISTINCT better, ' ' ORDER BY better) AS better
	FROM star_scales(i.name)) s
WHERE (s.n, s.names, s.found, s.lowest, s.highest, s.better)
	IS DISTINCT FROM (i.scales, i.scales, true, i.lowest, i.highest, replace(i.better, 'by scale', 'high low'));

-- Storage: a published instrument in at most a byte a score and 8 bytes.
CREATE TEMP TABLE stored (star outcome_star, change star_change);
INSERT INTO stored SELECT star, star - star FROM (
	SELECT outcome_star(name, array_fill(lowest, ARRAY[scales])) AS star FROM star_instruments()) s;
SELECT bool_and(pg_column_size(star) <= star_answered(star) + 8) AS small,
	bool_and(pg_column_size(change) <= star_answered(star) + 8) AS change_small FROM stored;

-- Change.
SELECT 'teen(5,4,-,2,1,1)'::outcome_star - 'teen(3,4,-,-,5,1)' AS change,
	'wide[0-200](0,200,-)'::outcome_star - 'wide[0-200](200,0,3)' AS wide,
	star_scores('wide[0-200](0,200,-)'::outcome_star - 'wide[0-200](200,0,3)') AS scores,
	'narrow[0-127](0,127)'::outcome_star - 'narrow[0-127](127,0)' AS narrow;
SELECT c::star_change, star_instrument(c::star_change) FROM (VALUES ('teen(+4,-4,0,-,1,-1)'), ('wide[0-200](-200,+200,-)'), (' phq9 ( -3,3,0,0,0,0,0,0,0 )')) v(c);
SELECT t, e.* FROM (VALUES (1, 'teen(5,0,0,0,0,0)'), (2, 'teen(-5,0,0,0,0,0)'), (3, 'teen(+,0,0,0,0,0)'), (4, 'teen(1)'), (5, 'teen(--,0,0,0,0,0)')) v(n, t),
	pg_temp.error_of(format('SELECT %L::star_change', t)) e ORDER BY n;
SELECT e.* FROM pg_temp.error_of($$SELECT 'teen(1,1,1,1,1,1)'::outcome_star - 'youth(1,1,1,1,1,1)'$$) e
UNION ALL SELECT e.* FROM pg_temp.error_of($$SELECT 'goals[0-5](1)'::outcome_star - 'goals[0-5](1,1)'$$) e
UNION ALL SELECT e.* FROM pg_temp.error_of($$SELECT 'goals[0-5](1)'::outcome_star - 'goals[0-5 low](1)'$$) e;
-- Which end is better is the scale's: of SDQ's five prosocial behaviour alone is better high.
SELECT c, star_improved(c), star_maintained(c), star_declined(c), star_improved(c, 2), star_maintained(c, 2), star_declined(c, 2)
FROM (VALUES ('homelessness(1,2,0,-1,-2,-,3,0,0,0)'::star_change), ('phq9(1,2,0,-1,-2,-,3,0,0)'), ('sdq(-2,-1,0,1,2)'),
	('sdq(1,1,1,1,1)'), ('worry[0-10 low](-3,1)'), ('teen(-,-,-,-,-,-)')) v(c);
SELECT e.state, e.message, e.detail FROM pg_temp.error_of($$SELECT star_improved('teen(1,1,1,1,1,1)', 0)$$) e;

-- Jacobson and Truax: SD 2.0 and reliability 0.80 give a difference of 1.265 and a least change of 2.48.
SELECT round((1 / i[1])::numeric, 3) AS standard_error, round((1.96 / i[1])::numeric, 2) AS least_change, i[2] AS missing, i[3] AS minus_three
FROM star_reliable_change('goals[1-10](1,-,8)', 'goals[1-10](2,5,5)', '{2.0}', '{0.80}') i;
SELECT star_reliable_change('goals[1-10](1,1,1)', 'goals[1-10](2,2,2)', '{1,NULL,2}', '{0.5,0.5,NULL}');
SELECT s, e.state, e.message, e.detail FROM (VALUES (1, '{0}', '{0.5}'), (2, '{NaN}', '{0.5}'), (3, '{Infinity}', '{0.5}'), (4, '{1}', '{1}'), (5, '{1}', '{NaN}'), (6, '{1,1}', '{0}'), (7, '{}', '{0}')) v(n, s, r),
	pg_temp.error_of(format($$SELECT star_reliable_change('goals[1-10](1,1,1)', 'goals[1-10](2,2,2)', %L, %L)$$, s, r)) e ORDER BY n;

-- Order: instrument, then scale by scale, missing first. Index and sort agree; the hash agrees with equality.
CREATE TEMP TABLE ordered (star outcome_star);
INSERT INTO ordered VALUES ('teen(2,1,1,1,1,1)'), ('teen(1,5,1,1,1,1)'), ('teen(-,5,1,1,1,1)'), ('home(1,1,1,1,1,1,1,1,1,1)'),
	('goals[0-5](3)'), ('goals[0-5](3,1)'), ('goals[0-6](1)'), ('goals[-1-5](-1)'), ('goals[0-5 low](3)'), ('goal[0-5](3)'), ('goals[0-5](3)');
SELECT star FROM ordered ORDER BY star;
CREATE TABLE star_sorted AS SELECT outcome_star('goals[0-3]', ARRAY[nullif(a, 9), b]) AS star
	FROM unnest(ARRAY[9, 0, 1, 2, 3]) a, generate_series(0, 3) b;
CREATE INDEX ON star_sorted (star);
SET enable_seqscan = off;
SET enable_sort = off;
SELECT string_agg(star::text, ' ') FROM (SELECT star FROM star_sorted WHERE star >= 'goals[0-3](2,2)' ORDER BY star) s;
RESET enable_seqscan;
RESET enable_sort;
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SET enable_bitmapscan = off;
SELECT string_agg(star::text, ' ') FROM (SELECT star FROM star_sorted WHERE star >= 'goals[0-3](2,2)' ORDER BY star) s;
RESET enable_indexscan;
RESET enable_indexonlyscan;
RESET enable_bitmapscan;
DROP TABLE star_sorted;
SELECT count(*) AS rows, count(DISTINCT star) AS stars, count(DISTINCT star_hash(star)) AS hashes FROM ordered;
SELECT count(*) AS wrong FROM ordered a, ordered b
WHERE (a.star = b.star) <> (a.star::text = b.star::text) OR (a.star < b.star) <> (b.star > a.star)
	OR (a.star <= b.star) <> NOT (a.star > b.star) OR (a.star = b.star AND star_hash_extended(a.star, 7) <> star_hash_extended(b.star, 7))
	OR sign(star_cmp(a.star, b.star)) <> -sign(star_cmp(b.star, a.star));

-- Round trips of 10,000 random stars: text, JSON and array give the same star.
SELECT setseed(0.3);
CREATE TEMP TABLE random_star AS
SELECT i, instrument, outcome_star(instrument, ARRAY(
		SELECT CASE WHEN random() < 0.9 THEN lowest + floor(random() * (highest - lowest + 1))::int END FROM generate_series(1, scales) WHERE i = i)) AS star
FROM generate_series(1, 10000) i, LATERAL (
	SELECT name AS instrument, scales, lowest, highest FROM star_instruments()
	UNION ALL VALUES ('goals[0-5]', 3, 0, 5), ('wide[-100-100 low]', 64, -100, 100)
	OFFSET i % 19 LIMIT 1) s;
SELECT count(*), count(DISTINCT star_instrument(star)) AS instruments,
	count(*) FILTER (WHERE star <> star::text::outcome_star) AS text_differs,
	count(*) FILTER (WHERE star <> star_from_jsonb(star_to_jsonb(star))) AS json_differs,
	count(*) FILTER (WHERE star <> outcome_star(star_instrument(star), star_scores(star)::int[])) AS array_differs,
	count(*) FILTER (WHERE star_mean(star) IS DISTINCT FROM (SELECT sum(s)::float8 / nullif(count(s), 0) FROM unnest(star_scores(star)) s) AND instrument <> 'sdq') AS mean_differs,
	count(*) FILTER (WHERE star_answered(star) <> (SELECT count(s) FROM unnest(star_scores(star)) s)) AS answered_differs
FROM random_star;
-- A text has at most 10,000 bytes, and a message shows 200 of them.
SELECT (repeat(' ', 9983) || 'teen(1,2,3,4,5,1)')::outcome_star AS longest;
\set VERBOSITY default
SELECT (repeat(' ', 9984) || 'teen(1,2,3,4,5,1)')::outcome_star;
SELECT outcome_star(repeat('x', 5000), ARRAY[1]);
SELECT star_score('teen(1,2,3,4,5,1)', repeat('é', 6000));
