-- Area codes.
CREATE TYPE gss_code;

CREATE FUNCTION gss_code_in(cstring) RETURNS gss_code
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_in(cstring) IS 'implementation of the input of gss_code';
CREATE FUNCTION gss_code_out(gss_code) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_out(gss_code) IS 'implementation of the output of gss_code';
CREATE FUNCTION gss_code_recv(internal) RETURNS gss_code
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_recv(internal) IS 'implementation of the binary input of gss_code';
CREATE FUNCTION gss_code_send(gss_code) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_send(gss_code) IS 'implementation of the binary output of gss_code';

CREATE TYPE gss_code (
	INPUT = gss_code_in,
	OUTPUT = gss_code_out,
	RECEIVE = gss_code_recv,
	SEND = gss_code_send,
	LIKE = pg_catalog.int4
);
COMMENT ON TYPE gss_code IS 'nine-character area code of the Office for National Statistics';

-- As PostgreSQL casts its own types: from text only when asked, to text also on assignment. An implicit cast
-- either way would make comparisons with text silently compare as text, and no index be used.
CREATE FUNCTION gss_code_from_text(text) RETURNS gss_code
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_from_text(text) IS 'implementation of the cast from text to gss_code';
CREATE FUNCTION gss_code_to_text(gss_code) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_to_text(gss_code) IS 'implementation of the cast from gss_code to text';
CREATE CAST (text AS gss_code) WITH FUNCTION gss_code_from_text(text);
COMMENT ON CAST (text AS gss_code) IS 'reads the text; error 22P02 if it is not one';
CREATE CAST (gss_code AS text) WITH FUNCTION gss_code_to_text(gss_code) AS ASSIGNMENT;
COMMENT ON CAST (gss_code AS text) IS 'the written form';

CREATE FUNCTION gss_level(gss_code) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_level(gss_code) IS 'level of the area: oa, lsoa, msoa, parish, ward, unitary, district and so on, or other';
CREATE FUNCTION gss_country(gss_code) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_country(gss_code) IS 'country that the area lies in';
CREATE FUNCTION gss_code_is_valid(text) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_is_valid(text) IS 'whether the text is a gss_code; never raises an error';

-- Leakproof, so that row-level security and security barrier views let conditions on them use an index.
CREATE FUNCTION gss_code_lt(gss_code, gss_code) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_lt(gss_code, gss_code) IS 'implementation of < operator';
CREATE FUNCTION gss_code_le(gss_code, gss_code) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_le(gss_code, gss_code) IS 'implementation of <= operator';
CREATE FUNCTION gss_code_eq(gss_code, gss_code) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_eq(gss_code, gss_code) IS 'implementation of = operator';
CREATE FUNCTION gss_code_ne(gss_code, gss_code) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_ne(gss_code, gss_code) IS 'implementation of <> operator';
CREATE FUNCTION gss_code_ge(gss_code, gss_code) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_ge(gss_code, gss_code) IS 'implementation of >= operator';
CREATE FUNCTION gss_code_gt(gss_code, gss_code) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_gt(gss_code, gss_code) IS 'implementation of > operator';
CREATE FUNCTION gss_code_cmp(gss_code, gss_code) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_cmp(gss_code, gss_code) IS 'implementation of btree comparison';
CREATE FUNCTION gss_code_sortsupport(internal) RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_sortsupport(internal) IS 'implementation of btree sort support';
CREATE FUNCTION gss_code_hash(gss_code) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_hash(gss_code) IS 'implementation of hashing';
CREATE FUNCTION gss_code_hash_extended(gss_code, bigint) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_hash_extended(gss_code, bigint) IS 'implementation of hashing with a seed';

CREATE OPERATOR < (
	LEFTARG = gss_code, RIGHTARG = gss_code, FUNCTION = gss_code_lt,
	COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (gss_code, gss_code) IS 'less than';
CREATE OPERATOR <= (
	LEFTARG = gss_code, RIGHTARG = gss_code, FUNCTION = gss_code_le,
	COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (gss_code, gss_code) IS 'less than or equal';
CREATE OPERATOR = (
	LEFTARG = gss_code, RIGHTARG = gss_code, FUNCTION = gss_code_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (gss_code, gss_code) IS 'equal';
CREATE OPERATOR <> (
	LEFTARG = gss_code, RIGHTARG = gss_code, FUNCTION = gss_code_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (gss_code, gss_code) IS 'not equal';
CREATE OPERATOR >= (
	LEFTARG = gss_code, RIGHTARG = gss_code, FUNCTION = gss_code_ge,
	COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (gss_code, gss_code) IS 'greater than or equal';
CREATE OPERATOR > (
	LEFTARG = gss_code, RIGHTARG = gss_code, FUNCTION = gss_code_gt,
	COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (gss_code, gss_code) IS 'greater than';

CREATE OPERATOR CLASS gss_code_ops DEFAULT FOR TYPE gss_code USING btree AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 gss_code_cmp(gss_code, gss_code),
	FUNCTION 2 gss_code_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS gss_code_ops USING btree IS 'order and equality of gss_code; indexes deduplicate';

CREATE OPERATOR CLASS gss_code_ops DEFAULT FOR TYPE gss_code USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 gss_code_hash(gss_code),
	FUNCTION 2 gss_code_hash_extended(gss_code, bigint);
COMMENT ON OPERATOR CLASS gss_code_ops USING hash IS 'equality of gss_code';

CREATE OPERATOR CLASS gss_code_minmax_ops DEFAULT FOR TYPE gss_code USING brin AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
	FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
	FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
	FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS gss_code_minmax_ops USING brin IS 'ranges of gss_code';

CREATE FUNCTION gss_code_smaller(gss_code, gss_code) RETURNS gss_code
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_smaller(gss_code, gss_code) IS 'implementation of min(gss_code)';
CREATE AGGREGATE min(gss_code) (
	SFUNC = gss_code_smaller, STYPE = gss_code, COMBINEFUNC = gss_code_smaller, SORTOP = <, PARALLEL = SAFE
);
COMMENT ON AGGREGATE min(gss_code) IS 'first in order of all codes that are not null';
CREATE FUNCTION gss_code_larger(gss_code, gss_code) RETURNS gss_code
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gss_code_larger(gss_code, gss_code) IS 'implementation of max(gss_code)';
CREATE AGGREGATE max(gss_code) (
	SFUNC = gss_code_larger, STYPE = gss_code, COMBINEFUNC = gss_code_larger, SORTOP = >, PARALLEL = SAFE
);
COMMENT ON AGGREGATE max(gss_code) IS 'last in order of all codes that are not null';

-- Postcodes.
CREATE TYPE uk_postcode;

CREATE FUNCTION uk_postcode_in(cstring) RETURNS uk_postcode
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_in(cstring) IS 'implementation of the input of uk_postcode';
CREATE FUNCTION uk_postcode_out(uk_postcode) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_out(uk_postcode) IS 'implementation of the output of uk_postcode';
CREATE FUNCTION uk_postcode_recv(internal) RETURNS uk_postcode
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_recv(internal) IS 'implementation of the binary input of uk_postcode';
CREATE FUNCTION uk_postcode_send(uk_postcode) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_send(uk_postcode) IS 'implementation of the binary output of uk_postcode';

CREATE TYPE uk_postcode (
	INPUT = uk_postcode_in,
	OUTPUT = uk_postcode_out,
	RECEIVE = uk_postcode_recv,
	SEND = uk_postcode_send,
	LIKE = pg_catalog.int4
);
COMMENT ON TYPE uk_postcode IS 'postcode of the United Kingdom';

-- As PostgreSQL casts its own types: from text only when asked, to text also on assignment. An implicit cast
-- either way would make comparisons with text silently compare as text, and no index be used.
CREATE FUNCTION uk_postcode_from_text(text) RETURNS uk_postcode
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_from_text(text) IS 'implementation of the cast from text to uk_postcode';
CREATE FUNCTION uk_postcode_to_text(uk_postcode) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_to_text(uk_postcode) IS 'implementation of the cast from uk_postcode to text';
CREATE CAST (text AS uk_postcode) WITH FUNCTION uk_postcode_from_text(text);
COMMENT ON CAST (text AS uk_postcode) IS 'reads the text; error 22P02 if it is not one';
CREATE CAST (uk_postcode AS text) WITH FUNCTION uk_postcode_to_text(uk_postcode) AS ASSIGNMENT;
COMMENT ON CAST (uk_postcode AS text) IS 'the written form';

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
CREATE FUNCTION uk_postcode_is_valid(text) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_is_valid(text) IS 'whether the text is a uk_postcode; never raises an error';

-- Leakproof, so that row-level security and security barrier views let conditions on them use an index.
CREATE FUNCTION uk_postcode_lt(uk_postcode, uk_postcode) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_lt(uk_postcode, uk_postcode) IS 'implementation of < operator';
CREATE FUNCTION uk_postcode_le(uk_postcode, uk_postcode) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_le(uk_postcode, uk_postcode) IS 'implementation of <= operator';
CREATE FUNCTION uk_postcode_eq(uk_postcode, uk_postcode) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_eq(uk_postcode, uk_postcode) IS 'implementation of = operator';
CREATE FUNCTION uk_postcode_ne(uk_postcode, uk_postcode) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_ne(uk_postcode, uk_postcode) IS 'implementation of <> operator';
CREATE FUNCTION uk_postcode_ge(uk_postcode, uk_postcode) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_ge(uk_postcode, uk_postcode) IS 'implementation of >= operator';
CREATE FUNCTION uk_postcode_gt(uk_postcode, uk_postcode) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_gt(uk_postcode, uk_postcode) IS 'implementation of > operator';
CREATE FUNCTION uk_postcode_cmp(uk_postcode, uk_postcode) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_cmp(uk_postcode, uk_postcode) IS 'implementation of btree comparison';
CREATE FUNCTION uk_postcode_sortsupport(internal) RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_sortsupport(internal) IS 'implementation of btree sort support';
CREATE FUNCTION uk_postcode_hash(uk_postcode) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_hash(uk_postcode) IS 'implementation of hashing';
CREATE FUNCTION uk_postcode_hash_extended(uk_postcode, bigint) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_hash_extended(uk_postcode, bigint) IS 'implementation of hashing with a seed';

CREATE OPERATOR < (
	LEFTARG = uk_postcode, RIGHTARG = uk_postcode, FUNCTION = uk_postcode_lt,
	COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (uk_postcode, uk_postcode) IS 'less than';
CREATE OPERATOR <= (
	LEFTARG = uk_postcode, RIGHTARG = uk_postcode, FUNCTION = uk_postcode_le,
	COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (uk_postcode, uk_postcode) IS 'less than or equal';
CREATE OPERATOR = (
	LEFTARG = uk_postcode, RIGHTARG = uk_postcode, FUNCTION = uk_postcode_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (uk_postcode, uk_postcode) IS 'equal';
CREATE OPERATOR <> (
	LEFTARG = uk_postcode, RIGHTARG = uk_postcode, FUNCTION = uk_postcode_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (uk_postcode, uk_postcode) IS 'not equal';
CREATE OPERATOR >= (
	LEFTARG = uk_postcode, RIGHTARG = uk_postcode, FUNCTION = uk_postcode_ge,
	COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (uk_postcode, uk_postcode) IS 'greater than or equal';
CREATE OPERATOR > (
	LEFTARG = uk_postcode, RIGHTARG = uk_postcode, FUNCTION = uk_postcode_gt,
	COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (uk_postcode, uk_postcode) IS 'greater than';

CREATE OPERATOR CLASS uk_postcode_ops DEFAULT FOR TYPE uk_postcode USING btree AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 uk_postcode_cmp(uk_postcode, uk_postcode),
	FUNCTION 2 uk_postcode_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS uk_postcode_ops USING btree IS 'order and equality of uk_postcode; indexes deduplicate';

CREATE OPERATOR CLASS uk_postcode_ops DEFAULT FOR TYPE uk_postcode USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 uk_postcode_hash(uk_postcode),
	FUNCTION 2 uk_postcode_hash_extended(uk_postcode, bigint);
COMMENT ON OPERATOR CLASS uk_postcode_ops USING hash IS 'equality of uk_postcode';

CREATE OPERATOR CLASS uk_postcode_minmax_ops DEFAULT FOR TYPE uk_postcode USING brin AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
	FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
	FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
	FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS uk_postcode_minmax_ops USING brin IS 'ranges of uk_postcode';

CREATE FUNCTION uk_postcode_smaller(uk_postcode, uk_postcode) RETURNS uk_postcode
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_smaller(uk_postcode, uk_postcode) IS 'implementation of min(uk_postcode)';
CREATE AGGREGATE min(uk_postcode) (
	SFUNC = uk_postcode_smaller, STYPE = uk_postcode, COMBINEFUNC = uk_postcode_smaller, SORTOP = <, PARALLEL = SAFE
);
COMMENT ON AGGREGATE min(uk_postcode) IS 'first in order of all postcodes that are not null';
CREATE FUNCTION uk_postcode_larger(uk_postcode, uk_postcode) RETURNS uk_postcode
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION uk_postcode_larger(uk_postcode, uk_postcode) IS 'implementation of max(uk_postcode)';
CREATE AGGREGATE max(uk_postcode) (
	SFUNC = uk_postcode_larger, STYPE = uk_postcode, COMBINEFUNC = uk_postcode_larger, SORTOP = >, PARALLEL = SAFE
);
COMMENT ON AGGREGATE max(uk_postcode) IS 'last in order of all postcodes that are not null';
