-- What an accepted return says, in the words that the extension reads.
CREATE OR REPLACE FUNCTION intake.kept_answers(submission bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path FROM CURRENT
AS $$
	SELECT coalesce(jsonb_object_agg(c.category || coalesce('.' || c.area_level || '.' || c.area, ''), c.answer), '{}')
	FROM (SELECT b.category, b.area_level, b.area,
			CASE WHEN upper(b.people) = lower(b.people) + 1 THEN lower(b.people)::text WHEN lower(b.people) = 1 AND upper_inf(b.people) THEN 'yes'
				WHEN lower(b.people) = 1 THEN '<' || upper(b.people) ELSE 'not known' END AS answer
		FROM (SELECT a.category, a.area_level, a.area, bounds_sum(a.people) AS people
			FROM intake.answer a
			WHERE a.submission = kept_answers.submission AND a.category <> 'everyone'
			GROUP BY a.category, a.area_level, a.area) b) c
$$;
COMMENT ON FUNCTION intake.kept_answers(bigint) IS 'the counts of a submission as proforma_bounds takes them';

CREATE OR REPLACE FUNCTION returns.reporting_year(period returns.period) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.left(period, 4) || '/' || pg_catalog.lpad(((pg_catalog.left(period, 4)::int + 1) % 100)::text, 2, '0');
COMMENT ON FUNCTION returns.reporting_year(returns.period) IS 'the reporting year of a quarter: 2025/26';
