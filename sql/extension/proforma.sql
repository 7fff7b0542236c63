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
