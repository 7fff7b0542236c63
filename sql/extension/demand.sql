CREATE TYPE estimate AS (value float8, lower float8, upper float8, confidence float8, method text);
COMMENT ON TYPE estimate IS 'a figure with its limits, their confidence, and the method that gave them or the reason why there is none';

CREATE FUNCTION byar_lower(count float8, confidence float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION byar_lower(float8, float8) IS 'lower limit of a Poisson count by Byar''s approximation';

CREATE FUNCTION byar_upper(count float8, confidence float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION byar_upper(float8, float8) IS 'upper limit of a Poisson count by Byar''s approximation';

CREATE FUNCTION poisson_lower(count float8, confidence float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION poisson_lower(float8, float8) IS 'exact lower limit of a Poisson count';

CREATE FUNCTION poisson_upper(count float8, confidence float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION poisson_upper(float8, float8) IS 'exact upper limit of a Poisson count';

CREATE FUNCTION rate_limits(events float8, population float8, multiplier float8 DEFAULT 100000, confidence float8 DEFAULT 0.95)
RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rate_limits(float8, float8, float8, float8) IS 'crude rate with limits: exact Poisson below 10 events, Byar''s from 10 on';

CREATE FUNCTION proportion_limits(count bigint, n bigint, confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION proportion_limits(bigint, bigint, float8) IS 'proportion with Wilson''s limits';

CREATE FUNCTION difference_limits(c1 bigint, n1 bigint, c2 bigint, n2 bigint, confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION difference_limits(bigint, bigint, bigint, bigint, float8) IS 'difference of two proportions with Newcombe''s limits';

CREATE FUNCTION rate_ratio_limits(e1 float8, p1 float8, e2 float8, p2 float8, confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rate_ratio_limits(float8, float8, float8, float8, float8) IS 'ratio of two rates with exact conditional limits';

CREATE FUNCTION estimate_compare(estimate, reference float8) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION estimate_compare(estimate, float8) IS 'lower, similar or higher: where the limits lie to a reference';

CREATE FUNCTION funnel_limits(population float8, benchmark float8, multiplier float8 DEFAULT 100000, confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_limits(float8, float8, float8, float8) IS 'control limits of a rate about a benchmark';

CREATE FUNCTION funnel_limits_proportion(n bigint, benchmark float8, confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_limits_proportion(bigint, float8, float8) IS 'control limits of a proportion about a benchmark';

CREATE FUNCTION funnel_verdict(events float8, population float8, benchmark float8, multiplier float8 DEFAULT 100000) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_verdict(float8, float8, float8, float8) IS 'whether a rate lies outside the funnel of a benchmark';

CREATE FUNCTION funnel_verdict_proportion(count bigint, n bigint, benchmark float8) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_verdict_proportion(bigint, bigint, float8) IS 'whether a proportion lies outside the funnel of a benchmark';

CREATE FUNCTION quantile_of(rank float8, n bigint, q integer) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION quantile_of(float8, bigint, integer) IS 'quantile of a rank among n';

CREATE FUNCTION european_standard_population_2013(OUT ages int4range, OUT age_band text, OUT population integer) RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 19
BEGIN ATOMIC
	SELECT v.ages, v.age_band, v.population
	FROM (VALUES
		(int4range(0, 5), '0-4', 5000), (int4range(5, 10), '5-9', 5500), (int4range(10, 15), '10-14', 5500),
		(int4range(15, 20), '15-19', 5500), (int4range(20, 25), '20-24', 6000), (int4range(25, 30), '25-29', 6000),
		(int4range(30, 35), '30-34', 6500), (int4range(35, 40), '35-39', 7000), (int4range(40, 45), '40-44', 7000),
		(int4range(45, 50), '45-49', 7000), (int4range(50, 55), '50-54', 7000), (int4range(55, 60), '55-59', 6500),
		(int4range(60, 65), '60-64', 6000), (int4range(65, 70), '65-69', 5500), (int4range(70, 75), '70-74', 5000),
		(int4range(75, 80), '75-79', 4000), (int4range(80, 85), '80-84', 2500), (int4range(85, 90), '85-89', 1500),
		(int4range(90, NULL), '90+', 1000)) v(ages, age_band, population);
END;
COMMENT ON FUNCTION european_standard_population_2013() IS 'the European standard population of 2013, 19 age bands that sum to 100,000';

CREATE FUNCTION demand_sums_combine(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION demand_sums_combine(internal, internal) IS 'implementation of aggregates of exact sums';

CREATE FUNCTION demand_sums_serialize(internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION demand_sums_serialize(internal) IS 'implementation of aggregates of exact sums';

CREATE FUNCTION demand_sums_deserialize(bytea, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION demand_sums_deserialize(bytea, internal) IS 'implementation of aggregates of exact sums';

CREATE FUNCTION mean_limits_accum(internal, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION mean_limits_accum(internal, float8) IS 'implementation of mean_limits';

CREATE FUNCTION mean_limits_accum(internal, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION mean_limits_accum(internal, float8, float8) IS 'implementation of mean_limits';

CREATE FUNCTION mean_limits_final(internal) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION mean_limits_final(internal) IS 'implementation of mean_limits';

CREATE AGGREGATE mean_limits(x float8) (
	SFUNC = mean_limits_accum, STYPE = internal, SSPACE = 400, FINALFUNC = mean_limits_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE mean_limits(float8) IS 'mean with Student''s t limits';

CREATE AGGREGATE mean_limits(x float8, confidence float8) (
	SFUNC = mean_limits_accum, STYPE = internal, SSPACE = 400, FINALFUNC = mean_limits_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE mean_limits(float8, float8) IS 'mean with Student''s t limits';

CREATE FUNCTION dsr_accum(internal, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION dsr_accum(internal, float8, float8, float8) IS 'implementation of dsr';

CREATE FUNCTION dsr_accum(internal, float8, float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION dsr_accum(internal, float8, float8, float8, float8, float8) IS 'implementation of dsr';

CREATE FUNCTION dsr_final(internal) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION dsr_final(internal) IS 'implementation of dsr';

CREATE AGGREGATE dsr(events float8, population float8, standard float8) (
	SFUNC = dsr_accum, STYPE = internal, SSPACE = 400, FINALFUNC = dsr_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE dsr(float8, float8, float8) IS 'directly standardised rate with Dobson''s limits';

CREATE AGGREGATE dsr(events float8, population float8, standard float8, multiplier float8, confidence float8) (
	SFUNC = dsr_accum, STYPE = internal, SSPACE = 400, FINALFUNC = dsr_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE dsr(float8, float8, float8, float8, float8) IS 'directly standardised rate with Dobson''s limits';

CREATE FUNCTION dsr_repeated_accum(internal, float8[], float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION dsr_repeated_accum(internal, float8[], float8, float8) IS 'implementation of dsr';

CREATE FUNCTION dsr_repeated_accum(internal, float8[], float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION dsr_repeated_accum(internal, float8[], float8, float8, float8, float8) IS 'implementation of dsr';

CREATE AGGREGATE dsr(people_by_frequency float8[], population float8, standard float8) (
	SFUNC = dsr_repeated_accum, STYPE = internal, SSPACE = 400, FINALFUNC = dsr_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE dsr(float8[], float8, float8) IS 'directly standardised rate of events of which one person may have several, with Dobson''s limits';

CREATE AGGREGATE dsr(people_by_frequency float8[], population float8, standard float8, multiplier float8, confidence float8) (
	SFUNC = dsr_repeated_accum, STYPE = internal, SSPACE = 400, FINALFUNC = dsr_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE dsr(float8[], float8, float8, float8, float8) IS 'directly standardised rate of events of which one person may have several, with Dobson''s limits';

CREATE FUNCTION isr_accum(internal, float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION isr_accum(internal, float8, float8, float8, float8) IS 'implementation of isr';

CREATE FUNCTION isr_accum(internal, float8, float8, float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION isr_accum(internal, float8, float8, float8, float8, float8, float8) IS 'implementation of isr';

CREATE FUNCTION isr_final(internal) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION isr_final(internal) IS 'implementation of isr';

CREATE AGGREGATE isr(events float8, population float8, reference_events float8, reference_population float8) (
	SFUNC = isr_accum, STYPE = internal, SSPACE = 400, FINALFUNC = isr_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE isr(float8, float8, float8, float8) IS 'indirectly standardised rate with limits';

CREATE AGGREGATE isr(events float8, population float8, reference_events float8, reference_population float8, multiplier float8, confidence float8) (
	SFUNC = isr_accum, STYPE = internal, SSPACE = 400, FINALFUNC = isr_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE isr(float8, float8, float8, float8, float8, float8) IS 'indirectly standardised rate with limits';

CREATE FUNCTION isr_ratio_accum(internal, float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION isr_ratio_accum(internal, float8, float8, float8, float8) IS 'implementation of isr_ratio';

CREATE FUNCTION isr_ratio_accum(internal, float8, float8, float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION isr_ratio_accum(internal, float8, float8, float8, float8, float8, float8) IS 'implementation of isr_ratio';

CREATE FUNCTION isr_ratio_final(internal) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION isr_ratio_final(internal) IS 'implementation of isr_ratio';

CREATE AGGREGATE isr_ratio(events float8, population float8, reference_events float8, reference_population float8) (
	SFUNC = isr_ratio_accum, STYPE = internal, SSPACE = 400, FINALFUNC = isr_ratio_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE isr_ratio(float8, float8, float8, float8) IS 'observed by expected events with limits';

CREATE AGGREGATE isr_ratio(events float8, population float8, reference_events float8, reference_population float8, multiplier float8, confidence float8) (
	SFUNC = isr_ratio_accum, STYPE = internal, SSPACE = 400, FINALFUNC = isr_ratio_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE isr_ratio(float8, float8, float8, float8, float8, float8) IS 'observed by expected events with limits';

CREATE FUNCTION slope_combine(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION slope_combine(internal, internal) IS 'implementation of sii and rii';

CREATE FUNCTION slope_serialize(internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION slope_serialize(internal) IS 'implementation of sii and rii';

CREATE FUNCTION slope_deserialize(bytea, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION slope_deserialize(bytea, internal) IS 'implementation of sii and rii';

CREATE FUNCTION slope_accum(internal, float8, float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION slope_accum(internal, float8, float8, float8, float8, float8) IS 'implementation of sii and rii';

CREATE FUNCTION slope_accum(internal, float8, float8, float8, float8, float8, text, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION slope_accum(internal, float8, float8, float8, float8, float8, text, float8) IS 'implementation of sii and rii';

CREATE FUNCTION sii_final(internal) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sii_final(internal) IS 'implementation of sii';

CREATE AGGREGATE sii(rank float8, value float8, lower float8, upper float8, population float8) (
	SFUNC = slope_accum, STYPE = internal, SSPACE = 500, FINALFUNC = sii_final,
	COMBINEFUNC = slope_combine, SERIALFUNC = slope_serialize, DESERIALFUNC = slope_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE sii(float8, float8, float8, float8, float8) IS 'slope index of inequality over ranked areas or quantiles, with limits';

CREATE AGGREGATE sii(rank float8, value float8, lower float8, upper float8, population float8, scale text, confidence float8) (
	SFUNC = slope_accum, STYPE = internal, SSPACE = 500, FINALFUNC = sii_final,
	COMBINEFUNC = slope_combine, SERIALFUNC = slope_serialize, DESERIALFUNC = slope_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE sii(float8, float8, float8, float8, float8, text, float8) IS 'slope index of inequality over ranked areas or quantiles, with limits';

CREATE FUNCTION rii_final(internal) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rii_final(internal) IS 'implementation of rii';

CREATE AGGREGATE rii(rank float8, value float8, lower float8, upper float8, population float8) (
	SFUNC = slope_accum, STYPE = internal, SSPACE = 500, FINALFUNC = rii_final,
	COMBINEFUNC = slope_combine, SERIALFUNC = slope_serialize, DESERIALFUNC = slope_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rii(float8, float8, float8, float8, float8) IS 'relative index of inequality over ranked areas or quantiles, with limits';

CREATE AGGREGATE rii(rank float8, value float8, lower float8, upper float8, population float8, scale text, confidence float8) (
	SFUNC = slope_accum, STYPE = internal, SSPACE = 500, FINALFUNC = rii_final,
	COMBINEFUNC = slope_combine, SERIALFUNC = slope_serialize, DESERIALFUNC = slope_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rii(float8, float8, float8, float8, float8, text, float8) IS 'relative index of inequality over ranked areas or quantiles, with limits';

CREATE TYPE rate_spread AS (rate float8, variance float8, mean_population float8, areas bigint);
COMMENT ON TYPE rate_spread IS 'overall rate of several areas, variance of their true rates, and their mean population';

CREATE FUNCTION rate_spread_accum(internal, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rate_spread_accum(internal, float8, float8) IS 'implementation of rate_spread';

CREATE FUNCTION rate_spread_final(internal) RETURNS rate_spread
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rate_spread_final(internal) IS 'implementation of rate_spread';

CREATE AGGREGATE rate_spread(events float8, population float8) (
	SFUNC = rate_spread_accum, STYPE = internal, SSPACE = 400, FINALFUNC = rate_spread_final,
	COMBINEFUNC = demand_sums_combine, SERIALFUNC = demand_sums_serialize, DESERIALFUNC = demand_sums_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rate_spread(float8, float8) IS 'overall rate of areas and the variance of their true rates';

CREATE FUNCTION empirical_bayes(events float8, population float8, overall rate_spread) RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION empirical_bayes(float8, float8, rate_spread) IS 'rate of an area drawn towards the overall rate by how few people it has';

CREATE FUNCTION local_moran(areas anyarray, "values" float8[], from_areas anyarray, to_areas anyarray,
	permutations integer DEFAULT 999, seed bigint DEFAULT 1, weights float8[] DEFAULT NULL, row_standardised boolean DEFAULT true,
	OUT area anyelement, OUT value float8, OUT moran float8, OUT expected float8, OUT variance float8, OUT z float8, OUT p float8,
	OUT p_permutation float8, OUT p_adjusted float8, OUT quadrant text, OUT status text) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 1000 COST 10000 SUPPORT rows_of_array;
COMMENT ON FUNCTION local_moran(anyarray, float8[], anyarray, anyarray, integer, bigint, float8[], boolean) IS 'local Moran''s I of each area, with conditional permutations';

CREATE FUNCTION getis_ord(areas anyarray, "values" float8[], from_areas anyarray, to_areas anyarray, star boolean DEFAULT true,
	permutations integer DEFAULT 999, seed bigint DEFAULT 1, weights float8[] DEFAULT NULL,
	OUT area anyelement, OUT value float8, OUT z float8, OUT p float8, OUT p_permutation float8, OUT p_adjusted float8,
	OUT spot text, OUT status text) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 1000 COST 10000 SUPPORT rows_of_array;
COMMENT ON FUNCTION getis_ord(anyarray, float8[], anyarray, anyarray, boolean, integer, bigint, float8[]) IS 'Getis and Ord''s G* or G of each area: hot and cold spots';

CREATE FUNCTION benjamini_hochberg(p float8[]) RETURNS float8[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION benjamini_hochberg(float8[]) IS 'p-values adjusted for the false discovery rate';

CREATE FUNCTION demand_projection(counts int4range[], quarters integer DEFAULT 4, OUT quarter integer, OUT value float8,
	OUT lower_80 float8, OUT upper_80 float8, OUT lower_95 float8, OUT upper_95 float8, OUT method text) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 4 COST 10000 SUPPORT rows_of_number;
COMMENT ON FUNCTION demand_projection(int4range[], integer) IS 'the next quarters of a series of quarterly counts of which only bounds are known, with limits';

CREATE FUNCTION demand_projection(counts integer[], quarters integer DEFAULT 4, OUT quarter integer, OUT value float8,
	OUT lower_80 float8, OUT upper_80 float8, OUT lower_95 float8, OUT upper_95 float8, OUT method text) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 4 COST 10000 SUPPORT rows_of_number;
COMMENT ON FUNCTION demand_projection(integer[], integer) IS 'the next quarters of a series of quarterly counts, with limits';

CREATE FUNCTION demand_projection_score(counts int4range[], ahead integer DEFAULT 1, OUT forecasts integer, OUT mase float8,
	OUT coverage_80 float8, OUT coverage_95 float8)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION demand_projection_score(int4range[], integer) IS 'how projections of a series'' own past did against same as last quarter';

CREATE FUNCTION demand_projection_score(counts integer[], ahead integer DEFAULT 1, OUT forecasts integer, OUT mase float8,
	OUT coverage_80 float8, OUT coverage_95 float8)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION demand_projection_score(integer[], integer) IS 'how projections of a series'' own past did against same as last quarter';

CREATE FUNCTION expected_from_prevalence(population float8, prevalence float8, lower float8 DEFAULT NULL, upper float8 DEFAULT NULL) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION expected_from_prevalence(float8, float8, float8, float8) IS 'people expected from a prevalence and its limits';

CREATE FUNCTION reach_ratio(reached int4range, expected estimate) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION reach_ratio(int4range, estimate) IS 'people reached over people expected, with limits from both';

CREATE FUNCTION unmet_need(reached int4range, expected estimate) RETURNS estimate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION unmet_need(int4range, estimate) IS 'people expected less people reached, with limits from both';
