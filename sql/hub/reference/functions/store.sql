-- What the stores of all kinds share.
--
-- The small functions are not declared STRICT, though each gives NULL for NULL: the planner can then put their
-- bodies in place of the calls. The storing functions run without JIT: the planner takes functions on geometry for
-- so dear that it would compile for a second what runs for a hundredth. Those that join a file with a table run
-- without nested loops: neither has statistics when the other half of it was loaded a moment ago, and the planner's
-- guess of one row makes a billion comparisons of two files of 33,000.

CREATE FUNCTION reference.cell(value text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN nullif(btrim(value, E' \t\u00a0'), '');
COMMENT ON FUNCTION reference.cell(text) IS 'a cell without the blanks around it; NULL when there is nothing else';

CREATE FUNCTION reference.to_code(value text)
RETURNS gss_code
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN gss_code_is_valid(value) THEN value::gss_code END;
COMMENT ON FUNCTION reference.to_code(text) IS 'an ONS code, or NULL for a text that is none';

CREATE FUNCTION reference.ons_code(value text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- Northern Ireland's older codes (95GG01S1) and pseudo-codes such as L99999999 have no place here.
RETURN CASE WHEN reference.cell(value) !~ '^(95|[A-Z]99999999$)' THEN reference.cell(value) END;
COMMENT ON FUNCTION reference.ons_code(text) IS 'the text of a code cell; NULL where it is blank or of a scheme that is not kept';

CREATE FUNCTION reference.to_whole_number(value text)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value ~ '^-?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.0*)?$'
	THEN replace(regexp_replace(value, '\.0*$', ''), ',', '')::bigint END;
COMMENT ON FUNCTION reference.to_whole_number(text) IS 'a whole number with or without thousands commas, or NULL for any other text';

CREATE FUNCTION reference.to_number(value text)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value ~ '^-?(\d{1,15}|\d{1,3}(,\d{3}){1,4})?(\.\d{1,30})?([eE]-?\d{1,2})?$' AND value ~ '\d'
	THEN replace(value, ',', '')::numeric END;
COMMENT ON FUNCTION reference.to_number(text) IS 'a number with or without thousands commas, or NULL for any other text';

CREATE FUNCTION reference.to_month(value text)
RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value ~ '^(19|20)\d\d-?(0[1-9]|1[0-2])$'
	THEN make_date(left(value, 4)::integer, right(value, 2)::integer, 1) END;
COMMENT ON FUNCTION reference.to_month(text) IS 'first day of a month written 202103 or 2021-03, or NULL for any other text';

CREATE FUNCTION reference.grid_point(longitude float8, latitude float8)
RETURNS geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- Outside this box the grid does not hold, and the projection may raise an error.
RETURN CASE WHEN longitude BETWEEN -15 AND 4 AND latitude BETWEEN 48 AND 63
	THEN ST_Transform(ST_SetSRID(ST_MakePoint(longitude, latitude), 4326), 27700) END;
COMMENT ON FUNCTION reference.grid_point(float8, float8) IS 'a place in degrees (WGS 84) on the British National Grid; NULL outside Great Britain and its waters';

-- Loads that change where a crime belongs exclude each other and those that place crimes.
CREATE FUNCTION reference.lock_geography(alone boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off
AS $$
DECLARE
	key bigint := hashtextextended('reference geography', 0);
BEGIN
	IF alone THEN
		PERFORM pg_advisory_xact_lock(key);
	ELSE
		PERFORM pg_advisory_xact_lock_shared(key);
	END IF;
END
$$;
COMMENT ON FUNCTION reference.lock_geography(boolean) IS 'until the end of the transaction: alone for boundaries, lookups and population; shared for crime';

CREATE FUNCTION reference.replace_files(earlier bigint[], later bigint)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off
AS $$
DECLARE
	names text;
BEGIN
	WITH replaced AS (
		UPDATE reference.source_file SET replaced_by = later
		WHERE id = ANY (earlier) AND id <> later AND replaced_by IS NULL
		RETURNING name
	)
	SELECT string_agg(DISTINCT name, ', ' ORDER BY name) INTO names FROM replaced;
	RETURN 'it replaces rows of ' || names;
END
$$;
COMMENT ON FUNCTION reference.replace_files(bigint[], bigint) IS 'marks the files whose rows a later one replaced; returns a note that names them';

CREATE FUNCTION reference.number_of(n bigint, thing text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN format(CASE WHEN n = 1 THEN '%s %s' ELSE '%s %ss' END, n, regexp_replace(thing, 'y$', CASE WHEN n = 1 THEN 'y' ELSE 'ie' END));
COMMENT ON FUNCTION reference.number_of(bigint, text) IS 'a number of things in words, such as 1 crime or 2 crimes';

CREATE FUNCTION reference.some_of(items text[])
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_to_string(items[1:5], ', ') || CASE WHEN cardinality(items) > 5
	THEN format(' and %s more', cardinality(items) - 5) ELSE '' END;
COMMENT ON FUNCTION reference.some_of(text[]) IS 'the first five of a list, and how many more there are';

CREATE FUNCTION reference.store(source_file bigint)
RETURNS TABLE (stored bigint, rejected bigint, notes text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path FROM CURRENT SET jit = off
AS $$
DECLARE
	kind text := (SELECT f.kind FROM reference.source_file AS f WHERE f.id = $1);
BEGIN
	CASE kind
		WHEN 'areas' THEN RETURN QUERY SELECT * FROM reference.store_areas($1);
		WHEN 'lookup' THEN RETURN QUERY SELECT * FROM reference.store_lookup($1);
		WHEN 'lookup_change' THEN RETURN QUERY SELECT * FROM reference.store_lookup_change($1);
		WHEN 'postcodes' THEN RETURN QUERY SELECT * FROM reference.store_postcodes($1);
		WHEN 'population' THEN RETURN QUERY SELECT * FROM reference.store_population($1);
		WHEN 'deprivation' THEN RETURN QUERY SELECT * FROM reference.store_deprivation($1);
		ELSE
			RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
				MESSAGE = format('file %s has no kind that is stored from staged rows', $1),
				DETAIL = format('Its kind is %s.', coalesce(kind, 'not known'));
	END CASE;
END
$$;
COMMENT ON FUNCTION reference.store(bigint) IS 'stores the rows of pg_temp.staged (line, cells) as rows of a source file: how many were stored and rejected, and what there is to say';
