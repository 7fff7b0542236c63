-- Numbers of people of which only limits are known

CREATE FUNCTION bounds_accumulate(internal, int4range) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bounds_accumulate(internal, int4range) IS 'implementation of bounds_sum and bounds_union';

CREATE FUNCTION bounds_combine(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bounds_combine(internal, internal) IS 'implementation of bounds_sum and bounds_union';

CREATE FUNCTION bounds_serialize(internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bounds_serialize(internal) IS 'implementation of bounds_sum and bounds_union';

CREATE FUNCTION bounds_deserialize(bytea, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bounds_deserialize(bytea, internal) IS 'implementation of bounds_sum and bounds_union';

CREATE FUNCTION bounds_sum_final(internal) RETURNS int4range
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bounds_sum_final(internal) IS 'implementation of bounds_sum';

CREATE FUNCTION bounds_union_final(internal) RETURNS int4range
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION bounds_union_final(internal) IS 'implementation of bounds_union';

CREATE AGGREGATE bounds_sum(int4range) (
	SFUNC = bounds_accumulate, STYPE = internal, SSPACE = 32, FINALFUNC = bounds_sum_final,
	COMBINEFUNC = bounds_combine, SERIALFUNC = bounds_serialize, DESERIALFUNC = bounds_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE bounds_sum(int4range) IS
	'people in parts that share nobody: both ends add up; a missing range counts as [0,), an empty one makes the result empty';

CREATE AGGREGATE bounds_union(int4range) (
	SFUNC = bounds_accumulate, STYPE = internal, SSPACE = 32, FINALFUNC = bounds_union_final,
	COMBINEFUNC = bounds_combine, SERIALFUNC = bounds_serialize, DESERIALFUNC = bounds_deserialize,
	PARALLEL = SAFE);
COMMENT ON AGGREGATE bounds_union(int4range) IS
	'different people in parts that may share some: from the largest lower end to the sum of the upper ends; a missing range counts as [0,), an empty one makes the result empty';

-- How many people a return speaks of

CREATE FUNCTION proforma_bounds(form jsonb, answers jsonb, assume text DEFAULT 'one age band a person') RETURNS int4range
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION proforma_bounds(jsonb, jsonb, text) IS
	'how many different people a return may speak of; assume => ''none'' allows that one person was counted in two age bands';

CREATE FUNCTION proforma_band_bounds(form jsonb, answers jsonb, bands int4range[],
	OUT band int4range, OUT people int4range) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 8 SUPPORT rows_of_array;
COMMENT ON FUNCTION proforma_band_bounds(jsonb, jsonb, int4range[]) IS
	'how many people of each age band a return may speak of, whatever bands its form has';

CREATE FUNCTION proforma_year_bounds(returns jsonb, quantity text DEFAULT 'served') RETURNS int4range
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION proforma_year_bounds(jsonb, text) IS
	'how many different people were served, or newly referred, in all the quarters listed';

-- Findings

CREATE TYPE proforma_finding AS (
	rule text, severity text, field text, message text, suggestion text, observed text, expected text);
COMMENT ON TYPE proforma_finding IS
	'what a check found: the code of the rule, its severity (error, query or note), where, what, what to do, and what was seen and expected';

CREATE FUNCTION proforma_check(form jsonb, answers jsonb, previous jsonb DEFAULT NULL) RETURNS SETOF proforma_finding
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION proforma_check(jsonb, jsonb, jsonb) IS
	'what is wrong with a return, or should be asked about it; previous holds the earlier returns of the programme';

CREATE FUNCTION proforma_lint(form jsonb) RETURNS SETOF proforma_finding
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION proforma_lint(jsonb) IS 'what is wrong with a form itself';

CREATE FUNCTION proforma_rules(
	OUT code text, OUT severity text, OUT family text, OUT title text, OUT explanation text, OUT suggestion text, OUT example text)
	RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 113;
COMMENT ON FUNCTION proforma_rules() IS 'the catalogue of all rules for returns, records and forms';

-- Records, one row a client

CREATE FUNCTION record_check_columns(form jsonb, columns text[], VARIADIC "any") RETURNS proforma_finding[]
AS 'MODULE_PATHNAME' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION record_check_columns(jsonb, text[], "any") IS 'implementation of record_check, for a row whose columns are at hand';

CREATE FUNCTION record_ok_columns(form jsonb, columns text[], VARIADIC "any") RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION record_ok_columns(jsonb, text[], "any") IS 'implementation of record_ok, for a row whose columns are at hand';

CREATE FUNCTION record_support(internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION record_support(internal) IS 'implementation of record_check and record_ok: support function for the planner';

CREATE FUNCTION record_check(form jsonb, rec anyelement) RETURNS SETOF proforma_finding
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 1 SUPPORT record_support;
COMMENT ON FUNCTION record_check(jsonb, anyelement) IS 'what is wrong with a row, by the fields and rules of a form';

CREATE FUNCTION record_ok(form jsonb, rec anyelement) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT record_support;
COMMENT ON FUNCTION record_ok(jsonb, anyelement) IS 'does a row break none of the rules that record_check judges by?';

CREATE FUNCTION record_check_across(form jsonb, records anyarray) RETURNS SETOF proforma_finding
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION record_check_across(jsonb, anyarray) IS
	'what is wrong between rows: values that must be different in each, and engagements of one client that overlap';
