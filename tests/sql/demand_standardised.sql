-- Proportions, ratios, funnels, standardised rates and indices of inequality. The figures are R's
-- (tests/fixtures/demand_standardised.R).
SET extra_float_digits = -3;	-- the last digits are the C library's

CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql
RETURN a IS NOT DISTINCT FROM b OR abs(a - b) <= 1e-9 * abs(b);
CREATE FUNCTION pg_temp.near(e estimate, l float8, u float8) RETURNS boolean LANGUAGE sql
RETURN pg_temp.near((e).lower, l) AND pg_temp.near((e).upper, u);
CREATE FUNCTION pg_temp.near(e estimate, v float8, l float8, u float8) RETURNS boolean LANGUAGE sql
RETURN pg_temp.near((e).value, v) AND pg_temp.near((e).lower, l) AND pg_temp.near((e).upper, u);

CREATE TEMP TABLE proportion (count float8, n float8, confidence float8, lower float8, upper float8);
INSERT INTO proportion VALUES
	(0, 1, 0.94999999999999996, 0, 0.79345068562276255),
	(0, 7, 0.94999999999999996, 0, 0.35433043506668732),
	(0, 28, 0.94999999999999996, 0, 0.12064330476584559),
	(0, 263, 0.94999999999999996, 0, 0.0143960344006192),
	(0, 14018, 0.94999999999999996, 0, 0.00027396250570766394),
	(0, 1, 0.94999999999999996, 0, 0.79345068562276255),
	(1, 7, 0.94999999999999996, 0.025679624344743562, 0.51312782927431877),
	(3, 28, 0.94999999999999996, 0.037118366829299997, 0.27195851548672156),
	(26, 263, 0.94999999999999996, 0.068359696595740163, 0.14090860476749428),
	(1402, 14018, 0.94999999999999996, 0.095156780873073221, 0.10509091605509098),
	(0, 1, 0.94999999999999996, 0, 0.79345068562276255),
	(2, 7, 0.94999999999999996, 0.082218924004056768, 0.64106554816738059),
	(9, 28, 0.94999999999999996, 0.17933246922494966, 0.50661156819142394),
	(82, 263, 0.94999999999999996, 0.25885143548468253, 0.37014174856726167),
	(4346, 14018, 0.94999999999999996, 0.30242652395761371, 0.31773748833411103),
	(0, 1, 0.94999999999999996, 0, 0.79345068562276255),
	(4, 7, 0.94999999999999996, 0.25045836452765724, 0.84178014474853013),
	(14, 28, 0.94999999999999996, 0.3263312745729347, 0.67366872542706535),
	(132, 263, 0.94999999999999996, 0.44188246145107823, 0.5618650821443566),
	(7009, 14018, 0.94999999999999996, 0.49172409361900965, 0.50827590638099029),
	(1, 1, 0.94999999999999996, 0.2065493143772375, 1),
	(7, 7, 0.94999999999999996, 0.64566956493331262, 1),
	(28, 28, 0.94999999999999996, 0.8793566952341545, 1),
	(263, 263, 0.94999999999999996, 0.9856039655993809, 1),
	(14018, 14018, 0.94999999999999996, 0.99972603749429223, 1),
	(0, 1, 0.998, 0, 0.90520909849867948),
	(0, 7, 0.998, 0, 0.57702740884585924),
	(0, 28, 0.998, 0, 0.25431834313030294),
	(0, 263, 0.998, 0, 0.035037798473380767),
	(0, 14018, 0.998, 0, 0.00068077005764803091),
	(0, 1, 0.998, 0, 0.90520909849867948),
	(1, 7, 0.998, 0.012596442615209973, 0.68528027798897517),
	(3, 28, 0.998, 0.021821114375157862, 0.39228615522722299),
	(26, 263, 0.998, 0.055304263429495938, 0.17052454066891978),
	(1402, 14018, 0.998, 0.092453863614546702, 0.10811926774702162),
	(0, 1, 0.998, 0, 0.90520909849867948),
	(2, 7, 0.998, 0.044603226416920667, 0.77412280594559035),
	(9, 28, 0.998, 0.1269834876227306, 0.60670163492380613),
	(82, 263, 0.998, 0.23142328542941773, 0.40533999232291945),
	(4346, 14018, 0.998, 0.29809109818562218, 0.3222274765987288),
	(0, 1, 0.998, 0, 0.90520909849867948),
	(4, 7, 0.998, 0.15204356462518787, 0.90838109125397482),
	(14, 28, 0.998, 0.2478500728087043, 0.7521499271912957),
	(132, 263, 0.998, 0.40824325036905468, 0.5954258074314267),
	(7009, 14018, 0.998, 0.48695421468780026, 0.5130457853121998),
	(1, 1, 0.998, 0.094790901501320496, 1),
	(7, 7, 0.998, 0.42297259115414065, 1),
	(28, 28, 0.998, 0.74568165686969701, 1),
	(263, 263, 0.998, 0.96496220152661916, 1),
	(14018, 14018, 0.998, 0.99931922994235189, 1);

SELECT count(*) AS rows,
       count(*) FILTER (WHERE pg_temp.near(proportion_limits(count::bigint, n::bigint, confidence), count / n, lower, upper)) AS equal
FROM proportion;

CREATE TEMP TABLE difference (c1 float8, n1 float8, c2 float8, n2 float8, confidence float8, lower float8, upper float8);
INSERT INTO difference VALUES
	(56, 70, 48, 80, 0.94999999999999996, 0.052431472402364926, 0.33387265403690586),
	(9, 10, 3, 10, 0.94999999999999996, 0.17052272393450307, 0.80901797353548799),
	(6, 7, 2, 7, 0.94999999999999996, 0.058227927482312314, 0.80624963752422774),
	(5, 56, 0, 29, 0.94999999999999996, -0.038137147903536853, 0.19256001385511157),
	(0, 10, 0, 20, 0.94999999999999996, -0.1611251580528193, 0.27753279986288915),
	(10, 10, 0, 20, 0.94999999999999996, 0.67908603714191484, 1),
	(31, 72, 4300, 10000, 0.94999999999999996, -0.10785830448161905, 0.11597312814876128),
	(56, 70, 48, 80, 0.80000000000000004, 0.10430593976377465, 0.28966559465412772),
	(9, 10, 3, 10, 0.80000000000000004, 0.32733876522827288, 0.76191775307387188),
	(6, 7, 2, 7, 0.80000000000000004, 0.2343460997892462, 0.75994995447651892),
	(5, 56, 0, 29, 0.80000000000000004, 0.023679913440988715, 0.1505235731233508),
	(0, 10, 0, 20, 0.80000000000000004, -0.075886979110764446, 0.14106868209054094),
	(10, 10, 0, 20, 0.80000000000000004, 0.83981508602455812, 1),
	(31, 72, 4300, 10000, 0.80000000000000004, -0.072135911884233989, 0.076331224146675203);

SELECT count(*) AS rows,
       count(*) FILTER (WHERE pg_temp.near(difference_limits(c1::bigint, n1::bigint, c2::bigint, n2::bigint, confidence), lower, upper)) AS equal,
       count(*) FILTER (WHERE pg_temp.near((difference_limits(c1::bigint, n1::bigint, c2::bigint, n2::bigint)).value, c1 / n1 - c2 / n2)) AS values
FROM difference;

CREATE TEMP TABLE ratio (e1 float8, p1 float8, e2 float8, p2 float8, confidence float8, lower float8, upper float8);
INSERT INTO ratio VALUES
	(10, 1000, 5, 1200, 0.94999999999999996, 0.74743146521922854, 8.9487550930289945),
	(0, 300, 4, 250, 0.94999999999999996, 0, 1.2623890494715586),
	(3, 500, 1, 80, 0.94999999999999996, 0.038540836452681894, 25.198734123969732),
	(150, 4000, 210, 3900, 0.94999999999999996, 0.56096767136565284, 0.86286945206467314),
	(2500, 1000000, 2400, 900000, 0.94999999999999996, 0.88607804499697451, 0.99192225750042939),
	(10, 1000, 5, 1200, 0.98999999999999999, 0.54378756299896014, 13.77880045689859),
	(0, 300, 4, 250, 0.98999999999999999, 0, 2.3005025775719945),
	(3, 500, 1, 80, 0.98999999999999999, 0.019954221202961517, 127.59974937301521),
	(150, 4000, 210, 3900, 0.98999999999999999, 0.52462999458896986, 0.92094172986438116),
	(2500, 1000000, 2400, 900000, 0.98999999999999999, 0.87062315110847754, 1.0095462113709737);

SELECT count(*) AS rows,
       count(*) FILTER (WHERE pg_temp.near(rate_ratio_limits(e1, p1, e2, p2, confidence), (e1 / p1) / (e2 / p2), lower, upper)) AS equal
FROM ratio;

CREATE TEMP TABLE funnel (population float8, benchmark float8, confidence float8, lower float8, upper float8);
INSERT INTO funnel VALUES
	(200, 0.5, 0.94999999999999996, 0, 7.318567929912823),
	(1500, 0.5, 0.94999999999999996, 0, 2.197125033462509),
	(12000, 0.5, 0.94999999999999996, 0.10420272285433191, 0.97658856128789551),
	(900000, 0.5, 0.94999999999999996, 0.45378234709652843, 0.54727038142459861),
	(200, 4, 0.94999999999999996, 0, 17.020801775755622),
	(1500, 4, 0.94999999999999996, 0.83362178283465527, 7.8127084903031641),
	(12000, 4, 0.94999999999999996, 2.8682510940665691, 5.2109151739158701),
	(900000, 4, 0.94999999999999996, 3.869309340779989, 4.131743093413708),
	(200, 30, 0.94999999999999996, 6.2521633712599138, 58.59531367727373),
	(1500, 30, 0.94999999999999996, 21.234040483624355, 39.399416160464526),
	(12000, 30, 0.94999999999999996, 26.89953742592672, 33.179423521642569),
	(900000, 30, 0.94999999999999996, 29.642132889846799, 30.358919507913939),
	(200, 0.5, 0.998, 0, 12.322660374805032),
	(1500, 0.5, 0.998, 0, 3.3540280761794832),
	(12000, 0.5, 0.998, 0, 1.2782706643493902),
	(900000, 0.5, 0.998, 0.42821722351501579, 0.57495125478089215),
	(200, 4, 0.998, 0, 25.875150493238156),
	(1500, 4, 0.998, 0, 10.226165314795121),
	(12000, 4, 0.998, 2.2997177435458367, 5.9391986707225115),
	(900000, 4, 0.998, 3.7950215102937195, 4.2081452317400885),
	(200, 30, 0.998, 0, 76.696239860963402),
	(1500, 30, 0.998, 16.853023261925145, 45.059093129459249),
	(12000, 30, 0.998, 25.193266017374878, 35.04440718073257),
	(900000, 30, 0.998, 29.436834413007226, 30.566332114665567);

SELECT count(*) AS rows,
       count(*) FILTER (WHERE pg_temp.near(funnel_limits(population, benchmark, 1000, confidence), benchmark, lower, upper)) AS equal
FROM funnel;

-- The funnel of a proportion is where Wilson's limits reach the benchmark.
SELECT count(*) AS rows,
       count(*) FILTER (WHERE abs((proportion_limits(x, n)).lower - p) < 0.005 OR abs((proportion_limits(x, n)).upper - p) < 0.005) AS at_the_edge
FROM (VALUES (2000, 0.1::float8), (5000, 0.5), (900, 0.97)) v(n, p),
     LATERAL (SELECT funnel_limits_proportion(n, p) AS f) l,
     LATERAL (VALUES (round(n * (f).lower)::bigint), (round(n * (f).upper)::bigint)) e(x);

-- A verdict is what the limits of the observed rate say of the benchmark.
SELECT count(*) AS rows,
       count(*) FILTER (WHERE funnel_verdict(x, n, 10, 1000) =
         CASE WHEN (rate_limits(x, n, 1000, 0.998)).upper < 10 THEN 'low (0.001)' WHEN (rate_limits(x, n, 1000, 0.998)).lower > 10 THEN 'high (0.001)'
              WHEN (rate_limits(x, n, 1000)).upper < 10 THEN 'low (0.025)' WHEN (rate_limits(x, n, 1000)).lower > 10 THEN 'high (0.025)'
              ELSE 'not significant' END) AS equal,
       count(DISTINCT funnel_verdict(x, n, 10, 1000)) AS verdicts
FROM generate_series(0, 60) x, (VALUES (900), (2500)) v(n);
SELECT count(*) AS rows,
       count(*) FILTER (WHERE funnel_verdict_proportion(x, 80, 0.3) =
         CASE WHEN (proportion_limits(x, 80, 0.998)).upper < 0.3 THEN 'low (0.001)' WHEN (proportion_limits(x, 80, 0.998)).lower > 0.3 THEN 'high (0.001)'
              WHEN (proportion_limits(x, 80)).upper < 0.3 THEN 'low (0.025)' WHEN (proportion_limits(x, 80)).lower > 0.3 THEN 'high (0.025)'
              ELSE 'not significant' END) AS equal,
       count(DISTINCT funnel_verdict_proportion(x, 80, 0.3)) AS verdicts
FROM generate_series(0, 80) x;
SELECT estimate_compare(rate_limits(20, 1000, 1000), r) FROM (VALUES (10::float8), (20), (40), ('NaN'), (NULL), ('Infinity')) v(r);
SELECT estimate_compare(rate_limits(20, 0), 10) AS no_limits;

-- Means
CREATE TEMP TABLE series (i int, x float8[]);
INSERT INTO series VALUES (1, '{3,4}'), (2, '{1,1,1}'), (3, '{2.5,3.7,9.1,4.4,0}'), (4, '{1000000001,1000000002,1000000004}'),
	(5, (SELECT array_agg(k / 10.0::float8) FROM generate_series(1, 70) k));

CREATE TEMP TABLE mean (i float8, confidence float8, value float8, lower float8, upper float8);
INSERT INTO mean VALUES
	(1, 0.94999999999999996, 3.5, -2.8531023680873471, 9.8531023680873471),
	(1, 0.90000000000000002, 3.5, 0.34312424266248076, 6.6568757573375192),
	(2, 0.94999999999999996, 1, 1, 1),
	(2, 0.90000000000000002, 1, 1, 1),
	(3, 0.94999999999999996, 3.9399999999999999, -0.20109370280056238, 8.0810937028005618),
	(3, 0.90000000000000002, 3.9399999999999999, 0.76033068629174805, 7.1196693137082523),
	(4, 0.94999999999999996, 1000000002.3333334, 999999998.53875029, 1000000006.1279165),
	(4, 0.90000000000000002, 1000000002.3333334, 999999999.75814819, 1000000004.9085186),
	(5, 0.94999999999999996, 3.5500000000000003, 3.0647455033204447, 4.0352544966795563),
	(5, 0.90000000000000002, 3.5500000000000003, 3.1444575743013892, 3.9555424256986114);

SELECT count(*) AS rows, count(*) FILTER (WHERE pg_temp.near(e, m.value, m.lower, m.upper)) AS equal
FROM mean m JOIN series s ON s.i = m.i, LATERAL (SELECT mean_limits(y, m.confidence) AS e FROM unnest(s.x) y) l;

CREATE TEMP TABLE strata (area float8, stratum float8, events float8, population float8, standard float8, reference_events float8, reference_population float8);
INSERT INTO strata VALUES
	(1, 1, 4, 1300, 5000, 1037, 105000),
	(1, 2, 1, 7400, 11000, 1074, 110000),
	(1, 3, 6, 4500, 11500, 1111, 115000),
	(1, 4, 3, 1600, 12500, 1148, 120000),
	(1, 5, 0, 7700, 14000, 1185, 125000),
	(1, 6, 5, 4800, 14000, 1222, 130000),
	(1, 7, 2, 1900, 12500, 1259, 135000),
	(1, 8, 7, 8000, 10500, 1296, 140000),
	(1, 9, 4, 5100, 6500, 1333, 145000),
	(1, 10, 1, 2200, 2500, 1370, 150000),
	(2, 1, 5, 5000, 5000, 1037, 105000),
	(2, 2, 10, 2100, 11000, 1074, 110000),
	(2, 3, 1, 8200, 11500, 1111, 115000),
	(2, 4, 6, 5300, 12500, 1148, 120000),
	(2, 5, 11, 2400, 14000, 1185, 125000),
	(2, 6, 2, 8500, 14000, 1222, 130000),
	(2, 7, 7, 5600, 12500, 1259, 135000),
	(2, 8, 12, 2700, 10500, 1296, 140000),
	(2, 9, 3, 8800, 6500, 1333, 145000),
	(2, 10, 8, 5900, 2500, 1370, 150000),
	(3, 1, 6, 8700, 5000, 1037, 105000),
	(3, 2, 11, 5800, 11000, 1074, 110000),
	(3, 3, 16, 2900, 11500, 1111, 115000),
	(3, 4, 1, 9000, 12500, 1148, 120000),
	(3, 5, 6, 6100, 14000, 1185, 125000),
	(3, 6, 11, 3200, 14000, 1222, 130000),
	(3, 7, 16, 9300, 12500, 1259, 135000),
	(3, 8, 1, 6400, 10500, 1296, 140000),
	(3, 9, 6, 3500, 6500, 1333, 145000),
	(3, 10, 11, 600, 2500, 1370, 150000),
	(4, 1, 7, 3400, 5000, 1037, 105000),
	(4, 2, 12, 500, 11000, 1074, 110000),
	(4, 3, 17, 6600, 11500, 1111, 115000),
	(4, 4, 22, 3700, 12500, 1148, 120000),
	(4, 5, 1, 800, 14000, 1185, 125000),
	(4, 6, 6, 6900, 14000, 1222, 130000),
	(4, 7, 11, 4000, 12500, 1259, 135000),
	(4, 8, 16, 1100, 10500, 1296, 140000),
	(4, 9, 21, 7200, 6500, 1333, 145000),
	(4, 10, 0, 4300, 2500, 1370, 150000),
	(5, 1, 8, 7100, 5000, 1037, 105000),
	(5, 2, 13, 4200, 11000, 1074, 110000),
	(5, 3, 18, 1300, 11500, 1111, 115000),
	(5, 4, 23, 7400, 12500, 1148, 120000),
	(5, 5, 28, 4500, 14000, 1185, 125000),
	(5, 6, 1, 1600, 14000, 1222, 130000),
	(5, 7, 6, 7700, 12500, 1259, 135000),
	(5, 8, 11, 4800, 10500, 1296, 140000),
	(5, 9, 16, 1900, 6500, 1333, 145000),
	(5, 10, 21, 8000, 2500, 1370, 150000),
	(6, 1, 9, 1800, 5000, 1037, 105000),
	(6, 2, 14, 7900, 11000, 1074, 110000),
	(6, 3, 19, 5000, 11500, 1111, 115000),
	(6, 4, 24, 2100, 12500, 1148, 120000),
	(6, 5, 29, 8200, 14000, 1185, 125000),
	(6, 6, 34, 5300, 14000, 1222, 130000),
	(6, 7, 1, 2400, 12500, 1259, 135000),
	(6, 8, 6, 8500, 10500, 1296, 140000),
	(6, 9, 11, 5600, 6500, 1333, 145000),
	(6, 10, 16, 2700, 2500, 1370, 150000);

CREATE TEMP TABLE standardised (area float8, confidence float8, dsr float8, dsr_lower float8, dsr_upper float8, isr float8, isr_lower float8, isr_upper float8, ratio float8, ratio_lower float8, ratio_upper float8);
INSERT INTO standardised VALUES
	(1, 0.94999999999999996, 0.98805066126660557, 0.61554928742359605, 1.4712643880078868, 0.74034630334373008, 0.50953718534982484, 1.0397549549711662, 0.078433031721084817, 0.05398088170511231, 0.11015268530022743),
	(1, 0.998, 0.98805066126660557, 0.44556765289705358, 1.7820542553921179, 0.74034630334373008, 0.40421324859363861, 1.2323264196944859, 0.078433031721084817, 0.042822757952379664, 0.13055389988454255),
	(2, 0.94999999999999996, 2.0829252538134488, 1.5265999997266539, 2.7522015338537811, 1.1925973883573613, 0.92037671777190799, 1.5200871731930004, 0.12634496636108311, 0.097505634828349202, 0.16103956342509976),
	(2, 0.998, 2.0829252538134488, 1.2535173650388907, 3.1703282523625242, 1.1925973883573613, 0.78675212066104716, 1.7246846363964001, 0.12634496636108311, 0.083349310664132537, 0.18271482437934441),
	(3, 0.94999999999999996, 2.3116519320209927, 1.7932672065595445, 2.9208807588918084, 1.5189689961076474, 1.2132613714346685, 1.8782502179437905, 0.16092110262046119, 0.12853412950388052, 0.19898371648345103),
	(3, 0.998, 2.3116519320209927, 1.5332298953114036, 3.2979214255981191, 1.5189689961076474, 1.0599092666301657, 2.1006028471060372, 0.16092110262046119, 0.1122878533405452, 0.22253997757043603),
	(4, 0.94999999999999996, 6.1397417319667955, 4.4634605086482368, 8.067755072892556, 2.9382690764595831, 2.4215039589810585, 3.5326383426446522, 0.31128318009854322, 0.25653656399674696, 0.37425125773759299),
	(4, 0.998, 6.1397417319667955, 3.6059046796718626, 9.2504219792145239, 2.9382690764595831, 2.1571360638208126, 3.8972317022084555, 0.31128318009854322, 0.22852916338774709, 0.41287664481227926),
	(5, 0.94999999999999996, 4.2872675540327503, 3.4108276045654837, 5.2788342415237288, 2.9821590977412291, 2.516496682959624, 3.5089896448822011, 0.31593293308018833, 0.2666001886808077, 0.37174589092021654),
	(5, 0.998, 4.2872675540327503, 2.9557720947165502, 5.8828878755341139, 2.9821590977412291, 2.2747205661763457, 3.8299301429070285, 0.31593293308018833, 0.24098618378685835, 0.40574664995483684),
	(6, 0.94999999999999996, 4.1057709961677462, 3.3919988430161974, 4.9076271563455096, 3.2871016928968646, 2.8018130275234605, 3.832278054955764, 0.34823885820054024, 0.29682688908121413, 0.40599539011787278),
	(6, 0.998, 4.1057709961677462, 3.0190716380303044, 5.3946558906934206, 3.2871016928968646, 2.5482624444838158, 4.163405465077652, 0.34823885820054024, 0.26996548539400622, 0.4410753608619864);

SELECT count(*) AS rows,
       count(*) FILTER (WHERE pg_temp.near(d, k.dsr, dsr_lower, dsr_upper)) AS dsr,
       count(*) FILTER (WHERE (d).method = CASE WHEN k.dsr IS NULL THEN 'fewer than 10 events' ELSE 'Dobson' END) AS method,
       count(*) FILTER (WHERE pg_temp.near(i, k.isr, isr_lower, isr_upper)) AS isr,
       count(*) FILTER (WHERE pg_temp.near(r, k.ratio, ratio_lower, ratio_upper)) AS isr_ratio
FROM standardised k, LATERAL (
  SELECT dsr(events, population, standard, 1000, k.confidence) AS d, isr(events, population, reference_events, reference_population, 1000, k.confidence) AS i,
         isr_ratio(events, population, reference_events, reference_population, 1, k.confidence) AS r
  FROM strata s WHERE s.area = k.area) l;
-- The short forms are per 100,000 (a ratio as it is) at 95%.
SELECT pg_temp.near(dsr(events, population, standard), 100 * k.dsr, 100 * dsr_lower, 100 * dsr_upper) AS dsr,
       pg_temp.near(isr(events, population, reference_events, reference_population), 100 * k.isr, 100 * isr_lower, 100 * isr_upper) AS isr,
       pg_temp.near(isr_ratio(events, population, reference_events, reference_population), ratio, ratio_lower, ratio_upper) AS isr_ratio
FROM strata s JOIN standardised k ON k.area = s.area AND k.confidence = 0.95 WHERE s.area = 4
GROUP BY k.dsr, dsr_lower, dsr_upper, k.isr, isr_lower, isr_upper, ratio, ratio_lower, ratio_upper;
-- People counted once, twice and four times
SELECT pg_temp.near(dsr(ARRAY[stratum, 2, 0, 1], population, standard, 1000, 0.95), 3.2849407182410153, 2.4137237394421258, 4.2750601051371735) AS repeated
FROM strata WHERE area = 3;
SELECT dsr(ARRAY[events], population, standard) = dsr(events, population, standard) AS all_once FROM strata WHERE area = 5;

CREATE TEMP TABLE slope (set float8, rank float8, value float8, lower float8, upper float8, population float8);
INSERT INTO slope VALUES
	(1, 1, 52, 48, 56.799999999999997, 1000),
	(1, 2, 47, 41, 54.200000000000003, 1000),
	(1, 3, 45, 42, 48.600000000000001, 1000),
	(1, 4, 46, 41, 52, 1000),
	(1, 5, 38, 36, 40.399999999999999, 1000),
	(1, 6, 36, 32, 40.799999999999997, 1000),
	(1, 7, 35, 29, 42.200000000000003, 1000),
	(1, 8, 29, 26, 32.600000000000001, 1000),
	(1, 9, 27, 22, 33, 1000),
	(1, 10, 25, 23, 27.399999999999999, 1000),
	(2, 1, 52, 48, 56.799999999999997, 973),
	(2, 2, 47, 41, 54.200000000000003, 1146),
	(2, 3, 45, 42, 48.600000000000001, 1319),
	(2, 4, 46, 41, 52, 1492),
	(2, 5, 38, 36, 40.399999999999999, 965),
	(2, 6, 36, 32, 40.799999999999997, 1138),
	(2, 7, 35, 29, 42.200000000000003, 1311),
	(2, 8, 29, 26, 32.600000000000001, 1484),
	(2, 9, 27, 22, 33, 957),
	(2, 10, 25, 23, 27.399999999999999, 1130),
	(3, 1, 0.52000000000000002, 0.48000000000000004, 0.56800000000000006, 973),
	(3, 2, 0.46999999999999997, 0.40999999999999998, 0.54199999999999993, 1146),
	(3, 3, 0.45000000000000001, 0.42000000000000004, 0.48599999999999999, 1319),
	(3, 4, 0.46000000000000002, 0.41000000000000003, 0.52000000000000002, 1492),
	(3, 5, 0.38, 0.35999999999999999, 0.40400000000000003, 965),
	(3, 6, 0.35999999999999999, 0.32000000000000001, 0.40799999999999997, 1138),
	(3, 7, 0.34999999999999998, 0.28999999999999998, 0.42199999999999999, 1311),
	(3, 8, 0.28999999999999998, 0.26000000000000001, 0.32599999999999996, 1484),
	(3, 9, 0.27000000000000002, 0.22000000000000003, 0.33000000000000002, 957),
	(3, 10, 0.25, 0.23000000000000001, 0.27400000000000002, 1130);

CREATE TEMP TABLE indices (set float8, scale float8, confidence float8, sii float8, sii_lower float8, sii_upper float8, rii float8, rii_lower float8, rii_upper float8);
INSERT INTO indices VALUES
	(1, 1, 0.94999999999999996, -30.18181818181823, -35.183151337421187, -25.180485026215273, 0.43150684931506816, 0.36715571537376063, 0.50166502009228309),
	(1, 1, 0.98999999999999999, -30.18181818181823, -35.183151337421187, -25.180485026215273, 0.43150684931506816, 0.36715571537376063, 0.50166502009228309),
	(1, 2, 0.94999999999999996, -31.183296050007915, -36.42610333040065, -25.940488769615179, 0.44010434278622829, 0.38392563256599649, 0.50450351867559262),
	(1, 2, 0.98999999999999999, -31.183296050007915, -36.42610333040065, -25.940488769615179, 0.44010434278622829, 0.38392563256599649, 0.50450351867559262),
	(2, 1, 0.94999999999999996, -29.504522630695483, -34.365170078962443, -24.643875182428523, 0.44098380428477968, 0.37788329719588387, 0.50966891573817896),
	(2, 1, 0.98999999999999999, -29.504522630695483, -34.365170078962443, -24.643875182428523, 0.44098380428477968, 0.37788329719588393, 0.50966891573817896),
	(2, 2, 0.94999999999999996, -30.552532083589554, -35.634831605307177, -25.470232561871928, 0.44768432199234598, 0.39271850473855596, 0.51034328594007239),
	(2, 2, 0.98999999999999999, -30.552532083589554, -35.634831605307177, -25.470232561871928, 0.44768432199234598, 0.39271850473855596, 0.51034328594007239),
	(3, 1, 0.94999999999999996, -0.29504522630695473, -0.34365170078962431, -0.24643875182428515, 0.44098380428477973, 0.37788329719588393, 0.50966891573817907),
	(3, 1, 0.98999999999999999, -0.29504522630695473, -0.34365170078962431, -0.24643875182428512, 0.44098380428477973, 0.37788329719588393, 0.50966891573817907),
	(3, 2, 0.94999999999999996, -0.30552532083589468, -0.35634831605307088, -0.25470232561871847, 0.44768432199234665, 0.39271850473855657, 0.51034328594007305),
	(3, 2, 0.98999999999999999, -0.30552532083589468, -0.35634831605307088, -0.25470232561871847, 0.44768432199234665, 0.39271850473855657, 0.51034328594007305),
	(3, 3, 0.94999999999999996, -0.2930523188917753, -0.33924909400988357, -0.24685554377366703, 0.45121671388262419, 0.39555312629134048, 0.51471347172990634),
	(3, 3, 0.98999999999999999, -0.2930523188917753, -0.33924909400988357, -0.24685554377366703, 0.45121671388262419, 0.39555312629134048, 0.51471347172990634);

SELECT count(*) AS rows,
       count(*) FILTER (WHERE pg_temp.near(s, k.sii, sii_lower, sii_upper)) AS sii,
       count(*) FILTER (WHERE pg_temp.near(r, k.rii, rii_lower, rii_upper)) AS rii
FROM indices k, LATERAL (
  SELECT sii(rank, value, lower, upper, population, ('{linear,log,logit}'::text[])[scale], confidence) AS s,
         rii(rank, value, lower, upper, population, ('{linear,log,logit}'::text[])[scale], confidence) AS r
  FROM slope WHERE slope.set = k.set) l;
-- The limits that simulation gives, a million draws, are within 1% of their width of these.

CREATE TEMP TABLE simulated (set float8, sii_lower float8, sii_upper float8, rii_lower float8, rii_upper float8);
INSERT INTO simulated VALUES
	(1, -35.176358361218625, -25.174156169925059, 0.36720303875625698, 0.50171321387802459),
	(2, -34.373299377088955, -24.640408720000973, 0.37770115509772234, 0.50965249024513204),
	(3, -0.34364414416327643, -0.24645583540017516, 0.37789036380602536, 0.50972179263118544);

SELECT count(*) AS sets,
       bool_and(abs((s).lower - sii_lower) < 0.01 * ((s).upper - (s).lower) AND abs((s).upper - sii_upper) < 0.01 * ((s).upper - (s).lower)) AS sii,
       bool_and(abs((r).lower - rii_lower) < 0.01 * ((r).upper - (r).lower) AND abs((r).upper - rii_upper) < 0.01 * ((r).upper - (r).lower)) AS rii
FROM simulated k, LATERAL (
  SELECT sii(rank, value, lower, upper, population) AS s, rii(rank, value, lower, upper, population) AS r FROM slope WHERE slope.set = k.set) l;
-- Rows of one rank share a midpoint: splitting a quantile in two equal halves changes nothing.
SELECT pg_temp.near((sii(rank, value, lower, upper, population / 2)).value, (SELECT (sii(rank, value, lower, upper, population)).value FROM slope WHERE set = 2)) AS ties
FROM slope, generate_series(1, 2) WHERE set = 2;

-- Every answer is defined: what is odd gives a NULL value and the reason, never an error.
SELECT count, n, (proportion_limits(count, n)).*
FROM (VALUES (0, 10), (10, 10), (3, 0), (3, NULL), (NULL, 10), (-1, 10), (11, 10), (3, -5), (0, 1), (9223372036854775807, 9223372036854775807)) v(count, n);
SELECT c1, n1, c2, n2, (difference_limits(c1, n1, c2, n2)).method FROM (VALUES (1, 2, 3, 4), (1, 0, 3, 4), (1, 2, 3, NULL), (NULL, 2, 3, 4), (1, 2, 5, 4)) v(c1, n1, c2, n2);
-- Counts beyond all sense are refused at once.
SET statement_timeout = '2s';
SELECT e1, p1, e2, p2, (rate_ratio_limits(e1, p1, e2, p2)).*
FROM (VALUES (0::float8, 10::float8, 0::float8, 10::float8), (0, 10, 5, 10), (5, 10, 0, 10), (NULL, 10, 5, 10), (5, 0, 5, 10), (5, 10, 5, NULL), (-1, 10, 5, 10),
             ('NaN', 10, 5, 10), (5, 'Infinity', 5, 10), (5, 10, 5, -1), (1e15, 1e16, 1e15, 1e16), (0.5, 10, 2.5, 10), (1e300, 1e-300, 1, 1e300)) v(e1, p1, e2, p2);
RESET statement_timeout;
SELECT population, benchmark, (funnel_limits(population, benchmark)).*, funnel_verdict(3, population, benchmark)
FROM (VALUES (0::float8, 5::float8), (NULL, 5), (1000, NULL), (1000, 0), (1000, -5), ('NaN', 5), ('Infinity', 5), (1000, 'NaN'), (1000, 'Infinity'), (1e-300, 1e-300), (1e300, 1e300), (1000, 1000)) v(population, benchmark);
SELECT n, p, (funnel_limits_proportion(n, p)).*, funnel_verdict_proportion(1, n, p) FROM (VALUES (10, 0::float8), (10, 1), (0, 0.5), (NULL, 0.5), (-1, 0.5), (10, NULL), (10, 2), (10, 'NaN')) v(n, p);
SELECT rank, n, q, quantile_of(rank, n, q) FROM (VALUES (1::float8, 100, 10), (10, 100, 10), (11, 100, 10), (100, 100, 10), (5, 5, 5), (1, 4, 5), (0, 100, 10), (101, 100, 10), ('NaN', 100, 10), (10.5, 100, 10), (NULL, 100, 10), (1, 1, 1)) v(rank, n, q);
SELECT quantile_of(1, 100, 0);
-- Quantiles are as equal in size as can be, for any n and q.
SELECT bool_and(least >= floor(n / q::numeric) AND most <= ceil(n / q::numeric) AND groups = q AND rising) AS equal_shares
FROM (SELECT n, q, min(size) AS least, max(size) AS most, count(*) AS groups, bool_and(first_rank = 1 OR first_rank > 1) AS rising
      FROM (SELECT n, q, quantile_of(r, n, q) AS quantile, count(*) AS size, min(r) AS first_rank FROM (VALUES (10), (97), (100), (333)) v(n), (VALUES (3), (5), (7), (10)) w(q), generate_series(1, n) r GROUP BY 1, 2, 3) s
      GROUP BY 1, 2) t;

CREATE TEMP TABLE odd (name text, events float8, population float8, standard float8, reference_events float8, reference_population float8);
INSERT INTO odd VALUES
	('negative events', -1, 1000, 1, 10, 1000), ('NaN events', 'NaN', 1000, 1, 10, 1000), ('infinite events', 'Infinity', 1000, 1, 10, 1000),
	('no events known', NULL, 1000, 1, 10, 1000), ('population 0', 0, 0, 1, 10, 1000), ('population missing', 0, NULL, 1, 10, 1000),
	('events without population', 3, 0, 1, 10, 1000), ('negative population', 3, -5, 1, 10, 1000), ('NaN population', 3, 'NaN', 1, 10, 1000),
	('infinite population', 3, 'Infinity', 1, 10, 1000), ('no standard', 3, 1000, NULL, NULL, 1000), ('negative standard', 3, 1000, -1, -1, 1000),
	('no reference population', 3, 1000, 1, 10, 0), ('NaN reference', 3, 1000, 'NaN', 'NaN', 1000), ('zero events', 0, 1000, 1, 10, 1000), ('zero reference', 0, 1000, 0, 0, 1000);
-- Alone, and beside sound strata
SELECT name, dsr(events, population, standard), isr(events, population, reference_events, reference_population)
FROM odd GROUP BY 1 ORDER BY 1;
SELECT o.name, (dsr(s.events, s.population, s.standard)).method, (isr_ratio(s.events, s.population, s.reference_events, s.reference_population)).method
FROM odd o, LATERAL (SELECT o.events, o.population, o.standard, o.reference_events, o.reference_population
                     UNION ALL SELECT events, population, standard, reference_events, reference_population FROM strata WHERE area = 3) s
GROUP BY 1 ORDER BY 1;
SELECT dsr(1, 2, 3), dsr(ARRAY[1.0::float8], 2, 3), isr(1, 2, 3, 4), isr_ratio(1, 2, 3, 4), mean_limits(1), sii(1, 2, 3, 4, 5), rii(1, 2, 3, 4, 5), rate_spread(1, 2) WHERE false;
SELECT dsr(p, 1000, 1) FROM (VALUES ('{}'::float8[]), (NULL), ('{1,NULL}'), ('{1,-2}'), ('{{1,2},{3,4}}'), ('{5,NaN}')) v(p) GROUP BY p::text ORDER BY p::text;
SELECT mean_limits(x) FROM (VALUES (1, 3::float8), (2, NULL), (3, 'NaN'), (4, 'Infinity'), (5, 1e200)) v(i, x) GROUP BY i ORDER BY i;
SELECT mean_limits(x) FROM (VALUES (3::float8), (NULL), (5)) v(x);
SELECT name, sii(rank, value, lower, upper, population), rii(rank, value, lower, upper, population)
FROM (VALUES ('one rank', 1::float8, 5::float8, 4::float8, 6::float8, 100::float8), ('one rank', 1, 6, 5, 7, 100),
             ('no population', 1, 5, 4, 6, 0), ('no population', 2, 5, 4, 6, NULL), ('negative population', 1, 5, 4, 6, -1),
             ('value missing', 1, NULL, 4, 6, 100), ('value missing', 2, 5, 4, 6, 100), ('value missing but nobody', 1, NULL, 4, 6, 0), ('value missing but nobody', 2, 5, 4, 6, 100), ('value missing but nobody', 3, 4, 3, 5, 100),
             ('limits missing', 1, 5, NULL, 6, 100), ('limits missing', 2, 4, 3, 5, 100), ('limits crossed', 1, 5, 6, 4, 100), ('limits crossed', 2, 4, 3, 5, 100),
             ('infinite value', 1, 'Infinity', 4, 6, 100), ('infinite value', 2, 5, 4, 6, 100), ('rank missing', NULL, 5, 4, 6, 100), ('rank missing', 2, 5, 4, 6, 100),
             ('starts below zero', 1, -5, -6, -4, 100), ('starts below zero', 2, 5, 4, 6, 100), ('very wide', 1, 5, -50, 60, 100), ('very wide', 2, 6, -50, 60, 100),
             ('no slope', 1, 5, 4, 6, 100), ('no slope', 2, 5, 4, 6, 100)) v(name, rank, value, lower, upper, population)
GROUP BY name ORDER BY name;
SELECT sii(rank, value, lower, upper, population, 'logit', 0.95), rii(rank, value, lower, upper, population, 'logit', 0.95) FROM slope WHERE set = 1;
SELECT sii(1, 2, 3, 4, 5, 'logarithm', 0.95);
SELECT dsr(1, 1000, 1, 1000, 1.5);
SELECT dsr(1, 1000, 1, NULL, 0.95);
SELECT dsr(1, 1000, 1, m, 0.95) FROM (VALUES (1), (2)) v(m);
SELECT mean_limits(1, c) FROM (VALUES (0.9), (0.95)) v(c);

-- The same bits serial, parallel, and in any order, over values that a plain sum gets wrong.
CREATE TABLE demand_many AS
SELECT i, i % 7 AS grp, abs(hashint4(i)) % 50 * 0.1::float8 AS events, (abs(hashint4(i + 1)) % 9000 + 1) / 7.0::float8 AS population,
       10.0::float8 ^ (i % 25 - 12) AS standard, abs(hashint4(i + 2)) % 100 + 1 AS reference_events, 50000.0::float8 AS reference_population
FROM generate_series(1, 60000) i;
ANALYZE demand_many;
CREATE TEMP VIEW answers AS
SELECT grp, dsr(events, population, standard) AS dsr, dsr(ARRAY[events, 1], population, standard) AS repeated,
       isr(events, population, reference_events, reference_population) AS isr, isr_ratio(events, population, reference_events, reference_population) AS isr_ratio,
       mean_limits(standard) AS mean, rate_spread(events, population) AS spread,
       sii(i % 10, events, events - 1, events + 1.5, population) AS sii, rii(i % 10, events, events - 1, events + 1.5, population) AS rii
FROM demand_many GROUP BY grp;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT * FROM answers;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT * FROM answers;
SELECT count(*) AS parallel_equals_serial FROM answers a JOIN serial s USING (grp) WHERE a IS NOT DISTINCT FROM s AND a::text = s::text;
SET max_parallel_workers_per_gather = 0;
SELECT count(*) AS shuffled_equals_serial
FROM (SELECT grp, dsr(events, population, standard) AS dsr, dsr(ARRAY[events, 1], population, standard) AS repeated,
             isr(events, population, reference_events, reference_population) AS isr, isr_ratio(events, population, reference_events, reference_population) AS isr_ratio,
             mean_limits(standard) AS mean, rate_spread(events, population) AS spread,
             sii(i % 10, events, events - 1, events + 1.5, population) AS sii, rii(i % 10, events, events - 1, events + 1.5, population) AS rii
      FROM (SELECT * FROM demand_many ORDER BY hashint4(i + 77)) m GROUP BY grp) a
JOIN serial s USING (grp) WHERE a IS NOT DISTINCT FROM s AND a::text = s::text;
-- A plain sum of the same rows does depend on the order, and agrees to many digits.
SELECT count(*) AS agree FROM serial s JOIN (
  SELECT grp, sum(events * standard / population) / sum(standard) * 100000 AS value FROM demand_many GROUP BY grp) p USING (grp)
WHERE pg_temp.near((s.dsr).value, p.value);
RESET max_parallel_workers_per_gather;
-- As window aggregates
SELECT count(*) AS windows FROM (SELECT dsr(events, population, standard) OVER (PARTITION BY grp) AS d, grp FROM demand_many WHERE i <= 5000) w
JOIN (SELECT grp, dsr(events, population, standard) AS d FROM demand_many WHERE i <= 5000 GROUP BY grp) g USING (grp) WHERE w.d = g.d;
DROP VIEW answers;
DROP TABLE demand_many;

-- Empirical Bayes: equal to Marshall's formulas in plain SQL, and between the area's own rate and the overall rate.
WITH area AS (SELECT i, (i * 37) % 23 AS events, 200 + (i * 911) % 3000 AS population FROM generate_series(1, 60) i),
     plain AS (SELECT sum(events) / sum(population)::float8 AS r,
                      sum(population * (events / population::float8 - t) ^ 2) / sum(population) - t / avg(population)::float8 AS s2
               FROM area, (SELECT sum(events) / sum(population)::float8 AS t FROM area) q GROUP BY t)
SELECT count(*) AS areas,
       count(*) FILTER (WHERE pg_temp.near(empirical_bayes(events, population, o), s2 / (s2 + r / population) * (events / population::float8 - r) + r)) AS equal,
       count(*) FILTER (WHERE empirical_bayes(events, population, o) BETWEEN least(events / population::float8, r) AND greatest(events / population::float8, r)) AS between_both
FROM area, plain, (SELECT rate_spread(events, population) AS o FROM area) q;
-- A variance below 0 is 0: all areas get the overall rate.
SELECT (o).variance, count(DISTINCT empirical_bayes(events, population, o)) AS rates
FROM (VALUES (10, 1000), (20, 2000), (5, 501)) v(events, population), (SELECT rate_spread(e, p) AS o FROM (VALUES (10, 1000), (20, 2000), (5, 501)) w(e, p)) q GROUP BY 1;
SELECT events, population, empirical_bayes(events, population, ROW(0.01, 0.0001, 1000, 5)::rate_spread)
FROM (VALUES (0::float8, 0::float8), (NULL, 0), (3, 0), (3, NULL), (NULL, 100), (-1, 100), ('NaN', 100), (3, -1), (3, 'Infinity'), (0, 100), (3, 100)) v(events, population);
SELECT empirical_bayes(3, 100, NULL) IS NULL AS nothing_known, empirical_bayes(3, 100, ROW(NULL, NULL, NULL, 0)::rate_spread) IS NULL AS no_areas;

-- The European standard population: 19 bands without a gap, 100,000 people.
SELECT count(*) AS bands, sum(population) AS people, range_agg(ages) AS ages FROM european_standard_population_2013();
