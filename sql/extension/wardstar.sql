CREATE FUNCTION wardstar_version() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wardstar_version() IS 'version of the wardstar library that is loaded';

CREATE FUNCTION rows_of_array(internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rows_of_array(internal) IS 'implementation of functions with a row for each element of their first array: support function for the planner';

CREATE FUNCTION rows_of_number(internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rows_of_number(internal) IS 'implementation of functions with as many rows as their first integer says: support function for the planner';
