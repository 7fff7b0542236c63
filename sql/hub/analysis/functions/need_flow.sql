-- Need as programmes see it: referrals received and accepted, and what comes next.

-- Referrals are events, not people: those of several programmes add up.
CREATE OR REPLACE FUNCTION analysis.need_referrals_in(period returns.period)
RETURNS TABLE (programme text, organisation text, form text, returns_expected int, returns_received int, made_up boolean,
	received_lower int, received_upper int, accepted_lower int, accepted_upper int, refused_lower int, refused_upper int,
	waiting_lower int, waiting_upper int, out_of_area_lower int, out_of_area_upper int,
	share_met float8, share_met_lower float8, share_met_upper float8, share_method text, status text)
LANGUAGE sql STABLE STRICT ROWS 20
SET search_path FROM CURRENT
AS $$
	WITH answer AS MATERIALIZED (
		SELECT c.programme, c.form, c.category, c.people
		FROM returns.count c
		WHERE c.period = need_referrals_in.period AND c.category LIKE 'referrals.%' AND c.area IS NULL
	), asked AS MATERIALIZED (
		SELECT s.programme, s.organisation, s.made_up, f.form, s.expected, s.submission IS NOT NULL AS received,
			(SELECT a.people FROM answer a WHERE a.programme = s.programme AND a.category = 'referrals.total') AS total,
			(SELECT a.people FROM answer a WHERE a.programme = s.programme AND a.category = 'referrals.accepted') AS accepted,
			(SELECT a.people FROM answer a WHERE a.programme = s.programme AND a.category = 'referrals.refused') AS refused,
			(SELECT a.people FROM answer a WHERE a.programme = s.programme AND a.category = 'referrals.waiting') AS waiting,
			(SELECT a.people FROM answer a WHERE a.programme = s.programme AND a.category = 'referrals.out_of_area') AS away
		FROM analysis.return_status s
		LEFT JOIN intake.submission f ON f.id = s.submission
		WHERE s.period = need_referrals_in.period AND (s.submission IS NOT NULL OR s.expected)
	), stated AS (
		SELECT a.*, CASE WHEN NOT a.received THEN 'not returned' WHEN a.form IN ('old', 'new') AND a.total IS NULL THEN 'not asked'
			WHEN a.total IS NULL OR a.accepted IS NULL THEN 'not answered' ELSE 'known' END AS status
		FROM asked a
	), rows AS (
		SELECT s.programme, s.organisation, s.form, s.expected::int AS expected, s.received::int AS received, s.made_up,
			s.total, s.accepted, s.refused, s.waiting, s.away, s.status
		FROM stated s
		UNION ALL
		-- All programmes together, of those that can tell.
		SELECT NULL, NULL, NULL, count(*)::int, count(*) FILTER (WHERE s.received)::int, coalesce(bool_or(s.made_up) FILTER (WHERE s.received), false),
			bounds_sum(s.total) FILTER (WHERE s.status = 'known'), bounds_sum(s.accepted) FILTER (WHERE s.status = 'known'),
			CASE WHEN bool_and(s.refused IS NOT NULL) FILTER (WHERE s.status = 'known') THEN bounds_sum(s.refused) FILTER (WHERE s.status = 'known') END,
			CASE WHEN bool_and(s.waiting IS NOT NULL) FILTER (WHERE s.status = 'known') THEN bounds_sum(s.waiting) FILTER (WHERE s.status = 'known') END,
			CASE WHEN bool_and(s.away IS NOT NULL) FILTER (WHERE s.status = 'known') THEN bounds_sum(s.away) FILTER (WHERE s.status = 'known') END,
			CASE WHEN bool_and(s.status = 'known') THEN 'known' WHEN bool_or(s.status = 'known') THEN 'part known'
				WHEN bool_and(s.status = 'not returned') THEN 'not returned' ELSE 'not asked' END
		FROM stated s
		HAVING count(*) > 0
	)
	SELECT r.programme, r.organisation, r.form, r.expected, r.received, r.made_up,
		lower(r.total), upper(r.total) - 1, lower(r.accepted), upper(r.accepted) - 1, lower(r.refused), upper(r.refused) - 1,
		lower(r.waiting), upper(r.waiting) - 1, lower(r.away), upper(r.away) - 1,
		CASE WHEN exact THEN (p.met).value END,
		CASE WHEN exact THEN (p.met).lower WHEN NOT upper_inf(r.total) AND upper(r.total) > 1 THEN least(1, lower(r.accepted) / (upper(r.total) - 1)::float8) END,
		CASE WHEN exact THEN (p.met).upper WHEN NOT upper_inf(r.accepted) AND lower(r.total) > 0 THEN least(1, (upper(r.accepted) - 1) / lower(r.total)::float8)
			WHEN r.total IS NOT NULL AND r.accepted IS NOT NULL AND upper(r.total) > 1 THEN 1 END,
		CASE WHEN exact THEN (p.met).method WHEN r.total IS NOT NULL AND r.accepted IS NOT NULL THEN 'bounds' END,
		CASE WHEN r.status IN ('known', 'part known') AND upper(r.total) = 1 THEN 'no referrals' ELSE r.status END
	FROM rows r
	CROSS JOIN LATERAL (SELECT coalesce(upper(r.total) - lower(r.total) = 1 AND upper(r.accepted) - lower(r.accepted) = 1
		AND lower(r.accepted) <= lower(r.total), false) AS exact) x
	CROSS JOIN LATERAL (SELECT CASE WHEN x.exact THEN proportion_limits(lower(r.accepted), lower(r.total)) END AS met) p
$$;
COMMENT ON FUNCTION analysis.need_referrals_in(returns.period) IS 'referrals received against accepted in one quarter, by programme and for all together (programme is NULL); view analysis.need_referrals says what the columns are';

-- A series begins with the first quarter of which something is in, and ends with the hub's newest; a quarter in between
-- without a return is missing.
CREATE OR REPLACE FUNCTION analysis.need_projection_in(level text, quarters int DEFAULT 4)
RETURNS TABLE (area text, ahead int, period text, dates text, value float8, lower_80 float8, upper_80 float8, lower_95 float8, upper_95 float8,
	method text, series_from text, series_to text, series int4range[], quarters_known int, quarters_part_returned int,
	mase float8, coverage_95 float8, made_up boolean)
LANGUAGE plpgsql STABLE STRICT ROWS 200
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	wanted_level text := level;
	newest text := (SELECT max(s.period::text) FROM intake.submission s WHERE s.state = 'accepted');
	oldest text := (SELECT min(s.period::text) FROM intake.submission s WHERE s.state = 'accepted');
	invented boolean := (SELECT bool_or(p.made_up) FROM intake.submission s JOIN returns.programme p USING (programme) WHERE s.state = 'accepted');
BEGIN
	IF wanted_level NOT IN ('programme', 'ward', 'district') THEN
		RAISE EXCEPTION 'level "%" is unknown', wanted_level USING ERRCODE = 'invalid_parameter_value',
			HINT = 'Use programme, ward or district: an LSOA has too few people to project.';
	END IF;
	IF newest IS NULL THEN
		RETURN;
	END IF;
	oldest := greatest(oldest, returns.period_after(newest, -39)::text);
	RETURN QUERY
	WITH quarter AS MATERIALIZED (
		SELECT returns.period_of(q::date) AS period, n AS place
		FROM generate_series(returns.period_start(oldest)::timestamp, returns.period_start(newest)::timestamp, interval '3 months') WITH ORDINALITY g (q, n)
	),
	status AS MATERIALIZED (
		SELECT q.period, q.place, (analysis.returns_in(q.period)).status AS status FROM quarter q
	),
	counted AS MATERIALIZED (
		SELECT c.programme AS area, c.period::text AS period, c.people
		FROM returns.count c
		WHERE wanted_level = 'programme' AND c.category = 'everyone'
		UNION ALL
		SELECT r.place, q.period::text, r.people
		FROM status q
		CROSS JOIN LATERAL analysis.people_in_places(wanted_level, q.period) r
		WHERE wanted_level <> 'programme' AND q.status <> 'not returned'
	),
	first AS (SELECT c.area, min(c.period) AS period FROM counted c GROUP BY c.area),
	series AS MATERIALIZED (
		SELECT f.area, array_agg(c.people ORDER BY q.place) AS series, min(q.period::text) AS first, count(c.people)::int AS known,
			count(*) FILTER (WHERE wanted_level <> 'programme' AND q.status = 'part returned')::int AS part
		FROM first f
		JOIN status q ON q.period::text >= f.period
		LEFT JOIN counted c ON c.area = f.area AND c.period = q.period::text
		GROUP BY f.area
	)
	SELECT s.area, p.quarter, returns.period_after(newest, p.quarter)::text, returns.period_words(returns.period_after(newest, p.quarter)),
		p.value, p.lower_80, p.upper_80, p.lower_95, p.upper_95, p.method, s.first, newest, s.series, s.known, s.part,
		k.mase, k.coverage_95,
		CASE wanted_level WHEN 'programme' THEN (SELECT r.made_up FROM returns.programme r WHERE r.programme = s.area) ELSE invented END
	FROM series s
	CROSS JOIN LATERAL demand_projection(s.series, quarters) p
	CROSS JOIN LATERAL demand_projection_score(s.series) k;
END
$$;
COMMENT ON FUNCTION analysis.need_projection_in(text, int) IS 'people in the next quarters by programme, ward or district, with limits and the name of the method; view analysis.need_projection says what the columns are';
