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
