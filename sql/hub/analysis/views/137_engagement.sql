-- What was done: cases begun, ended and waiting, how long they took, and contacts.

-- Cases as they stood at the end of each quarter: as a record-level return tells them, else by the dates of load --as cases.
CREATE VIEW analysis.case_quarter AS
SELECT e.programme, e.period, e.client, e.referred_on, e.started_on, e.closed_on, e.outcome
FROM casework.engagement e
WHERE e.submission IS NOT NULL
UNION ALL
SELECT e.programme, q.period, e.client, e.referred_on, CASE WHEN e.started_on <= q.last_day THEN e.started_on END,
	CASE WHEN e.closed_on <= q.last_day THEN e.closed_on END,
	CASE WHEN e.outcome = 'refused' THEN 'refused' WHEN e.started_on IS NULL OR e.started_on > q.last_day THEN 'waiting'
		WHEN e.closed_on <= q.last_day THEN e.outcome ELSE 'open' END
FROM casework.engagement e
JOIN casework.file f ON f.id = e.file
CROSS JOIN LATERAL (SELECT g.period, returns.period_end(g.period) AS last_day FROM returns.quarters(e.referred_on,
	CASE WHEN e.outcome = 'refused' THEN coalesce(e.closed_on, e.referred_on) ELSE coalesce(e.closed_on, f.received_at::date) END) g (period)) q
WHERE e.submission IS NULL
AND NOT EXISTS (SELECT FROM casework.engagement r WHERE r.programme = e.programme AND r.period = q.period AND r.submission IS NOT NULL);
COMMENT ON VIEW analysis.case_quarter IS 'cases in each quarter that they touch, as they stood at its end';

CREATE VIEW analysis.engagement AS
WITH hidden AS (
	SELECT c.programme, c.period, lower(c.people) AS clients FROM returns.count c WHERE c.category = 'not_sharing.all'
), told AS (
	SELECT c.programme, c.period, count(*) FILTER (WHERE returns.period_of(c.started_on) = c.period)::int AS started,
		count(*) FILTER (WHERE c.outcome IN ('completed', 'left early') AND returns.period_of(c.closed_on) = c.period)::int AS closed,
		count(*) FILTER (WHERE c.outcome = 'completed' AND returns.period_of(c.closed_on) = c.period)::int AS completed,
		count(*) FILTER (WHERE c.outcome = 'left early' AND returns.period_of(c.closed_on) = c.period)::int AS left_early,
		count(*) FILTER (WHERE c.outcome = 'open')::int AS open_at_end, count(*) FILTER (WHERE c.outcome = 'waiting')::int AS waiting_at_end,
		count(*) FILTER (WHERE c.outcome = 'refused' AND returns.period_of(coalesce(c.closed_on, c.referred_on)) = c.period)::int AS refused,
		avg(c.closed_on - c.started_on) FILTER (WHERE c.outcome IN ('completed', 'left early') AND returns.period_of(c.closed_on) = c.period)::float8 AS mean_days,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY c.closed_on - c.started_on)
			FILTER (WHERE c.outcome IN ('completed', 'left early') AND returns.period_of(c.closed_on) = c.period) AS median_days,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY c.started_on - c.referred_on) FILTER (WHERE returns.period_of(c.started_on) = c.period) AS median_days_to_start,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY returns.period_end(c.period) - c.referred_on) FILTER (WHERE c.outcome = 'waiting') AS median_days_waiting
	FROM analysis.case_quarter c
	GROUP BY c.programme, c.period
), contact AS (
	SELECT k.programme, k.period, count(DISTINCT k.client)::int AS clients, count(*) FILTER (WHERE k.kind <> 'not attended')::int AS attended,
		count(*) FILTER (WHERE k.kind = 'not attended')::int AS not_attended
	FROM casework.contact k GROUP BY k.programme, k.period
), form AS (
	SELECT c.programme, c.period, s.kind,
		bounds_sum(c.people) FILTER (WHERE c.category = 'caseload.new') AS started, bounds_sum(c.people) FILTER (WHERE c.category = 'caseload.closed') AS closed,
		bounds_sum(c.people) FILTER (WHERE c.category = 'completion.completed') AS completed, bounds_sum(c.people) FILTER (WHERE c.category = 'completion.left_early') AS left_early,
		bounds_sum(c.people) FILTER (WHERE c.category = 'caseload.closing') AS open_at_end, bounds_sum(c.people) FILTER (WHERE c.category = 'referrals.waiting') AS waiting_at_end,
		bounds_sum(c.people) FILTER (WHERE c.category = 'referrals.refused') AS refused, bounds_sum(c.people) FILTER (WHERE c.category = 'contacts.total') AS contacts
	FROM returns.count c JOIN intake.submission s ON s.id = c.submission
	GROUP BY c.programme, c.period, s.kind
)
SELECT coalesce(t.programme, f.programme) AS programme, coalesce(t.period, f.period)::returns.period AS period,
	CASE WHEN f.kind = 'records' THEN 'records' WHEN t.programme IS NOT NULL THEN 'cases' ELSE 'form' END AS source,
	CASE WHEN t.programme IS NULL THEN f.started ELSE analysis.of_cases(t.started, h.clients) END AS started,
	CASE WHEN t.programme IS NULL THEN f.closed ELSE analysis.of_cases(t.closed, h.clients) END AS closed,
	CASE WHEN t.programme IS NULL THEN f.completed ELSE analysis.of_cases(t.completed, h.clients) END AS completed,
	CASE WHEN t.programme IS NULL THEN f.left_early ELSE analysis.of_cases(t.left_early, h.clients) END AS left_early,
	CASE WHEN t.programme IS NULL THEN f.open_at_end ELSE analysis.of_cases(t.open_at_end, h.clients) END AS open_at_end,
	CASE WHEN t.programme IS NULL THEN f.waiting_at_end ELSE analysis.of_cases(t.waiting_at_end, h.clients) END AS waiting_at_end,
	CASE WHEN t.programme IS NULL THEN f.refused ELSE analysis.of_cases(t.refused, h.clients) END AS refused,
	CASE WHEN t.programme IS NOT NULL THEN t.completed::float8 / nullif(t.closed, 0)
		WHEN upper(f.closed) = lower(f.closed) + 1 AND upper(f.completed) = lower(f.completed) + 1 AND lower(f.closed) > 0
		THEN lower(f.completed)::float8 / lower(f.closed) END AS completion,
	t.mean_days, t.median_days, t.median_days_to_start, t.median_days_waiting,
	f.contacts, k.attended::float8 / nullif(k.clients, 0) AS contacts_a_client, k.not_attended,
	coalesce(h.clients, 0) AS clients_not_sharing
FROM told t
FULL JOIN form f ON f.programme = t.programme AND f.period = t.period
LEFT JOIN hidden h ON h.programme = coalesce(t.programme, f.programme) AND h.period = coalesce(t.period, f.period)
LEFT JOIN contact k ON k.programme = coalesce(t.programme, f.programme) AND k.period = coalesce(t.period, f.period)
WHERE t.programme IS NOT NULL OR f.kind = 'records'
	OR num_nonnulls(f.started, f.closed, f.completed, f.left_early, f.open_at_end, f.waiting_at_end, f.refused, f.contacts) > 0;
COMMENT ON VIEW analysis.engagement IS 'cases and contacts by programme and quarter. Counts are bounds; lengths, shares and contacts a client are those of clients who share';
COMMENT ON COLUMN analysis.engagement.source IS 'records, cases (load --as cases) or form';
COMMENT ON COLUMN analysis.engagement.completion IS 'completed of those that ended in the quarter';
COMMENT ON COLUMN analysis.engagement.mean_days IS 'from start to end, of cases that ended in the quarter';
COMMENT ON COLUMN analysis.engagement.median_days_waiting IS 'from referral to the last day of the quarter, of those who still wait';
COMMENT ON COLUMN analysis.engagement.contacts IS 'all contacts, of those who do not share as well';
COMMENT ON COLUMN analysis.engagement.clients_not_sharing IS 'of whom nothing is known: with any, counts have no upper limit';
