-- Both types are made by ranked.sql.in, which stands for the lines that name them.

-- Area codes.
-- ranked gss_code codes
COMMENT ON TYPE gss_code IS 'nine-character area code of the Office for National Statistics';

CREATE FUNCTION gss_level(gss_code) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_level(gss_code) IS 'level of the area: oa, lsoa, msoa, parish, ward, unitary, district and so on, or other';
CREATE FUNCTION gss_country(gss_code) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_country(gss_code) IS 'country that the area lies in';

-- Postcodes.
-- ranked uk_postcode postcodes
COMMENT ON TYPE uk_postcode IS 'postcode of the United Kingdom';

CREATE FUNCTION postcode_area(uk_postcode) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION postcode_area(uk_postcode) IS 'letters at the start of a postcode: L of L1 8JQ';
CREATE FUNCTION postcode_district(uk_postcode) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION postcode_district(uk_postcode) IS 'outward part of a postcode: L1 of L1 8JQ';
CREATE FUNCTION postcode_sector(uk_postcode) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION postcode_sector(uk_postcode) IS 'outward part and first digit of the inward part of a postcode: L1 8 of L1 8JQ';
CREATE FUNCTION postcode_unit_is_pseudo(uk_postcode) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION postcode_unit_is_pseudo(uk_postcode) IS 'whether a postcode is of ZZ99, which stands for no place in the United Kingdom';
