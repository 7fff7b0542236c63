-- Need by area as record-level returns tell it: where the referred live, and how far people travel there.

-- The LSOA and ward of the chosen vintage in which clients live, as each accepted return tells it. An LSOA of the other
-- vintage that was split has no one place.
CREATE OR REPLACE FUNCTION analysis.need_clients()
RETURNS TABLE (submission bigint, programme text, client text, period text, lsoa gss_code, ward gss_code, district gss_code, decile int)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	chosen analysis.chosen;
BEGIN
	SELECT * INTO chosen FROM analysis.chosen;
	RETURN QUERY
	SELECT q.submission, q.programme, q.client::text, q.period::text, n.lsoa, coalesce(n.ward, w.ward), coalesce(n.district, w.district), n.decile
	FROM casework.client_quarter q
	JOIN intake.submission s ON s.id = q.submission AND s.state = 'accepted'
	LEFT JOIN reference.lsoa_move m ON m.vintage = chosen.lsoa_vintage AND m.lsoa = q.lsoa
	LEFT JOIN analysis.need_places() n ON n.lsoa = CASE WHEN m.lsoa IS NULL THEN q.lsoa ELSE m.target END
	LEFT JOIN analysis.ward w ON w.ward = q.ward;
END
$$;
COMMENT ON FUNCTION analysis.need_clients() IS 'where the clients of accepted record-level returns live, on the chosen vintage; NULL where it is not known or outside the hub''s areas';

-- Referrals are counted once a submission, date and source; one client may be referred more than once.
CREATE OR REPLACE FUNCTION analysis.need_referrals_by(level text, period returns.period)
RETURNS TABLE (area text, name text, district text, district_name text, records_received int, returns_received int,
	received bigint, received_most bigint, accepted bigint, accepted_most bigint, refused bigint, waiting bigint, out_of_area bigint, not_known bigint,
	share_met float8, share_met_lower float8, share_met_upper float8, status text, made_up boolean)
LANGUAGE plpgsql STABLE STRICT ROWS 1000
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	wanted_level text := level;
	wanted returns.period := period;
	records int;
	returned record;
BEGIN
	SELECT * INTO returned FROM analysis.returns_in(wanted);
	SELECT count(DISTINCT q.programme)::int INTO records
	FROM casework.client_quarter q JOIN intake.submission s ON s.id = q.submission AND s.state = 'accepted' WHERE q.period = wanted;
	RETURN QUERY
	WITH area AS MATERIALIZED (SELECT a.area, a.name, a.district, a.district_name FROM analysis.need_areas(wanted_level) a),
	placed AS MATERIALIZED (
		SELECT r.submission, r.result, analysis.need_place_of(wanted_level, c.lsoa, c.ward, c.district, c.decile) AS place
		FROM casework.referral r
		JOIN analysis.need_clients() c ON c.submission = r.submission AND c.client = r.client::text
		WHERE r.period = wanted AND r.source IS NOT NULL
	), counted AS MATERIALIZED (
		SELECT p.place, count(*) AS received,
			count(*) FILTER (WHERE p.result = 'accepted') AS accepted, count(*) FILTER (WHERE p.result = 'refused') AS refused,
			count(*) FILTER (WHERE p.result = 'waiting') AS waiting, count(*) FILTER (WHERE p.result = 'out of area') AS away,
			count(*) FILTER (WHERE p.result = 'not known') AS unknown
		FROM placed p
		GROUP BY p.place
	-- Referrals that no area is told of (of clients who don't share, who have no known place, or on a form) may be of any.
	), elsewhere AS MATERIALIZED (
		SELECT CASE WHEN bool_or(upper_inf(r.received)) IS NOT TRUE THEN coalesce(sum(greatest(upper(r.received) - 1 - coalesce(k.received, 0), 0)), 0) END AS received,
			CASE WHEN bool_or(upper_inf(r.accepted)) IS NOT TRUE THEN coalesce(sum(greatest(upper(r.accepted) - 1 - coalesce(k.accepted, 0), 0)), 0) END AS accepted
		FROM analysis.referrals_returned r
		LEFT JOIN (SELECT p.submission, count(*) AS received, count(*) FILTER (WHERE p.result = 'accepted') AS accepted
			FROM placed p JOIN area a ON a.area = p.place GROUP BY p.submission) k ON k.submission = r.submission
		WHERE r.period = wanted AND r.received IS NOT NULL
	), place AS (
		SELECT a.area, a.name, a.district, a.district_name, c.received IS NULL AS none, coalesce(c.received, 0) AS received,
			coalesce(c.accepted, 0) AS accepted, coalesce(c.refused, 0) AS refused, coalesce(c.waiting, 0) AS waiting,
			coalesce(c.away, 0) AS away, coalesce(c.unknown, 0) AS unknown
		FROM area a
		LEFT JOIN counted c ON c.place = a.area
		UNION ALL
		SELECT NULL, NULL, NULL, NULL, false, c.received, c.accepted, c.refused, c.waiting, c.away, c.unknown
		FROM counted c
		WHERE c.place IS NULL OR NOT EXISTS (SELECT FROM area a WHERE a.area = c.place)
	)
	SELECT p.area, p.name, p.district, p.district_name, records, returned.received,
		CASE WHEN records > 0 THEN p.received END, CASE WHEN records > 0 AND p.area IS NOT NULL THEN (p.received + e.received)::bigint END,
		CASE WHEN records > 0 THEN p.accepted END, CASE WHEN records > 0 AND p.area IS NOT NULL THEN (p.accepted + e.accepted)::bigint END,
		CASE WHEN records > 0 THEN p.refused END,
		CASE WHEN records > 0 THEN p.waiting END, CASE WHEN records > 0 THEN p.away END, CASE WHEN records > 0 THEN p.unknown END,
		(m.met).value, (m.met).lower, (m.met).upper,
		CASE WHEN records = 0 THEN 'no records' WHEN p.area IS NULL THEN 'place not known' WHEN p.received = 0 AND e.received = 0 THEN 'no referrals'
			WHEN e.received IS NULL THEN 'no upper limit' WHEN p.received = 0 THEN 'none known'
			WHEN records < returned.expected THEN 'part returned' ELSE 'known' END,
		returned.made_up
	FROM place p
	CROSS JOIN elsewhere e
	CROSS JOIN LATERAL (SELECT CASE WHEN records > 0 AND p.received > 0 THEN proportion_limits(p.accepted, p.received) END AS met OFFSET 0) m;
END
$$;
COMMENT ON FUNCTION analysis.need_referrals_by(text, returns.period) IS 'referrals received against accepted in one quarter, by where the referred live, of the programmes that send records; view analysis.need_referrals_ward says what the columns are';

CREATE OR REPLACE FUNCTION analysis.need_outcomes_by(level text)
RETURNS TABLE (place text, period returns.period, instrument text, clients bigint, paired bigint, mean_days float8, distance star_distance,
	status text, made_up boolean)
LANGUAGE plpgsql STABLE STRICT ROWS 100
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
	wanted_level text := level;
BEGIN
	IF wanted_level NOT IN ('lsoa', 'ward', 'district', 'decile') THEN
		RAISE EXCEPTION 'level "%" is unknown', wanted_level USING ERRCODE = 'invalid_parameter_value', HINT = 'Use lsoa, ward, district or decile.';
	END IF;
	RETURN QUERY
	WITH home AS MATERIALIZED (
		-- Where the client lived when last told of.
		SELECT DISTINCT ON (c.programme, c.client) c.programme, c.client,
			analysis.need_place_of(wanted_level, c.lsoa, c.ward, c.district, c.decile) AS place
		FROM analysis.need_clients() c
		ORDER BY c.programme, c.client, c.period DESC
	), pair AS MATERIALIZED (SELECT * FROM analysis.star_pair())
	SELECT h.place, returns.period_of(coalesce(p.latest_on, p.baseline_on)), p.instrument, count(*), count(p.latest),
		avg(p.latest_on - p.baseline_on)::float8, distance_travelled(p.baseline, p.latest),
		CASE WHEN h.place IS NULL THEN 'place not known' WHEN count(p.latest) = 0 THEN 'no later reading' ELSE 'known' END,
		bool_or(r.made_up)
	FROM pair p
	JOIN returns.programme r ON r.programme = p.programme
	LEFT JOIN home h ON h.programme = p.programme AND h.client = p.client
	GROUP BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION analysis.need_outcomes_by(text) IS 'distance travelled by where the clients live (lsoa, ward, district, or deprivation decile), quarter of the latest reading and instrument; place is NULL where it is not known';
