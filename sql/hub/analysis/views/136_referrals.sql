-- Demand itself: referrals received, what became of them, where they came from and where they went on to.

-- One row a programme and quarter whose return is in. Results that nobody told, and those of clients who don't share, may be any.
CREATE VIEW analysis.referrals_returned AS
SELECT r.programme, r.period, r.source, r.submission, r.received,
	CASE WHEN r.received IS NOT NULL THEN analysis.at_most(r.accepted, r.open_most, r.received) END AS accepted,
	CASE WHEN r.received IS NOT NULL THEN analysis.at_most(r.refused, r.open_most, r.received) END AS refused,
	CASE WHEN r.received IS NOT NULL THEN analysis.at_most(r.waiting, r.open_most, r.received) END AS waiting,
	CASE WHEN r.received IS NOT NULL THEN analysis.at_most(r.out_of_area, r.open_most, r.received) END AS out_of_area
FROM (
	SELECT c.*, CASE WHEN upper_inf(c.received) THEN NULL ELSE greatest(upper(c.received) - 1
		- coalesce(lower(c.accepted), 0) - coalesce(lower(c.refused), 0) - coalesce(lower(c.waiting), 0) - coalesce(lower(c.out_of_area), 0), 0) END AS open_most
	FROM (
		SELECT c.programme, c.period, c.submission, c.form AS source,
			bounds_sum(c.people) FILTER (WHERE c.category = 'referrals.total') AS received,
			bounds_sum(c.people) FILTER (WHERE c.category = 'referrals.accepted') AS accepted,
			bounds_sum(c.people) FILTER (WHERE c.category = 'referrals.refused') AS refused,
			bounds_sum(c.people) FILTER (WHERE c.category = 'referrals.waiting') AS waiting,
			bounds_sum(c.people) FILTER (WHERE c.category = 'referrals.out_of_area') AS out_of_area
		FROM returns.count c
		WHERE c.category = 'everyone' OR c.category LIKE 'referrals.%'
		GROUP BY c.programme, c.period, c.submission, c.form) c) r;
COMMENT ON VIEW analysis.referrals_returned IS 'referrals of each return, as bounds; NULL where its form does not ask';

-- By area: of clients who share and live there, and of at most those whose area is not known beside them.
CREATE VIEW analysis.referrals AS
WITH wanted AS (
	SELECT e.programme, e.period FROM returns.expected e WHERE e.expected
	UNION SELECT r.programme, r.period FROM analysis.referrals_returned r
), whole AS (
	SELECT w.programme, w.period, NULL::text AS area_level, NULL::gss_code AS area, r.source, r.received, r.accepted, r.refused, r.waiting, r.out_of_area
	FROM wanted w LEFT JOIN analysis.referrals_returned r ON r.programme = w.programme AND r.period = w.period
), placed AS (
	SELECT f.programme, f.period, f.submission, f.result, l.area_level, l.area
	FROM casework.referral f
	JOIN casework.client_quarter c ON c.submission = f.submission AND c.client = f.client
	CROSS JOIN LATERAL (VALUES ('lsoa', c.lsoa), ('ward', c.ward)) l (area_level, area)
	WHERE f.source IS NOT NULL
), known AS (
	SELECT p.programme, p.period, p.submission, p.area_level, p.area, count(*)::int AS received,
		count(*) FILTER (WHERE p.result = 'accepted')::int AS accepted, count(*) FILTER (WHERE p.result = 'refused')::int AS refused,
		count(*) FILTER (WHERE p.result = 'waiting')::int AS waiting, count(*) FILTER (WHERE p.result = 'out of area')::int AS out_of_area,
		count(*) FILTER (WHERE p.result = 'not known')::int AS result_not_known
	FROM placed p
	GROUP BY p.programme, p.period, p.submission, p.area_level, p.area
), by_area AS (
	SELECT k.programme, k.period, k.area_level, k.area, r.source, int4range(k.received, k.received + o.referrals, '[]') AS received,
		int4range(k.accepted, k.accepted + k.result_not_known + o.referrals, '[]') AS accepted,
		int4range(k.refused, k.refused + k.result_not_known + o.referrals, '[]') AS refused,
		int4range(k.waiting, k.waiting + k.result_not_known + o.referrals, '[]') AS waiting,
		int4range(k.out_of_area, k.out_of_area + k.result_not_known + o.referrals, '[]') AS out_of_area
	FROM known k
	JOIN analysis.referrals_returned r ON r.submission = k.submission
	CROSS JOIN LATERAL (SELECT (upper(r.received) - 1 - coalesce(sum(p.received), 0))::int AS referrals
		FROM known p WHERE p.submission = k.submission AND p.area_level = k.area_level AND p.area IS NOT NULL) o
	WHERE k.area IS NOT NULL
), grouped AS (
	SELECT g.period, g.programme, g.area_level, g.area, bounds_sum(g.received) AS received, bounds_sum(g.accepted) AS accepted,
		bounds_sum(g.refused) AS refused, bounds_sum(g.waiting) AS waiting, bounds_sum(g.out_of_area) AS out_of_area,
		count(g.received) AS returns, count(*) - count(g.received) AS missing,
		array_agg(CASE WHEN g.source IS NULL THEN 'no return: ' ELSE 'the form does not ask: ' END || g.programme ORDER BY g.programme)
			FILTER (WHERE g.received IS NULL) AS lacks
	FROM (SELECT * FROM whole UNION ALL SELECT * FROM by_area) g
	GROUP BY GROUPING SETS ((g.period, g.programme, g.area_level, g.area), (g.period, g.area_level, g.area))
)
SELECT g.period, g.programme, g.area_level, g.area, (SELECT a.name FROM reference.area a WHERE a.code = g.area ORDER BY a.vintage DESC LIMIT 1) AS area_name,
	CASE WHEN g.returns > 0 THEN g.received END AS received, CASE WHEN g.returns > 0 THEN g.accepted END AS accepted,
	CASE WHEN g.returns > 0 THEN g.refused END AS refused, CASE WHEN g.returns > 0 THEN g.waiting END AS waiting,
	CASE WHEN g.returns > 0 THEN g.out_of_area END AS out_of_area,
	CASE WHEN g.returns > 0 AND NOT upper_inf(g.received) AND upper(g.received) > 1
		THEN lower(g.accepted)::float8 / (upper(g.received) - 1) END AS met_at_least,
	CASE WHEN g.returns > 0 AND NOT upper_inf(g.accepted) AND upper(g.accepted) > 1
		-- What is surely not accepted stays beside it.
		THEN (upper(g.accepted) - 1)::float8 / greatest(lower(g.received), upper(g.accepted) - 1 + lower(g.refused) + lower(g.waiting) + lower(g.out_of_area))
		WHEN g.returns > 0 AND lower(g.received) > 0 AND NOT upper_inf(g.accepted) THEN 0 END AS met_at_most,
	g.returns, g.missing, array_to_string(g.lacks, '; ') AS not_known
FROM grouped g;
COMMENT ON VIEW analysis.referrals IS 'referrals received, accepted, refused, waiting and out of area, as bounds, by quarter, programme (NULL: all) and area (NULL: all of them; areas are known of record-level returns); met: the share of them that was accepted';
COMMENT ON COLUMN analysis.referrals.met_at_least IS 'demand that was met: accepted of received';
COMMENT ON COLUMN analysis.referrals.not_known IS 'programmes whose referrals are missing, and why';

CREATE VIEW analysis.referral_flow AS
SELECT f.period, f."from", f."to", f.told_by, lower(f.people) AS n, upper(f.people) - 1 AS n_most
FROM (
	SELECT f.period, f.source AS "from", f.programme AS "to", 'receiver' AS told_by, int4range(count(*)::int, count(*)::int, '[]') AS people
	FROM casework.referral f WHERE f.source IS NOT NULL GROUP BY f.period, f.source, f.programme
	UNION ALL
	SELECT f.period, f.programme, f.onward_to, 'sender', int4range(count(*)::int, count(*)::int, '[]')
	FROM casework.referral f WHERE f.onward_to IS NOT NULL GROUP BY f.period, f.programme, f.onward_to
	UNION ALL
	SELECT c.period, replace(substr(c.category, 18), '_', ' '), c.programme, 'receiver', c.people
	FROM returns.count c JOIN intake.submission s ON s.id = c.submission AND s.kind = 'return'
	WHERE c.category LIKE 'referrals.source.%' AND upper(c.people) IS DISTINCT FROM 1
	) f;
COMMENT ON VIEW analysis.referral_flow IS 'referrals from a service or programme to another, by quarter; of record-level returns those of clients who share';
COMMENT ON COLUMN analysis.referral_flow.told_by IS 'receiver or sender: two programmes may tell of the same referrals, so never add the two';
COMMENT ON COLUMN analysis.referral_flow.n_most IS 'the most that the return allows; NULL: no limit';
