-- Bounds of a part: what is told of it, and at most what is open beside it, within the whole.
CREATE OR REPLACE FUNCTION analysis.at_most(told int4range, open_most int, whole int4range) RETURNS int4range
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
	SELECT CASE WHEN open_most IS NULL OR upper_inf(at_most.told) THEN int4range(coalesce(lower(at_most.told), 0), NULL)
		ELSE int4range(coalesce(lower(at_most.told), 0),
			greatest(least(coalesce(lower(at_most.told), 0) + open_most, upper(whole) - 1), coalesce(lower(at_most.told), 0)), '[]') END
$$;
COMMENT ON FUNCTION analysis.at_most(int4range, int, int4range) IS 'how many a part may be of which "told" is known, beside open_most others of which nothing is known, within a whole';

CREATE OR REPLACE FUNCTION analysis.of_cases(n int, not_sharing int) RETURNS int4range
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$ SELECT CASE WHEN not_sharing > 0 THEN int4range(n, NULL) ELSE int4range(n, n, '[]') END $$;
COMMENT ON FUNCTION analysis.of_cases(int, int) IS 'bounds of a number of cases: without upper limit where clients don''t share';
