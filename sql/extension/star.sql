-- Outcome stars and other short instruments: the types, what they hold, and their change.

CREATE TYPE outcome_star;
CREATE FUNCTION outcome_star_in(cstring) RETURNS outcome_star
AS 'MODULE_PATHNAME', 'outcome_star_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION outcome_star_in(cstring) IS 'implementation of input of outcome_star';
CREATE FUNCTION outcome_star_out(outcome_star) RETURNS cstring
AS 'MODULE_PATHNAME', 'outcome_star_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION outcome_star_out(outcome_star) IS 'implementation of output of outcome_star';
CREATE FUNCTION outcome_star_recv(internal) RETURNS outcome_star
AS 'MODULE_PATHNAME', 'outcome_star_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION outcome_star_recv(internal) IS 'implementation of binary input of outcome_star';
CREATE FUNCTION outcome_star_send(outcome_star) RETURNS bytea
AS 'MODULE_PATHNAME', 'outcome_star_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION outcome_star_send(outcome_star) IS 'implementation of binary output of outcome_star';
CREATE TYPE outcome_star (INPUT = outcome_star_in, OUTPUT = outcome_star_out, RECEIVE = outcome_star_recv, SEND = outcome_star_send,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = main);
COMMENT ON TYPE outcome_star IS 'the scores of one reading of an outcome star or another short instrument';

CREATE FUNCTION star_lt(outcome_star, outcome_star) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_lt(outcome_star, outcome_star) IS 'implementation of < of outcome_star';
CREATE FUNCTION star_le(outcome_star, outcome_star) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_le(outcome_star, outcome_star) IS 'implementation of <= of outcome_star';
CREATE FUNCTION star_eq(outcome_star, outcome_star) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_eq(outcome_star, outcome_star) IS 'implementation of = of outcome_star';
CREATE FUNCTION star_ne(outcome_star, outcome_star) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_ne(outcome_star, outcome_star) IS 'implementation of <> of outcome_star';
CREATE FUNCTION star_ge(outcome_star, outcome_star) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_ge(outcome_star, outcome_star) IS 'implementation of >= of outcome_star';
CREATE FUNCTION star_gt(outcome_star, outcome_star) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_gt(outcome_star, outcome_star) IS 'implementation of > of outcome_star';
CREATE FUNCTION star_cmp(outcome_star, outcome_star) RETURNS integer
AS 'MODULE_PATHNAME', 'star_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_cmp(outcome_star, outcome_star) IS 'implementation of the order of outcome_star';
CREATE FUNCTION star_hash(outcome_star) RETURNS integer
AS 'MODULE_PATHNAME', 'star_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_hash(outcome_star) IS 'implementation of hashing of outcome_star';
CREATE FUNCTION star_hash_extended(outcome_star, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'star_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_hash_extended(outcome_star, bigint) IS 'implementation of hashing of outcome_star with a seed';
CREATE OPERATOR < (LEFTARG = outcome_star, RIGHTARG = outcome_star, FUNCTION = star_lt, COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR < (outcome_star, outcome_star) IS 'before, in the order of instrument and then scores';
CREATE OPERATOR <= (LEFTARG = outcome_star, RIGHTARG = outcome_star, FUNCTION = star_le, COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR <= (outcome_star, outcome_star) IS 'before or the same as, in the order of instrument and then scores';
CREATE OPERATOR = (LEFTARG = outcome_star, RIGHTARG = outcome_star, FUNCTION = star_eq, COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR = (outcome_star, outcome_star) IS 'the same as, in the order of instrument and then scores';
CREATE OPERATOR <> (LEFTARG = outcome_star, RIGHTARG = outcome_star, FUNCTION = star_ne, COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR <> (outcome_star, outcome_star) IS 'not the same as, in the order of instrument and then scores';
CREATE OPERATOR >= (LEFTARG = outcome_star, RIGHTARG = outcome_star, FUNCTION = star_ge, COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR >= (outcome_star, outcome_star) IS 'after or the same as, in the order of instrument and then scores';
CREATE OPERATOR > (LEFTARG = outcome_star, RIGHTARG = outcome_star, FUNCTION = star_gt, COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR > (outcome_star, outcome_star) IS 'after, in the order of instrument and then scores';
CREATE OPERATOR CLASS outcome_star_ops DEFAULT FOR TYPE outcome_star USING btree AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 star_cmp(outcome_star, outcome_star), FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS outcome_star_ops USING btree IS 'order by instrument, then scale by scale; a missing score comes first';
CREATE OPERATOR CLASS outcome_star_ops DEFAULT FOR TYPE outcome_star USING hash AS
	OPERATOR 1 =, FUNCTION 1 star_hash(outcome_star), FUNCTION 2 star_hash_extended(outcome_star, bigint);
COMMENT ON OPERATOR CLASS outcome_star_ops USING hash IS 'equality of outcome_star';

CREATE TYPE star_change;
CREATE FUNCTION star_change_in(cstring) RETURNS star_change
AS 'MODULE_PATHNAME', 'star_change_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_change_in(cstring) IS 'implementation of input of star_change';
CREATE FUNCTION star_change_out(star_change) RETURNS cstring
AS 'MODULE_PATHNAME', 'star_change_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_change_out(star_change) IS 'implementation of output of star_change';
CREATE FUNCTION star_change_recv(internal) RETURNS star_change
AS 'MODULE_PATHNAME', 'star_change_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_change_recv(internal) IS 'implementation of binary input of star_change';
CREATE FUNCTION star_change_send(star_change) RETURNS bytea
AS 'MODULE_PATHNAME', 'star_change_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_change_send(star_change) IS 'implementation of binary output of star_change';
CREATE TYPE star_change (INPUT = star_change_in, OUTPUT = star_change_out, RECEIVE = star_change_recv, SEND = star_change_send,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = main);
COMMENT ON TYPE star_change IS 'the change between two readings of one instrument, scale by scale';

CREATE FUNCTION star_lt(star_change, star_change) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_lt(star_change, star_change) IS 'implementation of < of star_change';
CREATE FUNCTION star_le(star_change, star_change) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_le(star_change, star_change) IS 'implementation of <= of star_change';
CREATE FUNCTION star_eq(star_change, star_change) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_eq(star_change, star_change) IS 'implementation of = of star_change';
CREATE FUNCTION star_ne(star_change, star_change) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_ne(star_change, star_change) IS 'implementation of <> of star_change';
CREATE FUNCTION star_ge(star_change, star_change) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_ge(star_change, star_change) IS 'implementation of >= of star_change';
CREATE FUNCTION star_gt(star_change, star_change) RETURNS boolean
AS 'MODULE_PATHNAME', 'star_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_gt(star_change, star_change) IS 'implementation of > of star_change';
CREATE FUNCTION star_cmp(star_change, star_change) RETURNS integer
AS 'MODULE_PATHNAME', 'star_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_cmp(star_change, star_change) IS 'implementation of the order of star_change';
CREATE FUNCTION star_hash(star_change) RETURNS integer
AS 'MODULE_PATHNAME', 'star_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_hash(star_change) IS 'implementation of hashing of star_change';
CREATE FUNCTION star_hash_extended(star_change, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'star_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_hash_extended(star_change, bigint) IS 'implementation of hashing of star_change with a seed';
CREATE OPERATOR < (LEFTARG = star_change, RIGHTARG = star_change, FUNCTION = star_lt, COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR < (star_change, star_change) IS 'before, in the order of instrument and then scores';
CREATE OPERATOR <= (LEFTARG = star_change, RIGHTARG = star_change, FUNCTION = star_le, COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR <= (star_change, star_change) IS 'before or the same as, in the order of instrument and then scores';
CREATE OPERATOR = (LEFTARG = star_change, RIGHTARG = star_change, FUNCTION = star_eq, COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR = (star_change, star_change) IS 'the same as, in the order of instrument and then scores';
CREATE OPERATOR <> (LEFTARG = star_change, RIGHTARG = star_change, FUNCTION = star_ne, COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR <> (star_change, star_change) IS 'not the same as, in the order of instrument and then scores';
CREATE OPERATOR >= (LEFTARG = star_change, RIGHTARG = star_change, FUNCTION = star_ge, COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR >= (star_change, star_change) IS 'after or the same as, in the order of instrument and then scores';
CREATE OPERATOR > (LEFTARG = star_change, RIGHTARG = star_change, FUNCTION = star_gt, COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR > (star_change, star_change) IS 'after, in the order of instrument and then scores';
CREATE OPERATOR CLASS star_change_ops DEFAULT FOR TYPE star_change USING btree AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
	FUNCTION 1 star_cmp(star_change, star_change), FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS star_change_ops USING btree IS 'order by instrument, then scale by scale; a missing score comes first';
CREATE OPERATOR CLASS star_change_ops DEFAULT FOR TYPE star_change USING hash AS
	OPERATOR 1 =, FUNCTION 1 star_hash(star_change), FUNCTION 2 star_hash_extended(star_change, bigint);
COMMENT ON OPERATOR CLASS star_change_ops USING hash IS 'equality of star_change';

-- The catalogue.

CREATE FUNCTION star_instruments(OUT name text, OUT title text, OUT scales integer, OUT lowest integer,
	OUT highest integer, OUT better text, OUT stages text[]) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 17;
COMMENT ON FUNCTION star_instruments() IS 'the published instruments: name, title, number of scales, range, which end is better, stages';
CREATE FUNCTION star_scales(instrument text, OUT scale text, OUT "position" integer, OUT lowest integer,
	OUT highest integer, OUT better text, OUT stages text[]) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION star_scales(text) IS 'the scales of a published instrument in order: name, position, range, which end is better, stages';
CREATE FUNCTION star_scale_position(instrument text, scale text) RETURNS integer
AS 'MODULE_PATHNAME', 'star_scale_position' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_scale_position(text, text) IS 'position of the scale that a heading names, or NULL; case and punctuation do not matter';

-- What a star holds.

CREATE FUNCTION outcome_star(instrument text, scores integer[]) RETURNS outcome_star
AS 'MODULE_PATHNAME', 'outcome_star_make' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION outcome_star(text, integer[]) IS 'a star of an instrument from its scores; NULL is a score not given';
CREATE FUNCTION star_instrument(outcome_star) RETURNS text
AS 'MODULE_PATHNAME', 'star_instrument' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_instrument(outcome_star) IS 'name of the instrument; of a local one with its range';
CREATE FUNCTION star_instrument(star_change) RETURNS text
AS 'MODULE_PATHNAME', 'star_instrument' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_instrument(star_change) IS 'name of the instrument; of a local one with its range';
CREATE FUNCTION star_scores(outcome_star) RETURNS smallint[]
AS 'MODULE_PATHNAME', 'star_scores' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_scores(outcome_star) IS 'the scores in order, NULL where not given';
CREATE FUNCTION star_scores(star_change) RETURNS smallint[]
AS 'MODULE_PATHNAME', 'star_changes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_scores(star_change) IS 'the changes in order, NULL where a score is missing';
CREATE FUNCTION star_score(outcome_star, scale text) RETURNS integer
AS 'MODULE_PATHNAME', 'star_score_named' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_score(outcome_star, text) IS 'the score of the scale of that name';
CREATE FUNCTION star_score(outcome_star, scale integer) RETURNS integer
AS 'MODULE_PATHNAME', 'star_score_at_position' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_score(outcome_star, integer) IS 'the score of a scale by its position, from 1';
CREATE FUNCTION star_answered(outcome_star) RETURNS integer
AS 'MODULE_PATHNAME', 'star_answered' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_answered(outcome_star) IS 'number of scales with a score';
CREATE FUNCTION star_mean(outcome_star) RETURNS double precision
AS 'MODULE_PATHNAME', 'star_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_mean(outcome_star) IS 'mean of the scores given; NULL if the scales differ in which end is better';
CREATE FUNCTION star_total(outcome_star) RETURNS integer
AS 'MODULE_PATHNAME', 'star_total' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_total(outcome_star) IS 'sum of all scores; NULL if one is missing or the scales differ in which end is better';
CREATE FUNCTION star_stage(outcome_star, scale text) RETURNS integer
AS 'MODULE_PATHNAME', 'star_stage_named' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_stage(outcome_star, text) IS 'stage of the Journey of Change on the scale of that name, 1 to 5';
CREATE FUNCTION star_stage(outcome_star, scale integer) RETURNS integer
AS 'MODULE_PATHNAME', 'star_stage_at_position' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_stage(outcome_star, integer) IS 'stage of the Journey of Change on a scale by its position, 1 to 5';
CREATE FUNCTION star_to_jsonb(outcome_star) RETURNS jsonb
AS 'MODULE_PATHNAME', 'star_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_to_jsonb(outcome_star) IS 'the star as JSON: its instrument and an array of scores';
CREATE FUNCTION star_from_jsonb(jsonb) RETURNS outcome_star
AS 'MODULE_PATHNAME', 'star_from_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_from_jsonb(jsonb) IS 'the star of such JSON; scores may also be keyed by the names of scales';

-- Change.

CREATE FUNCTION star_difference(latest outcome_star, baseline outcome_star) RETURNS star_change
AS 'MODULE_PATHNAME', 'star_difference' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_difference(outcome_star, outcome_star) IS 'implementation of latest - baseline';
CREATE OPERATOR - (LEFTARG = outcome_star, RIGHTARG = outcome_star, FUNCTION = star_difference);
COMMENT ON OPERATOR - (outcome_star, outcome_star) IS 'change from the right star to the left, scale by scale; missing on either side is missing';
CREATE FUNCTION star_improved(star_change, threshold integer DEFAULT 1) RETURNS integer
AS 'MODULE_PATHNAME', 'star_improved' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_improved(star_change, integer) IS 'number of scales whose change is at least the threshold for the better';
CREATE FUNCTION star_maintained(star_change, threshold integer DEFAULT 1) RETURNS integer
AS 'MODULE_PATHNAME', 'star_maintained' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_maintained(star_change, integer) IS 'number of scales whose change is below the threshold either way';
CREATE FUNCTION star_declined(star_change, threshold integer DEFAULT 1) RETURNS integer
AS 'MODULE_PATHNAME', 'star_declined' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_declined(star_change, integer) IS 'number of scales whose change is at least the threshold for the worse';
CREATE FUNCTION star_reliable_change(baseline outcome_star, latest outcome_star, sd double precision[], reliability double precision[]) RETURNS double precision[]
AS 'MODULE_PATHNAME', 'star_reliable_change' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_reliable_change(outcome_star, outcome_star, double precision[], double precision[]) IS 'reliable change index of each scale (Jacobson and Truax 1991)';

-- Distance travelled of a cohort.

CREATE TYPE star_distance;
CREATE FUNCTION star_distance_in(cstring) RETURNS star_distance
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_distance_in(cstring) IS 'implementation of input of star_distance';
CREATE FUNCTION star_distance_out(star_distance) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_distance_out(star_distance) IS 'implementation of output of star_distance';
CREATE FUNCTION star_distance_recv(internal) RETURNS star_distance
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_distance_recv(internal) IS 'implementation of binary input of star_distance';
CREATE FUNCTION star_distance_send(star_distance) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_distance_send(star_distance) IS 'implementation of binary output of star_distance';
CREATE TYPE star_distance (INPUT = star_distance_in, OUTPUT = star_distance_out, RECEIVE = star_distance_recv,
	SEND = star_distance_send, INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended);
COMMENT ON TYPE star_distance IS 'a cohort''s counts of scores at baseline by latest scores, from which its statistics follow';

CREATE FUNCTION distance_travelled_accumulate(internal, outcome_star, outcome_star) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION distance_travelled_accumulate(internal, outcome_star, outcome_star) IS 'implementation of distance_travelled';
CREATE FUNCTION star_distance_combine(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION star_distance_combine(internal, internal) IS 'implementation of distance_travelled and star_distance_merge';
CREATE FUNCTION star_distance_serialize(internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_distance_serialize(internal) IS 'implementation of distance_travelled and star_distance_merge';
CREATE FUNCTION star_distance_deserialize(bytea, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_distance_deserialize(bytea, internal) IS 'implementation of distance_travelled and star_distance_merge';
CREATE FUNCTION star_distance_final(internal) RETURNS star_distance
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION star_distance_final(internal) IS 'implementation of distance_travelled and star_distance_merge';
CREATE AGGREGATE distance_travelled(baseline outcome_star, latest outcome_star) (
	SFUNC = distance_travelled_accumulate, STYPE = internal, SSPACE = 1024, FINALFUNC = star_distance_final,
	COMBINEFUNC = star_distance_combine, SERIALFUNC = star_distance_serialize,
	DESERIALFUNC = star_distance_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE distance_travelled(outcome_star, outcome_star) IS 'distance travelled of a cohort; a client without a second star counts as unpaired';

CREATE FUNCTION star_distance_merge_accumulate(internal, star_distance) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION star_distance_merge_accumulate(internal, star_distance) IS 'implementation of star_distance_merge';
CREATE AGGREGATE star_distance_merge(star_distance) (
	SFUNC = star_distance_merge_accumulate, STYPE = internal, SSPACE = 1024, FINALFUNC = star_distance_final,
	COMBINEFUNC = star_distance_combine, SERIALFUNC = star_distance_serialize,
	DESERIALFUNC = star_distance_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE star_distance_merge(star_distance) IS 'several cohorts of one instrument as one';

CREATE FUNCTION star_average_accumulate(internal, outcome_star) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION star_average_accumulate(internal, outcome_star) IS 'implementation of star_average';
CREATE FUNCTION star_average_combine(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION star_average_combine(internal, internal) IS 'implementation of star_average';
CREATE FUNCTION star_average_serialize(internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_average_serialize(internal) IS 'implementation of star_average';
CREATE FUNCTION star_average_deserialize(bytea, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_average_deserialize(bytea, internal) IS 'implementation of star_average';
CREATE FUNCTION star_average_final(internal) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION star_average_final(internal) IS 'implementation of star_average';
CREATE AGGREGATE star_average(outcome_star) (
	SFUNC = star_average_accumulate, STYPE = internal, SSPACE = 1200, FINALFUNC = star_average_final,
	COMBINEFUNC = star_average_combine, SERIALFUNC = star_average_serialize,
	DESERIALFUNC = star_average_deserialize, PARALLEL = SAFE);
COMMENT ON AGGREGATE star_average(outcome_star) IS 'mean score of each scale, over those that gave one';

CREATE FUNCTION star_instrument(star_distance) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION star_instrument(star_distance) IS 'name of the instrument; of a local one with its range';
CREATE FUNCTION star_distance_table(star_distance, threshold integer DEFAULT 1, confidence double precision DEFAULT 0.95)
RETURNS TABLE (scale text, pairs bigint, unpaired bigint, baseline_mean double precision, latest_mean double precision,
	mean_change double precision, sd_change double precision, lower double precision, upper double precision,
	improved bigint, maintained bigint, declined bigint, improved_share double precision,
	improved_lower double precision, improved_upper double precision, at_ceiling bigint, kept_high bigint,
	t double precision, p_t double precision, wilcoxon_z double precision, p_wilcoxon double precision,
	srm double precision)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 11;
COMMENT ON FUNCTION star_distance_table(star_distance, integer, double precision) IS 'statistics of a distance: a row a scale, and one for the mean of scales';
CREATE FUNCTION star_transitions(star_distance, OUT scale text, OUT "position" integer, OUT baseline_stage integer,
	OUT latest_stage integer, OUT clients bigint) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION star_transitions(star_distance) IS 'clients by stage at baseline and stage at the latest reading, a scale after the other';

-- The pictures.

CREATE FUNCTION star_svg(latest outcome_star, baseline outcome_star DEFAULT NULL, title text DEFAULT NULL) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION star_svg(outcome_star, outcome_star, text) IS 'the reading as a radar in SVG, with the baseline beside it';
CREATE FUNCTION star_distance_svg(star_distance, title text DEFAULT NULL, confidence double precision DEFAULT 0.95) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION star_distance_svg(star_distance, text, double precision) IS 'mean scores at baseline and latest of each scale in SVG, most improved first';
