CREATE FUNCTION wardstar_version() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wardstar_version() IS 'version of the wardstar library that is loaded';
