-- distance_travelled and what follows from it. All data here is made up.
SET extra_float_digits = -3;	-- the last digits are the C library's

\pset null '(null)'
CREATE FUNCTION pg_temp.error_of(statement text) RETURNS TABLE (state text, message text, detail text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN QUERY SELECT 'none', '', '';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN NEXT;
END $$;

-- Edges: no rows, no stars, a client without a second star, one without a first, nothing answered.
SELECT n, distance_travelled(b::outcome_star, l::outcome_star) FROM (VALUES
	(1, NULL, NULL), (2, 'goals[0-5](1,-)', NULL), (3, NULL, 'goals[0-5](1,-)'), (4, 'goals[0-5](-,-)', 'goals[0-5](-,-)'),
	(5, 'goals[0-5](1,-)', 'goals[0-5](2,3)'), (5, 'goals[0-5](1,5)', 'goals[0-5](0,5)'), (5, 'goals[0-5](3,4)', NULL), (5, NULL, NULL),
	(6, 'sdq(1,2,3,4,5)', 'sdq(5,4,3,2,1)')) v(n, b, l) GROUP BY n ORDER BY n;
SELECT distance_travelled(NULL::outcome_star, NULL) IS NULL AS no_star, star_distance_merge(NULL) IS NULL AS none_to_merge, star_average(NULL) IS NULL AS no_average;
SELECT count(*) AS rows FROM star_distance_table(NULL);
\x
SELECT * FROM star_distance_table('goals[0-5]{4;1>0:1,1>2:1,3>-:1;->3:1,4>-:1,5>5:1;1:1>2:1,2:6>5:1}');
-- Nobody paired; one pair; all changed by the same.
SELECT scale, pairs, unpaired, mean_change, lower, improved_share, t, wilcoxon_z, srm FROM star_distance_table('goals[0-5]{3;1>-:3;}');
SELECT * FROM star_distance_table('goals[0-5]{1;1>3:1;1:1>3:1}') OFFSET 1;
SELECT pairs, mean_change, sd_change, lower, upper, t, p_t, wilcoxon_z, srm FROM star_distance_table('goals[0-5]{7;1>3:3,2>4:4;1:1>3:3,1:2>4:4}') LIMIT 1;
\x
-- The mean of a third and of two sixths are one change: no spread from rounding.
SELECT scale, mean_change, sd_change, t FROM star_distance_table((
	SELECT distance_travelled(b::outcome_star, l::outcome_star) FROM (VALUES
		('six[1-10](1,1,1,-,-,-)', 'six[1-10](2,1,1,-,-,-)'), ('six[1-10](1,1,1,1,1,1)', 'six[1-10](2,2,1,1,1,1)')) v(b, l))) OFFSET 6;
-- at_ceiling and kept_high: of ten points the last stage is 9 and 10; of a measure without stages the best score.
SELECT i, threshold, at_ceiling, kept_high, improved
FROM (SELECT i, distance_travelled(outcome_star(i, array_fill(x, ARRAY[n])), outcome_star(i, array_fill(y, ARRAY[n]))) AS distance
	FROM (VALUES ('homelessness', 10, ARRAY[8, 9, 10, 10, 8], ARRAY[9, 9, 10, 8, 8]), ('phq9', 9, ARRAY[0, 1, 0, 2, 1], ARRAY[0, 0, 1, 0, 1]),
		('goals[0-5]', 1, ARRAY[5, 4, 5, 3, 4], ARRAY[5, 5, 4, 5, 4])) v(i, n, b, l), unnest(b, l) p(x, y) GROUP BY i) d,
	generate_series(1, 3) threshold, star_distance_table(distance, threshold) f
WHERE scale = 'mean of scales' ORDER BY i, threshold;
SELECT scale FROM star_distance_table('sdq{1;1>5:1;2>4:1;3>3:1;4>2:1;5>1:1;}');

-- Errors.
SELECT n, e.* FROM (VALUES
	(1, $$SELECT distance_travelled(b, l) FROM (VALUES ('teen(1,1,1,1,1,1)'::outcome_star, 'youth(1,1,1,1,1,1)'::outcome_star)) v(b, l)$$),
	(2, $$SELECT distance_travelled(b, NULL) FROM (VALUES ('goals[0-5](1)'::outcome_star), ('goals[0-6](1)')) v(b)$$),
	(3, $$SELECT star_distance_merge(d) FROM (VALUES ('goals[0-5]{3;1>-:3;}'::star_distance), ('goals[0-6]{3;1>-:3;}')) v(d)$$),
	(4, $$SELECT star_average(s) FROM (VALUES ('goals[0-5](1)'::outcome_star), ('goals[0-5](1,1)')) v(s)$$),
	(5, $$SELECT star_distance_merge(d) FROM (VALUES ('goals[0-5]{1099511627776;;}'::star_distance), ('goals[0-5]{1;;}')) v(d)$$),
	(6, $$SELECT star_distance_table('goals[0-5]{3;1>-:3;}', 0)$$), (7, $$SELECT star_distance_table('goals[0-5]{3;1>-:3;}', 1, 1)$$),
	(8, $$SELECT star_distance_table('goals[0-5]{3;1>-:3;}', 1, 'NaN')$$)) v(n, s), pg_temp.error_of(s) e ORDER BY n;
SELECT t, e.* FROM (VALUES
	(1, ''), (2, 'goals[0-5]'), (3, 'goals[0-5]{3}'), (4, 'goals[0-5]{0;;}'), (5, 'goals[0-5]{3;1>6:1;}'), (6, 'goals[0-5]{3;1>2:4;1:1>2:4}'),
	(7, 'goals[0-5]{3;1>2:1;}'), (8, 'goals[0-5]{3;1>2:1;1:1>3:1}'), (9, 'goals[0-5]{3;->-:1;}'), (10, 'goals[0-5]{3;1>2:0;}'),
	(11, 'goals[0-5]{3;1>2:1;1:1>2:1} x'), (12, 'teen{3;;;}'), (13, 'goals[0-5]{99999999999999999999;;}'), (14, 'sdq{1;;;;;;1:1>1:1}'), (15, 'gaols{1;;}'),
	(16, 'goals[0-5]{3;1>2:1;9:1>2:1}')) v(n, t),
	pg_temp.error_of(format('SELECT %L::star_distance', t)) e ORDER BY n;
SELECT ' Goals [0-5] { 3 ; 1>2 : 1 , - > 3:1 ,1>2:1; 1:1>2:2 } '::star_distance, 'low[-3--1 low]{2;-3>-1:1,-1>-:1;1:-3>-1:1}'::star_distance;

-- Against R and scipy (the lines that made the tables are beside them): t, limits, Wilson, Wilcoxon by Pratt.
\getenv abs_srcdir PG_ABS_SRCDIR
\set r :abs_srcdir '/fixtures/star/statistics_r.csv'
\set scipy :abs_srcdir '/fixtures/star/statistics_scipy.csv'
CREATE TEMP TABLE from_r (cohort int, scale int, confidence float8, pairs bigint, baseline_mean float8, latest_mean float8, mean_change float8,
	sd_change float8, lower float8, upper float8, t float8, p_t float8, improved bigint, improved_lower float8, improved_upper float8, z float8, p_z float8);
COPY from_r FROM :'r' (FORMAT csv, HEADER);
CREATE TEMP TABLE from_scipy (cohort int, scale int, z float8, p_z float8);
COPY from_scipy FROM :'scipy' (FORMAT csv, HEADER);
CREATE TEMP TABLE cohort AS
SELECT k, distance_travelled(
		outcome_star('made_up[1-10]', ARRAY(SELECT CASE WHEN (i * s) % 7 <> 3 THEN 1 + (i * a + s * 31) % 97 % top END FROM generate_series(1, 4) s)),
		outcome_star('made_up[1-10]', ARRAY(SELECT CASE WHEN (i + s) % 11 <> 5 THEN 1 + (i * b + s * 57) % 89 % top END FROM generate_series(1, 4) s))) AS distance
FROM (VALUES (1, 5, 13, 29, 10), (2, 17, 7, 11, 5), (3, 60, 41, 43, 10), (4, 400, 53, 61, 3), (5, 2000, 71, 83, 10)) c(k, n, a, b, top),
	LATERAL generate_series(1, n) i
GROUP BY k;
-- Equal to 11 digits, or both missing.
CREATE FUNCTION pg_temp.close(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN a IS NOT DISTINCT FROM b OR coalesce(abs(a - b) <= 1e-11 * greatest(abs(a), abs(b), 1e-3), false);
SELECT count(*) AS compared, count(*) FILTER (WHERE NOT (f.pairs = r.pairs AND f.improved = r.improved
	AND pg_temp.close(f.baseline_mean, r.baseline_mean) AND pg_temp.close(f.latest_mean, r.latest_mean)
	AND pg_temp.close(f.mean_change, r.mean_change) AND pg_temp.close(f.sd_change, r.sd_change)
	AND pg_temp.close(f.lower, r.lower) AND pg_temp.close(f.upper, r.upper) AND pg_temp.close(f.t, r.t) AND pg_temp.close(f.p_t, r.p_t)
	AND pg_temp.close(f.improved_lower, r.improved_lower) AND pg_temp.close(f.improved_upper, r.improved_upper)
	AND pg_temp.close(f.wilcoxon_z, r.z) AND pg_temp.close(f.p_wilcoxon, r.p_z))) AS differ
FROM from_r r JOIN cohort c ON c.k = r.cohort, LATERAL (
	SELECT CASE scale WHEN 'mean of scales' THEN 0 ELSE substr(scale, 7)::int END AS s, t.* FROM star_distance_table(c.distance, 1, r.confidence) t) f
WHERE f.s = r.scale;
SELECT count(*) AS compared, count(*) FILTER (WHERE NOT (pg_temp.close(f.wilcoxon_z, p.z) AND pg_temp.close(f.p_wilcoxon, p.p_z))) AS differ
FROM from_scipy p JOIN cohort c ON c.k = p.cohort, LATERAL (
	SELECT CASE scale WHEN 'mean of scales' THEN 0 ELSE substr(scale, 7)::int END AS s, t.* FROM star_distance_table(c.distance) t) f
WHERE f.s = p.scale;

-- Against plain SQL over unnested arrays: 10,000 random pairs of one instrument, 1,500 of others, with missing scores and missing stars.
SELECT setseed(0.7);
CREATE TABLE star_pair AS
SELECT i, g, CASE WHEN i % 31 <> 7 THEN outcome_star(g, ARRAY(SELECT CASE WHEN random() < 0.9 THEN lowest + floor(random() * (highest - lowest + 1))::int END FROM generate_series(1, scales) WHERE i = i)) END AS baseline,
	CASE WHEN i % 17 <> 3 THEN outcome_star(g, ARRAY(SELECT CASE WHEN random() < 0.9 THEN lowest + floor(sqrt(random()) * (highest - lowest + 1))::int END FROM generate_series(1, scales) WHERE i = i)) END AS latest
FROM (SELECT name AS g, scales, lowest, highest FROM star_instruments() WHERE name IN ('homelessness', 'teen', 'wemwbs', 'phq9', 'sdq')
	UNION ALL VALUES ('wide[-100-100]', 3, -100, 100), ('worry[0-10 low]', 2, 0, 10)) k,
	LATERAL generate_series(1, CASE g WHEN 'homelessness' THEN 10000 ELSE 1500 END) i;
ANALYZE star_pair;
CREATE VIEW star_direction AS
SELECT name AS g, "position" AS p, CASE s.better WHEN 'low' THEN -1 ELSE 1 END AS direction, highest, lowest,
	CASE WHEN i.stages IS NULL THEN 1 ELSE (highest - lowest + 1) / 5 END AS points
FROM star_instruments() i, star_scales(name) s(scale, "position", l, h, better, st)
UNION ALL SELECT 'wide[-100-100]', p, 1, 100, -100, 1 FROM generate_series(1, 3) p
UNION ALL SELECT 'worry[0-10 low]', p, -1, 10, 0, 1 FROM generate_series(1, 2) p;
-- One row a client and scale with its number, and one a client with number 0 for the mean.
CREATE TEMP TABLE score_pair AS
WITH score AS (
	SELECT g, i, p, b, l FROM star_pair, LATERAL unnest(star_scores(coalesce(baseline, latest))) WITH ORDINALITY o(x, p),
		LATERAL (SELECT star_score(baseline, p::int)::numeric AS b, star_score(latest, p::int)::numeric AS l) s
	WHERE baseline IS NOT NULL OR latest IS NOT NULL)
SELECT g, i, p, b, l FROM score
UNION ALL
SELECT g, i, 0, sum(b) FILTER (WHERE l IS NOT NULL) / nullif(count(b + l), 0), sum(l) FILTER (WHERE b IS NOT NULL) / nullif(count(b + l), 0)
FROM score WHERE g <> 'sdq' GROUP BY g, i;
CREATE TEMP TABLE by_sql AS
WITH change AS (
	SELECT s.g, s.p, b, l, l - b AS change, direction * round(l - b, 9) AS gain, direction, points,
		CASE direction WHEN 1 THEN highest - b ELSE b - lowest END AS room,
		CASE direction WHEN 1 THEN highest - least(b, l) ELSE greatest(b, l) - lowest END AS below_best
	FROM score_pair s JOIN star_direction d ON d.g = s.g AND d.p = greatest(s.p, 1)
	WHERE b IS NOT NULL AND l IS NOT NULL
), ranked AS (
	SELECT *, rank() OVER (PARTITION BY g, p ORDER BY abs(gain)) + (count(*) OVER (PARTITION BY g, p, abs(gain)) - 1) / 2.0 AS rank FROM change
)
SELECT g, p, n AS threshold, count(*) AS pairs, (SELECT count(*) FROM score_pair s WHERE s.g = r.g AND s.p = r.p) - count(*) AS unpaired,
	avg(b) AS baseline_mean, avg(l) AS latest_mean, avg(change) AS mean_change, stddev_samp(change) AS sd_change,
	count(*) FILTER (WHERE gain >= n) AS improved, count(*) FILTER (WHERE abs(gain) < n) AS maintained, count(*) FILTER (WHERE gain <= -n) AS declined,
	avg((gain >= n)::int) AS improved_share, count(*) FILTER (WHERE round(room, 9) < n) AS at_ceiling,
	count(*) FILTER (WHERE round(below_best, 9) <= points - 1) AS kept_high,
	avg(change) / stddev_samp(change) * sqrt(count(*)) AS t, avg(change) / stddev_samp(change) AS srm,
	sum(sign(change) * rank) / sqrt(sum(rank * rank) FILTER (WHERE gain <> 0)) AS wilcoxon_z
FROM ranked r, generate_series(1, 3) n
GROUP BY g, p, n;
CREATE TEMP TABLE by_star AS
SELECT g, CASE WHEN scale = 'mean of scales' THEN 0 ELSE ordinality END AS p, n AS threshold, f.*
FROM (SELECT g, distance_travelled(baseline, latest) AS distance FROM star_pair GROUP BY g) d, generate_series(1, 3) n, star_distance_table(distance, n) WITH ORDINALITY f;
SELECT count(*) AS rows, count(*) FILTER (WHERE NOT (a.pairs = b.pairs AND a.unpaired = b.unpaired AND a.improved = b.improved AND a.maintained = b.maintained
	AND a.declined = b.declined AND a.at_ceiling = b.at_ceiling AND a.kept_high = b.kept_high)) AS counts_differ,
	count(*) FILTER (WHERE NOT (pg_temp.close(a.baseline_mean, b.baseline_mean) AND pg_temp.close(a.latest_mean, b.latest_mean)
	AND pg_temp.close(a.mean_change, b.mean_change) AND pg_temp.close(a.sd_change, b.sd_change) AND pg_temp.close(a.improved_share, b.improved_share)
	AND pg_temp.close(a.t, b.t) AND pg_temp.close(a.wilcoxon_z, b.wilcoxon_z) AND pg_temp.close(a.srm, b.srm))) AS figures_differ
FROM by_star a FULL JOIN by_sql b USING (g, p, threshold);
SELECT count(*) AS averages, count(*) FILTER (WHERE a.average IS DISTINCT FROM s.average) AS differ
FROM (SELECT g, star_average(baseline) AS average FROM star_pair GROUP BY g) a
JOIN (SELECT g, array_agg(m ORDER BY p) AS average FROM (SELECT g, p, sum(b)::float8 / count(b) AS m FROM score_pair WHERE p > 0 GROUP BY g, p) q GROUP BY g) s USING (g);
-- Transitions, of stages and of scores.
WITH ours AS (SELECT g, t.* FROM (SELECT g, distance_travelled(baseline, latest) AS distance FROM star_pair GROUP BY g) d, star_transitions(distance) t),
theirs AS (
	SELECT s.g, s.p, CASE WHEN points > 1 THEN ceil(b / points) ELSE b END::int AS f, CASE WHEN points > 1 THEN ceil(l / points) ELSE l END::int AS t, count(*) AS n
	FROM score_pair s JOIN star_direction d ON d.g = s.g AND d.p = s.p WHERE b IS NOT NULL OR l IS NOT NULL GROUP BY 1, 2, 3, 4)
SELECT (SELECT count(*) FROM ours) AS transitions, count(*) AS differ FROM (
	(SELECT g, "position", baseline_stage, latest_stage, clients FROM ours EXCEPT ALL SELECT * FROM theirs)
	UNION ALL (SELECT * FROM theirs EXCEPT ALL SELECT g, "position", baseline_stage, latest_stage, clients FROM ours)) x;

-- Serial, any order, workers alone, merged parts, text and back: the same bits.
CREATE TABLE star_serial AS SELECT g, distance_travelled(baseline, latest)::text AS d, star_average(latest) AS a FROM star_pair GROUP BY g;
SELECT count(*) AS order_differs FROM (SELECT g, distance_travelled(baseline, latest ORDER BY latest, baseline DESC)::text AS d FROM star_pair GROUP BY g) x JOIN star_serial s USING (g) WHERE x.d <> s.d;
SELECT count(*) AS merge_differs FROM (SELECT g, star_distance_merge(d)::text AS d FROM (SELECT g, distance_travelled(baseline, latest) AS d FROM star_pair GROUP BY g, i % 13) p GROUP BY g) x JOIN star_serial s USING (g) WHERE x.d <> s.d;
SELECT count(*) AS text_differs FROM star_serial WHERE d <> d::star_distance::text;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
ALTER TABLE star_pair SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT distance_travelled(baseline, latest), star_average(latest) FROM star_pair WHERE g = 'teen';
SET enable_sort = off;
SELECT count(*) AS parallel_differs FROM (SELECT g, distance_travelled(baseline, latest)::text AS d, star_average(latest) AS a FROM star_pair GROUP BY g) x JOIN star_serial s USING (g) WHERE x.d <> s.d OR x.a <> s.a;
CREATE TABLE star_part AS SELECT g, i % 50 AS part, distance_travelled(baseline, latest) AS d FROM star_pair GROUP BY g, i % 50;
ALTER TABLE star_part SET (parallel_workers = 2);
ANALYZE star_part;
EXPLAIN (COSTS OFF) SELECT g, star_distance_merge(d)::text FROM star_part GROUP BY g;
SELECT count(*) AS parallel_merge_differs FROM (SELECT g, star_distance_merge(d)::text AS d FROM star_part GROUP BY g) x JOIN star_serial s USING (g) WHERE x.d <> s.d;
-- Workers without a row, and without a star.
SELECT star_instrument(distance_travelled(baseline, latest)) FROM star_pair WHERE g = 'teen' AND i = 5;
SELECT distance_travelled(baseline, latest) IS NULL AS none, star_average(latest) IS NULL AS no_average FROM star_pair WHERE i = 0;
RESET ALL;

-- Mirror: with baseline and latest swapped the change turns its sign and improved is declined.
SELECT count(*) AS rows, count(*) FILTER (WHERE NOT (a.pairs = b.pairs AND a.unpaired = b.unpaired AND a.improved = b.declined AND a.declined = b.improved AND a.maintained = b.maintained
	AND a.baseline_mean = b.latest_mean AND a.mean_change = -b.mean_change AND a.sd_change = b.sd_change AND a.t = -b.t AND a.p_t = b.p_t
	AND pg_temp.close(a.lower, -b.upper) AND a.wilcoxon_z = -b.wilcoxon_z AND a.kept_high = b.kept_high)) AS differ
FROM (SELECT g, distance_travelled(baseline, latest) AS d, distance_travelled(latest, baseline) AS m FROM star_pair GROUP BY g) c,
	LATERAL star_distance_table(d) WITH ORDINALITY a, LATERAL star_distance_table(m) WITH ORDINALITY b
WHERE a.ordinality = b.ordinality;
-- star_improved of single changes adds up to the table's improved.
SELECT count(*) AS instruments, count(*) FILTER (WHERE one <> (SELECT sum(improved) FROM star_distance_table(d, 2) WHERE scale <> 'mean of scales')) AS differ
FROM (SELECT g, sum(star_improved(latest - baseline, 2)) AS one, distance_travelled(baseline, latest) AS d FROM star_pair GROUP BY g) s;
-- A text that is no distance is shown up to a character, in the encoding of the session; the message itself is ASCII.
CREATE FUNCTION pg_temp.message_of(given text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN given::star_distance;
EXCEPTION WHEN invalid_text_representation THEN
	RETURN SQLERRM;
END $$;
SELECT ascii, length(m) AS characters, right(m, 8) AS ends, m = 'invalid input syntax for type star_distance: "' || left(given, (200 - ascii) / 2 + ascii) || '..."' AS cut
FROM (SELECT ascii, given, pg_temp.message_of(given) AS m FROM generate_series(0, 3) ascii, LATERAL (SELECT repeat('x', ascii) || repeat(U&'\00e9', 150) AS given) g) s;
SELECT pg_temp.message_of(repeat(U&'\00e9', 100)) = 'invalid input syntax for type star_distance: "' || repeat(U&'\00e9', 100) || '"' AS whole;
DROP VIEW star_direction;
DROP TABLE star_pair, star_serial, star_part;
