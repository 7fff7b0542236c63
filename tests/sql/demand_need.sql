-- Projections and expected need.
SET extra_float_digits = -6;	-- the last digits are the C library's

-- Which model a series gets
SELECT name, p.method, count(*) AS quarters, bool_and(lower_95 <= lower_80 AND lower_80 <= value AND value <= upper_80 AND upper_80 <= upper_95) AS in_order
FROM (VALUES ('1 none', '{}'::int[]), ('2 nothing returned', '{NULL,NULL}'), ('3 one', '{14}'), ('4 two', '{14,18}'), ('5 the mission''s four', '{21,34,28,39}'),
             ('6 a gap', '{21,NULL,28,39}'), ('7 seven', '{21,34,28,39,30,33,31}'), ('8 eight', '{21,34,28,39,30,33,31,40}'), ('9 twelve', '{20,30,25,36,22,33,27,40,25,36,30,43}'),
             ('A zeros', '{0,0,0,0,0,0,0,0,0,0,0,0}'), ('B few events', '{0,1,0,2,0,0,1,0,3,0,0,1}')) v(name, counts),
     demand_projection(counts, 8) p
GROUP BY 1, 2 ORDER BY 1;

-- One quarter of 14: with Poisson counts alone, limits of the next would be those of R's
-- ppois integrated over its posterior, qnbinom(c(.025, .975), 14.5, 1/2) = 6 to 26. Ours must hold them.
SELECT lower_95 <= 6 AS low, upper_95 >= 26 AS high, value BETWEEN 13 AND 17 AS middle FROM demand_projection('{14}'::int[], 1);
-- A level is the mean of the quarters: of one quarter that quarter, so that it can't do worse than "same as last quarter".
SELECT counts, bool_and(value = (SELECT avg(c)::float8 FROM unnest(counts) c)) AS mean
FROM (VALUES ('{14}'::int[]), ('{0}'), ('{3}'), ('{14,NULL,19}'), ('{21,34,28,39}'), ('{1000000}')) v(counts), demand_projection(counts, 8) GROUP BY 1 ORDER BY 1;
-- Limits grow with the distance, shrink with the length of a steady series.
SELECT bool_and(upper_95 - lower_95 >= before) AS wider FROM (SELECT upper_95, lower_95, lag(upper_95 - lower_95) OVER (ORDER BY quarter) AS before FROM demand_projection('{50,52,49}'::int[], 8)) p;
SELECT bool_and(width < before) AS narrower
FROM (SELECT n, upper_95 - lower_95 AS width, lag(upper_95 - lower_95) OVER (ORDER BY n) AS before
      FROM (VALUES (1), (2), (4), (20)) v(n), demand_projection(array_fill(100, ARRAY[n]), 1)) p;
-- A clean trend and season go on: within 15% of what made them; the slope is damped, so a steep rise is not followed all the way.
WITH made AS (SELECT t, (200 * exp(0.02 * t) * (1 + 0.3 * (t % 4 = 1)::int))::int AS y FROM generate_series(1, 28) t)
SELECT count(*) AS quarters, bool_and(abs(value / y - 1) < 0.15) AS close, bool_and(y BETWEEN lower_95 AND upper_95) AS inside
FROM (SELECT array_agg(y ORDER BY t) AS counts FROM made WHERE t <= 24) s, demand_projection(counts, 4) JOIN made ON t = 24 + quarter;
SELECT value < 400 AS damped FROM demand_projection('{100,110,121,133,146,161,177,195,214,236}'::int[], 8) WHERE quarter = 8;

-- Exact ranges are as numbers; wider ranges widen; no upper end has none.
SELECT count(*) AS equal FROM demand_projection('{21,34,28,39}'::int[], 4) a, demand_projection('{"[21,22)","[34,35)","[28,29)","[39,40)"}'::int4range[], 4) b
WHERE (a.*) IS NOT DISTINCT FROM (b.*);
SELECT bool_and(b.lower_95 <= a.lower_95 AND b.upper_95 >= a.upper_95 AND b.lower_80 <= a.lower_80 AND b.upper_80 >= a.upper_80) AS holds, min(b.method) AS method
FROM demand_projection('{21,34,28,39}'::int[], 4) a JOIN demand_projection('{"[21,40)","[34,35)","[28,33)","[30,40)"}'::int4range[], 4) b USING (quarter);
SELECT value, lower_95 > 0 AS lower, upper_95, method FROM demand_projection('{"[21,40)","[34,)"}'::int4range[], 1);
SELECT method FROM demand_projection('{empty,"[3,4)"}'::int4range[], 1);

-- Scores: a steady series beats "same as last quarter"; nothing to score gives no score.
SELECT forecasts, mase < 0.95 AS better, coverage_80 > 0.6 AS inside_80, coverage_95 > 0.85 AS inside_95
FROM demand_projection_score('{42,57,49,61,44,53,47,58,51,46,55,48,60,43,52,50}'::int[]);
SELECT * FROM demand_projection_score('{5,7}'::int[]);
SELECT * FROM demand_projection_score('{5,5,5,5}'::int[]) s(forecasts, mase);
SELECT forecasts FROM demand_projection_score('{5,NULL,7,9,4}'::int[]) UNION ALL SELECT forecasts FROM demand_projection_score('{"[5,6)","[7,10)","[4,5)","[6,7)"}'::int4range[]);
-- A count without an upper end hinders only forecasts from it on, and none once it is too old to be used.
SELECT (SELECT f FROM demand_projection_score('{"[10,11)","[20,21)","[15,16)","[30,31)","[25,)"}'::int4range[]) f)::text = (SELECT f FROM demand_projection_score('{10,20,15,30}'::int[]) f)::text AS scored;
SELECT value IS NOT NULL AS known, method FROM (VALUES (40), (41)) v(n), demand_projection(ARRAY['[7,)'::int4range] || array_fill('[50,51)'::int4range, ARRAY[n - 1]), 1) ORDER BY n;
-- By hand: three forecasts, each of "the level so far", against the last value.
WITH s AS (SELECT '{10,20,15,30,25}'::int[] AS y),
     f AS (SELECT end_at, y[end_at + 1] AS actual, y[end_at] AS last, (SELECT value FROM demand_projection(y[1:end_at], 1)) AS forecast FROM s, generate_series(2, 4) end_at)
SELECT round((SELECT mase FROM s, demand_projection_score(y))::numeric, 9) = round((sum(abs(actual - forecast)) / sum(abs(actual - last)))::numeric, 9) AS mase FROM f;

-- The largest counts there are
SELECT bool_and(lower_95 BETWEEN 1e9 AND value AND upper_95 BETWEEN value AND 4e9) AS large FROM demand_projection(array_fill(2147483647, ARRAY[20]), 8);

SELECT demand_projection('{5,-1}'::int[]);
SELECT demand_projection('{5}'::int[], 0);
SELECT demand_projection('{5}'::int[], 9);
SELECT demand_projection('{"(,5)"}'::int4range[]);
SELECT demand_projection('{{5,6},{7,8}}'::int[]);
SELECT count(*) AS null_series FROM demand_projection(NULL::int[]);

-- Expected need: 7% of 12,000 children
SELECT (expected_from_prevalence(12000, 0.07, 0.06, 0.08)).*;
SELECT p, prevalence, lower, upper, (expected_from_prevalence(p, prevalence, lower, upper)).*
FROM (VALUES (0::float8, 0.07::float8, 0.06::float8, 0.08::float8), (NULL, 0.07, 0.06, 0.08), (-5, 0.07, 0.06, 0.08), ('NaN', 0.07, 0.06, 0.08), ('Infinity', 0.07, 0.06, 0.08), (100, 0.07, NULL, NULL),
             (100, NULL, 0.06, 0.08), (100, 7, 6, 8), (100, -0.1, NULL, NULL), (100, 0.07, 0.08, 0.09), (100, 0.07, 0.01, 0.02), (100, 'NaN', NULL, NULL)) v(p, prevalence, lower, upper);
SELECT reached, (reach_ratio(reached, e)).*, (unmet_need(reached, e)).value AS unmet, (unmet_need(reached, e)).lower AS unmet_lower, (unmet_need(reached, e)).upper AS unmet_upper
FROM (VALUES ('[21,40)'::int4range), ('[0,1)'), ('[2000,2001)'), ('[21,)'), ('(,5)'), ('empty'), (NULL), ('[-4,3)')) v(reached), (SELECT expected_from_prevalence(12000, 0.07, 0.06, 0.08) AS e) x;
SELECT (reach_ratio('[3,4)', e)).*, (unmet_need('[3,4)', e)).method AS unmet
FROM (VALUES (NULL::estimate), ('(,,,,no population)'), ('(0,0,0,0.95,x)'), ('(5,,,0.95,x)'), ('(5,0,9,0.95,x)'), ('(NaN,1,2,0.95,x)'), ('(-5,1,2,0.95,x)')) v(e);
