-- Limits of counts and of rates. The figures are R's (tests/fixtures/demand_limits.R).
SET extra_float_digits = -3;	-- the last digits are the C library's

CREATE TEMP TABLE known (count float8, confidence float8, exact_lower float8, exact_upper float8, byar_lower float8, byar_upper float8);
INSERT INTO known VALUES
	(0, 0.95, 0, 3.6888794541139354, NULL, 3.6680118321737507),
	(1, 0.95, 0.025317807984289897, 5.5716433909388989, 0.013072132901504351, 5.5637555824752605),
	(2, 0.95, 0.24220927854396501, 7.2246876677239582, 0.22462521134998287, 7.2208690008577907),
	(5, 0.95, 1.6234863901184209, 11.668332079322667, 1.6113477157471938, 11.668164123398595),
	(9, 0.95, 4.1153730973783329, 17.08480345141917, 4.1068850240131347, 17.085780688536683),
	(9.5, 0.95, 4.4532582409939865, 17.739437952863625, 4.4450561821012533, 17.740482115366582),
	(10, 0.95, 4.7953886961324343, 18.390356042017778, 4.7874499139675644, 18.391458605756473),
	(11, 0.95, 5.491160367236839, 19.682038513301954, 5.483690198449974, 19.68323711614639),
	(25, 0.95, 16.178681847829328, 36.904931697530365, 16.174265921657209, 36.906450692185359),
	(100, 0.95, 81.363991250923164, 121.62679379242637, 81.362105490527881, 121.6279375792065),
	(1327, 0.95, 1256.5542315087112, 1400.3668703366361, 1256.5537845458027, 1400.3672612137364),
	(128132, 0.95, 127431.3681279672, 128835.52891456851, 127431.36808501685, 128835.528956939),
	(0, 0.998, 0, 6.9077552789821359, NULL, 7.0664625268290253),
	(1, 0.998, 0.0010005003335835344, 9.2334134764515845, NULL, 9.362180217908362),
	(2, 0.998, 0.045402017769489579, 11.228872242412661, 0.02017491116187831, 11.338476062608647),
	(5, 0.998, 0.73937173191783268, 16.454745203680105, 0.69139579750129809, 16.534973387770673),
	(9, 0.998, 2.4524244043637751, 22.65737330906293, 2.4071167127010376, 22.720014767065095),
	(9.5, 0.998, 2.7034080088008987, 23.398519020780657, 2.6586533477510277, 23.459667209759051),
	(10, 0.998, 2.9605203727437601, 24.133971145417586, 2.916318374695686, 24.193724927880549),
	(11, 0.998, 3.4914842206152774, 25.589298888688695, 3.4483702384008814, 25.646520516557427),
	(25, 0.998, 12.336952635938633, 44.636075417152234, 12.304459286405249, 44.674780177578079),
	(100, 0.998, 71.921397495000406, 134.92431906126444, 71.903691872598372, 134.94362176226318),
	(1327, 0.998, 1217.2725138522228, 1443.4689784305995, 1217.2674364900472, 1443.4741803347715),
	(128132, 0.998, 127028.68418466584, 129242.01981604809, 127028.68366178553, 129242.0203402356),
	(0, 0.8, 0, 2.3025850929940459, NULL, 2.2795004636564928),
	(1, 0.8, 0.10536051565782628, 3.88972016986743, 0.09842237220732232, 3.8736136149324967),
	(2, 0.8, 0.53181160838961195, 5.3223203378342108, 0.530158479105591, 5.3093833892111686),
	(5, 0.8, 2.4325910259626644, 9.274673893351622, 2.4347591012892522, 9.265905681027828),
	(9, 0.8, 5.4324680582544307, 14.205990292152819, 5.4351683858280087, 14.199447433573082),
	(9.5, 0.8, 5.8254550160634766, 14.807544718091368, 5.8281635333217787, 14.801182798487156),
	(10, 0.8, 6.2213046052250318, 15.406641171976519, 6.2240164126834383, 15.400447115690696),
	(11, 0.8, 7.0207465947109835, 16.59812214431409, 7.0234540673484673, 16.592230224807999),
	(25, 0.8, 18.844324196989248, 32.711206707169886, 18.8466533725624, 32.707419981387751),
	(100, 0.8, 87.417636499593684, 114.07453713067451, 87.419038688764019, 114.07275776618809),
	(1327, 0.8, 1280.5349823215856, 1374.9108494627108, 1280.5354096521698, 1374.9103931311845),
	(128132, 0.8, 127673.47647674459, 128591.95356289491, 127673.47652159847, 128591.95351773901);

CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql
RETURN a IS NOT DISTINCT FROM b OR abs(a - b) <= 1e-9 * abs(b);

SELECT count(*) AS rows,
       count(*) FILTER (WHERE pg_temp.near(poisson_lower(count, confidence), exact_lower)) AS poisson_lower,
       count(*) FILTER (WHERE pg_temp.near(poisson_upper(count, confidence), exact_upper)) AS poisson_upper,
       count(*) FILTER (WHERE pg_temp.near(byar_lower(count, confidence), k.byar_lower)) AS byar_lower,
       count(*) FILTER (WHERE pg_temp.near(byar_upper(count, confidence), k.byar_upper)) AS byar_upper
FROM known k;

-- A rate takes the exact limits below 10 events and Byar's from 10 on.
SELECT count(*) AS rows,
       count(*) FILTER (WHERE pg_temp.near((r).value, count / 800 * 1000)
                          AND pg_temp.near((r).lower, CASE WHEN count < 10 THEN exact_lower ELSE byar_lower END / 800 * 1000)
                          AND pg_temp.near((r).upper, CASE WHEN count < 10 THEN exact_upper ELSE byar_upper END / 800 * 1000)
                          AND (r).confidence = k.confidence
                          AND (r).method = CASE WHEN count < 10 THEN 'exact Poisson' ELSE 'Byar' END) AS rates
FROM known k, LATERAL (SELECT rate_limits(count, 800, 1000, k.confidence) AS r) l;

-- Two confidences in turn at one call site, and the small counts of each.
SELECT count(DISTINCT poisson_upper(x % 10, c)) AS distinct_limits,
       count(DISTINCT (rate_limits(x % 10, 1000, 1000, c)).upper) AS distinct_rates
FROM generate_series(1, 200) x, (VALUES (0.9), (0.95)) v(c);

-- Every answer is defined.
SELECT events, population, (rate_limits(events, population)).*
FROM (VALUES (0::float8, 1000::float8), (3, 1000), (10, 1000), (2.5, 1000), (12.5, 1000),
             (3, 0), (3, NULL), (NULL, 0), (NULL, 1000), (0, 0),
             (-1, 1000), ('NaN', 1000), ('Infinity', 1000), ('-Infinity', 1000),
             (3, -1), (3, 'NaN'), (3, 'Infinity'), ('NaN', 'NaN'), (3, 1e-320), (1e308, 1e-5), (1e-320, 1e300)) v(events, population);
SELECT count, byar_lower(count), byar_upper(count), poisson_lower(count), poisson_upper(count)
FROM (VALUES (0), (0.05), (0.5), (-1), ('NaN'::float8), ('Infinity'), ('-Infinity'), (NULL), (1e15), (1e300)) v(count);
SELECT rate_limits(3, 1000, NULL) IS NULL AS no_multiplier, rate_limits(3, 1000, 1000, NULL) IS NULL AS no_confidence;

-- A wrong argument of the caller's is an error.
SELECT rate_limits(3, 1000, 1000, 95);
SELECT rate_limits(3, 1000, 1000, 1);
SELECT rate_limits(3, 1000, 1000, 'NaN');
SELECT rate_limits(3, 1000, 0);
SELECT rate_limits(3, 1000, 'Infinity');
SELECT byar_upper(3, 0);

-- The row type can be stored, sent and taken apart.
CREATE TEMP TABLE kept AS SELECT x, rate_limits(x, 5000) AS rate FROM generate_series(0, 30) x;
SELECT count(*) FROM kept WHERE rate = rate_limits(x, 5000) AND (rate).upper > (rate).value;
SELECT (rate).method, count(*) FROM kept GROUP BY 1 ORDER BY 1;

-- Counts beyond all reason, of which some took a minute and could not be cancelled: limits as the logarithm's by its standard error.
SET statement_timeout = '20s';
SELECT e, abs(ln((r).upper) / (1.959963984540054 * sqrt(2 / e)) - 1) < 1e-6 AS upper, abs(ln((r).lower) / (1.959963984540054 * sqrt(2 / e)) + 1) < 1e-6 AS lower
FROM (SELECT e, rate_ratio_limits(e, 1, e, 1) AS r FROM unnest('{1e14, 0.9e15, 1.1e15, 1e16}'::float8[]) e) s;
SELECT rate_ratio_limits(1e300, 1, 1e300, 1);
SELECT rate_ratio_limits(1e308, 1, 1e-308, 1);
SELECT rate_ratio_limits(1e300, 1, 2, 1);
RESET statement_timeout;
